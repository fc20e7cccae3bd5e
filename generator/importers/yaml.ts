import { type Document, parseDocument, visit } from "yaml";
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
    throw new SyntaxFault(MESSAGES[fault.code] ?? "not YAML", { start, end });
  }
  visit(document, {
    Alias(_, alias) {
      const [start = 0, end = text.length] = alias.range ?? [];
      if (!alias.resolve(document)) throw new SyntaxFault("no anchor of this name stands before the alias", { start, end });
    },
  });
  try {
    return { document, value: document.toJS({ maxAliasCount: MAX_ALIASES }) };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new SyntaxFault("its aliases stand for too much text", { start: 0, end: text.length });
  }
}

/** Our words for the kinds of faults that the library tells apart. */
const MESSAGES: Readonly<Record<string, string>> = {
  BAD_ALIAS: "an alias is `*` and a name",
  BAD_COLLECTION_TYPE: "the tag does not fit the value",
  BAD_DIRECTIVE: "a line that begins with `%` is for the YAML reader, and this one is unknown",
  BAD_DQ_ESCAPE: "the text has an escape that YAML does not know",
  BAD_INDENT: "the indentation does not fit the lines around it",
  BAD_SCALAR_START: "text that begins with this character needs quotes",
  BLOCK_AS_IMPLICIT_KEY: "a second `: ` in one line: text that holds one needs quotes",
  BLOCK_IN_FLOW: "lines with `-` or indentation can't stand in brackets",
  KEY_OVER_1024_CHARS: "the key is longer than 1,024 characters",
  MISSING_CHAR: "a closing quote or bracket, or a `:` or `,` is missing",
  MULTILINE_IMPLICIT_KEY: "a key and its `:` stand on one line",
  MULTIPLE_DOCS: "a second document begins here",
  RESOURCE_EXHAUSTION: "nested too deep",
  TAB_AS_INDENT: "a tab indents this line: YAML takes spaces",
  UNEXPECTED_TOKEN: "this does not fit what stands above it: is the indentation right?",
};
