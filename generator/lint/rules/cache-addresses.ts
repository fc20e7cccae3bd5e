import { cacheIdentity } from "../../knowledge/cache-address.ts";
import { isStoreReference } from "../../knowledge/settings.ts";
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
        if (isStoreReference(url) && !/^[\w.-]+\.[a-z]{2,}\//i.test(url)) continue;
        const isHost = /^[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:\/.*)?$/.test(url);
        const at = [...cache, "url"];
        report({
          at,
          message: `${quoted([url])} is no store address: it has no scheme`,
          hint: isHost
            ? `write \`https://${url}\``
            : "write a URL such as https://cache.example.org, s3://bucket or file:///srv/cache",
          fix: () => (isHost ? replacement(source, at, "value", `https://${url}`) : undefined),
        });
      }
      for (const entries of lists(context)) reportRepeated(context, entries);
    },
  },
];

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
