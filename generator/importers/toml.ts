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

/** smol-toml tells kinds of faults apart by its messages alone: ours, for each of its kinds. */
const MESSAGES: readonly (readonly [theirs: RegExp, ours: string])[] = [
  [/unfinished string/, "the string has no end"],
  [/unfinished array/, "the array has no `]`"],
  [/unfinished table/, "the table has no `}`"],
  [/expected comma/, "`,` or the closing bracket expected"],
  [/table array declaration/, "`]]` expected"],
  [/redefine/, "this key has a value already"],
  [/end-of-line/, "a line holds one `key = value`"],
  [/control characters/, "a control character, which TOML takes only as an escape"],
  [/escape/, "the string has an escape that TOML does not know"],
  [/\bdate\b|date-time/, "not a date or time as TOML writes them"],
  [/numeric|leading zero|underscore|integer value/, "not a number as TOML writes them"],
  [/nested structures/, "nested too deep"],
  [/\bkey\b|property/, "not a key: letters, digits, `_` and `-`, or text in quotes, and then `=` and a value"],
];

const faultMessage = (theirs: string): string =>
  MESSAGES.find(([pattern]) => pattern.test(theirs.split("\n")[0] ?? ""))?.[1] ??
  "not a value as TOML writes them: text is in quotes";

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
