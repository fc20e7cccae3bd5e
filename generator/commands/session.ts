import { join, resolve } from "node:path";
import { type Compiled, compile } from "../compile.ts";
import { lockedInput } from "../knowledge/flake-lock.ts";
import { type Facts, openFacts } from "../knowledge/packages.ts";
import type { Templates } from "../output/render.ts";
import { loadTemplates } from "../output/templates.ts";
import type { System } from "../system/system.ts";
import type { KnownHashes } from "../write/compare.ts";
import type { Options, Outcome } from "./outcome.ts";
import { readIndex } from "./package-index.ts";

/** What a process that generates again and again keeps between two runs. */
export interface Warm {
  readonly templates: Templates;
  readonly facts: FactsOf;
  readonly known: KnownHashes;
}

export async function warmUp(system: System, options: Options): Promise<Warm> {
  return { templates: await loadTemplates(system), facts: await factsReader(system, options), known: new Map() };
}

/** Reads and compiles the spec; a missing file is wrong usage. */
export async function compileSpec(system: System, options: Options, warm?: Warm): Promise<Compiled | Outcome> {
  const bytes = await system.readFile(options.spec);
  if (!bytes) {
    return {
      report: { diagnostics: [], files: [], sources: new Map() },
      output: "",
      notes: [`there is no spec at ${options.spec}; \`flakewright init\` writes a first one`],
      status: 2,
    };
  }
  const locked = (await system.kind(join(options.out, "flake.lock"))) === "file";
  const { facts, templates } = warm ?? (await warmUp(system, options));
  return compile(bytes, options.spec, { locked, facts, path: resolve(system.cwd, options.spec) }, templates);
}

/**
 * The facts of a spec's nixpkgs, by its flake reference: an index of the very revision that the lock holds for it, or else the
 * bundled ones. Without a reference, of the nixpkgs that the lock holds.
 */
export type FactsOf = (nixpkgs?: string) => Facts | undefined;

/** The facts are read at once and parsed only when a rule asks for one. */
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
