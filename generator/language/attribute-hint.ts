import { toolNamed } from "../knowledge/tool-names.ts";
import { isKey } from "./expected-keys.ts";

/** What a text that is not an attribute path probably means. */
interface Meant {
  readonly hint: string;
  /** The text to write instead, if it is certain. */
  readonly fix?: string;
}

const PATH = /^[A-Za-z0-9_][A-Za-z0-9_'+-]*(?:\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/;

/** The forms in which other tools name a package; each gives the attribute and, where the form has one, the version. */
const FORMS: readonly (readonly [form: RegExp, why: string])[] = [
  [/^(?:nixpkgs|pkgs|n|flake:nixpkgs)#(?<name>.+)$/, "write the tool without `nixpkgs#`"],
  [
    /^github:NixOS\/nixpkgs(?:\/[^#]+)?#(?<name>.+)$/i,
    "write the tool without its flake (for another flake, use `inputs` and `from:`)",
  ],
  [
    /^(?:aqua|ubi|asdf|core|brew|cask|apt|npm|pipx|cargo|go|gem|vfox|github):(?<name>[^@]+)(?:@(?<version>.+))?$/,
    "write the name that the tool has in nixpkgs",
  ],
  [/^(?<name>[A-Za-z0-9_'+./-]+?)(?:@|==?|:)v?(?<version>\d[\w.+-]*|latest)$/, "write the version as `version:`"],
  [/^(?:[\w.-]+\/){1,3}(?<name>[\w.+-]+)$/, "write the tool without its tap or owner"],
];

/** Quotation marks of word processors. */
const SMART_QUOTES = /^[\u2018-\u201f\u00ab\u00bb"'`]+|[\u2018-\u201f\u00ab\u00bb"'`]+$/g;

/** What a text that is not an attribute path probably means; undefined if unknown. */
export function meantAttribute(text: string): Meant | undefined {
  const bare = text.replace(SMART_QUOTES, "").trim();
  if (bare !== text && PATH.test(bare)) {
    const isSpace = text.trim() === bare;
    return { hint: `write \`${bare}\` without ${isSpace ? "the space around it" : "the quotation marks"}`, fix: bare };
  }
  if (/^\.{0,2}\//.test(bare))
    return { hint: "a tool is a package of nixpkgs; a program of the project is an entry of `commands`" };
  const word = /^[a-z+]+:\/\/.*?\/([\w-]+?)(?:\.git)?\/?$/i.exec(bare)?.[1];
  if (word !== undefined) return { hint: `a tool has its name in nixpkgs: \`flakewright search ${word}\` finds it` };
  const tool = toolNamed(bare)?.attribute;
  if (tool !== undefined) return { hint: `did you mean \`${tool}\`?`, fix: tool };
  for (const [form, why] of FORMS) {
    const { name, version } = form.exec(bare)?.groups ?? {};
    if (name === undefined) continue;
    const last = name.slice(name.lastIndexOf("/") + 1);
    const attribute = toolNamed(last)?.attribute ?? last;
    if (!PATH.test(attribute)) continue;
    if (version === undefined || version === "latest") return { hint: `${why}: \`${attribute}\``, fix: attribute };
    if (isKey("groups.packages.version")) return { hint: `${why}: \`{ package: ${attribute}, version: "${version}" }\`` };
    return { hint: "for another version of a tool, add an entry to `inputs` and name it in the tool's `from:`" };
  }
  const words = bare.split(/[\s,]+/);
  if (words.length > 1 && words.every((word) => PATH.test(word)))
    return { hint: `write one entry for each tool: ${words.map((word) => `\`${word}\``).join(", ")}` };
  return undefined;
}
