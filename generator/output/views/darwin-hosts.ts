import { nixDarwinFor } from "../../knowledge/nix-darwin.ts";
import type { Model, Setting } from "../../model/model.ts";
import { type Attribute, Call, type NixValue } from "../printers/nix.ts";
import { buildMachine, everyGroup, groupSwitches, moduleFiles, overrides } from "./fleet.ts";
import { isDarwin } from "./kinds.ts";
import { settingsToNix } from "./nixos.ts";

/** Data for the Macs of the spec, as nix-darwin configures them. */

/** The name of the input. A spec that has an input of this name uses its own nix-darwin. */
export const NIX_DARWIN = "nix-darwin";

/** The flake's input for nix-darwin; undefined without Macs, and if the spec has the input. */
export function nixDarwinInput(model: Model): NixValue | undefined {
  if (!model.hosts.some(isDarwin) || model.inputs.some((set) => set.name === NIX_DARWIN)) return undefined;
  return { url: nixDarwinFor(model.nixpkgs.url), inputs: { nixpkgs: { follows: "nixpkgs" } } };
}

export function darwinHostsView(model: Model): object {
  const macs = model.hosts.filter(isDarwin);
  return {
    everyGroup: everyGroup(model, macs),
    overrides: overrides(macs, (mac) => macSettings(model, mac.ownSettings)),
    hosts: macs.map(
      ({ name, system, stateVersion, groups, modules, ownSettings }): Attribute => [
        name,
        new Call("host", {
          name,
          system,
          stateVersion,
          groups: groupSwitches(model, groups),
          modules: moduleFiles(modules),
          ...macSettings(model, ownSettings),
        }),
      ],
    ),
    builders: model.builders.map((builder) => ({ host: builder.specHost ?? "", machine: buildMachine(builder) })),
  };
}

/** The argument `nix` of `host` in nix/darwin-hosts.nix. nix-darwin has `nix.optimise` for the setting that corrupts a store on macOS. */
function macSettings(model: Model, own: readonly Setting[]): { readonly nix?: NixValue } {
  const settings = settingsToNix(
    model,
    own,
    (list) => new Call("wholeList", list),
    (value) => new Call("override", value),
  );
  const optimise = own.find((setting) => setting.name === "auto-optimise-store")?.value;
  delete settings["auto-optimise-store"];
  const nix = {
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    ...(typeof optimise === "boolean" ? { optimise: { automatic: new Call("override", optimise) } } : {}),
  };
  return Object.keys(nix).length > 0 ? { nix } : {};
}
