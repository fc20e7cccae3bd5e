import type { Source } from "../../read/source.ts";
import type { SpecPath } from "../../report/spec-path.ts";
import { removal } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* Entries that stand twice in one list. */

/** Whether a list has a rule of its own for that: tools, caches, accepted risks, and included files. */
function isJudgedElsewhere(at: SpecPath): boolean {
  const [section, , key] = at;
  if (at.length === 1) return section === "substituters" || section === "lint" || section === "include";
  if (at.length === 3 && key === "packages") return section === "groups" || section === "shells";
  return at.at(-2) === "settings" && /^(?:extra-)?substituters$/.test(String(at.at(-1)));
}

export const repeatedEntryRules: readonly Rule[] = [
  {
    code: "entry-repeated",
    certainFix: true,
    severity: "warning",
    summary: "an entry that is twice in one list",
    cause: "The second one has no effect. Often another name was meant.",
    example: "trustedUsers: [root, root]",
    fixed: "trustedUsers: [root]",
    check: ({ source, report }) => {
      for (const { at, value, first } of repeated(source.value, [])) {
        report({
          at,
          message: `\`${value}\` is in this list already`,
          hint: "delete one of the two",
          related: [{ message: "the first one is here", range: source.locate(first, "value") }],
          fix: () => removal(source as Source, at),
        });
      }
    },
  },
];

interface Repeated {
  readonly at: SpecPath;
  readonly value: string;
  readonly first: SpecPath;
}

/** The lists of plain text of a spec, at any depth. */
function* repeated(value: unknown, at: SpecPath): Generator<Repeated> {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) {
    for (const [key, item] of Object.entries(value)) yield* repeated(item, [...at, key]);
    return;
  }
  if (isJudgedElsewhere(at)) return;
  const seen = new Map<string, number>();
  for (const [index, item] of value.entries()) {
    if (typeof item !== "string") {
      yield* repeated(item, [...at, index]);
      continue;
    }
    const first = seen.get(item);
    if (first === undefined) seen.set(item, index);
    else yield { at: [...at, index], value: item, first: [...at, first] };
  }
}
