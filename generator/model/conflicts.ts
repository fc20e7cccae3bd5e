import type { Locator, ReporterAdd } from "../report/diagnostic.ts";
import type { Model } from "./model.ts";

/** Names that colmena's hive keeps for itself. */
const HIVE_NAMES = ["defaults", "meta", "network"];

/** Output names that two things would claim: `name-conflict`. */
export function reportConflicts(model: Model, explicitDefaultShell: boolean, source: Locator, add: ReporterAdd): void {
  for (const host of model.hosts) {
    if (!host.deploy || !HIVE_NAMES.includes(host.name)) continue;
    const message = `a machine that colmena deploys can't be called \`${host.name}\`: its hive keeps that name for itself`;
    add("name-conflict", host.at, "key", message, { hint: "rename the host, or deploy it with nixos-rebuild" });
  }
  for (const group of model.groups) {
    if (group.name === "default") {
      const message = "devShells.<system>.default is the shell of all groups; a group can't have that name";
      add("name-conflict", group.at, "key", message, {
        hint: "rename the group; `shells.default` says what the default shell holds",
        ...(explicitDefaultShell
          ? { related: [{ message: "`shells.default` is here", range: source.locate(["shells", "default"], "key") }] }
          : {}),
      });
    }
    const volume = model.volumes.find((one) => `volume-${one.name}` === group.name);
    if (!volume) continue;
    const message = `the group \`${group.name}\` and the volume \`${volume.name}\` both claim packages.<system>.${group.name}`;
    add("name-conflict", group.at, "key", message, {
      hint: "rename one of them",
      related: [{ message: `the volume \`${volume.name}\` is here`, range: source.locate(volume.at, "key") }],
    });
  }
}
