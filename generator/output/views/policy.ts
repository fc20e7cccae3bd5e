import type { Model, Tool } from "../../model/model.ts";
import { acceptedIn } from "../../report/spec-path.ts";
import { type Attribute, Call, type NixValue } from "../printers/nix.ts";
import { hasDenied, judgedBudgets } from "./evidence.ts";
import { toolList, toolRecord } from "./flake.ts";

/** Data for nix/policy.nix. */
export function policyView(model: Model): object {
  const budgets = judgedBudgets(model).map(({ group, written, bytes }): Attribute => {
    const { name, title } = group;
    return [`closure-${name}`, new Call("within", { name, title, tools: toolList([group]), budget: written, bytes })];
  });
  return {
    ...(hasDenied(model) ? licensesView(model) : { denied: false }),
    budgets: budgets.length > 0 && budgets,
    usesGroups: model.groups.length > 0,
  };
}

/** The denied licences, and every list of tools that they are looked for in. */
function licensesView(model: Model): object {
  const isAccepted = acceptedIn(model.lint, "policy-license");
  const list = (place: string, tools: readonly Tool[], value: NixValue): NixValue => {
    const accepted = tools.flatMap((tool, index) => (isAccepted(tool.at) ? [index] : []));
    return { place: `${place}.packages`, tools: value, ...(accepted.length > 0 ? { accepted } : {}) };
  };
  return {
    denied: [...new Set(model.policy?.denied.map(({ license }) => license))],
    lists: [
      ...model.groups.map((group) => list(`groups.${group.name}`, group.tools, toolList([group]))),
      ...model.shells
        .filter((shell) => shell.tools.length > 0)
        .map((shell) => list(`shells.${shell.name}`, shell.tools, shell.tools.map(toolRecord))),
    ],
  };
}
