import { currentLicense } from "../knowledge/licenses.ts";
import { bytesOf } from "../knowledge/sizes.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { ReporterAdd } from "../report/diagnostic.ts";
import type { Budget, Group, Policy } from "./model.ts";
import { type References, refer } from "./references.ts";

/** `policy` of a spec. Reports `reference-unknown` for a group. */
export function policyOf(part: Pruned<Spec>["policy"], groups: References<Group>, add: ReporterAdd): Policy | undefined {
  if (part === undefined) return undefined;
  const at = ["policy"];
  const days = part.nixpkgs?.maxAge;
  const denied = (part.licenses?.deny ?? []).flatMap((written, index) =>
    written === undefined ? [] : [{ at: [...at, "licenses", "deny", index], written, license: currentLicense(written) }],
  );
  const budgets = Object.entries(part.closure ?? {}).flatMap(([name, written]): Budget[] => {
    const place = [...at, "closure", name];
    const group = written === undefined ? undefined : refer(groups, name, place, add, "key");
    return group && written !== undefined ? [{ at: place, group, written, bytes: bytesOf(written) }] : [];
  });
  return {
    at,
    maxAge: days === undefined ? undefined : { at: [...at, "nixpkgs", "maxAge"], days: Number.parseInt(days, 10) },
    denied,
    budgets,
  };
}
