import { Document, type Node, Pair, type Scalar, type YAMLMap, type YAMLSeq } from "yaml";
import { type Draft, holdsSecret, type ImportedPackage, type Noted, specName } from "./draft.ts";

/** A draft with the file it came from. */
export interface SourceDraft extends Draft {
  readonly file: string;
}

/** How wide a comment may get before it goes on in the next line. */
const COMMENT_WIDTH = 110;

/** Drafts → one spec. What contradicts itself is decided in favour of the earlier file, with a remark. */
export function specYaml(drafts: readonly SourceDraft[]): string {
  return new SpecWriter(drafts).text();
}

class SpecWriter {
  readonly #drafts: readonly SourceDraft[];
  readonly #document = new Document({}, { version: "1.2", schema: "core" });
  readonly #root: YAMLMap;
  /** Remarks that wait for the next thing that is written. */
  #notes: string[] = [];

  constructor(drafts: readonly SourceDraft[]) {
    this.#drafts = drafts;
    this.#root = this.#document.contents as unknown as YAMLMap;
  }

  text(): string {
    const names = groupNames(this.#drafts);
    this.#head();
    this.#packageSets(names);
    this.#groups(names);
    this.#shells(names);
    this.#settings();
    this.#users();
    const body = this.#document.toString({ lineWidth: 0, indentSeq: true, commentString: (text) => text.replace(/^/gm, "#") });
    return `# yaml-language-server: $schema=./flakewright.schema.json\n${body}`;
  }

  /** A node of plain data; maps and lists in block style throughout. */
  #node<T extends Node = Node>(value: unknown): T {
    return this.#document.createNode(value, { aliasDuplicateObjects: false }) as unknown as T;
  }

  /** A top-level key, set off by a blank line. */
  #section(key: string, value: Node, notes: readonly string[] = []): void {
    const name = this.#node<Scalar>(key);
    name.spaceBefore = true;
    comment(name, notes);
    this.#root.items.push(new Pair(name, value));
  }

  #put(map: YAMLMap, key: string, value: unknown, notes: readonly string[] = []): void {
    const name = this.#node<Scalar>(key);
    comment(name, notes);
    map.items.push(new Pair(name, this.#node(value)));
  }

  /** A list in which remarks without a value stand above the value that follows, or at the end. */
  #list<T>(entries: readonly Noted<T>[], make: (value: T) => unknown): YAMLSeq {
    const list = this.#node<YAMLSeq>([]);
    list.flow = false;
    let waiting: string[] = [];
    for (const { value, notes } of entries) {
      waiting.push(...notes);
      if (value === undefined) continue;
      const node = this.#node(make(value));
      comment(node, waiting);
      waiting = [];
      list.items.push(node);
    }
    if (waiting.length > 0) this.#rest(list, waiting);
    return list;
  }

  #map<T>(entries: readonly Noted<T>[], make: (value: T) => [string, unknown]): YAMLMap {
    const map = this.#node<YAMLMap>({});
    let waiting: string[] = [];
    for (const { value, notes } of entries) {
      waiting.push(...notes);
      if (value === undefined) continue;
      const [key, data] = make(value);
      this.#put(map, key, data, waiting);
      waiting = [];
    }
    if (waiting.length > 0) this.#rest(map, waiting);
    return map;
  }

  /** Remarks behind the last entry; an empty collection is written `[]`, where they stand above the next thing instead. */
  #rest(collection: YAMLMap | YAMLSeq, notes: readonly string[]): void {
    if (collection.items.length === 0) {
      collection.flow = true;
      this.#notes.push(...notes);
    } else collection.comment = commentText(notes);
  }

  #waiting(): string[] {
    const notes = this.#notes;
    this.#notes = [];
    return notes;
  }

  #head(): void {
    const about = this.#drafts.flatMap((draft) => [`Imported from ${draft.file}.`, ...(draft.notes ?? [])]);
    const named = this.#drafts.find((draft) => draft.name !== undefined && specName(draft.name) !== "");
    const description = this.#drafts.find((draft) => draft.description)?.description;
    this.#put(this.#root, "version", 1, about);
    this.#put(this.#root, "name", specName(named?.name ?? "") || "imported");
    if (description) this.#put(this.#root, "description", description);
  }

  #packageSets(names: readonly (string | undefined)[]): void {
    const main = this.#drafts.find((draft) => draft.nixpkgs)?.nixpkgs;
    const all = this.#drafts.some((draft) => draft.unfree);
    const unfreeNames = new Set(
      this.#drafts.flatMap((draft) => [
        ...(draft.unfreeNames ?? []),
        ...(draft.packages ?? []).flatMap(({ value }) => (value?.unfree ? [packageName(value.attribute)] : [])),
      ]),
    );
    const insecure = [...new Set(this.#drafts.flatMap((draft) => draft.insecure ?? []))];
    const policy = {
      ...(all ? { unfree: true } : unfreeNames.size > 0 ? { unfree: [...unfreeNames] } : {}),
      ...(insecure.length > 0 ? { insecure } : {}),
    };
    if (Object.keys(policy).length > 0) {
      const url = main?.value && { url: flakeReference(main.value) };
      this.#section("nixpkgs", this.#node({ ...url, ...policy }), main?.notes);
    } else if (main?.value) this.#section("nixpkgs", this.#node(main.value), main.notes);

    const inputs: Noted<{ name: string; url: string }>[] = [];
    for (const [index, draft] of this.#drafts.entries()) {
      const other = otherNixpkgs(draft, main);
      if (other)
        inputs.push({
          value: { name: inputName(names[index]), url: flakeReference(other) },
          notes: [`what ${draft.file} takes its packages from`],
        });
      for (const input of draft.inputs ?? [])
        if (!inputs.some((known) => known.value && known.value.name === input.value?.name)) inputs.push(input);
    }
    if (inputs.length === 0) return;
    const map = this.#map(inputs, ({ name, url }) => [name, url]);
    if (map.items.length > 0) this.#section("inputs", map);
  }

  #groups(names: readonly (string | undefined)[]): void {
    const main = this.#drafts.find((draft) => draft.nixpkgs)?.nixpkgs;
    const groups = this.#node<YAMLMap>({});
    for (const [index, draft] of this.#drafts.entries()) {
      const name = names[index];
      if (name === undefined) continue;
      const from = otherNixpkgs(draft, main) ? inputName(name) : undefined;
      const packages = this.#list(once(draft.packages ?? []), (value) => packageEntry(from ? { from, ...value } : value));
      const key = this.#node<Scalar>(name);
      comment(key, [...this.#waiting(), ...(hasShell(draft) ? [] : (draft.shellNotes ?? []))]);
      const group = this.#node<YAMLMap>({});
      group.items.push(new Pair(this.#node("packages"), packages));
      groups.items.push(new Pair(key, group));
    }
    const none = groups.items.length === 0;
    this.#section("groups", groups, [
      ...this.#waiting(),
      ...(none ? ["no file named tools; a group is a name with its `packages`"] : []),
    ]);
  }

  /** One project's variables and hook are the default shell's; several keep theirs, each in its group's shell. */
  #shells(names: readonly (string | undefined)[]): void {
    const projects = this.#drafts.flatMap((draft, index) => (names[index] === undefined ? [] : [{ draft, name: names[index]! }]));
    const shells = this.#node<YAMLMap>({});
    for (const { draft, name } of projects) {
      const shell = this.#node<YAMLMap>({});
      const env = this.#map(lastOfEach(draft.env ?? []), ({ name: variable, value }) => [variable, value]);
      if (env.items.length > 0) shell.items.push(new Pair(this.#node("env"), env));
      const hookNotes = (draft.hook ?? []).flatMap((piece) => piece.notes);
      const hook = (draft.hook ?? []).flatMap((piece) => piece.value ?? []);
      if (hook.length > 0) this.#put(shell, "hook", `${hook.join("\n")}\n`, hookNotes);
      else this.#notes.push(...hookNotes);
      const notes = [...this.#waiting(), ...(hasShell(draft) ? (draft.shellNotes ?? []) : [])];
      if (shell.items.length === 0) {
        this.#notes.push(...notes);
        continue;
      }
      const key = this.#node<Scalar>(projects.length === 1 ? "default" : name);
      comment(key, notes);
      shells.items.push(new Pair(key, shell));
    }
    if (shells.items.length > 0) this.#section("shells", shells);
  }

  #settings(): void {
    for (const draft of this.#drafts) {
      if (draft.user !== undefined) continue;
      const settings = this.#map(draft.settings ?? [], ({ name, value }) => [name, value]);
      if (settings.items.length > 0) this.#section("settings", settings, this.#waiting());
      this.#listSection("substituters", draft.substituters);
      this.#listSection("trustedUsers", draft.trustedUsers);
      this.#listSection("allowedUsers", draft.allowedUsers);
      this.#listSection("builders", draft.builders);
    }
  }

  /** Remarks before the first entry are about the list and stand above its key. */
  #listSection<T>(key: string, entries: readonly Noted<T>[] | undefined): void {
    if (!entries) return;
    const first = entries.findIndex(({ value }) => value !== undefined);
    const about = (first === -1 ? entries : entries.slice(0, first)).flatMap(({ notes }) => notes);
    const list = this.#list(first === -1 ? [] : entries.slice(first), (value) => value);
    this.#section(key, list, [...this.#waiting(), ...about]);
  }

  #users(): void {
    const users = this.#node<YAMLMap>({});
    for (const draft of this.#drafts) {
      if (draft.user === undefined) continue;
      const user = this.#node<YAMLMap>({});
      user.items.push(
        new Pair(
          this.#node("settings"),
          this.#map(draft.settings ?? [], ({ name, value }) => [name, value]),
        ),
      );
      const key = this.#node<Scalar>(draft.user);
      comment(key, this.#waiting());
      users.items.push(new Pair(key, user));
    }
    if (users.items.length > 0) this.#section("users", users);
    const rest = this.#waiting();
    if (rest.length > 0) this.#document.comment = commentText(rest);
  }
}

/** A name for the group of each draft that has one, unlike all others and unlike the outputs' own names. */
function groupNames(drafts: readonly SourceDraft[]): (string | undefined)[] {
  const taken = new Set(["default"]);
  return drafts.map((draft) => {
    if (!draft.packages && !draft.env && !draft.hook) return undefined;
    const base = specName(draft.name ?? "") || "tools";
    let name = base;
    for (let count = 2; taken.has(name); count++) name = `${base}-${count}`;
    taken.add(name);
    return name;
  });
}

/** Whether there is anything to say about the project's shell; remarks without one stand at the group. */
const hasShell = (draft: Draft): boolean =>
  [...(draft.env ?? []), ...(draft.hook ?? [])].some(({ value }) => value !== undefined);

/** A draft's own nixpkgs when the spec's main one is another. */
const otherNixpkgs = (draft: Draft, main: Noted<string> | undefined): string | undefined =>
  draft.nixpkgs?.value !== main?.value && draft.packages?.some(({ value }) => value) ? draft.nixpkgs?.value : undefined;
const inputName = (group: string | undefined): string => `nixpkgs-for-${group}`;
const flakeReference = (written: string): string => (written.includes(":") ? written : `github:NixOS/nixpkgs/${written}`);
const packageName = (attribute: string): string => attribute.split(".").at(-1) ?? attribute;

function packageEntry({ attribute, from, systems }: ImportedPackage): unknown {
  if (from === undefined && systems === undefined) return attribute;
  return { package: attribute, ...(from === undefined ? {} : { from }), ...(systems === undefined ? {} : { systems }) };
}

/** A package that the source lists twice is one package; what was said of either stays. */
function once(packages: readonly Noted<ImportedPackage>[]): Noted<ImportedPackage>[] {
  const seen = new Set<string>();
  return packages.map((entry) => {
    if (!entry.value) return entry;
    const key = JSON.stringify([entry.value.attribute, entry.value.from, entry.value.systems]);
    if (seen.has(key)) return { notes: entry.notes };
    seen.add(key);
    return entry;
  });
}

/** JSON and TOML readers take the last of two equal keys; a spec may not have both. */
function lastOfEach<T extends { readonly name: string }>(entries: readonly Noted<T>[]): Noted<T>[] {
  const last = new Map(entries.map((entry, index) => [entry.value?.name, index]));
  return entries.filter((entry, index) => entry.value === undefined || last.get(entry.value.name) === index);
}

function comment(node: { commentBefore?: string | null }, notes: readonly string[]): void {
  if (notes.length > 0) node.commentBefore = commentText(notes);
}

/** Remarks as the text of a comment: whatever is in them, each line of it begins with the mark and ends where it should. */
function commentText(notes: readonly string[]): string {
  return notes
    .flatMap((note) =>
      holdsSecret(note) ? ["(a remark that holds a secret is left out)"] : note.split(/\r\n|[\n\r\u0085\u2028\u2029]/),
    )
    .flatMap((line) =>
      wrap(line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ud800-\udfff\ufeff]/g, (c) => (c === "\t" ? c : ""))),
    )
    .map((line) => (line === "" ? " " : ` ${line}`))
    .join("\n");
}

function wrap(line: string): string[] {
  const lines: string[] = [];
  const indent = /^ */.exec(line)?.[0] ?? "";
  let rest = line.trimEnd();
  while (rest.length > COMMENT_WIDTH) {
    const cut = rest.lastIndexOf(" ", COMMENT_WIDTH);
    if (cut <= indent.length) break;
    lines.push(rest.slice(0, cut));
    rest = `${indent}${rest.slice(cut + 1)}`;
  }
  return [...lines, rest];
}
