import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { ReporterAdd } from "../report/diagnostic.ts";
import type { Ci, Runner } from "./model.ts";
import { byName } from "./order.ts";
import { refer } from "./references.ts";
import { present } from "./tools.ts";

/** `ci` of a spec, in its short or long form. Reports `reference-unknown` for a system that the spec does not have. */
export function ciOf(part: Pruned<Spec>["ci"], systems: readonly string[], add: ReporterAdd): Ci | undefined {
  if (part === undefined) return undefined;
  const at = ["ci"];
  const short = { at, systems: undefined, runners: [], cachix: undefined, store: false };
  if (typeof part === "string") return { ...short, forges: [part] };
  const known = { kind: "system", key: "systems", declared: systems, known: new Map(systems.map((name) => [name, name])) };
  const named = part.systems?.flatMap((name, index) => {
    const place = [...at, "systems", index];
    return name !== undefined && refer(known, name, place, add) !== undefined ? [{ at: place, name }] : [];
  });
  const runners = Object.entries(part.runners ?? {}).flatMap(([name, runner]): (Runner & { name: string })[] => {
    const labels = present(runner?.labels ?? []);
    const pullRequests = runner?.pullRequests ?? DEFAULTS.runner.pullRequests;
    return labels.length > 0 ? [{ at: [...at, "runners", name], name, system: name, labels, pullRequests }] : [];
  });
  const cachix = part.cache?.cachix;
  const store = part.cache?.store !== undefined;
  return { at, forges: present(part.forges ?? []), systems: named, runners: byName(runners), cachix, store };
}
