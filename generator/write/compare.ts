import { join } from "node:path";
import { hasConflict } from "../knowledge/merge-conflicts.ts";
import type { PlannedFile } from "../output/outputs.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../report/diagnostic.ts";
import type { FileChange } from "../report/report.ts";
import type { System } from "../system/system.ts";
import { type FileStatus, kindName, MOST_BYTES, NotInTree, type Tree } from "../system/tree.ts";
import { editedInMerge, type Found, generatedBefore } from "./generated-before.ts";
import { withoutReturns } from "./line-ends.ts";
import { type Claims, type Hashes, hashOf, ignoredNotes, MANIFEST, manifestText, readManifest } from "./manifest.ts";
import { isOfAnother, type Origin, ofAnother } from "./origin.ts";

export interface PlannedChange extends FileChange {
  /** The file's current text; undefined when it does not exist. */
  readonly before: string | undefined;
  /** The hash of the file's current content; undefined when it does not exist. */
  readonly found: string | undefined;
  /** The planned text; undefined when the file is to be removed. */
  readonly after: string | undefined;
  /** The planned text in UTF-8, when it is encoded already. */
  readonly bytes: Uint8Array | undefined;
  readonly mode: number;
  readonly once: boolean;
}

/** The output folder compared with the plan. */
export interface Comparison {
  /** Sorted by path; with unchanged files, without the manifest. */
  readonly changes: readonly PlannedChange[];
  /** `output-edited` and `output-foreign`: the files that may not be overwritten. */
  readonly diagnostics: readonly Diagnostic[];
  /** Edited files that are no longer planned: they stay on disk and leave the manifest. */
  readonly kept: readonly string[];
  /** Files whose only change is CRLF for LF: they are updates, because nothing of theirs is lost. */
  readonly returns: readonly string[];
  /**
   * Files of a merge that Git left with both sides, and, where the manifest is one of them, files that Git merged: they are updates, if
   * both sides were generated.
   */
  readonly conflicted: readonly string[];
  /** Edited files that `force` overwrites or removes. */
  readonly overridden: readonly string[];
  /** Sentences for people: what the manifest lists in vain. */
  readonly notes: readonly string[];
  readonly claims: Claims;
  /** The spec that the manifest is to name. */
  readonly origin: Origin | undefined;
  /** What the manifest is to say: path → hash of the planned content. */
  readonly files: Hashes;
  readonly manifestIsCurrent: boolean;
}

/** Hashes from earlier comparisons of the same process, by path: `watch` neither reads nor hashes unchanged files again. */
export type KnownHashes = Map<
  string,
  {
    /** The file's stamp and hash at that time: the hash holds as long as the stamp is the same. */
    readonly stamp: string;
    readonly found: string;
    /** The planned text and its hash. */
    readonly text: string;
    readonly hash: string;
  }
>;

/** How long `compare` waits for a folder into which another run keeps writing, and how long between two looks, in milliseconds. */
const REST_TIMEOUT = 10_000;
const REST_POLL = 50;

/**
 * Compares the folder with the plan and changes nothing. With `force`, edited files are updates instead of errors, and so is the output of
 * another spec. Takes no lock: a comparison that finds errors while another run writes is repeated when that run is done. Throws when none
 * ends.
 *
 * @param origin The spec of the plan.
 */
export async function compare(
  system: System,
  out: string,
  planned: readonly PlannedFile[],
  force: boolean,
  known: KnownHashes = new Map(),
  origin?: Origin,
): Promise<Comparison> {
  for (let waited = 0; ; waited += REST_POLL) {
    const { comparison, isReliable } = await compareUnlocked(system, out, planned, force, known, origin);
    if (isReliable) return comparison;
    if (waited >= REST_TIMEOUT) throw new Error(`another flakewright keeps writing to ${out}; try again when it is done`);
    await system.sleep(REST_POLL);
  }
}

/**
 * `compare` once. The result is not reliable when it has errors and the manifest was replaced meanwhile: then the hashes are of one run
 * and the files of the next. A run replaces the manifest before its first file and after its last one.
 */
export async function compareUnlocked(
  system: System,
  out: string,
  planned: readonly PlannedFile[],
  force: boolean,
  known: KnownHashes,
  origin?: Origin,
): Promise<{ readonly comparison: Comparison; readonly isReliable: boolean }> {
  const tree = await system.openTree(out);
  try {
    const before = (await tree?.status(MANIFEST))?.stamp;
    const comparison = await compareTree(system, tree, out, planned, force, known, origin);
    const isReliable = !hasErrors(comparison.diagnostics) || (await tree?.status(MANIFEST))?.stamp === before;
    return { comparison, isReliable };
  } finally {
    tree?.close();
  }
}

/** `compare` for the folder that is open already; `undefined` is one that does not exist. */
export async function compareTree(
  system: System,
  tree: Tree | undefined,
  out: string,
  planned: readonly PlannedFile[],
  force: boolean,
  known: KnownHashes,
  origin?: Origin,
): Promise<Comparison> {
  const plannedPaths = new Set(planned.map((file) => file.path));
  const [claims, diagnostics] = await readManifest(tree, out, plannedPaths);
  const exists = (path: string) => system.isFile(join(out, path));
  if (!force && claims.origin && (await isOfAnother(claims.origin, origin, exists)))
    return stopped(claims, ofAnother(out, claims.origin, join(out, MANIFEST)), origin);
  const returns: string[] = [];
  const conflicted = claims.isConflicted ? [MANIFEST] : [];
  const overridden: string[] = [];
  const changes: PlannedChange[] = [];
  const files = new Map<string, string>();
  const modes: Modes = { right: [], wrong: [] };
  const doubtful: Doubtful[] = [];

  const compareOne = async (file: PlannedFile): Promise<void> => {
    const { path, text, mode, once, replaces } = file;
    let encoded: Buffer | undefined;
    const change = (kind: FileChange["change"], before?: string, found?: string) =>
      void changes.push({ path, change: kind, before, found, after: text, bytes: encoded, mode, once });
    let status: FileStatus | undefined;
    try {
      status = await tree?.status(path);
    } catch (error) {
      if (!(error instanceof NotInTree)) throw error;
      diagnostics.push(foreign(out, path, BEHIND));
      return;
    }
    if (once) {
      if (status === undefined) change("created");
      return;
    }
    const before = known.get(path);
    let hash = before?.text === text ? before.hash : undefined;
    if (hash === undefined) {
      encoded = Buffer.from(text);
      hash = hashOf(encoded);
    }
    files.set(path, hash);
    if (status === undefined) return change("created");
    if (status.kind !== "file") {
      diagnostics.push(foreign(out, path, `a ${kindName(status)} that flakewright did not create is in its place`));
      return;
    }
    if (status.size > MOST_BYTES) {
      diagnostics.push(foreign(out, path, `a file of ${status.size} bytes that flakewright did not write is in its place`));
      return;
    }
    const same = before?.stamp === status.stamp && before.found === hash;
    const bytes = (same ? undefined : await tree?.read(path)) ?? Buffer.alloc(0);
    const found = same || encoded?.equals(bytes) ? hash : hashOf(bytes);
    if (status.settled) known.set(path, { stamp: status.stamp, found, text, hash });
    else known.delete(path);
    if (found === hash) {
      const isRight = runs(status.mode) === runs(mode);
      modes[isRight ? "right" : "wrong"].push({ path, mode: status.mode, planned: mode });
      return change("unchanged", text, found);
    }
    if (!isClaimed(claims, path, found) && bytes.toString() !== replaces) {
      const unix = hashOf(withoutReturns(bytes));
      const isOurs = unix !== found && (unix === hash || isClaimed(claims, path, unix));
      if (!isOurs) {
        const update = () => change("updated", bytes.toString(), found);
        const isMarked = hasConflict(bytes.toString());
        doubtful.push({ path, hash: found, isMarked, update });
        return;
      }
      returns.push(path);
    }
    change("updated", bytes.toString(), found);
  };
  await inBatches(planned, compareOne);
  const isMerged = ({ path, isMarked }: Doubtful) => isListed(claims, path) && (claims.isConflicted === true || isMarked);
  const generated = await generatedBefore(system, out, doubtful);
  const edits = await editedInMerge(
    system,
    out,
    doubtful.filter((one) => !generated.has(one) && isMerged(one)),
  );
  for (const one of doubtful) {
    const { path, update } = one;
    if (!generated.has(one)) {
      const problem = isMerged(one) && !edits.has(path) ? undefined : notOurs(out, path, claims, force);
      if (isMerged(one) && !edits.has(path)) conflicted.push(path);
      else if (force && isListed(claims, path)) overridden.push(path);
      if (problem) diagnostics.push(problem);
      if (problem?.code === "output-foreign") continue;
    }
    update();
  }

  const kept: string[] = [];
  const orphans = [...new Set([...claims.files.keys(), ...claims.pending.keys()])].filter((path) => !plannedPaths.has(path));
  const unplanned: (Found & { readonly before: string; readonly isOurs: boolean })[] = [];
  for (const path of orphans.sort()) {
    const bytes = await readUnlessBehind(tree, path);
    if (bytes === "large") kept.push(path);
    if (!Buffer.isBuffer(bytes)) continue;
    const hash = hashOf(bytes);
    unplanned.push({ path, hash, before: bytes.toString(), isOurs: isClaimed(claims, path, hash) });
  }
  const older = await generatedBefore(
    system,
    out,
    unplanned.filter(({ isOurs }) => !isOurs),
  );
  for (const one of unplanned) {
    const { path, hash, before } = one;
    const isOurs = one.isOurs || older.has(one);
    if (!isOurs && !force) {
      kept.push(path);
      continue;
    }
    if (!isOurs) overridden.push(path);
    changes.push({ path, change: "removed", before, found: hash, after: undefined, bytes: undefined, mode: 0o644, once: false });
  }
  const isWithout = await withoutModes(modes, tree);
  const lost = isWithout ? [] : modes.wrong.map(({ path }) => path);
  return {
    changes: changes
      .map((change) => (lost.includes(change.path) ? { ...change, change: "updated" as const } : change))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    diagnostics,
    kept,
    returns: returns.sort(),
    conflicted: conflicted.sort(),
    overridden: overridden.sort(),
    notes: ignoredNotes(claims.ignored, out),
    claims,
    origin,
    files,
    manifestIsCurrent:
      claims.exists &&
      claims.isConflicted !== true &&
      claims.ignored.length + claims.pending.size === 0 &&
      // Another version that wrote the same files stays in the manifest.
      manifestText(claims.files, undefined, claims.origin) ===
        manifestText(files, undefined, origin && { ...origin, writer: claims.origin?.writer }),
  };
}

/** A file whose content is neither planned nor in the manifest. */
interface Doubtful extends Found {
  /** Whether the marks of a conflict are in it. */
  readonly isMarked: boolean;
  /** Makes it an update. */
  readonly update: () => void;
}

/** A comparison that has not begun. */
const stopped = (claims: Claims, problem: Diagnostic, origin: Origin | undefined): Comparison => ({
  changes: [],
  diagnostics: [problem],
  kept: [],
  returns: [],
  conflicted: [],
  overridden: [],
  notes: [],
  claims,
  origin,
  files: new Map(),
  manifestIsCurrent: false,
});

/** Whether the manifest lists a file. */
const isListed = ({ files, pending }: Claims, path: string): boolean => files.has(path) || pending.has(path);

/** Whether the manifest has a file's content as one that flakewright wrote. */
const isClaimed = ({ files, pending }: Claims, path: string, hash: string): boolean =>
  files.get(path) === hash || pending.get(path) === hash;

/** Why a file whose content the manifest does not have may not be replaced; undefined when it may, by `force`. */
export function notOurs(out: string, path: string, claims: Claims, force: boolean): Diagnostic | undefined {
  if (!isListed(claims, path)) return foreign(out, path, "a file that flakewright did not write is in its place");
  return force ? undefined : edited(out, path, "was edited after flakewright wrote it");
}

export const edited = (out: string, path: string, what: string): Diagnostic =>
  diagnostic(
    "output-edited",
    `${path} ${what}`,
    join(out, path),
    { start: 0, end: 0 },
    {
      hint: "`flakewright diff` shows the edits; move them into the spec, then run `flakewright generate --force`",
    },
  );

/** Why a file behind a link is foreign. */
export const BEHIND = "one of its parent folders is a link or not a folder";

export const foreign = (out: string, path: string, message: string): Diagnostic =>
  diagnostic(
    "output-foreign",
    `${path}: ${message}`,
    join(out, path),
    { start: 0, end: 0 },
    {
      hint: "move it away, or choose another folder with --out",
    },
  );

interface Mode {
  readonly path: string;
  readonly mode: number;
  readonly planned: number;
}

/** The files with the planned content, by whether they are executable as planned. */
interface Modes {
  readonly right: Mode[];
  readonly wrong: Mode[];
}

/** Only the executable bit is compared; the umask decides about the others. */
const runs = (mode: number): boolean => (mode & 0o100) !== 0;

/**
 * Whether the file system keeps no modes, as FAT and many shares of virtual machines: each file reads executable, also the manifest
 * and others that are not written so; or none does, on a file system of a kind that has no modes. Elsewhere, the scripts have lost theirs.
 */
async function withoutModes({ right, wrong }: Modes, tree: Tree | undefined): Promise<boolean> {
  if (wrong.length === 0 || !tree) return false;
  const manifest = await tree.status(MANIFEST);
  const all = [...right, ...wrong, ...(manifest ? [{ mode: manifest.mode, planned: 0o644 }] : [])];
  if (all.every(({ mode }) => runs(mode))) return all.some(({ planned }) => !runs(planned));
  return all.every(({ mode }) => !runs(mode)) && (await tree.mayLackModes());
}

/** A regular file's content; undefined when there is none or a link leads to it, `large` when it can't be one that flakewright wrote. */
async function readUnlessBehind(tree: Tree | undefined, path: string): Promise<Buffer | "large" | undefined> {
  try {
    const status = await tree?.status(path);
    return status?.kind === "file" && status.size > MOST_BYTES ? "large" : await tree?.read(path);
  } catch (error) {
    if (error instanceof NotInTree) return undefined;
    throw error;
  }
}

/** Whether the folder holds exactly the planned files. */
export const isUpToDate = (comparison: Comparison): boolean =>
  comparison.manifestIsCurrent && comparison.changes.every((change) => change.change === "unchanged");

/** Runs the work on all items, 64 at a time, because the number of open files is limited. */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const BATCH = 64;
  for (let at = 0; at < items.length; at += BATCH) await Promise.all(items.slice(at, at + BATCH).map(work));
}
