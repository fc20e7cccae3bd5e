import { type CompletionItem, CompletionItemKind, type CompletionList } from "vscode-languageserver/node";
import type { Facts } from "../knowledge/packages.ts";
import { withoutExtra } from "../knowledge/setting.ts";
import { allSettings, experimentalFeatures } from "../knowledge/settings.ts";
import { isWellKnown, TOOL_NAMES } from "../knowledge/tool-names.ts";
import { schemaAt, schemaOfRight } from "../language/schema-at.ts";
import { SYSTEMS } from "../language/vocabulary.ts";
import { allCodes, explanationOf, isAcceptable } from "../lint/rules.ts";
import { valueAt } from "../report/spec-path.ts";
import type { Cursor } from "./cursor.ts";

/** As many as a person looks at; the list is made anew while the word grows. */
const MOST = 100;

/** What can be written at the cursor. */
export function completionsAt(cursor: Cursor, names: Names, facts: Facts | undefined): CompletionList {
  const items = cursor.isKey ? keys(cursor) : values(cursor, names, facts);
  return { isIncomplete: items.length >= MOST, items };
}

/** Names that the spec declares, by the key that declares them. */
export type Names = Readonly<Record<"groups" | "inputs" | "hosts", readonly string[]>>;

function keys({ path, value }: Cursor): CompletionItem[] {
  const parent = path.slice(0, -1);
  if (parent.at(-1) === "settings")
    return allSettings()
      .filter(({ renamedTo, removedIn }) => renamedTo === undefined && removedIn === undefined)
      .map(({ name, description }) => item(name, CompletionItemKind.Property, `${name}: `, description));
  const { properties = {} } = schemaAt(parent, value);
  const present = new Set(Object.keys((valueAt({ value }, parent) as object | undefined) ?? {}));
  return Object.entries(properties)
    .filter(([key]) => !present.has(key))
    .map(([key, schema]) => item(key, CompletionItemKind.Property, `${key}: `, schema.description));
}

function values({ path, written, value }: Cursor, names: Names, facts: Facts | undefined): CompletionItem[] {
  const last = path.at(-1);
  const list = typeof last === "number" ? path.at(-2) : undefined;
  if (list === "packages" || last === "package") return packages(written, facts);
  if (list === "groups") return names.groups.map((name) => item(name, CompletionItemKind.Reference));
  if (last === "from") return names.inputs.map((name) => item(name, CompletionItemKind.Reference));
  if (last === "host" && path[0] === "builders") return names.hosts.map((name) => item(name, CompletionItemKind.Reference));
  if (list === "systems" || last === "system") return SYSTEMS.map((name) => item(name, CompletionItemKind.EnumMember));
  if (last === "code" && path[0] === "lint")
    return allCodes()
      .filter(isAcceptable)
      .map((code) => item(code, CompletionItemKind.EnumMember, code, explanationOf(code)?.summary));
  const setting = path.at(list === undefined ? -2 : -3) === "settings" ? String(list ?? last) : undefined;
  if (setting !== undefined) return settingValues(setting);
  const schema = schemaOfRight(path, value) as { readonly enum?: readonly string[] };
  return (schema.enum ?? []).map((name) => item(name, CompletionItemKind.EnumMember));
}

function settingValues(name: string): CompletionItem[] {
  const plain = withoutExtra(name);
  const setting = allSettings().find((one) => one.name === plain);
  if (setting?.form === "feature")
    return experimentalFeatures().map((feature) => item(feature.name, CompletionItemKind.EnumMember));
  const words = [...(setting?.values ?? []), ...(setting?.type === "boolean" ? ["true", "false"] : []), ...(setting?.also ?? [])];
  return words.map((word) => item(word, CompletionItemKind.Value));
}

/** Packages, ranked: exactly this, what people call it, well-known ones that begin so, others that begin so. */
function packages(written: string, facts: Facts | undefined): CompletionItem[] {
  const word = written.toLowerCase();
  const ranked = new Map<string, { rank: number; called?: string }>();
  const add = (attribute: string, rank: number, called?: string): void => {
    const before = ranked.get(attribute);
    if (!before || rank < before.rank) ranked.set(attribute, { rank, ...(called === undefined ? {} : { called }) });
  };
  for (const { called, attribute } of TOOL_NAMES)
    if (called.toLowerCase().startsWith(word)) add(attribute, called.toLowerCase() === word ? 1 : 2, called);
  for (const { attribute } of facts?.containing(written) ?? []) {
    const name = attribute.toLowerCase();
    if (name === word) add(attribute, 0);
    else if (name.startsWith(word)) add(attribute, isWellKnown(attribute) ? 2 : 3);
  }
  return [...ranked]
    .sort(([a, x], [b, y]) => x.rank - y.rank || a.length - b.length || (a < b ? -1 : 1))
    .slice(0, MOST)
    .map(([attribute, { rank, called }], index) => {
      const found = facts?.find(attribute);
      const detail = [called && `called ${called}`, found?.version, found?.licenses?.join(", ")].filter(Boolean).join(" · ");
      return {
        ...item(attribute, CompletionItemKind.Module, attribute, found?.description),
        detail,
        sortText: `${rank}${String(index).padStart(4, "0")}`,
        filterText: called ?? attribute,
      };
    });
}

const item = (label: string, kind: CompletionItemKind, text = label, documentation?: string): CompletionItem => ({
  label,
  kind,
  insertText: text,
  ...(documentation ? { documentation: { kind: "markdown" as const, value: documentation } } : {}),
});
