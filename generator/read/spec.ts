import { dirname } from "node:path";
import { type Diagnostic, diagnostic, type Place, type Stage } from "../report/diagnostic.ts";
import { pathOfText, type SpecPath, valueAt } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { didYouMean } from "../report/words.ts";
import { Merging, type Part, type ShortForms, sourceOf, wholeFile, withAcceptances, without } from "./layers.ts";
import { isOlder, requiredVersion } from "./requires.ts";
import { MAX_BYTES, readFile, type Source, type SourceFile } from "./source.ts";

/** The maximum number of files that a spec consists of. */
const MAX_FILES = 100;

/** A file that a spec includes, as it was when it was read. */
export interface IncludedFile {
  /** As messages name it: relative to where the spec's own name is. */
  readonly file: string;
  /** Its absolute path, without symlinks: two names of one file are one file. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What reads the files that a spec includes. */
export interface Includes {
  /** The absolute path of the spec's own file, without symlinks. */
  readonly root: string;
  /** Reads the file that another one calls `path`; a text says why it can't be read: `does not exist`. */
  load(path: string, from: string): IncludedFile | string;
}

export interface ReadContext {
  readonly includes?: Includes | undefined;
  /** This flakewright's version, for `requires`. */
  readonly version?: string | undefined;
  readonly shortForms: ShortForms;
}

/** A spec of one or several files. */
export interface ReadSpec {
  /** The spec's own file first. A text is `""` when the bytes are not UTF-8. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
  readonly included: readonly IncludedFile[];
  /** Undefined when a file can't be read, or when the spec needs another flakewright. */
  readonly source: Source | undefined;
}

/**
 * Reads a spec with the files that it includes. Beside what `readFile` reports: `include-missing`, `include-cycle`, `include-conflict`,
 * `requires-newer`, `yaml-limit` for too many files, and `schema-type` for what only an included file can get wrong.
 */
export function readSpec(file: string, bytes: Uint8Array, context: ReadContext): Stage<ReadSpec> {
  const reading = new Reading(context);
  const document = reading.read(file, bytes);
  const { files, included } = reading;
  const newer = reading.diagnostics.filter((one) => one.code === "requires-newer");
  // What an older flakewright would say of a newer language is no help.
  const diagnostics = newer.length > 0 ? newer : reading.diagnostics;
  if (!document || reading.failed) return [{ files, included, source: undefined }, diagnostics];
  return [{ files, included, source: reading.source(document) }, diagnostics];
}

interface Include {
  readonly path: string;
  readonly without: readonly { readonly text: string; readonly place: Place }[];
  readonly place: Place;
}

class Reading {
  readonly diagnostics: Diagnostic[] = [];
  readonly files: { readonly file: string; readonly text: string }[] = [];
  readonly included: IncludedFile[] = [];
  failed = false;
  readonly #context: ReadContext;
  readonly #sources: SourceFile[] = [];
  /** By real path; undefined for what can't be read, and while a file's own includes are read. */
  readonly #documents = new Map<string, Part | undefined>();
  /** By the name that messages have. */
  readonly #byName = new Map<string, Part>();
  /** The files that are being read, each included by the one before. */
  readonly #open: { readonly path: string; readonly file: string }[] = [];
  readonly #merging: Merging;
  #bytes = 0;

  constructor(context: ReadContext) {
    this.#context = context;
    this.#merging = new Merging(context.shortForms);
  }

  read(file: string, bytes: Uint8Array): Part | undefined {
    return this.#file(file, this.#context.includes?.root ?? file, bytes);
  }

  /** The document with the paths that its files' `lint` entries name as they are in the whole. */
  source(document: Part): Source {
    this.diagnostics.push(...this.#merging.diagnostics);
    const { equal } = this.#merging;
    const whole = this.#sources.length > 1 ? withAcceptances(document, this.#byName, equal) : document;
    return sourceOf(whole, this.#sources, equal);
  }

  #fail(code: Parameters<typeof diagnostic>[0], message: string, place: Place, hint: string): undefined {
    this.failed = true;
    this.diagnostics.push(diagnostic(code, message, place.file, place, { hint }));
    return undefined;
  }

  #file(file: string, path: string, bytes: Uint8Array): Part | undefined {
    this.#bytes += bytes.byteLength;
    const [{ text, source }, diagnostics] = readFile(file, bytes);
    this.files.push({ file, text });
    this.diagnostics.push(...diagnostics);
    if (!source) {
      this.failed = true;
      return undefined;
    }
    this.#sources.push(source);
    this.#requires(source);
    this.#open.push({ path, file });
    const own = this.#own(source);
    const included = this.#includesOf(source).flatMap((include) => this.#include(include, source) ?? []);
    this.#open.pop();
    const document = this.#merging.merge(included, own);
    this.#byName.set(file, document);
    return document;
  }

  /** A file's own part; of an included one without what only concerns that file. */
  #own(source: SourceFile): Part | undefined {
    const { value } = source;
    if (this.#open.length === 1) return wholeFile(source);
    // Comments alone: nothing to include yet.
    if (value === null) return undefined;
    if (typeof value !== "object" || Array.isArray(value))
      return this.#fail(
        "schema-type",
        `an included file must be a map, not ${Array.isArray(value) ? "a list" : "text"}`,
        source.locate([], "value"),
        "write keys of the spec: `groups:`, `settings:`, …",
      );
    const keys = ["include", "requires"].filter((key) => Object.hasOwn(value, key)).map((key) => [key]);
    return without(wholeFile(source), keys);
  }

  #requires(source: SourceFile): void {
    const required = requiredVersion(valueAt(source, ["requires"]));
    const { version } = this.#context;
    if (required === undefined || version === undefined || !isOlder(version, required)) return;
    const place = source.locate(["requires"], "value");
    this.#fail(
      "requires-newer",
      `this spec needs flakewright ${required} or newer; this is ${version}`,
      place,
      "update flakewright",
    );
  }

  #includesOf(source: SourceFile): Include[] {
    const list = valueAt(source, ["include"]);
    if (!Array.isArray(list)) {
      // Validation says it of the spec's own file.
      if (list !== undefined && this.#open.length > 1)
        this.#fail(
          "schema-type",
          "`include` must be a list",
          source.locate(["include"], "value"),
          "write `include: [base.yaml]`",
        );
      return [];
    }
    return list.flatMap((entry: unknown, index): Include[] => {
      const at: SpecPath = ["include", index];
      if (typeof entry === "string" && entry !== "") return [{ path: entry, without: [], place: source.locate(at, "value") }];
      const { file, without: left = [] } = (typeof entry === "object" && entry !== null ? entry : {}) as Record<string, unknown>;
      if (typeof file === "string" && file !== "" && Array.isArray(left) && left.every((one) => typeof one === "string"))
        return [
          {
            path: file,
            without: left.map((text: string, position) => ({
              text,
              place: source.locate([...at, "without", position], "value"),
            })),
            place: source.locate([...at, "file"], "value"),
          },
        ];
      if (this.#open.length > 1)
        this.#fail(
          "schema-type",
          "an entry of `include` must be a file, or a map with `file` and `without`",
          source.locate(at, "value"),
          'such as base.yaml, or { file: base.yaml, without: ["trustedUsers"] }',
        );
      return [];
    });
  }

  #include({ path, without: left, place }: Include, from: SourceFile): Part | undefined {
    const document = this.#load(path, from.file, place);
    if (!document) return undefined;
    const paths = left.flatMap((one) => {
      const found = pathOfText(one.text, document.value);
      if (!found) this.#missingPart(one.text, one.place, path, document.value);
      return found ? [found] : [];
    });
    return without(document, paths);
  }

  #missingPart(text: string, place: Place, path: string, value: unknown): void {
    // How far the path goes, and what there is in that place.
    let known = text;
    while (known !== "" && !pathOfText(known, value)) known = known.replace(/(?:^|\.)[^.[]*$|\[[^[]*$/, "");
    const there = valueAt({ value }, pathOfText(known, value) ?? []);
    const names = typeof there === "object" && there !== null && !Array.isArray(there) ? Object.keys(there) : [];
    const rest = /^\.?([^.[]*)/.exec(text.slice(known.length))?.[1] ?? "";
    const near = nearestNames(rest, names).map((name) => (known === "" ? name : `${known}.${name}`));
    const { hint = "delete it, or name what the file has: `flakewright show` on that file prints it" } = didYouMean(near);
    this.#fail("include-missing", `${path} has no \`${text}\` that could be left out`, place, hint);
  }

  #load(path: string, from: string, place: Place): Part | undefined {
    const local =
      "an include is a file on this machine: bring a company's base into the repository by Git, as a submodule or subtree";
    if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(path)) return this.#fail("include-missing", `${path} is not a local file`, place, local);
    const loaded = this.#context.includes?.load(path, from) ?? "can't be read here";
    if (typeof loaded === "string") {
      const folder = dirname(from);
      const hint = path.startsWith("/")
        ? "correct the path"
        : `the path starts at the folder of this file, ${folder === "." ? "the current one" : `${folder}/`}`;
      return this.#fail("include-missing", `${path} ${loaded}`, place, hint);
    }
    const open = this.#open.findIndex((one) => one.path === loaded.path);
    if (open !== -1) {
      const chain = [...this.#open.slice(open).map(({ file }) => file), loaded.file].join(" -> ");
      return this.#fail("include-cycle", `${path} includes itself: ${chain}`, place, "delete one of these includes");
    }
    if (this.#documents.has(loaded.path)) return this.#documents.get(loaded.path);
    this.#documents.set(loaded.path, undefined);
    if (this.included.length + 1 >= MAX_FILES)
      return this.#fail("yaml-limit", `the spec has more than ${MAX_FILES} files`, place, "join some of them");
    if (this.#bytes + loaded.bytes.byteLength > MAX_BYTES)
      return this.#fail("yaml-limit", `the spec's files have more than ${MAX_BYTES} bytes together`, place, "split the platform");
    this.included.push(loaded);
    const document = this.#file(loaded.file, loaded.path, loaded.bytes);
    this.#documents.set(loaded.path, document);
    return document;
  }
}
