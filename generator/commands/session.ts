import { dirname, isAbsolute, join, resolve } from "node:path";
import { type CompileContext, type Compiled, compile } from "../compile.ts";
import { lockedInput } from "../knowledge/flake-lock.ts";
import { type Facts, openFacts } from "../knowledge/packages.ts";
import { pinsPath, readPins } from "../knowledge/pins.ts";
import { momentOf } from "../knowledge/releases.ts";
import { listedRevision } from "../knowledge/revisions.ts";
import { codeOf } from "../lint/bash-code.ts";
import type { Templates } from "../output/render.ts";
import { loadTemplates } from "../output/templates.ts";
import { MAX_BYTES } from "../read/source.ts";
import type { Includes } from "../read/spec.ts";
import type { System } from "../system/system.ts";
import { checksumsFile, folderInRepository } from "../write/checksums.ts";
import type { KnownHashes } from "../write/compare.ts";
import { type Origin, originOf } from "../write/origin.ts";
import { checkBash, type KnownBash } from "./bash.ts";
import type { Options, Outcome } from "./outcome.ts";
import { readIndex } from "./package-index.ts";

/** What a process keeps between two runs of `generate`. */
export interface Session {
  readonly templates: Templates;
  readonly facts: FactsOf;
  readonly known: KnownHashes;
  /** The files that the last compilation read, by absolute path; undefined for one that could not be read. */
  readonly filesRead: Map<string, Uint8Array | undefined>;
  /** What bash says about code that earlier compilations had. */
  readonly bash: KnownBash;
}

export async function openSession(system: System, options: Options): Promise<Session> {
  return {
    templates: await loadTemplates(system),
    facts: await factsReader(system, options),
    known: new Map(),
    filesRead: new Map(),
    bash: new Map(),
  };
}

/** A compiled spec, and what its output folder's manifest says of it; no origin without files. */
export interface CompiledSpec extends Compiled {
  readonly origin?: Origin;
}

/** Reads and compiles the spec. A missing file is wrong usage (status 2). */
export async function compileSpec(system: System, options: Options, session?: Session): Promise<CompiledSpec | Outcome> {
  const isStandardInput = options.spec === "-";
  const kind = isStandardInput ? "file" : await system.kind(options.spec);
  if (kind === "directory") return unreadable(`${options.spec} is a folder; name the spec in it`);
  const { facts, templates, filesRead, bash: known } = session ?? (await openSession(system, options));
  filesRead.clear();
  const path = resolve(system.cwd, options.spec);
  const bytes = isStandardInput ? await system.readStdin() : await system.readFile(options.spec);
  if (!isStandardInput) filesRead.set(path, bytes);
  if (!bytes) return unreadable(`no spec at ${options.spec}; \`flakewright init\` writes a starter spec`);
  const locked = (await system.kind(join(options.out, "flake.lock"))) === "file";
  const includes: Includes = {
    root: (await system.realpath(options.spec)) ?? path,
    load(written, from) {
      const file = isAbsolute(written) ? written : join(dirname(from), written);
      const read = system.readRegularFile(file, MAX_BYTES);
      filesRead.set(resolve(system.cwd, file), typeof read === "string" ? undefined : read.bytes);
      if (typeof read === "string") return read;
      filesRead.set(read.path, read.bytes);
      return { file, ...read };
    },
  };
  const pinsFile = pinsPath(options.spec);
  const pinsText = isStandardInput ? undefined : await system.readFile(pinsFile);
  if (!isStandardInput) filesRead.set(resolve(system.cwd, pinsFile), pinsText);
  const pins = { file: pinsFile, content: pinsText && readPins(pinsText.toString()) };
  const { version } = options;
  const today = new Date(system.now()).toISOString().slice(0, 10);
  const context: CompileContext = {
    locked,
    today,
    facts,
    bundled: facts.bundled,
    path: isStandardInput ? "standard input" : path,
    includes,
    pins,
    folder: await folderInRepository(system, options.out, isStandardInput ? undefined : path),
    ...(version ? { version } : {}),
  };
  let compiled = compile(bytes, options.spec, context, templates);
  // Bash is another process, and compiling waits for none. Nearly all code is right, so that one compilation is enough.
  const codes = compiled.model ? codeOf(compiled.model).map(({ code }) => code) : [];
  const bash = await checkBash(system, codes, known);
  if (codes.some(bash)) compiled = compile(bytes, options.spec, { ...context, bash }, templates);
  if (!compiled.files) return compiled;
  const written = isStandardInput ? undefined : path;
  const checksums = await checksumsFile(system, options.out, written, compiled.files, filesRead);
  const origin = await originOf(system, options.out, written, compiled.model?.name ?? "", options.version);
  return { ...compiled, files: [...compiled.files, checksums], origin };
}

const unreadable = (note: string): Outcome => ({
  report: { diagnostics: [], files: [], sources: new Map() },
  output: "",
  notes: [note],
  status: 2,
});

/**
 * The package facts of a flake reference to nixpkgs, as an input of the flake: the index of the revision that flake.lock pins for
 * it, if there is one, else the bundled facts, of its release or of the day of its commit. Without a reference, the facts of
 * whatever nixpkgs flake.lock pins.
 */
export interface FactsOf {
  (nixpkgs?: string, input?: string): Facts | undefined;
  /** Those that come with flakewright, of the newest nixpkgs that they know. */
  readonly bundled: () => Facts | undefined;
}

/** Reads the facts' files at once; a file is parsed when its facts are first used. */
export async function factsReader(system: System, options: Options): Promise<FactsOf> {
  const lock = (await system.readFile(join(options.out, "flake.lock")))?.toString() ?? "";
  const locked = lockedInput(lock, "nixpkgs");
  const index = locked && (await readIndex(system, locked));
  const bundled = await system.readFile(join(options.knowledge, "packages.tsv"));
  const revisions = await system.readFile(join(options.knowledge, "revisions.tsv"));
  const texts = new Map<Buffer, string>();
  const textOf = (file: Buffer): string => {
    const text = texts.get(file) ?? file.toString("latin1");
    texts.set(file, text);
    return text;
  };
  /** The day or the release of the commit that a reference names, or is locked to. */
  const whenOf = (url: string, input: string): string | undefined => {
    const pinned = lockedInput(lock, input, url);
    const commit = pinned?.rev ?? /(?:^|[^0-9a-f])([0-9a-f]{40})(?:[^0-9a-f]|$)/.exec(url)?.[1];
    const listed = commit !== undefined && revisions ? listedRevision(textOf(revisions), commit) : undefined;
    // A local tree has no date: Nix writes 0 or 1.
    const seconds = pinned?.lastModified ?? 0;
    return listed ?? (seconds > 86_400 ? new Date(seconds * 1000).toISOString().slice(0, 10) : undefined);
  };
  const opened = new Map<string, Facts>();
  const factsOf = (nixpkgs?: string, input = "nixpkgs"): Facts | undefined => {
    const key = `${input} ${nixpkgs ?? ""}`;
    const known = opened.get(key);
    if (known) return known;
    const isIndexed = input === "nixpkgs" && index !== undefined && lockedInput(lock, "nixpkgs", nixpkgs) !== undefined;
    const file = isIndexed ? index : bundled;
    if (!file) return undefined;
    const url = nixpkgs ?? `github:NixOS/nixpkgs/${locked?.rev ?? ""}`;
    const facts = openFacts(textOf(file), momentOf(url, whenOf(url, input)));
    opened.set(key, facts);
    return facts;
  };
  return Object.assign(factsOf, { bundled: () => bundled && openFacts(textOf(bundled)) });
}
