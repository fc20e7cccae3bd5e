import { countBefore } from "../report/count-before.ts";

/** Escapes of JSON, TOML, YAML and shells, and those of addresses. */
const ESCAPE =
  /\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|(\r?\n[ \t]*)|([^\r\n]))|%(0[9AaDd]|[2-7][0-9A-Fa-f])/g;

const CONTROLS: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", e: "\u001b", 0: "\0" };

/** A line further from an escape has no part of the secret that the escape is in. */
const AROUND = 8000;

/**
 * A text without escapes, and where in the original its characters are; undefined if it has none. It need not be right for a language:
 * what is no escape there is hardly a part of a secret. What is far from every escape is left out.
 */
export function unescaped(text: string): { readonly text: string; readonly offset: (at: number) => number } | undefined {
  if (!/\\|%[02-7]/.test(text)) return undefined;
  const parts: string[] = [];
  /** Where each part begins in the new text and in the original. */
  const begins: number[] = [];
  const origins: number[] = [];
  let length = 0;
  let at = 0;
  const push = (part: string, origin: number) => {
    if (part === "") return;
    begins.push(length);
    origins.push(origin);
    parts.push(part);
    length += part.length;
  };
  for (const match of text.matchAll(ESCAPE)) {
    const [whole, u, U, x, lineBreak, character = "", percent] = match;
    const between = text.slice(at, match.index);
    const [near, far] = [between.indexOf("\n", AROUND), between.lastIndexOf("\n", between.length - AROUND)];
    if (near === -1 || far <= near) push(between, at);
    else {
      push(between.slice(0, near), at);
      push("\0", at + near);
      push(between.slice(far), at + far);
    }
    const digits = u ?? U ?? x ?? percent;
    const code = digits === undefined ? undefined : Number.parseInt(digits, 16);
    if (code !== undefined) push(code > 0x10ffff ? "?" : String.fromCodePoint(code), match.index);
    else if (lineBreak === undefined) push(CONTROLS[character] ?? character, match.index);
    at = match.index + whole.length;
  }
  const rest = text.slice(at);
  const near = rest.indexOf("\n", AROUND);
  push(near === -1 ? rest : rest.slice(0, near), at);
  begins.push(length);
  origins.push(near === -1 ? text.length : at + near);
  return {
    text: parts.join(""),
    // The parts of a text of one character are longer in the original: the end of a range is where the next part begins.
    offset: (place) => {
      const at = countBefore(begins, (begin) => begin <= place) - 1;
      return Math.min((origins[at] ?? 0) + place - (begins[at] ?? 0), origins[at + 1] ?? text.length);
    },
  };
}
