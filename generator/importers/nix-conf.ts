import { posix } from "node:path";
import { findSetting, type Setting, settingValueProblem } from "../knowledge/settings.ts";
import { type Diagnostic, diagnostic, type Range } from "../report/diagnostic.ts";
import { pairKeys } from "./cache-keys.ts";
import {
  type Draft,
  type ForeignFile,
  holdsSecret,
  type Imported,
  type ImportedBuilder,
  type ImportedSetting,
  type Noted,
  ownComment,
  type ReadFile,
} from "./draft.ts";

/** What Nix itself uses where a nix.conf is silent; an `extra-` line adds to it. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  substituters: ["https://cache.nixos.org/"],
  "trusted-public-keys": ["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
  "trusted-users": ["root"],
  "allowed-users": ["*"],
};

/** Settings whose value is a secret, whatever it looks like. */
const SECRET_SETTINGS = new Set(["access-tokens"]);

/** How deep files may include each other; Nix itself would follow a circle until its stack ends. */
const MAX_INCLUDES = 20;

/** One meaningful line of a nix.conf. */
interface Line {
  readonly file: string;
  readonly range: Range;
  /** 1-based. */
  readonly number: number;
  readonly words: readonly string[];
  /** The author's comments above it and behind it. */
  readonly comments: readonly string[];
}

/** What a setting has come to after the lines read so far. */
interface Assigned {
  words: string[];
  readonly notes: string[];
  line: Line;
}

/**
 * nix.conf files, read one after the other as Nix reads its own (a later line wins, `extra-` adds), into one draft. With
 * `user`, the settings are that person's own and nothing is lifted out of them.
 */
export async function importNixConf(files: readonly ForeignFile[], readFile: ReadFile, user?: string): Promise<Imported> {
  const reader = new Reader(readFile);
  for (const file of files) await reader.file(file, []);
  const draft = await new Settings(reader, readFile, user).draft();
  return [draft, reader.diagnostics];
}

/** Splits files into lines by the grammar of libutil's config parser, and follows their includes. */
class Reader {
  readonly lines: Line[] = [];
  readonly diagnostics: Diagnostic[] = [];
  /** Remarks about the files as a whole, and comments that stand above nothing. */
  readonly notes: string[] = [];
  readonly #readFile: ReadFile;

  constructor(readFile: ReadFile) {
    this.#readFile = readFile;
  }

  async file({ path, text }: ForeignFile, open: readonly string[]): Promise<void> {
    let pending: string[] = [];
    let start = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    let header = true;
    for (const [index, whole] of text.slice(start).split("\n").entries()) {
      const range = { start, end: start + whole.trimEnd().length };
      start += whole.length + 1;
      // Nix cuts a line at the first `#`, inside an address too.
      const hash = whole.indexOf("#");
      const comment =
        hash === -1
          ? undefined
          : whole
              .slice(hash)
              .replace(/^#+\s?|\s*#+\s*$/g, "")
              .trimEnd();
      const words = (hash === -1 ? whole : whole.slice(0, hash)).split(/[ \t\r]+/).filter((word) => word !== "");
      if (words.length === 0) {
        if (comment !== undefined) pending.push(comment);
        else if (header && pending.length > 0) {
          // The first block, with a blank line behind it, is about the file.
          this.notes.push(...authored(pending));
          pending = [];
          header = false;
        } else if (whole.trim() === "" && pending.length > 0) pending.push("");
        continue;
      }
      header = false;
      const comments = authored([...pending, ...(comment ? [comment] : [])]);
      pending = [];
      await this.#line({ file: path, range, number: index + 1, words, comments }, open);
    }
    this.notes.push(...authored(pending));
  }

  async #line(line: Line, open: readonly string[]): Promise<void> {
    const [first = "", second] = line.words;
    if (first === "include" || first === "!include") return this.#include(line, first === "!include", open);
    if (second !== "=") {
      // "key=value" is one word to Nix, and it refuses the whole file.
      const hint = first.includes("=")
        ? "white space must stand on both sides of `=`"
        : "a line is `name = value`, `include FILE` or `!include FILE`";
      this.#incomplete(line, "Nix refuses this line and with it the whole file", hint);
      this.lines.push({ ...line, words: [] });
      return;
    }
    this.lines.push(line);
  }

  async #include(line: Line, optional: boolean, open: readonly string[]): Promise<void> {
    const [, target, ...more] = line.words;
    this.notes.push(...line.comments);
    if (target === undefined || more.length > 0) return this.#incomplete(line, "an include names exactly one file");
    const path = posix.join(posix.dirname(line.file), target);
    const resolved = target.startsWith("/") ? posix.normalize(target) : path;
    if (resolved === line.file || open.includes(resolved) || open.length >= MAX_INCLUDES)
      return this.#incomplete(line, `${resolved} includes itself`);
    const text = await this.#readFile(resolved);
    if (text !== undefined) return this.file({ path: resolved, text }, [...open, line.file]);
    if (optional) this.notes.push(`!include ${target}: no such file here, so nothing of it is below`);
    else {
      this.notes.push(`include ${target}: the file could not be read, so nothing of it is below`);
      this.#incomplete(
        line,
        `${resolved}, which the file includes, cannot be read`,
        "Nix refuses a configuration whose include is missing",
      );
    }
  }

  #incomplete(line: Line, message: string, hint?: string): void {
    this.diagnostics.push(diagnostic("import-incomplete", message, line.file, line.range, hint === undefined ? {} : { hint }));
  }
}

/** The comments people wrote: what a tool wrote about its own file is not true of the spec. */
function authored(comments: readonly string[]): string[] {
  if (
    comments.some((line) => /generated (by|from)|do(n't| not) edit|managed by|this file is (generated|overwritten)/i.test(line))
  )
    return [];
  const text = comments.map(ownComment);
  while (text[0] === "") text.shift();
  while (text.at(-1) === "") text.pop();
  return text;
}

/** Turns lines into settings: what Nix would end up with, or why it is not carried over. */
class Settings {
  readonly #reader: Reader;
  readonly #readFile: ReadFile;
  readonly #user: string | undefined;
  /** By the name it will be written under; insertion order is the spec's. */
  readonly #assigned = new Map<string, Assigned>();
  /** What the settings section shows, in order: names of `#assigned`, or remarks. */
  readonly #order: (string | { notes: string[] })[] = [];

  constructor(reader: Reader, readFile: ReadFile, user: string | undefined) {
    this.#reader = reader;
    this.#readFile = readFile;
    this.#user = user;
  }

  async draft(): Promise<Draft> {
    for (const line of this.#reader.lines) this.#line(line);
    const lifted = this.#user === undefined ? await this.#lift() : {};
    return {
      user: this.#user,
      notes: this.#reader.notes,
      settings: this.#order.flatMap((entry): Noted<ImportedSetting>[] => {
        if (typeof entry !== "string") return [entry];
        const found = this.#assigned.get(entry);
        if (!found) return [];
        const [value, notes] = this.#value(entry, found.words);
        const all = [...found.notes, ...notes];
        return value === undefined ? [{ notes: all }] : [{ value: { name: entry, value }, notes: all }];
      }),
      ...lifted,
    };
  }

  #line(line: Line): void {
    const [written = "", , ...words] = line.words;
    const known = findSetting(written);
    const reason = this.#refusal(line, known?.setting.name);
    if (!known || reason !== undefined) {
      this.#order.push({ notes: [...line.comments, reason ?? unknownReason(written)] });
      return;
    }
    const { name } = known.setting;
    const notes = [...line.comments];
    if (name !== written && `extra-${name}` !== written) notes.push(`${written} is today's ${name}`);
    const plain = this.#assigned.get(name);
    const extra = this.#assigned.get(`extra-${name}`);
    if (known.via === "extra") {
      const into = plain ?? extra;
      if (into) {
        into.words = [...new Set([...into.words, ...words])];
        into.notes.push(...notes);
      } else this.#assign(`extra-${name}`, { words, notes, line });
      return;
    }
    if (extra) {
      // NixOS/nix#9487: a plain line undoes the extra- lines before it.
      this.#forget(`extra-${name}`);
      notes.push(...extra.notes, `extra-${name} stood before this line, so Nix drops it: ${extra.words.join(" ")}`);
    }
    if (plain) {
      if (plain.words.join(" ") !== words.join(" "))
        notes.push(`set twice, and the later line wins; before, it was ${plain.words.join(" ") || "empty"}`);
      plain.words = words;
      plain.notes.push(...notes);
      plain.line = line;
    } else this.#assign(name, { words, notes, line });
  }

  /** Why a line must not be carried over, if so. */
  #refusal(line: Line, name: string | undefined): string | undefined {
    const [written, , ...words] = line.words;
    if (written === undefined) return `line ${line.number} of ${line.file} is no setting: Nix refuses it`;
    if (name === undefined) return undefined;
    if (SECRET_SETTINGS.has(name))
      return `${written}: its value is a secret, and a spec ends in the world-readable Nix store; keep it in a file that only root reads, named by \`!include\` in nix.conf`;
    if (holdsSecret(words.join(" ")) && (this.#user !== undefined || !CLEANED.has(name)))
      return `${written}: the value holds a secret, which has no place in a spec; it is left out`;
    return undefined;
  }

  #assign(name: string, value: Assigned): void {
    this.#assigned.set(name, value);
    this.#order.push(name);
  }

  #forget(name: string): void {
    this.#assigned.delete(name);
    const at = this.#order.indexOf(name);
    if (at !== -1) this.#order.splice(at, 1);
  }

  /** The value in the spec's terms, or a remark why there is none. */
  #value(name: string, words: readonly string[]): [ImportedSetting["value"] | undefined, string[]] {
    const setting = findSetting(name)?.setting;
    if (!setting) return [words.join(" "), []];
    const [right, wrong] = setting.type === "list" && setting.form !== "json" ? rightWords(setting, words) : [words, []];
    const value = typedValue(setting, right);
    const problem =
      right.length < words.length && right.length === 0 ? "nothing of it is left" : settingValueProblem(setting, value);
    return problem === undefined ? [value, wrong] : [undefined, [...wrong, `${name} is left out: ${problem}`]];
  }

  /** Takes what the spec has sections of its own for out of the settings. */
  async #lift(): Promise<Partial<Draft>> {
    const users = (setting: string): Noted<string>[] | undefined => {
      const found = this.#take(setting);
      if (!found) return undefined;
      return [{ notes: found.notes }, ...found.words.map((value) => ({ value, notes: [] }))];
    };
    const trustedUsers = users("trusted-users");
    const allowedUsers = users("allowed-users");
    const caches = this.#caches();
    const builders = await this.#builders();
    return {
      ...(trustedUsers ? { trustedUsers } : {}),
      ...(allowedUsers ? { allowedUsers } : {}),
      ...(caches ? { substituters: caches } : {}),
      ...(builders ? { builders } : {}),
    };
  }

  /** A list setting with its default when only `extra-` lines were there; it is gone from the settings afterwards. */
  #take(name: string): Assigned | undefined {
    const plain = this.#assigned.get(name);
    const extra = this.#assigned.get(`extra-${name}`);
    this.#forget(name);
    this.#forget(`extra-${name}`);
    if (plain) return plain;
    return extra && { ...extra, words: [...new Set([...(DEFAULTS[name] ?? []), ...extra.words])] };
  }

  #caches(): Noted<{ url: string; publicKey?: string }>[] | undefined {
    const urls = this.#take("substituters");
    const keys = this.#take("trusted-public-keys");
    if (!urls && !keys) return undefined;
    const notes = [...(urls?.notes ?? [])];
    const cleaned = (urls?.words ?? DEFAULTS.substituters ?? []).map((url) => {
      if (!holdsSecret(url)) return { url, notes: [] as string[] };
      return {
        url: url.replace(/(:\/\/)[^/@]*@/, "$1"),
        notes: ["the address held a password, which has no place in a spec: put it into the file that `netrc-file` names"],
      };
    });
    const written = keys?.words ?? DEFAULTS["trusted-public-keys"] ?? [];
    const given = written.filter((key) => !holdsSecret(key));
    if (given.length < written.length)
      notes.push(
        "one of the trusted public keys was the secret half of a key: it is left out, and should be replaced everywhere",
      );
    const { paired, left } = pairKeys(
      cleaned.map(({ url }) => url),
      given,
    );
    // Keys of caches that are only trusted, or of signers without a cache: Nix adds them to those of the substituters.
    if (left.length > 0)
      this.#assign("extra-trusted-public-keys", { words: left, notes: keys?.notes ?? [], line: (keys ?? urls)!.line });
    else notes.push(...(keys?.notes ?? []));
    const caches = cleaned.map(({ url, notes: own }, index) => {
      const key = paired[index];
      return {
        value: { url, ...(key ? { publicKey: key.key } : {}) },
        notes: [...own, ...(key?.guess ? [`paired with its key because ${key.guess}`] : [])],
      };
    });
    return [{ notes }, ...caches];
  }

  /** `builders`, when every machine of it can be said in the spec's own terms; else the setting stays as it is. */
  async #builders(): Promise<Noted<ImportedBuilder>[] | undefined> {
    const found = this.#assigned.get("builders");
    if (!found) return undefined;
    const written = found.words.join(" ");
    let machines: string | undefined = written;
    if (written.startsWith("@"))
      machines = await this.#readFile(posix.resolve("/", posix.dirname(found.line.file), written.slice(1)));
    if (machines === undefined) {
      found.notes.push(`the machines in ${written.slice(1)} could not be read; they belong under \`builders\``);
      return undefined;
    }
    const rows = machines
      .split(/[;\n]/)
      .map((row) => row.replace(/#.*/, "").trim())
      .filter((row) => row !== "");
    const builders = rows.map(builderFrom);
    if (rows.length === 0 || builders.some((builder) => !builder)) return undefined;
    this.#forget("builders");
    return [{ notes: found.notes }, ...builders.map((value) => ({ value: value!, notes: [] }))];
  }
}

/** Lists of the machine's whose secrets are cut out one by one, and the rest is kept. */
const CLEANED = new Set(["substituters", "trusted-public-keys"]);

/** The entries of a list that Nix takes, and remarks on the others. */
function rightWords(setting: Setting, words: readonly string[]): [string[], string[]] {
  const right: string[] = [];
  const remarks: string[] = [];
  for (const word of words) {
    const problem = settingValueProblem(setting, [word]);
    if (problem === undefined) right.push(word);
    else remarks.push(`an entry of ${setting.name} is left out: ${problem}`);
  }
  return [right, remarks];
}

/** The words of a line as the value they stand for; what they can't stand for stays text, for others to refuse. */
function typedValue(setting: Setting, words: readonly string[]): ImportedSetting["value"] {
  const text = words.join(" ");
  switch (setting.type) {
    case "boolean":
      if (setting.also?.includes(text)) return text;
      return ["true", "yes", "1"].includes(text) ? true : ["false", "no", "0"].includes(text) ? false : text;
    case "integer":
      return /^-?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : text;
    case "list":
      return setting.form === "json" ? text : [...words];
    case "map":
      // `sandbox-paths` may have words without `=` among the others; those stay a list.
      if (words.some((word) => word.indexOf("=") < 1)) return [...words];
      return Object.fromEntries(words.map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]));
    case "string":
      return text;
  }
}

function unknownReason(name: string): string {
  if (name === "build-users")
    return "build-users is no setting of any Nix from 2.8 on (build-users-group is): the accounts themselves are what `buildUsers` with its roles declares";
  const fork = FORKS[name];
  if (fork)
    return `${name} is a setting of ${fork}, which the Nix that this spec is for does not know; Nix warns of it and goes on`;
  return `${name} is no setting of any Nix from 2.8 to 2.34: Nix warns of it and ignores it`;
}

/** Settings that only other distributions of Nix have. */
const FORKS: Readonly<Record<string, string>> = {
  "eval-cores": "Determinate Nix",
  "lazy-trees": "Determinate Nix",
  "lazy-locks": "Determinate Nix",
  "json-logger": "Determinate Nix",
  "deprecated-features": "Lix",
  "extra-deprecated-features": "Lix",
  "repl-overlays": "Lix",
  "allow-flake-configuration": "Lix",
  "temp-dir": "Lix",
};

/** One row of /etc/nix/machines: address, systems, key, jobs, speed, features, mandatory features, host key; `-` is the default. */
function builderFrom(row: string): ImportedBuilder | undefined {
  const [address = "", systems, sshKey, jobs, speed, features, mandatory, hostKey, ...more] = row
    .split(/\s+/)
    .map((field) => (field === "-" ? undefined : field));
  const parts = /^(?:(ssh|ssh-ng):\/\/)?(?:([A-Za-z_][A-Za-z0-9_.-]*)@)?([A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?)$/.exec(
    address,
  );
  if (!parts || more.length > 0) return undefined;
  const numbers = [jobs, speed].map((field) =>
    field === undefined ? undefined : /^[1-9]\d{0,4}$/.test(field) ? Number(field) : Number.NaN,
  );
  if (numbers.some(Number.isNaN)) return undefined;
  const [maxJobs, speedFactor] = numbers;
  const [, protocol = "ssh", user, host = ""] = parts;
  return {
    host,
    protocol: protocol as "ssh" | "ssh-ng",
    ...(user === undefined ? {} : { user }),
    ...(systems === undefined ? {} : { systems: systems.split(",") }),
    ...(maxJobs === undefined ? {} : { maxJobs }),
    ...(speedFactor === undefined ? {} : { speedFactor }),
    ...(features === undefined ? {} : { features: features.split(",") }),
    ...(mandatory === undefined ? {} : { mandatoryFeatures: mandatory.split(",") }),
    ...(sshKey === undefined ? {} : { sshKey }),
    ...(hostKey === undefined ? {} : { publicHostKey: hostKey }),
  };
}
