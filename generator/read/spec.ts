import { dirname } from "node:path";
import { boundedNearest } from "../report/bounded-search.ts";
import { type Diagnostic, diagnostic, type Place, type Stage } from "../report/diagnostic.ts";
import { pathOfText, type SpecPath, valueAt } from "../report/spec-path.ts";
import { didYouMean } from "../report/words.ts";
import { Merging, type Part, type ShortForms, sourceOf, wholeFile, withAcceptances, without } from "./layers.ts";
import { isOlder, requiredVersion } from "./requires.ts";
import { type Amount, MAX_BYTES, readFile, type Source, type SourceFile } from "./source.ts";

/** The maximum number of files of a spec. */
const MAX_FILES = 100;

/** A file that a spec includes. */
export interface IncludedFile {
  /** The name of the file in messages, relative to the same folder as the name of the main file. */
  readonly file: string;
  /** The absolute path without symlinks, so that a file with two names is read only once. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Reads the files that a spec includes. */
export interface Includes {
  /** The absolute path of the main file, without symlinks. */
  readonly root: string;
  /** Reads the file `path` that the file `from` includes. A text is the reason why it can't be read: `does not exist`. */
  load(path: string, from: string): IncludedFile | string;
}

/** What `readSpec` needs in addition to the main file. */
export interface ReadContext {
  readonly includes?: Includes | undefined;
  /** The version of the running flakewright, for `requires`. */
  readonly version?: string | undefined;
  readonly shortForms: ShortForms;
}

/** A spec of one or several files. */
export interface ReadSpec {
  /** All files, the main file first. A text is `""` if the bytes are not UTF-8. */
  readonly files: readonly { readonly file: string; readonly text: string }[];
  readonly included: readonly IncludedFile[];
  /** Undefined if a file can't be read, or if the spec needs a newer flakewright. */
  readonly source: Source | undefined;
}

/**
 * Reads a spec and the files that it includes. Reports what `readFile` reports, and `include-missing`, `include-cycle`, `include-conflict`,
 * `requires-newer`, `yaml-limit` for too many files, and `schema-type` for an included file that is not a map.
 */
export function readSpec(file: string, bytes: Uint8Array, context: ReadContext): Stage<ReadSpec> {
  const reading = new Reading(context);
  const document = reading.read(file, bytes);
  const { files, included } = reading;
  const newer = reading.diagnostics.filter((one) => one.code === "requires-newer");
  // Other diagnostics would be misleading: this flakewright does not know the newer language.
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
  /** By absolute path. Undefined for a file that can't be read, and while the file's own includes are being read. */
  readonly #documents = new Map<string, Part | undefined>();
  /** By the name in messages. */
  readonly #byName = new Map<string, Part>();
  /** The files that are being read. Each one is included by the previous one. */
  readonly #open: { readonly path: string; readonly file: string }[] = [];
  readonly #merging: Merging;
  #bytes = 0;
  #amount: Amount | undefined;
  /** Whether a file is too large: the others are not read, since each would be too much as well. */
  #isFull = false;

  constructor(context: ReadContext) {
    this.#context = context;
    this.#merging = new Merging(context.shortForms);
  }

  read(file: string, bytes: Uint8Array): Part | undefined {
    return this.#file(file, this.#context.includes?.root ?? file, bytes);
  }

  /** The document as input of the later stages, with the paths of `lint` entries of included files converted. */
  source(document: Part): Source {
    for (const one of this.#merging.diagnostics) this.diagnostics.push(one);
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
    const [{ text, source, amount }, diagnostics] = readFile(file, bytes, this.#amount);
    this.#amount = amount;
    this.#isFull ||= diagnostics.some(({ code }) => code === "yaml-limit");
    this.files.push({ file, text });
    // Spread, a hundred thousand of them overflow the stack.
    for (const one of diagnostics) this.diagnostics.push(one);
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

  /** A file's own part. For an included file, it is without `include` and `requires`. */
  #own(source: SourceFile): Part | undefined {
    const { value } = source;
    if (this.#open.length === 1) return wholeFile(source);
    // The file contains only comments.
    if (value === null) return undefined;
    if (typeof value !== "object" || Array.isArray(value))
      return this.#fail(
        "schema-type",
        `an included file must be a map, not ${Array.isArray(value) ? "a list" : "text"}`,
        source.locate([], "value"),
        "write keys of the spec, such as `groups:` or `settings:`",
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
      `update flakewright to ${required} or newer`,
    );
  }

  #includesOf(source: SourceFile): Include[] {
    const list = valueAt(source, ["include"]);
    if (!Array.isArray(list)) {
      // In the main file, validation reports this.
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
          'write base.yaml, or { file: base.yaml, without: ["trustedUsers"] }',
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
    // The longest part of the path that exists, and the keys there.
    // A name of the language has no tenth of that; each step takes as long as the text.
    let known = text.length > 1000 ? "" : text;
    while (known !== "" && !pathOfText(known, value)) known = known.replace(/(?:^|\.)[^.[]*$|\[[^[]*$/, "");
    const there = valueAt({ value }, pathOfText(known, value) ?? []);
    const names = typeof there === "object" && there !== null && !Array.isArray(there) ? Object.keys(there) : [];
    const rest = /^\.?([^.[]*)/.exec(text.slice(known.length))?.[1] ?? "";
    const near = boundedNearest(this, rest, names).map((name) => (known === "" ? name : `${known}.${name}`));
    const { hint = "delete it, or correct it: `flakewright show` prints what that file contains" } = didYouMean(near);
    this.#fail("include-missing", `${path} has no \`${text}\` to exclude`, place, hint);
  }

  #load(path: string, from: string, place: Place): Part | undefined {
    const local = "include a file of this machine: add a shared base to the repository with Git, as a submodule or subtree";
    if (/^[A-Za-z][A-Za-z0-9+.-]+:/.test(path)) return this.#fail("include-missing", `${path} is not a local file`, place, local);
    const loaded = this.#context.includes?.load(path, from) ?? "can't be read here";
    if (typeof loaded === "string") {
      const folder = dirname(from);
      const hint =
        path.startsWith("/") || loaded.startsWith("is not a YAML file")
          ? "correct the path"
          : `the path is relative to the folder of this file, ${folder === "." ? "the current one" : `${folder}/`}`;
      return this.#fail("include-missing", `${path} ${loaded}`, place, hint);
    }
    const open = this.#open.findIndex((one) => one.path === loaded.path);
    if (open !== -1) {
      const chain = [...this.#open.slice(open).map(({ file }) => file), loaded.file].join(" -> ");
      return this.#fail("include-cycle", `${path} includes itself: ${chain}`, place, "delete one of these includes");
    }
    if (this.#documents.has(loaded.path)) return this.#documents.get(loaded.path);
    this.#documents.set(loaded.path, undefined);
    if (this.#isFull) return undefined;
    if (this.included.length + 1 >= MAX_FILES)
      return this.#fail("yaml-limit", `the spec has more than ${MAX_FILES} files`, place, "merge some of them");
    if (this.#bytes + loaded.bytes.byteLength > MAX_BYTES)
      return this.#fail(
        "yaml-limit",
        `the files of the spec have more than ${MAX_BYTES} bytes in total`,
        place,
        "split the platform into several specs",
      );
    this.included.push(loaded);
    const document = this.#file(loaded.file, loaded.path, loaded.bytes);
    this.#documents.set(loaded.path, document);
    return document;
  }
}
