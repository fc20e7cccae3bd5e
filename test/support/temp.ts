import { chmodSync, cpSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const folders = new Set<string>();

/** A new empty folder, by its real path, removed at exit. */
export function tempFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "flakewright-")));
  if (folders.size === 0) process.on("exit", () => folders.forEach(removeTree));
  folders.add(folder);
  return folder;
}

/** Removes a folder and all its contents, also the read-only folders of a Nix store when not run as root. */
export function removeTree(folder: string): void {
  if (process.getuid?.() !== 0) makeWritable(folder);
  rmSync(folder, { recursive: true, force: true });
}

function makeWritable(path: string): void {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  chmodSync(path, 0o700);
  for (const name of readdirSync(path)) makeWritable(join(path, name));
}

/** A new folder with these files by relative path, removed at exit. */
export function tempTree(files: Readonly<Record<string, string>>): string {
  const folder = tempFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/**
 * A way to a folder that takes long to prepare: it is prepared once for each key, and every caller gets a copy of its own.
 * @param prepare writes into a new empty folder
 */
export function preparedFolders<Key extends string>(prepare: (folder: string, key: Key) => void): (key: Key) => string {
  const originals = new Map<Key, string>();
  return (key) => {
    let original = originals.get(key);
    if (original === undefined) {
      original = tempFolder();
      prepare(original, key);
      originals.set(key, original);
    }
    const copy = tempFolder();
    cpSync(original, copy, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
    return copy;
  };
}
