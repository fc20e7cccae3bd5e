import type { Setting } from "../../model/model.ts";

/** Settings with more entries, once each, in the list of an `extra-` setting. It comes last: it adds to what Nix has read before it. */
export function extended(settings: readonly Setting[], name: string, more: readonly string[]): readonly Setting[] {
  if (more.length === 0) return settings;
  const before = settings.find((setting) => setting.name === name)?.value;
  const value = [...new Set([...(Array.isArray(before) ? (before as readonly string[]) : []), ...more])];
  return [...settings.filter((setting) => setting.name !== name), { at: [], name, value }];
}
