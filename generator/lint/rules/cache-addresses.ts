import { cacheIdentity } from "../../knowledge/cache-address.ts";
import { isStoreReference } from "../../knowledge/settings.ts";
import { storeProblem } from "../../knowledge/store-address.ts";
import { quoted } from "../../report/words.ts";
import { entryRemoval, removal, replacement } from "../edits.ts";
import type { Rule, RuleContext } from "../rule.ts";
import { type Entry, entriesOf, placeOf, scopes } from "../settings-in-force.ts";

/* Addresses of binary caches: what Nix can open, and each once. */

export const cacheAddressRules: readonly Rule[] = [
  {
    code: "substituter-url",
    severity: "error",
    final: true,
    summary: "a cache whose address Nix can't open, or that is listed twice",
    cause:
      "A cache is a URL with its scheme, such as https://cache.nixos.org. Nix takes other text for a path or rejects it. A cache that is listed twice is asked once; a slash at the end makes no other cache.",
    example: `substituters:\n  - url: cache.example.org\n    publicKey: cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=`,
    fixed: `substituters:\n  - url: https://cache.example.org\n    publicKey: cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=`,
    source: "https://nix.dev/manual/nix/latest/store/types/",
    check: (context) => {
      const { model, source, report } = context;
      for (const { at: cache, url } of model.substituters) {
        const problem = storeProblem(url);
        if (!problem) continue;
        const at = [...cache, "url"];
        const { why, meant, hint } = problem;
        report({
          at,
          message: `${quoted([url])} ${why}`,
          hint: meant === undefined ? (hint ?? "correct the address") : `write \`${meant}\``,
          fix: () => (meant === undefined ? undefined : replacement(source, at, "value", meant)),
        });
      }
      for (const entry of listed(context)) {
        const problem = storeProblem(entry.text);
        // What is no store address at all is reported as `setting-type`.
        if (!problem || !isStoreReference(entry.text)) continue;
        report({
          ...placeOf(entry),
          message: `${quoted([entry.text])} ${problem.why}`,
          hint: problem.meant === undefined ? (problem.hint ?? "correct the address") : `write \`${problem.meant}\``,
        });
      }
      for (const entries of lists(context)) reportRepeated(context, entries);
    },
  },
];

/** The caches in the settings of every nix.conf of the spec, also those that users may choose. */
function* listed({ model, source }: RuleContext): Generator<Entry> {
  for (const scope of scopes(model))
    for (const setting of scope.declared)
      if (/^(?:extra-)?(?:trusted-)?substituters$/.test(setting.name)) yield* entriesOf(source, setting);
}

interface Listed extends Entry {
  readonly fix: () => ReturnType<typeof removal>;
}

/** The lists of caches, each in the order in which Nix asks. */
function* lists({ model, source }: RuleContext): Generator<Listed[]> {
  yield model.substituters.map(({ at, url }) => ({ at: [...at, "url"], text: url, fix: () => removal(source, at) }));
  for (const scope of scopes(model))
    yield scope.declared
      .filter(({ name }) => /^(?:extra-)?substituters$/.test(name))
      .flatMap((setting) => entriesOf(source, setting).map((entry) => ({ ...entry, fix: () => entryRemoval(source, entry) })));
}

function reportRepeated({ source, report }: RuleContext, entries: readonly Listed[]): void {
  const seen = new Map<string, Listed>();
  for (const entry of entries) {
    const address = cacheIdentity(entry.text);
    const first = seen.get(address);
    if (!first) seen.set(address, entry);
    else
      report({
        ...placeOf(entry),
        message: "this cache is listed twice",
        hint: "delete one of the two",
        related: [{ message: "it is here too", range: first.range?.() ?? source.locate(first.at, "value") }],
        fix: entry.fix,
      });
  }
}
