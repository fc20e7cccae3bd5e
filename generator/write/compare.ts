import { dirname, join } from "node:path";
import type { PlannedFile } from "../output/outputs.ts";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import type { FileChange } from "../report/report.ts";
import type { System } from "../system/system.ts";
import { hashOf, MANIFEST, type Manifest, manifestStamp, manifestText, readManifest } from "./manifest.ts";

interface PlannedChange extends FileChange {
  /** The file's current text; undefined when it does not exist. */
  readonly before: string | undefined;
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
  readonly manifest: Manifest;
  readonly manifestIsCurrent: boolean;
  /** The stamp of the manifest that was compared; undefined when there is none. */
  readonly manifestStamp: string | undefined;
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

/** Compares the folder with the plan and changes nothing. With `force`, edited files are updates instead of errors. */
export async function compare(
  system: System,
  out: string,
  planned: readonly PlannedFile[],
  force: boolean,
  known: KnownHashes = new Map(),
): Promise<Comparison> {
  const stamp = await manifestStamp(system, out);
  const [manifest, diagnostics] = await readManifest(system, out);
  const changes: PlannedChange[] = [];
  const folders = new Map<string, Promise<boolean>>();
  const plannedPaths = new Set(planned.map((file) => file.path));
  const files: Record<string, string> = {};

  const compareOne = async (file: PlannedFile): Promise<void> => {
    const { path, text, mode, once } = file;
    let encoded: Uint8Array | undefined;
    const change = (kind: FileChange["change"], before?: string) =>
      void changes.push({ path, change: kind, before, after: text, bytes: encoded, mode, once });
    if (!(await foldersArePlain(system, out, path, folders))) {
      diagnostics.push(foreign(out, path, "one of its parent folders is a link or not a folder"));
      return;
    }
    const status = await system.status(join(out, path));
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
      diagnostics.push(foreign(out, path, `a ${kind} that flakewright did not create is in its place`));
      return;
    }
    const same = before?.stamp === status.stamp && before.found === hash;
    const bytes = (same ? undefined : await system.readFile(join(out, path))) ?? Buffer.alloc(0);
    const found = same ? hash : hashOf(bytes);
    known.set(path, { stamp: status.stamp, found, text, hash });
    if (found === hash) {
      // Only the executable bit is compared; the umask decides about the others.
      const runs = (status.mode & 0o100) !== 0;
      return change(runs === ((mode & 0o100) !== 0) ? "unchanged" : "updated", text);
    }
    const isKnown = manifest.files[path] === found || manifest.pending?.[path] === found;
    if (!isKnown && manifest.files[path] === undefined && manifest.pending?.[path] === undefined) {
      diagnostics.push(foreign(out, path, "a file that flakewright did not write is in its place"));
    } else if (!isKnown && !force) {
      diagnostics.push(
        diagnostic(
          "output-edited",
          `${path} was edited after flakewright wrote it`,
          join(out, path),
          { start: 0, end: 0 },
          {
            hint: "`flakewright diff` shows the edits; move them into the spec, then run `flakewright generate --force`",
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
    if (!(await foldersArePlain(system, out, path, folders))) continue;
    if ((await system.kind(join(out, path))) !== "file") continue;
    const bytes = (await system.readFile(join(out, path))) ?? Buffer.alloc(0);
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
    manifestIsCurrent: manifestText(manifest) === manifestText(current) && (await system.kind(join(out, MANIFEST))) === "file",
    manifestStamp: stamp,
  };
}

const foreign = (out: string, path: string, message: string): Diagnostic =>
  diagnostic(
    "output-foreign",
    `${path}: ${message}`,
    join(out, path),
    { start: 0, end: 0 },
    {
      hint: "move it away, or choose another folder with --out",
    },
  );

/** Whether each folder between the output folder and the file is a real folder (no link) or does not exist yet. */
export async function foldersArePlain(
  system: System,
  out: string,
  path: string,
  known: Map<string, Promise<boolean>>,
): Promise<boolean> {
  const folder = dirname(path);
  if (folder === ".") return true;
  let answer = known.get(folder);
  if (!answer) {
    answer = (async () => {
      if (!(await foldersArePlain(system, out, folder, known))) return false;
      const kind = await system.kind(join(out, folder));
      return kind === undefined || kind === "directory";
    })();
    known.set(folder, answer);
  }
  return answer;
}

/** Whether the folder holds exactly the planned files. */
export const isUpToDate = (comparison: Comparison): boolean =>
  comparison.manifestIsCurrent && comparison.changes.every((change) => change.change === "unchanged");

/** Runs the work on all items, 64 at a time, because the number of open files is limited. */
export async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const BATCH = 64;
  for (let at = 0; at < items.length; at += BATCH) await Promise.all(items.slice(at, at + BATCH).map(work));
}
