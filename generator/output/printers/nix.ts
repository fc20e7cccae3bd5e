/*
 * Values → Nix text that nixfmt (RFC 166) leaves as it is. Every string becomes a double-quoted one: in `''…''` a `'${x}`
 * can't be escaped. https://nix.dev/manual/nix/latest/language/string-literals
 */

/** A value that can be printed. Numbers are finite, and integers within ±2^63. */
export type NixValue =
  | string
  | number
  | boolean
  | null
  | Selection
  | Call
  | readonly NixValue[]
  | { readonly [name: string]: NixValue };

/** A name and its value. A list of these keeps its order, where an object puts names that are numbers first. */
export type Attribute = readonly [name: string, value: NixValue];

/** `set.a."b c" or null`: an attribute path of something in scope. `head` is trusted text, never user input. */
export class Selection {
  readonly head: string;
  readonly path: readonly string[];
  readonly orNull: boolean;
  constructor(head: string, path: readonly string[], orNull = false) {
    this.head = head;
    this.path = path;
    this.orNull = orNull;
  }
}

/** `function argument`, such as `lib.mkForce [ … ]`. `head` is trusted text, never user input. */
export class Call {
  readonly head: string;
  readonly argument: NixValue;
  constructor(head: string, argument: NixValue) {
    this.head = head;
    this.argument = argument;
  }
}

/** Words that can't be a bare attribute name. https://nix.dev/manual/nix/latest/language/syntax */
const KEYWORDS = new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);
/** nixfmt's line width in characters: indentation does not count, the closing `;` does. */
const WIDTH = 100;
/** Behind a path of at most this many bare names, nixfmt keeps a string, list or set on the line, however wide. */
const SHORT_PATH = 4;

/** A string literal that evaluates to exactly `text`. Nix has no escape for other control characters, which validation refuses. */
export function nixString(text: string): string {
  if (!/["\\\n\r\t]|\$\{/.test(text)) return `"${text}"`;
  // `$${` is no interpolation, but escaping its `${` gives the same text.
  return `"${text.replace(/["\\]|\$(?=\{)|[\n\r\t]/g, (c) => (c === "\n" ? "\\n" : c === "\r" ? "\\r" : c === "\t" ? "\\t" : `\\${c}`))}"`;
}

const isBare = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !KEYWORDS.has(name);

/** An attribute name, quoted when it has to be. */
export const nixKey = (name: string): string => (isBare(name) ? name : nixString(name));

/** `a.b."c d"`. */
export const nixPath = (path: readonly string[]): string => path.map(nixKey).join(".");

/** A value as a whole expression or a list's element, on a line indented by `indent` spaces. No line is broken for its width. */
export function nixValue(value: NixValue, indent: number): string {
  if (typeof value === "string") return nixString(value);
  if (typeof value === "number") return nixNumber(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (value instanceof Selection) return value.orNull ? `${selected(value)} or null` : selected(value);
  if (value instanceof Call) return `${value.head} ${argument(value.argument, indent)}`;
  const line = `\n${" ".repeat(indent)}`;
  if (isList(value)) {
    if (value.length === 0) return "[ ]";
    return `[${value.map((item) => `${line}  ${argument(item, indent + 2)}`).join("")}${line}]`;
  }
  const bindings = nixBindings(Object.entries(value), indent + 2);
  return bindings === "" ? "{ }" : `{\n${bindings}${line}}`;
}

/** The attributes of a set in this order, each on lines of its own indented by `indent` spaces, without a line break at the end. */
export function nixBindings(attributes: readonly Attribute[], indent: number): string {
  const pad = " ".repeat(indent);
  return attributes.map(([name, value]) => pad + nixBinding([name], value, indent)).join("\n");
}

/**
 * `path = value;` on a line indented by `indent` spaces. A set of one attribute becomes a longer path, recursively. Lines are broken
 * where nixfmt breaks them, which depends on the path and on the value (`Pretty.hs` in https://github.com/NixOS/nixfmt).
 */
export function nixBinding(path: readonly string[], value: NixValue, indent: number): string {
  if (isSet(value)) {
    const [first, ...others] = Object.entries(value);
    if (first && others.length === 0) return nixBinding([...path, first[0]], first[1], indent);
  }
  const key = `${nixPath(path)} =`;
  const next = `\n${" ".repeat(indent + 2)}`;

  if (isScalar(value) || isEmpty(value)) {
    const text = nixValue(value, indent);
    const line = `${key} ${text};`;
    if (fits(line) || (typeof value === "string" && isShort(path))) return line;
    if (value instanceof Selection && value.orNull && !fits(`${text};`))
      return `${key}${next}${selected(value)}${next}  or null;`;
    return `${key}${next}${text};`;
  }
  if (value instanceof Call) {
    const text = nixValue(value, indent);
    const [start = ""] = text.split("\n", 1);
    const isOneLine = isScalar(value.argument) || isEmpty(value.argument);
    const isSimple = isScalar(value.argument) && !(value.argument instanceof Selection && !value.argument.path.every(isBare));
    if ((isSimple && isShort(path)) || fits(`${key} ${start}${isOneLine ? ";" : ""}`)) return `${key} ${text};`;
    if (isSimple || (!isShort(path) && !fits(key) && (!isOneLine || fits(`${start};`))))
      return `${key}${next}${nixValue(value, indent + 2)};`;
    return `${key}${next}${value.head}${next}  ${argument(value.argument, indent + 4)};`;
  }
  if (fits(`${key} {`) || isShort(path)) return `${key} ${nixValue(value, indent)};`;
  return `${key}${next}${nixValue(value, indent + 2)};`;
}

/** Whether nixfmt keeps a value on the path's line, however wide it is. */
const isShort = (path: readonly string[]): boolean => path.length <= SHORT_PATH && path.every(isBare);

const isList = (value: NixValue): value is readonly NixValue[] => Array.isArray(value);

function isSet(value: NixValue): value is { readonly [name: string]: NixValue } {
  return (
    typeof value === "object" && value !== null && !isList(value) && !(value instanceof Selection) && !(value instanceof Call)
  );
}

const isEmpty = (value: NixValue): boolean => (isList(value) || isSet(value)) && Object.keys(value).length === 0;

/** Whether a value is a single word or string. */
const isScalar = (value: NixValue): boolean => typeof value !== "object" || value === null || value instanceof Selection;

/** Whether a line is within the width, which nixfmt counts in characters: each is one or two units of the text. */
const fits = (line: string): boolean => line.length <= WIDTH || (line.length <= 2 * WIDTH && [...line].length <= WIDTH);

function argument(value: NixValue, indent: number): string {
  const text = nixValue(value, indent);
  const isSimple =
    !(value instanceof Call) && !(value instanceof Selection && value.orNull) && !(typeof value === "number" && value < 0);
  return isSimple ? text : `(${text})`;
}

function nixNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`Nix has no such number: ${value}`);
  if (Number.isInteger(value)) return BigInt(value).toString();
  return String(value);
}

const selected = ({ head, path }: Selection): string => (path.length === 0 ? head : `${head}.${nixPath(path)}`);
