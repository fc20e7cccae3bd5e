import type { Nix } from "../../knowledge/other-nixes.ts";
import { findSetting } from "../../knowledge/settings.ts";
import type { ImportedSetting, Noted } from "../draft.ts";
import type { Line } from "./lines.ts";
import { specValue } from "./values.ts";

/** What a setting has come to after the lines read so far. */
export interface Assignment {
  words: readonly string[];
  readonly notes: string[];
  /** The file of the line that counts. */
  file: string;
}

/** What Nix uses where a nix.conf is silent; an `extra-` line adds to it. */
const NIX_DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  substituters: ["https://cache.nixos.org/"],
  "trusted-public-keys": ["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
  "trusted-users": ["root"],
  "allowed-users": ["*"],
};

/** The value of a list setting that no line sets. */
export const nixDefault = (name: string): readonly string[] =>
  (Object.hasOwn(NIX_DEFAULTS, name) ? NIX_DEFAULTS[name] : undefined) ?? [];

/**
 * The settings of all lines as Nix ends up with them: a later line wins, `extra-` adds. What a section of the spec is for is
 * taken out by name; the rest is the spec's `settings`.
 */
export class Assignments {
  /** By current name, with `extra-` where only `extra-` lines set it. */
  readonly #assigned = new Map<string, Assignment>();
  /** The words of those that `extra-` lines have added to. */
  readonly #appended = new WeakMap<Assignment, { readonly list: string[]; readonly seen: Set<string> }>();
  /** What the spec's `settings` show, in order: names of `#assigned`, or remarks. */
  readonly #order: (string | { readonly notes: readonly string[] })[] = [];

  /** Remarks in place of a line that is not carried over. */
  leaveOut(line: Line, reason: string): void {
    this.#order.push({ notes: [...line.comments, reason] });
  }

  /** Comments that are above no setting, such as one that is commented out. */
  remark(notes: readonly string[]): void {
    this.#order.push({ notes });
  }

  /** A line with a setting that Nix knows (left-out.ts). */
  add(line: Line): void {
    const [written = "", , ...words] = line.words;
    const known = findSetting(written);
    if (!known) return;
    const { name } = known.setting;
    const notes = [...line.comments];
    if (name !== written && `extra-${name}` !== written) notes.push(`${written} is an old name of ${name}`);
    if (known.via === "extra") this.#append(name, words, notes, line.file);
    else this.#replace(name, words, notes, line.file);
  }

  #append(name: string, words: readonly string[], notes: string[], file: string): void {
    const into = this.#assigned.get(name) ?? this.#assigned.get(`extra-${name}`);
    if (into) {
      // Thousands of such lines are no reason to copy the words each time.
      let all = this.#appended.get(into);
      if (!all || all.list !== into.words) {
        const seen = new Set(into.words);
        all = { list: [...seen], seen };
        this.#appended.set(into, all);
        into.words = all.list;
      }
      for (const word of words) {
        if (all.seen.has(word)) continue;
        all.seen.add(word);
        all.list.push(word);
      }
      into.notes.push(...notes);
    } else this.set(`extra-${name}`, { words, notes, file });
  }

  #replace(name: string, words: readonly string[], notes: string[], file: string): void {
    const extra = this.#assigned.get(`extra-${name}`);
    if (extra) {
      // NixOS/nix#9487: a plain line undoes the extra- lines before it.
      this.remove(`extra-${name}`);
      notes.push(...extra.notes, `extra-${name} stood before this line, so Nix drops it: ${extra.words.join(" ")}`);
    }
    const before = this.#assigned.get(name);
    if (!before) {
      this.set(name, { words, notes, file });
      return;
    }
    if (before.words.join(" ") !== words.join(" "))
      notes.push(`set twice, and the later line wins; before, it was ${before.words.join(" ") || "empty"}`);
    before.words = words;
    before.notes.push(...notes);
    before.file = file;
  }

  get(name: string): Assignment | undefined {
    return this.#assigned.get(name);
  }

  /** Adds a setting after all others. */
  set(name: string, assignment: Assignment): void {
    this.#assigned.set(name, assignment);
    this.#order.push(name);
  }

  remove(name: string): void {
    this.#assigned.delete(name);
    const at = this.#order.indexOf(name);
    if (at !== -1) this.#order.splice(at, 1);
  }

  /** Takes a list setting out; where only `extra-` lines were there, Nix's default stands before theirs. */
  takeList(name: string): Assignment | undefined {
    const plain = this.#assigned.get(name);
    const extra = this.#assigned.get(`extra-${name}`);
    this.remove(name);
    this.remove(`extra-${name}`);
    return plain ?? (extra && { ...extra, words: [...new Set([...nixDefault(name), ...extra.words])] });
  }

  /** What is left, as the spec's `settings`; a value that Nix refuses becomes a remark. */
  settings(nix: Nix): Noted<ImportedSetting>[] {
    return this.#order.flatMap((entry): Noted<ImportedSetting>[] => {
      if (typeof entry !== "string") return [entry];
      const found = this.#assigned.get(entry);
      if (!found) return [];
      const { value, remarks } = specValue(entry, found.words, nix);
      const notes = [...found.notes, ...remarks];
      return value === undefined ? [{ notes }] : [{ value: { name: entry, value }, notes }];
    });
  }
}
