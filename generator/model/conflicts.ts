import type { Locator, ReporterAdd } from "../report/diagnostic.ts";
import type { Model } from "./model.ts";

/** Names that are reserved in a colmena hive. */
const HIVE_NAMES = ["defaults", "meta", "network"];

/** Reports `name-conflict` for names that would be used for two outputs, or that are reserved. */
export function reportConflicts(model: Model, explicitDefaultShell: boolean, source: Locator, add: ReporterAdd): void {
  for (const host of model.hosts) {
    if (model.deployer !== "colmena" || host.os !== "nixos" || !host.deploy || !HIVE_NAMES.includes(host.name)) continue;
    const message = `the name \`${host.name}\` is reserved by colmena, so this host can't be deployed`;
    add("name-conflict", host.at, "key", message, { hint: "rename the host, or delete its `deploy`" });
  }
  const taken = model.inputs.find((set) => set.name === "nix-darwin" && set.kind === "nixpkgs");
  if (taken && model.hosts.some((host) => host.os === "darwin")) {
    const message = "the flake's input `nix-darwin` is nix-darwin itself, because the spec has a Mac";
    add("name-conflict", taken.at, "key", message, {
      hint: 'rename the input; for another nix-darwin, write `nix-darwin: { flake: "…", follows: [nixpkgs] }`',
    });
  }
  for (const group of model.groups) {
    if (group.name === "default") {
      const message = "the group name `default` is reserved: devShells.<system>.default is the shell with all groups";
      add("name-conflict", group.at, "key", message, {
        hint: "rename the group; to choose the tools of the default shell, use `shells.default`",
        ...(explicitDefaultShell
          ? { related: [{ message: "`shells.default` is here", range: source.locate(["shells", "default"], "key") }] }
          : {}),
      });
    }
    const host = model.hosts.find((one) => one.os === "linux" && `host-${one.name}` === group.name);
    if (host) {
      const message = `the group \`${group.name}\` and the host \`${host.name}\` both need the output packages.<system>.${group.name}`;
      add("name-conflict", group.at, "key", message, {
        hint: "rename one of them",
        related: [{ message: `the host \`${host.name}\` is here`, range: source.locate(host.at, "key") }],
      });
    }
    const image = model.images.find((one) => `image-${one.name}` === group.name);
    if (image) {
      const message = `the group \`${group.name}\` and the image \`${image.name}\` both need the output packages.<system>.${group.name}`;
      add("name-conflict", group.at, "key", message, {
        hint: "rename one of them",
        related: [{ message: `the image \`${image.name}\` is here`, range: source.locate(image.at, "key") }],
      });
    }
    const reported = reportOutput(model, group.name);
    if (reported !== undefined) {
      const message = `the group \`${group.name}\` has the name of the output packages.<system>.${group.name}, ${reported}`;
      add("name-conflict", group.at, "key", message, { hint: "rename the group" });
    }
    const volume = model.volumes.find((one) => `volume-${one.name}` === group.name);
    if (!volume) continue;
    const message = `the group \`${group.name}\` and the volume \`${volume.name}\` both need the output packages.<system>.${group.name}`;
    add("name-conflict", group.at, "key", message, {
      hint: "rename one of them",
      related: [{ message: `the volume \`${volume.name}\` is here`, range: source.locate(volume.at, "key") }],
    });
  }
}

/** What the output of this name shows, if the spec has it; undefined for another name. */
function reportOutput(model: Model, name: string): string | undefined {
  if (name === "closure-sizes" && (model.sbom || (model.policy?.budgets.length ?? 0) > 0)) return "the sizes of the groups";
  const group = model.sbom ? model.groups.find((one) => `sbom-${one.name}` === name) : undefined;
  return group && `the bill of materials of \`${group.name}\``;
}
