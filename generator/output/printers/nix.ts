/*
 * Values → Nix text that nixfmt (RFC 166) leaves as it is. Every string becomes a double-quoted one: in `''…''` a `'${x}`
 * can't be escaped. https://nix.dev/manual/nix/latest/language/string-literals
 */

/** A value the printer knows. Numbers are whole and within ±2^63; anything else is a mistake of ours, not of a spec. */
export type NixValue =
  | string
  | number
  | boolean
  | null
  | Selection
  | Call
  | readonly NixValue[]
  | { readonly [name: string]: NixValue };

/** `set.a."b c" or null`: an attribute path of something in scope. `head` is ours, never of a spec. */
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

/** `function argument`, such as `lib.mkForce [ … ]`. `head` is ours, never of a spec. */
export class Call {
  readonly head: string;
  readonly argument: NixValue;
  constructor(head: string, argument: NixValue) {
    this.head = head;
    this.argument = argument;
  }
}

/** https://nix.dev/manual/nix/latest/language/syntax: words that can't stand as a bare attribute name. */
const KEYWORDS = new Set(["assert", "else", "if", "in", "inherit", "let", "or", "rec", "then", "with"]);
/** nixfmt's line width: indentation does not count, the closing `;` does. */
const WIDTH = 100;

/** A string literal: the reader gets exactly `text` back. Nix has no escape for other control characters; the language refuses them. */
export function nixString(text: string): string {
  if (!/["\\\n\r\t]|\$\{/.test(text)) return `"${text}"`;
  // `$${` is no interpolation, yet escaping its second half gives the same text, so one rule serves.
  return `"${text.replace(/["\\]|\$(?=\{)|[\n\r\t]/g, (c) => (c === "\n" ? "\\n" : c === "\r" ? "\\r" : c === "\t" ? "\\t" : `\\${c}`))}"`;
}

/** An attribute name, quoted when it has to be. */
export function nixKey(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !KEYWORDS.has(name) ? name : nixString(name);
}

/** `a.b."c d"`. */
export const nixPath = (path: readonly string[]): string => path.map(nixKey).join(".");

/**
 * A value as it stands behind `name = ` or as a list's element on a line indented by `indent` spaces. `before` is how many
 * characters the line has in front of it, indentation not counted: only a selection ever has to break for width.
 */
export function nixValue(value: NixValue, indent: number, before = 0): string {
  if (typeof value === "string") return nixString(value);
  if (typeof value === "number") return nixNumber(value);
  if (typeof value === "boolean" || value === null) return String(value);
  if (value instanceof Selection) return selection(value, indent, before);
  if (value instanceof Call) return `${value.head} ${argument(value.argument, indent)}`;
  const line = `\n${" ".repeat(indent)}`;
  if (Array.isArray(value)) {
    const items = value as readonly NixValue[];
    if (items.length === 0) return "[ ]";
    return `[${items.map((item) => `${line}  ${argument(item, indent + 2)}`).join("")}${line}]`;
  }
  const attributes = value as Readonly<Record<string, NixValue>>;
  const names = Object.keys(attributes);
  if (names.length === 0) return "{ }";
  let text = "{";
  for (const name of names) text += `${line}  ${binding(name, attributes[name] as NixValue, indent + 2)}`;
  return `${text}${line}}`;
}

function binding(name: string, value: NixValue, indent: number): string {
  const key = `${nixKey(name)} =`;
  const text = nixValue(value, indent, key.length + 1);
  // Behind a quoted name nixfmt lets no scalar run over the width; behind a bare one it does.
  const isScalar = typeof value !== "object" || value === null;
  if (isScalar && key.startsWith('"') && key.length + text.length + 2 > WIDTH) return `${key}\n${" ".repeat(indent + 2)}${text};`;
  return value instanceof Selection && text.startsWith("\n") ? `${key}${text};` : `${key} ${text};`;
}

function argument(value: NixValue, indent: number): string {
  const text = nixValue(value, indent);
  const simple =
    !(value instanceof Call) && !(value instanceof Selection && value.orNull) && !(typeof value === "number" && value < 0);
  return simple ? text : `(${text})`;
}

function nixNumber(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`not a number that Nix has: ${value}`);
  if (Number.isInteger(value)) return BigInt(value).toString();
  return String(value);
}

/** nixfmt moves a selection that is too wide to the next line, and there breaks before `or`. `before` is the width of `name = `. */
function selection(value: Selection, indent: number, before: number): string {
  let path = value.head;
  for (const step of value.path) path += `.${nixKey(step)}`;
  const whole = value.orNull ? `${path} or null` : path;
  if (before + whole.length + 1 <= WIDTH) return whole;
  const pad = `\n${" ".repeat(indent + 2)}`;
  if (whole.length + 1 <= WIDTH || !value.orNull) return pad + whole;
  return `${pad}${path}${pad}or null`;
}
