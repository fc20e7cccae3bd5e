import type { Model, Tool } from "../../model/model.ts";
import { coversPath, type SpecPath } from "../../report/spec-path.ts";
import { type Attribute, Call, type NixValue } from "../printers/nix.ts";
import { toolList, toolRecord } from "./flake.ts";

/** Data for nix/policy.nix. What the spec accepts under `lint` is not judged there either. */
export function policyView(model: Model): object {
  const isAccepted = (code: string, at: SpecPath) => model.lint.some((one) => one.code === code && coversPath(one.place, at));
  const list = (place: string, tools: readonly Tool[], value: NixValue): NixValue => {
    const accepted = tools.flatMap((tool, index) => (isAccepted("policy-license", tool.at) ? [index] : []));
    return { place: `${place}.packages`, tools: value, ...(accepted.length > 0 ? { accepted } : {}) };
  };
  const { denied = [], budgets = [] } = model.policy ?? {};
  const lists = [
    ...model.groups.map((group) => list(`groups.${group.name}`, group.tools, toolList([group]))),
    ...model.shells
      .filter((shell) => shell.tools.length > 0)
      .map((shell) => list(`shells.${shell.name}`, shell.tools, shell.tools.map(toolRecord))),
  ];
  return {
    denied: denied.length > 0 && [...new Set(denied.map(({ license }) => license))],
    lists,
    budgets:
      budgets.length > 0 &&
      budgets.flatMap(({ at, group, written, bytes }): Attribute[] => {
        if (isAccepted("policy-closure", at)) return [];
        const { name, title } = group;
        return [[`closure-${name}`, new Call("within", { name, title, tools: toolList([group]), budget: written, bytes })]];
      }),
    usesGroups: model.groups.length > 0,
  };
}
