import { join } from "node:path";
import type { PackageFacts } from "../../knowledge/packages.ts";
import type { SpawnResult, System } from "../../system/system.ts";
import { lastError } from "./fetch.ts";

/** Whose availability is evaluated: the systems that nixpkgs has binaries for. */
export const SYSTEMS = ["x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin"];

/** A package set by its attribute path; `[]` is the top level of nixpkgs. */
export type PackageSet = readonly string[];

/** What package-facts.nix answers for a package. */
type Row = Omit<PackageFacts, "attribute" | "systems"> & { readonly available: readonly boolean[] };

/** The names of a set; `aliases` are old names, which work or throw. */
export interface Listed {
  readonly release: string;
  readonly names: readonly string[];
  readonly aliases: readonly string[];
}

/** Runs knowledge/package-facts.nix, each time in a process of its own. */
export class Evaluator {
  readonly #system: System;
  readonly #expression: string;
  readonly #nixpkgs: string;
  readonly #signal: AbortSignal;
  #failure: string | undefined;

  /**
   * @param knowledge The folder of package-facts.nix.
   * @param nixpkgs The folder of the nixpkgs.
   * @param signal Ends the processes.
   */
  constructor(system: System, knowledge: string, nixpkgs: string, signal: AbortSignal) {
    this.#system = system;
    this.#expression = join(knowledge, "package-facts.nix");
    this.#nixpkgs = nixpkgs;
    this.#signal = signal;
  }

  /** Why nothing of this nixpkgs can be evaluated; undefined as long as something can. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** The release of nixpkgs and the names of a set; undefined, with a `failure`, when Nix can't evaluate it. */
  async list(set: PackageSet): Promise<Listed | undefined> {
    const run = await this.#run(set, "");
    if (run.status === 0) return JSON.parse(run.stdout);
    this.#failure = lastError(run.stderr);
    return undefined;
  }

  /**
   * The facts of packages of a set. A name that ends the evaluator (an abort, a stack overflow, which `tryEval` can't catch) is
   * found by halving and left out.
   */
  async facts(set: PackageSet, names: readonly string[]): Promise<PackageFacts[]> {
    const run = await this.#run(set, JSON.stringify(names));
    if (run.status === 0) return toFacts(set, JSON.parse(run.stdout));
    if (this.#signal.aborted || this.#failure !== undefined || names.length === 1) return [];
    const middle = names.length >> 1;
    const both = [...(await this.facts(set, names.slice(0, middle))), ...(await this.facts(set, names.slice(middle)))];
    // One attribute may be broken, not a hundred side by side: that is a machine without memory, or no nixpkgs.
    if (names.length >= 100 && both.length === 0) this.#failure = lastError(run.stderr);
    return both;
  }

  /** The derivations that names of a set stand for; a name that does not evaluate is left out, and so is all when Nix fails. */
  async derivations(set: PackageSet, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const run = await this.#run(set, JSON.stringify(names), "yes");
    const found: Record<string, string | null> = run.status === 0 ? JSON.parse(run.stdout) : {};
    return new Map(Object.entries(found).flatMap(([name, path]) => (path === null ? [] : [[name, path]])));
  }

  #run(set: PackageSet, names: string, identify = ""): Promise<SpawnResult> {
    const given = { nixpkgs: this.#nixpkgs, systems: JSON.stringify(SYSTEMS), set: JSON.stringify(set), names, identify };
    const args = Object.entries(given).flatMap(([name, value]) => ["--argstr", name, value]);
    const options = ["--eval", "--strict", "--json", "--option", "allow-import-from-derivation", "false"];
    return this.#system.spawn("nix-instantiate", [...options, this.#expression, ...args], { signal: this.#signal });
  }
}

function toFacts(set: PackageSet, rows: Readonly<Record<string, Row | null>>): PackageFacts[] {
  return Object.entries(rows).flatMap(([name, row]) => {
    if (row === null) return [];
    const { available, ...facts } = row;
    return [{ ...facts, attribute: [...set, name].join("."), systems: SYSTEMS.filter((_, at) => available[at]) }];
  });
}
