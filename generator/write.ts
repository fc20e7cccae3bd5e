import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { type Diagnostic, diagnostic, type FileChange, hasErrors } from "./diagnostics.ts";
import type { Host } from "./host.ts";
import type { PlannedFile } from "./plan.ts";

/** The manifest: every generated path and the hash of what was last written there. Untrusted when read. */
export const MANIFEST = ".flakewright.json";
/** Holds new files until all of them are there; its creation is the lock of the output folder. */
const STAGING = ".flakewright.tmp";
/** How long a run waits for another one on the same folder, in milliseconds. */
const PATIENCE = 10_000;

interface Manifest {
  readonly version: 1;
  /** Path → hash of the content that the last complete run left. */
  readonly files: Readonly<Record<string, string>>;
  /** Path → hash of the content that a run under way is putting there: after a kill both are ours. */
  readonly pending?: Readonly<Record<string, string>>;
}

interface PlannedChange extends FileChange {
  /** What is there now; undefined where there is nothing. */
  readonly before: string | undefined;
  /** What shall be there; undefined where the file goes. */
  readonly after: string | undefined;
  /** The same as it is written, where it was encoded already. */
  readonly bytes: Uint8Array | undefined;
  readonly mode: number;
  readonly once: boolean;
}

/** The output folder against the plan. */
export interface Comparison {
  /** Sorted by path, unchanged files included, the manifest not. */
  readonly changes: readonly PlannedChange[];
  /** `output-edited`, `output-foreign`: what keeps the plan from being carried out. */
  readonly diagnostics: readonly Diagnostic[];
  /** Orphans that somebody edited: left where they are, and no longer ours. */
  readonly kept: readonly string[];
  readonly manifest: Manifest;
  readonly manifestIsCurrent: boolean;
  /** The stamp of the manifest that was compared with; undefined where there was none. */
  readonly manifestStamp: string | undefined;
}

/** For a process that compares again and again: what earlier comparisons found, by path. */
export type KnownHashes = Map<
  string,
  {
    /** What was there, believed as long as the file's stamp is the same. */
    readonly stamp: string;
    readonly found: string;
    /** What was to be there. */
    readonly text: string;
    readonly hash: string;
  }
>;

const hashOf = (content: Uint8Array): string => `sha256-${createHash("sha256").update(content).digest("base64")}`;

/** The manifest's text: sorted, one path a line, so that merges of it are easy. */
function manifestText(manifest: Manifest): string {
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { version, files, pending } = manifest;
  return `${JSON.stringify({ version, files: sorted(files), ...(pending ? { pending: sorted(pending) } : {}) }, null, 2)}\n`;
}

/** Whether a path may be ours: relative, inside, plain, and none of the files that belong to Nix, git or the user. */
function isOurs(path: string): boolean {
  const parts = path.split("/");
  return (
    parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0:]/.test(part)) &&
    ![MANIFEST, "flake.lock"].includes(path) &&
    !["hosts", ".git", STAGING].includes(parts[0] ?? "")
  );
}

/** Reads the manifest, believing nothing. */
async function readManifest(host: Host, out: string): Promise<[Manifest, Diagnostic[]]> {
  const empty: Manifest = { version: 1, files: {} };
  const file = join(out, MANIFEST);
  const refuse = (message: string): [Manifest, Diagnostic[]] => [
    empty,
    [
      diagnostic(
        "output-foreign",
        message,
        file,
        { start: 0, end: 0 },
        {
          hint: "restore it from version control, or move the output folder away and generate anew",
        },
      ),
    ],
  ];
  const kind = await host.kind(file);
  if (kind === undefined) return [empty, []];
  if (kind !== "file") return refuse(`the manifest is a ${kind}`);
  let value: Manifest;
  try {
    value = JSON.parse((await host.readFile(file))?.toString() ?? "");
  } catch {
    return refuse("the manifest is not JSON");
  }
  for (const record of [value?.files, value?.pending ?? {}]) {
    if (typeof record !== "object" || record === null || Array.isArray(record))
      return refuse("the manifest has no list of files");
    for (const [path, hash] of Object.entries(record)) {
      if (typeof hash !== "string" || !isOurs(path))
        return refuse(`the manifest names ${JSON.stringify(path)}, which flakewright never writes`);
    }
  }
  if (value.version !== 1) return refuse("the manifest was written by another version of flakewright");
  return [value, []];
}

/** Compares without changing anything. With `force`, edited files are updated instead of reported. */
export async function compare(
  host: Host,
  out: string,
  planned: readonly PlannedFile[],
  force: boolean,
  known: KnownHashes = new Map(),
): Promise<Comparison> {
  const stamp = await manifestStamp(host, out);
  const [manifest, diagnostics] = await readManifest(host, out);
  const changes: PlannedChange[] = [];
  const folders = new Map<string, Promise<boolean>>();
  const plannedPaths = new Set(planned.map((file) => file.path));
  const files: Record<string, string> = {};

  const compareOne = async (file: PlannedFile): Promise<void> => {
    const { path, text, mode, once } = file;
    let encoded: Uint8Array | undefined;
    const change = (kind: FileChange["change"], before?: string) =>
      void changes.push({ path, change: kind, before, after: text, bytes: encoded, mode, once });
    if (!(await foldersArePlain(host, out, path, folders))) {
      diagnostics.push(foreign(out, path, "a folder on the way to it is not a folder, or a link to elsewhere"));
      return;
    }
    const status = await host.status(join(out, path));
    const kind = status?.kind;
    if (once) {
      if (kind === undefined) change("created");
      return;
    }
    const before = known.get(path);
    let hash = before?.text === text ? before.hash : undefined;
    if (hash === undefined) {
      encoded = Buffer.from(text);
      hash = hashOf(encoded);
    }
    files[path] = hash;
    if (status === undefined) return change("created");
    if (kind !== "file") {
      diagnostics.push(foreign(out, path, `a ${kind} that flakewright never made is in its place`));
      return;
    }
    const same = before?.stamp === status.stamp && before.found === hash;
    const bytes = (same ? undefined : await host.readFile(join(out, path))) ?? Buffer.alloc(0);
    const found = same ? hash : hashOf(bytes);
    known.set(path, { stamp: status.stamp, found, text, hash });
    if (found === hash) {
      // Only the executable bit is ours to hold; the rest is the umask's.
      const runs = (status.mode & 0o100) !== 0;
      return change(runs === ((mode & 0o100) !== 0) ? "unchanged" : "updated", text);
    }
    const isKnown = manifest.files[path] === found || manifest.pending?.[path] === found;
    if (!isKnown && manifest.files[path] === undefined && manifest.pending?.[path] === undefined) {
      diagnostics.push(foreign(out, path, "a file that flakewright never wrote is in its place"));
    } else if (!isKnown && !force) {
      diagnostics.push(
        diagnostic(
          "output-edited",
          `${path} was edited since flakewright wrote it`,
          join(out, path),
          { start: 0, end: 0 },
          {
            hint: "`flakewright diff` shows what would be lost; move it into the spec, then `generate --force`",
          },
        ),
      );
      change("updated", bytes.toString());
    } else change("updated", bytes.toString());
  };
  await inBatches(planned, compareOne);

  const kept: string[] = [];
  const orphans = [...new Set([...Object.keys(manifest.files), ...Object.keys(manifest.pending ?? {})])].filter(
    (path) => !plannedPaths.has(path),
  );
  for (const path of orphans.sort()) {
    if (!(await foldersArePlain(host, out, path, folders))) continue;
    if ((await host.kind(join(out, path))) !== "file") continue;
    const bytes = (await host.readFile(join(out, path))) ?? Buffer.alloc(0);
    const found = hashOf(bytes);
    if (found === manifest.files[path] || found === manifest.pending?.[path] || force)
      changes.push({
        path,
        change: "removed",
        before: bytes.toString(),
        after: undefined,
        bytes: undefined,
        mode: 0o644,
        once: false,
      });
    else kept.push(path);
  }
  changes.sort((a, b) => (a.path < b.path ? -1 : 1));
  const current: Manifest = { version: 1, files };
  return {
    changes,
    diagnostics,
    kept,
    manifest: current,
    manifestIsCurrent: manifestText(manifest) === manifestText(current) && (await host.kind(join(out, MANIFEST))) === "file",
    manifestStamp: stamp,
  };
}

const manifestStamp = async (host: Host, out: string): Promise<string | undefined> =>
  (await host.status(join(out, MANIFEST)))?.stamp;

const foreign = (out: string, path: string, message: string): Diagnostic =>
  diagnostic(
    "output-foreign",
    `${path}: ${message}`,
    join(out, path),
    { start: 0, end: 0 },
    {
      hint: "move it away, or generate into another folder with --out",
    },
  );

/** Whether every folder between the output folder and the file is a real folder, or nothing yet. */
async function foldersArePlain(host: Host, out: string, path: string, known: Map<string, Promise<boolean>>): Promise<boolean> {
  const folder = dirname(path);
  if (folder === ".") return true;
  let answer = known.get(folder);
  if (!answer) {
    answer = (async () => {
      if (!(await foldersArePlain(host, out, folder, known))) return false;
      const kind = await host.kind(join(out, folder));
      return kind === undefined || kind === "directory";
    })();
    known.set(folder, answer);
  }
  return answer;
}

/**
 * Makes the folder what the plan says, or changes nothing: everything is written beside its place first, then the manifest
 * says what is coming, then each file is renamed into place. A run that is killed anywhere leaves each file old or new, and
 * both known to the manifest. Throws Node's own error when the disk or its permissions refuse.
 */
export async function apply(
  host: Host,
  out: string,
  planned: readonly PlannedFile[],
  force: boolean,
  known: KnownHashes = new Map(),
): Promise<Comparison> {
  const first = await compare(host, out, planned, force, known);
  if (hasErrors(first.diagnostics)) return first;
  // A killed run may have left its staging folder beside a tree that needs nothing: taking the lock clears it away.
  if (isDone(first) && (await host.kind(join(out, STAGING))) === undefined) return first;
  const release = await lock(host, out);
  try {
    // Another run may have been faster; it left another manifest.
    const stamp = await manifestStamp(host, out);
    const comparison = stamp === first.manifestStamp ? first : await compare(host, out, planned, force, known);
    if (!hasErrors(comparison.diagnostics) && !isDone(comparison)) await carryOut(host, out, comparison);
    return comparison;
  } finally {
    await release();
  }
}

/** Whether there is nothing left to write. */
export const isDone = (comparison: Comparison): boolean =>
  comparison.manifestIsCurrent && comparison.changes.every((change) => change.change === "unchanged");

async function carryOut(host: Host, out: string, comparison: Comparison): Promise<void> {
  const [old] = await readManifest(host, out);
  const staging = join(out, STAGING);
  const writes = comparison.changes.filter((change) => change.change === "created" || change.change === "updated");
  const removals = comparison.changes.filter((change) => change.change === "removed");
  const replaceManifest = async (manifest: Manifest) => {
    await host.writeFile(join(staging, "manifest"), manifestText(manifest));
    await host.rename(join(staging, "manifest"), join(out, MANIFEST));
  };
  await inBatches(
    writes.map((change, index) => ({ change, index })),
    ({ change, index }) => host.writeFile(join(staging, String(index)), change.bytes ?? change.after ?? "", change.mode),
  );
  const pending = Object.fromEntries(
    writes.filter((change) => !change.once).map(({ path }) => [path, comparison.manifest.files[path] ?? ""]),
  );
  const before = { ...old.pending, ...old.files };
  if (writes.length + removals.length > 0) await replaceManifest({ version: 1, files: before, pending });
  for (const folder of new Set(writes.map((change) => dirname(change.path))))
    if (folder !== ".") await host.mkdir(join(out, folder));
  // Looked at again: a folder may have become a link since.
  const folders = new Map<string, Promise<boolean>>();
  await inBatches(
    writes.map((change, index) => ({ change, index })),
    async ({ change, index }) => {
      const target = join(out, change.path);
      if (!(await foldersArePlain(host, out, change.path, folders)))
        throw new Error(`${dirname(target)} became a link while it was written to`);
      if (change.once && (await host.kind(target)) !== undefined) return;
      await host.rename(join(staging, String(index)), target);
    },
  );
  for (const { path } of removals) {
    await host.remove(join(out, path));
    await removeEmptyFolders(host, out, dirname(path));
  }
  await replaceManifest(comparison.manifest);
}

async function removeEmptyFolders(host: Host, out: string, folder: string): Promise<void> {
  if (folder === "." || (await host.list(join(out, folder))).length > 0) return;
  await host.remove(join(out, folder));
  await removeEmptyFolders(host, out, dirname(folder));
}

/** Takes the folder's lock, or waits for it; a lock whose owner is dead is taken over. Answers with its release. */
async function lock(host: Host, out: string): Promise<() => Promise<void>> {
  const staging = join(out, STAGING);
  const owner = JSON.stringify({ pid: host.pid, hostname: host.hostname, id: host.randomId() });
  let waited = 0;
  while (!(await host.mkdirExclusive(staging))) {
    const held = (await host.readFile(join(staging, "owner")))?.toString();
    if (await isAbandoned(host, held, waited)) {
      // Renaming is atomic: of several that see the dead owner, one gets the folder.
      const aside = join(out, `${STAGING}-${host.randomId()}`);
      try {
        await host.rename(staging, aside);
        await host.remove(aside);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
      }
      continue;
    }
    if (waited >= PATIENCE)
      throw new Error(`another flakewright is writing to ${out} (${held ?? "unknown"}); if none is, delete ${staging}`);
    await host.sleep(20);
    waited += 20;
  }
  await host.writeFile(join(staging, "owner"), owner);
  return async () => {
    if ((await host.readFile(join(staging, "owner")))?.toString() === owner) await host.remove(staging);
  };
}

/** Whether the lock's owner is gone. Waiting is counted, not read off a clock. */
async function isAbandoned(host: Host, owner: string | undefined, waited: number): Promise<boolean> {
  // Between making the folder and writing the owner there is a moment without one.
  if (owner === undefined || owner === "") return waited >= 1000;
  try {
    const { pid, hostname } = JSON.parse(owner) as { pid: number; hostname: string };
    return hostname === host.hostname && (pid === host.pid || !host.processAlive(pid));
  } catch {
    return true;
  }
}

/** Runs the work on all items, a bounded number at a time: open files are limited. */
async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const BATCH = 64;
  for (let at = 0; at < items.length; at += BATCH) await Promise.all(items.slice(at, at + BATCH).map(work));
}
