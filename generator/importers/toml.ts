import { parse, TomlDate, TomlError, type TomlValue } from "smol-toml";
import { SyntaxFault } from "./syntax-fault.ts";

export type Table = { readonly [key: string]: TomlValue };

/** Throws a {@link SyntaxFault}. Whole numbers beyond 2^53 come as BigInt. */
export function parseToml(text: string): Table {
  try {
    return parse(text, { integersAsBigInt: "asNeeded" });
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const lines = text.split("\n");
    const before = lines.slice(0, error.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
    const start = Math.max(0, Math.min(before + error.column - 1, text.length));
    throw new SyntaxFault(faultMessage(error.message), { start, end: Math.min(start + 1, text.length) });
  }
}

/** Our message for each of smol-toml's, which has no codes. */
const MESSAGES: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/unfinished string/, "unterminated string"],
  [/unfinished array/, "`]` is missing"],
  [/unfinished table/, "`}` is missing"],
  [/expected comma/, "expected `,` or the closing bracket"],
  [/table array declaration/, "expected `]]`"],
  [/redefine/, "this key or table is defined twice"],
  [/end-of-line/, "expected the end of the line: a line has one `key = value`"],
  [/control characters/, "unexpected control character: write it as an escape, or close the quotes"],
  [/escape/, "invalid escape in a string"],
  [/\bdate\b|date-time/, "invalid date or time"],
  [/numeric|leading zero|underscore|integer value/, "invalid number"],
  [/nested structures/, "nested too deeply"],
  [/\bkey\b|property/, "invalid key: use letters, digits, `_` and `-`, or put it in quotes, and write `key = value`"],
];

const faultMessage = (theirs: string): string =>
  MESSAGES.find(([pattern]) => pattern.test(theirs.split("\n")[0] ?? ""))?.[1] ?? "invalid value: put text in quotes";

export const isTable = (value: TomlValue | undefined): value is Table =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof TomlDate);

/** A table's entries in their order; `[]` for what is no table. */
export const entries = (value: TomlValue | undefined): [string, TomlValue][] => (isTable(value) ? Object.entries(value) : []);

/** Text and numbers, alone or in lists, as text; what is neither is left out. */
export const texts = (value: TomlValue | undefined): string[] =>
  Array.isArray(value)
    ? value.flatMap((item) => texts(item))
    : typeof value === "string" || typeof value === "number" || typeof value === "bigint"
      ? [String(value)]
      : [];
