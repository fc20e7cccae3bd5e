import { join } from "node:path";
import { lockedInput } from "../knowledge/flake-lock.ts";
import { factsText, openFacts } from "../knowledge/packages.ts";
import type { Tool } from "../model/model.ts";
import type { System } from "../system/system.ts";
import { batchesOf, replaceFile, runBatches } from "./index-packages/batches.ts";
import { Evaluator, type PackageSet, SYSTEMS } from "./index-packages/evaluator.ts";
import { type FetchedNixpkgs, fetchLocked, fetchReference } from "./index-packages/fetch.ts";
import { withOldNames } from "./index-packages/old-names.ts";
import { type Options, type Outcome, printed, refused, type Terminal } from "./outcome.ts";
import { indexFolder, indexName } from "./package-index.ts";
import { compileSpec } from "./session.ts";

/** Part of the name of an unfinished index's folder: another one when package-facts.nix or the batches change. */
const FORMAT = "3";

/**
 * `flakewright index`: evaluates the facts of every package of the spec's nixpkgs, or of the one that `options.nixpkgs` names,
 * and of the package sets that tools are taken from. What is evaluated already is not evaluated again: an interrupted run goes
 * on where it was, and a package set that the spec uses later is added.
 */
export async function index(system: System, options: Options, terminal: Terminal): Promise<Outcome> {
  const folder = indexFolder(system);
  if (folder === undefined) return refused("no folder for the index: neither XDG_CACHE_HOME nor HOME is set", 3);
  const compiled = await compileSpec(system, options);
  if ("status" in compiled && options.nixpkgs === undefined) return compiled;
  const model = "model" in compiled ? compiled.model : undefined;
  const url = options.nixpkgs ?? model?.nixpkgs.url;
  if (url === undefined) return refused(`${options.spec} has no nixpkgs to index; run \`flakewright check\``, 3);
  const nixpkgs = await fetchNixpkgs(system, options, url);
  if (typeof nixpkgs === "string") return refused(nixpkgs, 3);
  const name = indexName(nixpkgs.locked);
  if (!name) return refused(`Nix reports neither a commit nor a hash of ${url}, so there is no name for its index`, 3);

  const path = join(folder, name);
  const sets = [[], ...packageSets(model?.groups.flatMap((group) => group.tools) ?? [])];
  return indexSets(sets, { system, terminal, knowledge: options.knowledge, nixpkgs: nixpkgs.path, path });
}

/** The nixpkgs that flake.lock pins for the spec, or else the newest one; a sentence when Nix can't fetch it. */
async function fetchNixpkgs(system: System, options: Options, url: string): Promise<FetchedNixpkgs | string> {
  const nix = await system.spawn("nix", ["--version"]);
  if (nix.status !== 0) return "index needs Nix, but there is no `nix` on PATH: https://nixos.org/download";
  const lock = options.nixpkgs === undefined ? (await system.readFile(join(options.out, "flake.lock")))?.toString() : undefined;
  const locked = lock === undefined ? undefined : lockedInput(lock, "nixpkgs", url);
  return locked ? fetchLocked(system, locked) : fetchReference(system, url);
}

/** The package sets that tools are taken from, other than nixpkgs itself: `python3Packages`. */
function packageSets(tools: readonly Pick<Tool, "attribute" | "from">[]): PackageSet[] {
  const sets = tools
    .filter((tool) => tool.from.name === "nixpkgs" && tool.attribute.length > 1)
    .map((tool) => tool.attribute.slice(0, -1));
  const byPath = new Map(sets.map((set) => [set.join("."), set]));
  return [...byPath.keys()].sort().flatMap((path) => [byPath.get(path) ?? []]);
}

interface Indexing {
  readonly system: System;
  readonly terminal: Terminal;
  /** The folder of package-facts.nix. */
  readonly knowledge: string;
  /** The folder of the nixpkgs. */
  readonly nixpkgs: string;
  /** The index file's path without its extension. */
  readonly path: string;
}

/** Brings the index to hold the sets. */
async function indexSets(
  sets: readonly PackageSet[],
  { system, terminal, knowledge, nixpkgs, path }: Indexing,
): Promise<Outcome> {
  const signal = terminal.interruption();
  const before = (await system.readFile(`${path}.tsv`))?.toString("latin1");
  const old = before === undefined ? undefined : openFacts(before);
  const missing = old ? sets.filter((set) => set.length > 0 && !old.covers([...set, "x"].join("."))) : sets;
  if (old && missing.length === 0) return printed(`${path}.tsv is complete: ${old.all().length} packages\n`);

  const evaluator = new Evaluator(system, knowledge, nixpkgs, signal);
  const unfinished = `${path}.${FORMAT}.unfinished`;
  let release = old?.release ?? "";
  const batches = [];
  const aliases = new Set<string>();
  terminal.progress(0, 1, "Nix lists the names of the packages");
  for (const set of missing) {
    const listed = await evaluator.list(set);
    if (!listed) return signal.aborted ? interrupted("before the first part") : cantEvaluate(evaluator);
    release = listed.release;
    for (const name of listed.aliases) aliases.add([...set, name].join("."));
    batches.push(...batchesOf(set, [...listed.names, ...listed.aliases], unfinished));
  }
  await system.mkdir(unfinished);
  const { facts, finished } = await runBatches(batches, evaluator, { system, terminal, signal });
  if (evaluator.failure !== undefined) return cantEvaluate(evaluator);
  if (signal.aborted) return interrupted(`with ${finished} of ${batches.length} parts done`);

  const all = [...(old?.rows() ?? []), ...(await withOldNames(facts, aliases, evaluator))];
  await replaceFile(system, `${path}.tsv`, factsText({ release, exact: true, systems: SYSTEMS }, all));
  await system.remove(unfinished);
  const packages = all.filter((one) => one.history === undefined).length;
  return printed(`${path}.tsv: ${packages} packages of nixpkgs ${release}\n`);
}

const cantEvaluate = ({ failure }: Evaluator): Outcome => refused(`Nix can't evaluate this nixpkgs: ${failure}`, 3);

const interrupted = (where: string): Outcome => refused(`interrupted ${where}; run \`flakewright index\` again to continue`, 3);
