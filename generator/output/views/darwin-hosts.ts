import { nixDarwinFor } from "../../knowledge/nix-darwin.ts";
import { isDarwin } from "../../model/hosts.ts";
import type { Model } from "../../model/model.ts";
import { type Attribute, Call, type NixValue } from "../printers/nix.ts";
import { buildMachine, everyGroup, groupSwitches, moduleFiles } from "./fleet.ts";

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
    hosts: macs.map(
      ({ name, system, stateVersion, groups, modules }): Attribute => [
        name,
        new Call("host", { name, system, stateVersion, groups: groupSwitches(model, groups), modules: moduleFiles(modules) }),
      ],
    ),
    builders: model.builders.map((builder) => ({ host: builder.specHost ?? "", machine: buildMachine(builder) })),
  };
}
