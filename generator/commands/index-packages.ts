import { join } from "node:path";
import { type Locked, lockedInput } from "../knowledge/flake-lock.ts";
import { factsText, openFacts, type PackageFacts } from "../knowledge/packages.ts";
import type { System } from "../system/system.ts";
import { type Options, type Outcome, printed, type Terminal } from "./outcome.ts";
import { indexFolder, indexName } from "./package-index.ts";
import { compileSpec } from "./session.ts";

/*
 * `flakewright index`: asks Nix for the facts of every package of one nixpkgs. Attributes are evaluated in batches, each in a process of
 * its own: what one attribute does to the evaluator (an abort, a stack overflow) is found by halving its batch and costs nothing else. Each
 * finished batch is a file, so that an interrupted run goes on where it was.
 */

/** Whose availability is asked: the systems that nixpkgs has binaries for. */
const SYSTEMS = ["x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin"];
/** Attributes a process: starting one costs as much as some fifty of them, and 500 stay below 1 GiB. */
const BATCH = 500;
/** Processes at once. */
const WORKERS = 2;
/** Part of the names of unfinished indexes; another one when the expression or the batches change. */
const FORMAT = "1";

/**
 * One package set, asked one question. `allowed` licences and the like are no question of facts: they are columns. Availability
 * is by platform alone, as the bundled facts have it.
 */
const EXPRESSION = `
{ nixpkgs, systems, set, names }:
let
  systemNames = builtins.fromJSON systems;
  pkgs = import nixpkgs {
    system = builtins.head systemNames;
    overlays = [ ];
    config = {
      allowAliases = false;
      allowBroken = true;
      allowInsecurePredicate = _: true;
      allowUnfree = true;
      allowUnsupportedSystem = true;
    };
  };
  inherit (pkgs) lib;
  platforms = map (system: lib.systems.elaborate system) systemNames;
  from = lib.attrByPath (builtins.fromJSON set) { } pkgs;
  row =
    package:
    let
      meta = package.meta or { };
      licenses = lib.toList (meta.license or [ ]);
    in
    {
      version = package.version or "";
      mainProgram = meta.mainProgram or "";
      available = map (platform: lib.meta.availableOn platform package) platforms;
      unfree = builtins.any (license: !(license.free or true)) licenses;
      broken = meta.broken or false;
      insecure = (meta.knownVulnerabilities or [ ]) != [ ];
      licenses = builtins.concatMap (license: if license ? spdxId then [ license.spdxId ] else [ ]) licenses;
      pname = lib.getName package;
      description = meta.description or "";
    };
  facts =
    name:
    let
      found = builtins.tryEval (
        let
          package = from.\${name};
          all = row package;
        in
        if lib.isDerivation package then builtins.deepSeq all all else null
      );
    in
    if found.success then found.value else null;
in
if names == "" then
  {
    release = lib.trivial.release;
    names = builtins.attrNames from;
  }
else
  lib.genAttrs (builtins.fromJSON names) facts
`;

/** What EXPRESSION says of a package; null where there is none, or none that evaluates. */
type Row = Omit<PackageFacts, "attribute" | "systems"> & { readonly available: readonly boolean[] };

/** A nixpkgs that Nix has fetched. */
interface Source {
  readonly path: string;
  readonly locked: Locked;
}

/** Indexes the spec's nixpkgs, or the one that `options.nixpkgs` names. */
export async function index(system: System, options: Options, terminal: Terminal): Promise<Outcome> {
  const reference = options.nixpkgs;
  const folder = indexFolder(system);
  if (folder === undefined) return failed("there is no place for an index: neither XDG_CACHE_HOME nor HOME is set");
  const compiled = await compileSpec(system, options);
  if ("status" in compiled && reference === undefined) return compiled;
  const model = "model" in compiled ? compiled.model : undefined;
  const url = reference ?? model?.nixpkgs.url;
  if (url === undefined) return failed(`${options.spec} names no nixpkgs that could be indexed; \`flakewright check\` says why`);

  const lock = reference === undefined ? (await system.readFile(join(options.out, "flake.lock")))?.toString() : undefined;
  const locked = lock === undefined ? undefined : lockedInput(lock, "nixpkgs", url);
  const nix = await system.spawn("nix", ["--version"]);
  if (nix.status !== 0) return failed("index asks Nix, and there is no nix on PATH: https://nixos.org/download");
  const source = locked ? await fetchLocked(system, locked) : await fetchReference(system, url);
  if (typeof source === "string") return failed(source);
  const name = indexName(source.locked);
  if (!name) return failed(`Nix gives ${url} neither a commit nor a hash to keep an index by`);

  const sets = [[], ...setsOf(model?.groups.flatMap((group) => group.tools) ?? [])];
  return new Indexing(system, terminal, source.path, join(folder, name)).run(sets);
}

/** The package sets that tools are taken from, other than nixpkgs itself: `python3Packages`. */
function setsOf(
  tools: readonly { readonly attribute: readonly string[]; readonly from: { readonly name: string } }[],
): string[][] {
  const sets = tools
    .filter((tool) => tool.from.name === "nixpkgs" && tool.attribute.length > 1)
    .map((tool) => tool.attribute.slice(0, -1));
  return [...new Map(sets.map((set) => [set.join("."), set])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, set]) => set);
}

const FLAKES = ["--extra-experimental-features", "nix-command flakes"];

/** Both answer the sentence to fail with when Nix can't. */
async function fetchLocked(system: System, locked: Locked): Promise<Source | string> {
  const expression = '(builtins.fetchTree (builtins.fromJSON (builtins.getEnv "FLAKEWRIGHT_LOCKED"))).outPath';
  const env = { FLAKEWRIGHT_LOCKED: JSON.stringify(locked) };
  const run = await system.spawn("nix", [...FLAKES, "eval", "--raw", "--impure", "--expr", expression], { env });
  return run.status === 0 ? { path: run.stdout, locked } : `Nix can't fetch the nixpkgs of flake.lock: ${lastError(run.stderr)}`;
}

async function fetchReference(system: System, url: string): Promise<Source | string> {
  const run = await system.spawn("nix", [...FLAKES, "flake", "metadata", "--json", "--no-write-lock-file", url]);
  if (run.status !== 0) return `Nix can't fetch ${url}: ${lastError(run.stderr)}`;
  const { path, locked } = JSON.parse(run.stdout) as Source;
  return { path, locked };
}

const lastError = (stderr: string): string =>
  stderr
    .split("\n")
    .filter((line) => line.includes("error:"))
    .at(-1)
    ?.replace(/^.*error:\s*/, "") ?? "it says nothing";

export const failed = (note: string): Outcome => ({ ...printed(""), notes: [note], status: 3 });

class Indexing {
  readonly #system: System;
  readonly #terminal: Terminal;
  readonly #nixpkgs: string;
  /** The index's path without an ending. */
  readonly #path: string;
  readonly #interrupted: AbortSignal;
  /** What Nix said when a whole batch could not be evaluated in any part. */
  #trouble = "";

  constructor(system: System, terminal: Terminal, nixpkgs: string, path: string) {
    this.#system = system;
    this.#terminal = terminal;
    this.#nixpkgs = nixpkgs;
    this.#path = path;
    this.#interrupted = terminal.interruption();
  }

  /** Brings the index to hold the sets (attribute paths; `[]` is the top level). */
  async run(sets: readonly (readonly string[])[]): Promise<Outcome> {
    const before = (await this.#system.readFile(`${this.#path}.tsv`))?.toString("latin1");
    const done = before === undefined ? undefined : openFacts(before);
    const missing = done ? sets.filter((set) => set.length > 0 && !done.covers([...set, "x"].join("."))) : sets;
    if (done && missing.length === 0) return told(`${this.#path}.tsv is complete: ${done.all().length} packages`);

    const unfinished = `${this.#path}.${FORMAT}.unfinished`;
    let release = done?.release ?? "";
    const batches: { readonly file: string; readonly set: readonly string[]; readonly names: readonly string[] }[] = [];
    for (const set of missing) {
      const listed = await this.#list(set);
      if (typeof listed === "string") return failed(listed);
      release = listed.release;
      for (let at = 0; at < listed.names.length; at += BATCH)
        batches.push({
          file: join(unfinished, `${["top", ...set].join(".")}-${at}.json`),
          set,
          names: listed.names.slice(at, at + BATCH),
        });
    }
    await this.#system.mkdir(unfinished);
    const rows: PackageFacts[] = [...(done?.all() ?? [])];
    let finished = 0;
    const queue = [...batches];
    const work = async () => {
      for (let batch = queue.shift(); batch && !this.#interrupted.aborted && !this.#trouble; batch = queue.shift()) {
        const saved = await this.#system.readFile(batch.file);
        const text = saved?.toString() ?? JSON.stringify(await this.#evaluate(batch.set, batch.names));
        if (this.#interrupted.aborted || this.#trouble) return;
        if (!saved) await this.#replace(batch.file, text);
        rows.push(...rowsOf(batch.set, JSON.parse(text)));
        this.#terminal.progress(++finished, batches.length, `${rows.length} packages`);
      }
    };
    await Promise.all(Array.from({ length: WORKERS }, work));
    if (this.#trouble) return failed(`Nix can't evaluate this nixpkgs: ${this.#trouble}`);
    if (this.#interrupted.aborted)
      return failed(`interrupted with ${finished} of ${batches.length} parts done; \`flakewright index\` goes on from there`);

    await this.#replace(`${this.#path}.tsv`, factsText({ release, exact: true, systems: SYSTEMS }, rows));
    await this.#system.remove(unfinished);
    return told(`${this.#path}.tsv: ${rows.length} packages of nixpkgs ${release}`);
  }

  async #list(set: readonly string[]): Promise<{ readonly release: string; readonly names: readonly string[] } | string> {
    const run = await this.#nix(set, "");
    return run.status === 0 ? JSON.parse(run.stdout) : `Nix can't evaluate this nixpkgs: ${lastError(run.stderr)}`;
  }

  /** Rows by name; a name that stops the evaluator for good is left out. */
  async #evaluate(set: readonly string[], names: readonly string[]): Promise<Record<string, Row | null>> {
    const run = await this.#nix(set, JSON.stringify(names));
    if (run.status === 0) return JSON.parse(run.stdout);
    if (this.#interrupted.aborted || this.#trouble) return {};
    if (names.length === 1) return {};
    const middle = names.length >> 1;
    const halves = [await this.#evaluate(set, names.slice(0, middle)), await this.#evaluate(set, names.slice(middle))];
    const both = Object.assign({}, ...halves);
    // One attribute may be broken, not a hundred side by side: that is a machine without memory, or no nixpkgs.
    if (names.length >= 100 && Object.keys(both).length === 0) this.#trouble = lastError(run.stderr);
    return both;
  }

  #nix(set: readonly string[], names: string) {
    const given = { nixpkgs: this.#nixpkgs, systems: JSON.stringify(SYSTEMS), set: JSON.stringify(set), names };
    const args = Object.entries(given).flatMap(([name, value]) => ["--argstr", name, value]);
    const options = ["--option", "allow-import-from-derivation", "false"];
    return this.#system.spawn("nix-instantiate", ["--eval", "--strict", "--json", ...options, "--expr", EXPRESSION, ...args], {
      signal: this.#interrupted,
    });
  }

  /** Written whole or not at all. */
  async #replace(path: string, text: string): Promise<void> {
    const beside = `${path}.${this.#system.randomId()}`;
    await this.#system.writeFile(beside, text);
    await this.#system.rename(beside, path);
  }
}

const told = (line: string): Outcome => ({ ...printed(`${line}\n`) });

function rowsOf(set: readonly string[], found: Record<string, Row | null>): PackageFacts[] {
  return Object.entries(found).flatMap(([name, row]) => {
    if (row === null) return [];
    const { available, ...facts } = row;
    return [{ ...facts, attribute: [...set, name].join("."), systems: SYSTEMS.filter((_, at) => available[at]) }];
  });
}
