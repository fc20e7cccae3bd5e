import { join } from "node:path";
import type { PackageFacts } from "../../knowledge/packages.ts";
import type { System } from "../../system/system.ts";
import type { Terminal } from "../outcome.ts";
import type { Evaluator, PackageSet } from "./evaluator.ts";

/** Attributes per process: starting one costs as much as some fifty of them, and 500 stay below 1 GiB. */
const BATCH_SIZE = 500;

/** Names per second of one process, for four systems, on a machine of 2026. */
const NAMES_PER_SECOND = 60;

/** Processes at the same time. */
const WORKERS = 2;

export interface Batch {
  readonly set: PackageSet;
  readonly names: readonly string[];
  /** Where its facts are kept until all are there. */
  readonly file: string;
}

/** A set's names in batches; `folder` is for their files. */
export function batchesOf(set: PackageSet, names: readonly string[], folder: string): Batch[] {
  const batches: Batch[] = [];
  for (let at = 0; at < names.length; at += BATCH_SIZE)
    batches.push({
      set,
      names: names.slice(at, at + BATCH_SIZE),
      file: join(folder, `${["top", ...set].join(".")}-${at}.json`),
    });
  return batches;
}

/**
 * Evaluates batches, except those that an earlier run finished. Ends early when the signal aborts or the evaluator fails.
 *
 * @returns The facts so far, and how many batches are finished.
 */
export async function runBatches(
  batches: readonly Batch[],
  evaluator: Evaluator,
  { system, terminal, signal }: { readonly system: System; readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<{ readonly facts: readonly PackageFacts[]; readonly finished: number }> {
  const facts: PackageFacts[] = [];
  let finished = 0;
  const names = batches.reduce((sum, batch) => sum + batch.names.length, 0);
  const minutes = Math.ceil(names / NAMES_PER_SECOND / WORKERS / 60);
  terminal.progress(
    0,
    batches.length,
    `${names} names: about ${minutes} ${minutes === 1 ? "minute" : "minutes"}; an interrupted run goes on where it was`,
  );
  const queue = [...batches];
  const isStopped = () => signal.aborted || evaluator.failure !== undefined;
  const work = async () => {
    for (let batch = queue.shift(); batch && !isStopped(); batch = queue.shift()) {
      const saved = await system.readFile(batch.file);
      const found = saved ? JSON.parse(saved.toString()) : await evaluator.facts(batch.set, batch.names);
      if (isStopped()) return;
      if (!saved) await replaceFile(system, batch.file, JSON.stringify(found));
      facts.push(...found);
      terminal.progress(++finished, batches.length, `${facts.length} packages`);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return { facts, finished };
}

/** Writes a file whole or not at all. */
export async function replaceFile(system: System, path: string, text: string): Promise<void> {
  const beside = `${path}.${system.randomId()}`;
  await system.writeFile(beside, text);
  await system.rename(beside, path);
}
