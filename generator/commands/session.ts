import { dirname, isAbsolute, join, resolve } from "node:path";
import { type Compiled, compile } from "../compile.ts";
import { lockedInput } from "../knowledge/flake-lock.ts";
import { type Facts, openFacts } from "../knowledge/packages.ts";
import type { Templates } from "../output/render.ts";
import { loadTemplates } from "../output/templates.ts";
import { MAX_BYTES } from "../read/source.ts";
import type { Includes } from "../read/spec.ts";
import type { System } from "../system/system.ts";
import type { KnownHashes } from "../write/compare.ts";
import type { Options, Outcome } from "./outcome.ts";
import { readIndex } from "./package-index.ts";

/** What a process keeps between two runs of `generate`. */
export interface Session {
  readonly templates: Templates;
  readonly facts: FactsOf;
  readonly known: KnownHashes;
  /** Every file that the last compilation asked for, by absolute path; undefined for one that could not be read. */
  readonly asked: Map<string, Uint8Array | undefined>;
}

export async function openSession(system: System, options: Options): Promise<Session> {
  return {
    templates: await loadTemplates(system),
    facts: await factsReader(system, options),
    known: new Map(),
    asked: new Map(),
  };
}

/** Reads and compiles the spec. A missing file is wrong usage (status 2). */
export async function compileSpec(system: System, options: Options, session?: Session): Promise<Compiled | Outcome> {
  const isStandardInput = options.spec === "-";
  const kind = isStandardInput ? "file" : await system.kind(options.spec);
  if (kind === "directory") return unreadable(`${options.spec} is a folder; name the spec in it`);
  const { facts, templates, asked } = session ?? (await openSession(system, options));
  asked.clear();
  const path = resolve(system.cwd, options.spec);
  const bytes = isStandardInput ? await system.readStdin() : await system.readFile(options.spec);
  asked.set(path, bytes);
  if (!bytes) return unreadable(`no spec at ${options.spec}; \`flakewright init\` writes a starter spec`);
  const locked = (await system.kind(join(options.out, "flake.lock"))) === "file";
  const includes: Includes = {
    root: (await system.realpath(options.spec)) ?? path,
    load(written, from) {
      const file = isAbsolute(written) ? written : join(dirname(from), written);
      const read = system.readRegularFile(file, MAX_BYTES);
      asked.set(resolve(system.cwd, file), typeof read === "string" ? undefined : read.bytes);
      if (typeof read === "string") return read;
      asked.set(read.path, read.bytes);
      return { file, ...read };
    },
  };
  const { version } = options;
  return compile(
    bytes,
    options.spec,
    { locked, facts, path: isStandardInput ? "standard input" : path, includes, ...(version ? { version } : {}) },
    templates,
  );
}

const unreadable = (note: string): Outcome => ({
  report: { diagnostics: [], files: [], sources: new Map() },
  output: "",
  notes: [note],
  status: 2,
});

/**
 * The package facts of a flake reference to nixpkgs: the index of the revision that flake.lock pins for it, if there is one, else
 * the bundled facts. Without a reference, the facts of whatever nixpkgs flake.lock pins.
 */
export type FactsOf = (nixpkgs?: string) => Facts | undefined;

/** Reads the facts' files at once; a file is parsed when its facts are first used. */
export async function factsReader(system: System, options: Options): Promise<FactsOf> {
  const lock = (await system.readFile(join(options.out, "flake.lock")))?.toString() ?? "";
  const locked = lockedInput(lock, "nixpkgs");
  const index = locked && (await readIndex(system, locked));
  const bundled = await system.readFile(join(options.knowledge, "packages.tsv"));
  const opened = new Map<Buffer, Facts>();
  const open = (text: Buffer | undefined): Facts | undefined => {
    const facts = text && (opened.get(text) ?? openFacts(text.toString("latin1")));
    if (text && facts) opened.set(text, facts);
    return facts;
  };
  return (nixpkgs) => open(index !== undefined && lockedInput(lock, "nixpkgs", nixpkgs) ? index : bundled);
}
