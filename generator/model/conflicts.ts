import type { Locator, ReporterAdd } from "../report/diagnostic.ts";
import { addTo } from "../report/lists-by-key.ts";
import type { SpecPath } from "../report/spec-path.ts";
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
  const outputs = otherOutputs(model);
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
    for (const { what, at } of outputs.get(group.name) ?? []) {
      const output = `packages.<system>.${group.name}`;
      if (at === undefined)
        add("name-conflict", group.at, "key", `the group \`${group.name}\` has the name of the output ${output}, ${what}`, {
          hint: "rename the group",
        });
      else
        add("name-conflict", group.at, "key", `the group \`${group.name}\` and ${what} both need the output ${output}`, {
          hint: "rename one of them",
          related: [{ message: `${what} is here`, range: source.locate(at, "key") }],
        });
    }
  }
}

/** Who needs an output of packages.<system>. */
interface OutputOwner {
  /** ``the host `web` ``, or what the output shows. */
  readonly what: string;
  /** Undefined if nothing in the spec has that name. */
  readonly at?: SpecPath;
}

/** The outputs of packages.<system> beside those of groups, by name. Several parts of the spec can need the same one. */
function otherOutputs(model: Model): ReadonlyMap<string, readonly OutputOwner[]> {
  const outputs = new Map<string, OutputOwner[]>();
  const needs = (name: string, owner: OutputOwner) => addTo(outputs, name, owner);
  for (const { os, name, at } of model.hosts) if (os === "linux") needs(`host-${name}`, { what: `the host \`${name}\``, at });
  for (const { name, at } of model.images) needs(`image-${name}`, { what: `the image \`${name}\``, at });
  if (model.sbom || (model.policy?.budgets.length ?? 0) > 0) needs("closure-sizes", { what: "the sizes of the groups" });
  if (model.sbom) for (const { name } of model.groups) needs(`sbom-${name}`, { what: `the bill of materials of \`${name}\`` });
  for (const { name, at } of model.volumes) needs(`volume-${name}`, { what: `the volume \`${name}\``, at });
  return outputs;
}
