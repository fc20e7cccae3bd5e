import type { Meaning } from "../commands/explain/meaning.ts";
import { meaningsOf } from "../commands/explain/meanings.ts";
import type { Facts } from "../knowledge/packages.ts";
import type { SpecPath } from "../report/spec-path.ts";

/** What a hover says of the key or value at a path; undefined where there is nothing to say. */
export function hoverText(path: SpecPath, isKey: boolean, word: string, facts: Facts | undefined): string | undefined {
  const meaning = meaningAt(path, isKey, word, facts);
  return meaning && markdown(meaning);
}

function meaningAt(path: SpecPath, isKey: boolean, word: string, facts: Facts | undefined): Meaning | undefined {
  const list = typeof path.at(-1) === "number" ? path.at(-2) : undefined;
  const of = (kind: Meaning["kind"], text = word) => meaningsOf(text, facts).find((one) => one.kind === kind);
  if (isKey) return path.at(-2) === "settings" ? of("setting") : of("key", keyPlace(path));
  if (list === "packages" || path.at(-1) === "package") return of("package");
  if (path.at(-1) === "code") return of("code");
  if (String(list).endsWith("experimental-features")) return of("feature");
  return undefined;
}

/** `groups.k8s.packages`: indices do not belong to a key's name. */
const keyPlace = (path: SpecPath): string => path.filter((step) => typeof step === "string").join(".");

function markdown({ title, text, facts, example }: Meaning): string {
  const rows = facts.map(([name, value]) => `- **${name}**: ${value}`);
  const right = example ? `\n\`\`\`yaml\n${example.right}\n\`\`\`` : "";
  return [`**${title}**`, text, rows.join("\n"), right].filter((part) => part !== "").join("\n\n");
}
