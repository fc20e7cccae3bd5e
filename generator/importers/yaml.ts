import { type Document, isMap, parseDocument, visit, type YAMLMap } from "yaml";
import { yamlErrorText } from "../report/yaml-errors.ts";
import { holdsSecret } from "./secrets.ts";
import { SyntaxFault } from "./syntax-fault.ts";

export interface ForeignYaml {
  /** The nodes, for comments. */
  readonly document: Document.Parsed;
  /** Plain data; of a key that stands twice, the last value. */
  readonly value: unknown;
}

/** How many aliases may be followed: a few lines of them can stand for gigabytes. */
const MAX_ALIASES = 100;

/** Reads one document of YAML 1.2. Throws a {@link SyntaxFault}. */
export function parseYaml(text: string): ForeignYaml {
  const document = parseDocument(text, {
    version: "1.2",
    prettyErrors: false,
    uniqueKeys: false,
    merge: false,
    logLevel: "error",
  });
  const [fault] = document.errors;
  if (fault) {
    const [start, end] = fault.pos.map((offset) => Math.min(offset, text.length)) as [number, number];
    const found = text.slice(start, end);
    throw new SyntaxFault(yamlErrorText(fault, holdsSecret(found) ? "…" : found).message, { start, end });
  }
  let aliases = 0;
  visit(document, {
    Alias(_, alias) {
      // Each search reads the whole document.
      if (++aliases > MAX_ALIASES) throw new SyntaxFault(`more than ${MAX_ALIASES} aliases`, { start: 0, end: text.length });
      const [start = 0, end = text.length] = alias.range ?? [];
      if (!alias.resolve(document))
        throw new SyntaxFault(`no anchor \`&${alias.source}\` is defined before this alias`, { start, end });
    },
  });
  try {
    return { document, value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new SyntaxFault("the aliases expand to too much data", { start: 0, end: text.length });
  }
}

export interface ForeignYamlMap extends ForeignYaml {
  /** The map's node; null for an empty document. */
  readonly root: YAMLMap | null;
  readonly value: Readonly<Record<string, unknown>>;
}

/** As {@link parseYaml}; throws a {@link SyntaxFault} also unless the document is a map or empty. */
export function parseYamlMap(text: string): ForeignYamlMap {
  const { document, value } = parseYaml(text);
  const root = document.contents;
  if (root !== null && !isMap(root)) throw new SyntaxFault("expected a map", { start: 0, end: text.length });
  return { document, root, value: root === null ? {} : (value as Record<string, unknown>) };
}
