import { toolNamed } from "../knowledge/tool-names.ts";
import brew from "./brew-names.json" with { type: "json" };
import type { Draft, ForeignFile, ImportedPackage, KnownPackages, Noted } from "./draft.ts";
import { folderName } from "./names.ts";
import { ownComment } from "./secrets.ts";
import { mapTool } from "./tool-names.ts";
import { packageOf } from "./tool-versions.ts";

/*
 * A Brewfile is a Ruby program; what people write in it is one call a line: `brew "NAME", OPTIONS`. Other Ruby becomes a remark.
 */

/** nixpkgs' attribute, or mise's name, for formulas whose name differs. */
const FORMULAS: ReadonlyMap<string, string> = new Map(Object.entries(brew.formulas));

/** Casks of programs for the terminal; other casks are apps of macOS. */
const CASKS: ReadonlyMap<string, string> = new Map(Object.entries(brew.casks));

/** Homebrew's Brewfile → draft. */
export function importBrewfile({ path, text }: ForeignFile, known: KnownPackages | undefined): Draft {
  const packages: Noted<ImportedPackage>[] = [];
  const notes: string[] = [];
  /** The conditions of each open block, `if OS.mac?`; those of its branches before are among them, negated. */
  const blocks: (readonly string[])[] = [];
  let pending: string[] = [];
  for (const line of statements(text)) {
    const { code, comment } = splitComment(line);
    if (comment !== "") pending.push(ownComment(comment));
    if (code === "") continue;
    if (changesBlocks(code, blocks)) continue;
    const [, call = "", , name, options = ""] = /^([a-z_]+)[ (]\s*(["'])([^"']+)\2\s*,?\s*(.*?)\)?$/s.exec(code) ?? [];
    const entry = name === undefined ? undefined : entryOf(call, name, [options, ...blocks.flat()], pending, known);
    if (entry) packages.push(entry);
    else if (call !== "tap") notes.push(...pending, `left out: ${ownComment(code.replace(/\s+/g, " "))}`);
    pending = [];
  }
  return { name: folderName(path), packages, notes: pending, shellNotes: notes };
}

/** Whether a line opens or closes a block or is its next branch; `blocks` is then changed. */
function changesBlocks(code: string, blocks: (readonly string[])[]): boolean {
  const branch = /^els(?:e|(if\s.+))$/s.exec(code);
  if (/^(if|unless)\s/.test(code)) blocks.push([code]);
  else if (branch) blocks.push(nextBranch(blocks.pop() ?? [], branch[1]));
  else if (code === "end") blocks.pop();
  else return false;
  return true;
}

/**
 * The conditions of the branch after an `else` or `elsif`.
 * @param before those of the branch before; the last one is its own
 * @param condition that of an `elsif`: `if OS.linux?`
 */
function nextBranch(before: readonly string[], condition: string | undefined): readonly string[] {
  const negated = before
    .slice(-1)
    .map((one) => (one.startsWith("if") ? one.replace("if", "unless") : one.replace("unless", "if")));
  return [...before.slice(0, -1), ...negated, ...(condition === undefined ? [] : [condition])];
}

/** A call as a package, or the reason why there is none; undefined for what is no program. */
function entryOf(
  call: string,
  name: string,
  conditions: readonly string[],
  comments: readonly string[],
  known: KnownPackages | undefined,
): Noted<ImportedPackage> | undefined {
  const about = [...comments, ...remarks(conditions)];
  const os = [...new Set(conditions.flatMap((one) => operatingSystem(one) ?? []))];
  if (os.length > 1) return { notes: [...about, `${call} ${name} is left out: its conditions exclude each other`] };
  const only = os.length === 0 ? {} : { os };
  switch (call) {
    case "brew":
      return formula(name, about, only, known);
    case "cask": {
      const attribute = CASKS.get(name.replace(/@.*$/, ""));
      if (attribute !== undefined) return packageOf(name, [], about, known, { ...only, mapped: { attribute, remark: "" } });
      return {
        notes: [...about, `the cask ${name} is left out: it is an app of macOS, and a shell has programs for the terminal`],
      };
    }
    case "go":
    case "cargo":
    case "npm":
      return packageOf(`${call}:${name}`, [], about, known, only);
    case "uv":
      return packageOf(`pipx:${name}`, [], about, known, only);
    case "mas":
    case "vscode":
    case "whalebrew":
    case "flatpak":
      return { notes: [...about, `${call} ${name} is left out: it is no package of nixpkgs`] };
    default:
      return undefined;
  }
}

/** `node@22` is a version, `hashicorp/tap/terraform` a formula of another repository. */
function formula(
  name: string,
  comments: readonly string[],
  only: { readonly os?: readonly string[] },
  known: KnownPackages | undefined,
): Noted<ImportedPackage> {
  const last = name.slice(name.lastIndexOf("/") + 1);
  const [, base = last, version = ""] = /^(.+?)@(.+)$/.exec(last) ?? [];
  const attribute = FORMULAS.get(last) ?? FORMULAS.get(base) ?? (toolNamed(base) ? undefined : base);
  // Most formulas have the name that nixpkgs has; mise's registry knows many of the others.
  const isKnown = attribute !== undefined && (attribute !== base || known?.has(attribute) !== false);
  const mapped = isKnown ? { attribute, remark: "" } : mapTool(base, known);
  return packageOf(name, version === "" ? [] : [version], comments, known, { ...only, mapped });
}

/** `if OS.mac?` and the like, before a block or behind a call, in mise's words; undefined for other conditions. */
function operatingSystem(condition: string): "macos" | "linux" | undefined {
  const [, word, os, more = ""] = /\b(if|unless)\s+OS\.(mac|linux)\?(.*)/s.exec(condition) ?? [];
  // `if OS.mac? && …` is still macOS; its negation can be any system.
  if (word === undefined || /\|\||\bor\b/.test(more) || (word === "unless" && /&&|\band\b/.test(more))) return undefined;
  return (os === "mac") === (word === "if") ? "macos" : "linux";
}

/** Options that change what is installed or run, and conditions that a spec does not have. */
function remarks(conditions: readonly string[]): string[] {
  const options = conditions[0] ?? "";
  const named = ["args", "restart_service", "start_service", "link", "conflicts_with", "postinstall"];
  const given = named.filter((key) => new RegExp(`\\b${key}(:|["']?\\s*=>)`).test(options));
  const other = conditions
    .filter((one) => operatingSystem(one) === undefined)
    .flatMap((one) => /\b(?:if|unless)\s+.+$/.exec(one)?.[0] ?? []);
  return [
    ...given.map((key) => `${key}: an option of Homebrew's has no counterpart in a spec`),
    ...other.map((condition) => `only ${ownComment(condition)}: a spec has no conditions but \`systems\``),
  ];
}

/** The lines, with those that go on in the next line (after a comma, or within brackets) as one. */
function statements(text: string): string[] {
  const found: string[] = [];
  let open = "";
  for (const line of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
    const whole = open === "" ? line.trim() : `${open} ${line.trim()}`;
    const { code } = splitComment(whole);
    const depth = (code.match(/[[{(]/g)?.length ?? 0) - (code.match(/[\]})]/g)?.length ?? 0);
    const goesOn = (code.endsWith(",") || depth > 0) && whole.length < 10_000;
    if (goesOn) open = code;
    else {
      found.push(...parts(whole));
      open = "";
    }
  }
  return open === "" ? found : [...found, open];
}

/** The statements of a line: `brew "a"; brew "b" # why`. A semicolon in a string parts nothing. */
const parts = (line: string): string[] => {
  const { code } = splitComment(line);
  const ends = [...code.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|;/g)].filter(([one]) => one === ";");
  const starts = [0, ...ends.map(({ index }) => index + 1)];
  return starts.map((start, at) => line.slice(start, ends[at]?.index ?? line.length).trim());
};

/** Code and comment of a line; `#` inside a string begins no comment. */
function splitComment(line: string): { readonly code: string; readonly comment: string } {
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const one = line[at] ?? "";
    if (quote !== "") {
      if (one === "\\") at++;
      else if (one === quote) quote = "";
    } else if (one === '"' || one === "'") quote = one;
    else if (one === "#")
      return {
        code: line.slice(0, at).trim(),
        comment: line
          .slice(at)
          .replace(/^#+\s?/, "")
          .trim(),
      };
  }
  return { code: line.trim(), comment: "" };
}
