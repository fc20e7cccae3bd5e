import { dirname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { TextDocument } from "vscode-languageserver-textdocument";
import { maskForms } from "../commands/masked-outcome.ts";
import type { Options } from "../commands/outcome.ts";
import { compileSpec, openSession, type Session } from "../commands/session.ts";
import type { Compiled } from "../compile.ts";
import type { Source } from "../read/source.ts";
import type { Place } from "../report/diagnostic.ts";
import { maskDiagnostics } from "../report/masking.ts";
import type { System } from "../system/system.ts";

/** A spec that the editor shows, alone or with the files that it includes. */
export interface EditedSpec {
  /** The absolute path of the main file. */
  readonly path: string;
  readonly compiled: Compiled | undefined;
  /** The document and its places, as of the last time that it could be read. */
  readonly source: Source | undefined;
  /** The flake reference of its nixpkgs, as of the last time that the spec was valid enough. */
  readonly nixpkgs: string | undefined;
  /** The absolute paths of all its files, the main file first. */
  readonly files: readonly string[];
}

/**
 * The specs of an editor: the files that are open, as the editor has them, and those on disk. Names of files in diagnostics are relative to
 * `system.cwd`, as on the command line.
 */
export class Workspace {
  readonly #system: System;
  readonly #options: Omit<Options, "spec" | "out">;
  readonly #open = new Map<string, TextDocument>();
  readonly #onDisk = new Map<string, TextDocument>();
  readonly #specs = new Map<string, EditedSpec>();
  readonly #sessions = new Map<string, Session>();

  constructor(system: System, options: Omit<Options, "spec" | "out">) {
    this.#options = options;
    // What is open hides what is on disk.
    const textOf = (path: string) => this.#open.get(resolve(system.cwd, path))?.getText();
    this.#system = {
      ...system,
      readFile: async (path, most) => {
        const text = textOf(path);
        return text === undefined ? system.readFile(path, most) : Buffer.from(text);
      },
      readRegularFile: (path, limit) => {
        const text = textOf(path);
        return text === undefined
          ? system.readRegularFile(path, limit)
          : { path: resolve(system.cwd, path), bytes: Buffer.from(text) };
      },
      kind: async (path) => (textOf(path) === undefined ? system.kind(path) : "file"),
      isFile: async (path) => textOf(path) !== undefined || (await system.isFile(path)),
    };
  }

  setOpen(path: string, document: TextDocument): void {
    this.#open.set(path, document);
  }

  setClosed(path: string): void {
    this.#open.delete(path);
  }

  /** A file as the editor has it, with the editor's own URI, or as it is on disk. */
  async document(path: string): Promise<TextDocument> {
    const open = this.#open.get(path);
    if (open) return open;
    const text = (await this.#system.readFile(path))?.toString() ?? "";
    const known = this.#onDisk.get(path);
    // The same document knows its lines already.
    if (known?.getText() === text) return known;
    const document = TextDocument.create(pathToFileURL(path).href, "yaml", 0, text);
    this.#onDisk.set(path, document);
    return document;
  }

  /** Forgets what was read outside of the specs: flake.lock and the package facts. */
  forget(): void {
    this.#sessions.clear();
  }

  /** Forgets a file that is no spec any more, but a part of one. */
  drop(path: string): void {
    this.#specs.delete(path);
    this.#sessions.delete(path);
  }

  /** The paths of the specs that have been checked. */
  known(): readonly string[] {
    return [...this.#specs.keys()];
  }

  /** The absolute path of a file that a diagnostic names. */
  absolute(file: string): string {
    return resolve(this.#system.cwd, file);
  }

  /** The specs that a file belongs to: the one it is, or those that include it. Other YAML belongs to none. */
  async specsOf(path: string): Promise<EditedSpec[]> {
    const project = await this.#projectSpec(path);
    if (project !== undefined && project !== path && !this.#specs.has(project)) await this.refresh(project);
    const including = [...this.#specs.values()].filter((spec) => spec.path !== path && spec.files.includes(path));
    if (including.length > 0 && path !== project && !isNamedSpec(path) && !isComplete((await this.document(path)).getText()))
      return including;
    const known = this.#specs.get(path);
    if (!known && path !== project && !isNamedSpec(path) && !isSpec((await this.document(path)).getText())) return including;
    return [known ?? (await this.refresh(path)), ...including];
  }

  /** Whether a file is of a spec, or beside the project's, where a new part of it is written. Editors start the server for all YAML. */
  async serves(path: string): Promise<boolean> {
    const project = await this.#projectSpec(path);
    return (project !== undefined && dirname(project) === dirname(path)) || (await this.specsOf(path)).length > 0;
  }

  /** Compiles a spec again. A spec that can't be read keeps its last good document. */
  async refresh(path: string): Promise<EditedSpec> {
    const before = this.#specs.get(path);
    const options: Options = {
      ...this.#options,
      spec: relative(this.#system.cwd, path),
      out: join(dirname(dirname(path)), "out"),
    };
    let session = this.#sessions.get(path);
    if (!session) {
      session = await openSession(this.#system, options);
      this.#sessions.set(path, session);
    }
    const result = await compileSpec(this.#system, options, session, false);
    // A finding can also quote another file, such as the list of pins.
    const compiled = "status" in result ? undefined : { ...result, diagnostics: maskDiagnostics(result.diagnostics, maskForms) };
    const spec: EditedSpec = {
      path,
      compiled,
      source: compiled?.source ?? before?.source,
      nixpkgs: compiled?.model?.nixpkgs.url ?? before?.nixpkgs,
      files: [path, ...(compiled?.included ?? []).map((file) => file.path)],
    };
    this.#specs.set(path, spec);
    return spec;
  }

  /** The package facts of a spec's nixpkgs, for hovers and completion. */
  facts(spec: EditedSpec) {
    return spec.nixpkgs === undefined ? undefined : this.#sessions.get(spec.path)?.facts(spec.nixpkgs);
  }

  /** A place as the editor takes one. */
  async location(place: Place) {
    const document = await this.document(this.absolute(place.file));
    return {
      uri: document.uri,
      range: { start: document.positionAt(place.start), end: document.positionAt(place.end) },
    };
  }

  /** spec/platform.yaml of the folder that a file is in, or of one above it. */
  async #projectSpec(path: string): Promise<string | undefined> {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      const spec = join(folder, "spec/platform.yaml");
      if ((await this.#system.kind(spec)) === "file") return spec;
      if ((await this.#system.kind(join(folder, ".git"))) !== undefined || dirname(folder) === folder) return undefined;
    }
  }
}

/** Whether a file is a spec by its name, as the schema's entry in SchemaStore has it. */
const isNamedSpec = (path: string): boolean => /(^|[/\\.])flakewright\.ya?ml$/.test(path);

/** Whether a text says that it is a spec: by the schema in its comment, or by the keys that a spec has. */
const isSpec = (text: string): boolean =>
  /^# yaml-language-server: \$schema=\S*flakewright\.schema\.json/m.test(text) ||
  (isWholeSpec(text) && /^version: *1 *(#|$)/m.test(text));

/** Whether a text has all keys that a spec needs: a part that others include can have some of them. */
const isComplete = (text: string): boolean => isWholeSpec(text) && /^name:/m.test(text);

/** Whether a text looks like a spec of its own. */
const isWholeSpec = (text: string): boolean => /^version:/m.test(text) && /^groups:/m.test(text);
