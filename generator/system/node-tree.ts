import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  type Stats,
  statfsSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type Entry, type EntryKind, type FileStatus, MOST_BYTES, NotInTree, type Tree } from "./tree.ts";

const { O_RDONLY, O_RDWR, O_WRONLY, O_CREAT, O_EXCL } = constants;
// Windows has none of these.
const { O_DIRECTORY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** What a file system without hard links answers to one, and Linux to one on a stranger's file (fs.protected_hardlinks). */
const NO_LINKS: readonly (string | undefined)[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EACCES"];

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

export function isMissing(error: unknown): boolean {
  // A name that is too long for the file system is nowhere in it.
  return ["ENOENT", "ENOTDIR", "ENAMETOOLONG"].includes(codeOf(error) ?? "");
}

/** What a call gives; undefined when it fails with one of the codes. */
function unless<T>(codes: readonly (string | undefined)[], call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (codes.includes(codeOf(error))) return undefined;
    throw error;
  }
}

/** Whether a call succeeds; false when it fails with one of the codes. */
function succeeds(codes: readonly (string | undefined)[], call: () => void): boolean {
  return (
    unless(codes, () => {
      call();
      return true;
    }) ?? false
  );
}

export function kindOf(stat: Stats | BigIntStats): EntryKind {
  if (stat.isSymbolicLink()) return "symlink";
  return stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
}

/** How long a file must have been left alone before its stamp says that it has not changed: the clock of ctime is this coarse. */
const SETTLED = 100;

export function statusOf(stat: BigIntStats): FileStatus {
  return {
    kind: kindOf(stat),
    mode: Number(stat.mode) & 0o777,
    size: Number(stat.size),
    stamp: `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`,
    settled: Math.abs(Date.now() - Number(stat.ctimeMs)) > SETTLED,
  };
}

const lstat = (path: string): BigIntStats | undefined => lstatSync(path, { throwIfNoEntry: false, bigint: true });

interface Content {
  readonly bytes: Buffer;
  readonly stat: BigIntStats;
}

/** A regular file with its content; undefined when the path is none, or when it is too large to be one of this program. */
export function readPlain(path: string, follow = false): Content | undefined {
  const flags = O_RDONLY | O_NONBLOCK | (follow ? 0 : O_NOFOLLOW);
  // ELOOP: a link; ENXIO: a socket.
  const file = unless(["ENOENT", "ENOTDIR", "ENAMETOOLONG", "ELOOP", "ENXIO", "EOPNOTSUPP"], () => openSync(path, flags));
  if (file === undefined) return undefined;
  try {
    const stat = fstatSync(file, { bigint: true });
    return stat.isFile() && stat.size <= MOST_BYTES ? { stat, bytes: readFileSync(file) } : undefined;
  } finally {
    closeSync(file);
  }
}

/** Whether a file is the one that was read, unchanged as far as its times say. A new link to it changes its ctime. */
const isSame = (now: BigIntStats | undefined, then: BigIntStats): boolean =>
  now?.ino === then.ino && now.dev === then.dev && now.size === then.size && now.mtimeNs === then.mtimeNs;

/** An open folder; `at` makes a path of a name in it which leads there whatever happens to the folder's own path. */
interface Folder {
  at(name: string): string;
  /** Opens a folder in it; undefined when there is none. Throws `NotInTree` when it is a link or no folder. */
  open(name: string, shown: string): Folder | undefined;
  /** Throws `NotInTree` when the folder is no longer at its path and calls may have gone elsewhere. */
  verify(): void;
  readonly stat: BigIntStats;
  close(): void;
}

const notPlain = (shown: string) => new NotInTree(`${shown} is a link or not a folder`);

/** Linux: names are looked up in the folder that the descriptor holds open. */
function folderByDescriptor(path: string, shown: string, flags: number): Folder | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, O_RDONLY | O_DIRECTORY | flags);
  } catch (error) {
    if (["ENOTDIR", "ELOOP"].includes(codeOf(error) ?? "")) throw notPlain(shown);
    if (isMissing(error)) return undefined;
    throw error;
  }
  const at = (name: string) => `/proc/self/fd/${descriptor}/${name}`;
  return {
    at,
    open: (name, whole) => folderByDescriptor(at(name), whole, O_NOFOLLOW),
    verify() {},
    get stat() {
      return fstatSync(descriptor, { bigint: true });
    },
    close: () => closeSync(descriptor),
  };
}

/** Elsewhere: the real path, which is checked to be the same folder before and after each use. */
function folderByPath(path: string, shown: string): Folder | undefined {
  const stat = unless(["ENOENT", "ENOTDIR", "ENAMETOOLONG"], () => lstat(path));
  if (!stat) return undefined;
  if (!stat.isDirectory()) throw notPlain(shown);
  const verify = () => {
    const now = lstat(path);
    if (!now?.isDirectory() || now.ino !== stat.ino || now.dev !== stat.dev || realpathSync(path) !== path)
      throw new NotInTree(`${shown} was replaced during the run`);
  };
  return {
    at(name) {
      verify();
      return join(path, name);
    },
    open(name, whole) {
      verify();
      return folderByPath(join(path, name), whole);
    },
    verify,
    stat,
    close() {},
  };
}

let descriptorsLead: boolean | undefined;

/** Whether /proc leads from a descriptor to the folder: on Linux, with a /proc of the own process namespace. */
function hasDescriptorPaths(): boolean {
  descriptorsLead ??=
    unless(["ENOENT", "ENOTDIR", "EACCES"], () => {
      const descriptor = openSync("/", O_RDONLY | O_DIRECTORY);
      try {
        const [here, there] = [fstatSync(descriptor), statSync(`/proc/self/fd/${descriptor}/.`)];
        return process.platform === "linux" && here.ino === there.ino && here.dev === there.dev;
      } finally {
        closeSync(descriptor);
      }
    }) ?? false;
  return descriptorsLead;
}

/** Opens a folder by its absolute path, which may lead through links; undefined when it does not exist. */
export function openNodeTree(path: string, byDescriptor = hasDescriptorPaths()): Tree | undefined {
  if (byDescriptor) {
    const folder = folderByDescriptor(path, path, 0);
    return folder && new NodeTree(folder, path);
  }
  const real = unless(["ENOENT", "ENOTDIR", "ENAMETOOLONG"], () => realpathSync(path));
  const folder = real === undefined ? undefined : folderByPath(real, path);
  return folder && new NodeTree(folder, path);
}

/** Types of Linux's statfs(2): FAT, exFAT, NTFS by two drivers, 9p, CIFS, SMB 2, VirtualBox and Parallels folders, FUSE. */
const MAY_LACK_MODES: ReadonlySet<number> = new Set([
  0x4d44, 0x2011bab0, 0x5346544e, 0x7366746e, 0x01021997, 0xff534d42, 0xfe534d42, 0x786f4256, 0x7c7c6673, 0x65735546,
]);

class NodeTree implements Tree {
  readonly #root: Folder;
  /** The folder's path for messages. */
  readonly #shown: string;

  constructor(root: Folder, shown: string) {
    this.#root = root;
    this.#shown = shown;
  }

  /** Opens the folders to a path and does the work in the last one; undefined when one is missing and none are to be made. */
  #within<T>(path: string, work: (at: string, folder: Folder) => T, make = false): T | undefined {
    const parts = path.split("/");
    const name = parts.pop() ?? "";
    let folder = this.#root;
    let shown = this.#shown;
    const step = (next: Folder | undefined): void => {
      if (!next) return;
      if (folder !== this.#root) folder.close();
      folder = next;
    };
    try {
      for (const part of parts) {
        shown = `${shown}/${part}`;
        let next = folder.open(part, shown);
        if (!next && !make) return undefined;
        if (!next) {
          unless(["EEXIST"], () => mkdirSync(folder.at(part)));
          next = folder.open(part, shown);
          if (!next) throw new NotInTree(`${shown} was removed during the run`);
        }
        step(next);
      }
      const result = work(folder.at(name), folder);
      folder.verify();
      return result;
    } catch (error) {
      // Its own path is that of a descriptor.
      if (codeOf(error) !== undefined) Object.assign(error as Error, { place: join(this.#shown, path) });
      throw error;
    } finally {
      if (folder !== this.#root) folder.close();
    }
  }

  async status(path: string): Promise<FileStatus | undefined> {
    return this.#within(path, (at) => {
      const stat = unless(["ENOENT", "ENOTDIR", "ENAMETOOLONG"], () => lstat(at));
      return stat && statusOf(stat);
    });
  }

  async read(path: string): Promise<Buffer | undefined> {
    return this.#within(path, (at) => readPlain(at)?.bytes);
  }

  async list(path: string): Promise<string[]> {
    const names = this.#within(path, (at) => unless(["ENOENT", "ENOTDIR", "ENAMETOOLONG"], () => readdirSync(at)));
    return (names ?? []).sort();
  }

  async mkdir(path: string): Promise<boolean> {
    return this.#within(path, (at) => succeeds(["EEXIST"], () => mkdirSync(at))) ?? false;
  }

  async open(path: string): Promise<Tree | undefined> {
    const shown = join(this.#shown, path);
    const folder = this.#within(`${path}/.`, (_, last) => last.open(".", shown));
    return folder && new NodeTree(folder, shown);
  }

  async write(path: string, data: string | Uint8Array, mode: number): Promise<void> {
    const done = this.#within(path, (at) => {
      const file = openSync(at, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
      try {
        writeFileSync(file, data);
      } finally {
        closeSync(file);
      }
      return true;
    });
    if (!done) throw gone(join(this.#shown, path));
  }

  async overwrite(source: Entry, path: string): Promise<void> {
    this.#within(path, (at) => inSource(source, (from) => renameSync(from, at)));
  }

  async place(source: Entry, path: string): Promise<boolean> {
    const place = (at: string, folder: Folder) =>
      inSource(source, (from) => {
        // What is created in a folder with this bit belongs to the folder's group.
        if (folder.stat.mode & 0o2000n) own(from, -1, Number(folder.stat.gid));
        return moveToFree(from, at);
      });
    return this.#within(path, place, true) ?? false;
  }

  async replace(
    source: Entry,
    path: string,
    runs: boolean,
    backup: Entry,
    isExpected: (content: Buffer) => boolean,
  ): Promise<boolean> {
    const work = (at: string, folder: Folder) =>
      inSource(source, (from) =>
        inSource(backup, (kept) => {
          const found = readPlain(at);
          if (!found || !isExpected(found.bytes)) return false;
          if (!succeeds(NO_LINKS, () => linkSync(at, kept))) writeFileSync(kept, found.bytes, { flag: "wx", mode: 0o600 });
          // The same file, but for its executable bits.
          own(from, Number(found.stat.uid), Number(found.stat.gid));
          // A file system without modes refuses each change of one.
          unless(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"], () =>
            chmodSync(from, modeThatRuns(Number(found.stat.mode) & 0o7777, runs)),
          );
          folder.verify();
          if (isSame(lstat(at), found.stat)) {
            renameSync(from, at);
            return true;
          }
          unlinkSync(kept);
          return false;
        }),
      );
    return this.#within(path, work) ?? false;
  }

  async take(path: string, backup: Entry, isExpected: (content: Buffer) => boolean): Promise<boolean> {
    const work = (at: string, folder: Folder) =>
      inSource(backup, (kept) => {
        const found = readPlain(at);
        if (!found || !isExpected(found.bytes)) return false;
        folder.verify();
        renameSync(at, kept);
        const taken = readPlain(kept);
        if (taken && isExpected(taken.bytes)) return true;
        // It came between the two calls: it goes back, beside what has the name by now.
        if (!moveToFree(kept, at)) moveToFree(kept, `${at}.edited-${Date.now().toString(36)}`);
        return false;
      });
    return this.#within(path, work) ?? false;
  }

  async renameFolder(
    from: string,
    to: string,
    proof: { readonly file: string; readonly text: string | undefined },
  ): Promise<boolean> {
    const codes = ["ENOTEMPTY", "EEXIST", "ENOTDIR", "ENOENT"];
    const done = this.#within(from, (source) =>
      this.#within(to, (target) => {
        if (!lstat(source)?.isDirectory() || readPlain(join(source, proof.file))?.bytes.toString() !== proof.text) return false;
        return succeeds(codes, () => renameSync(source, target));
      }),
    );
    return done ?? false;
  }

  async removeFolder(path: string): Promise<boolean> {
    // EBUSY: something is mounted on it.
    const codes = ["ENOTEMPTY", "EEXIST", "ENOENT", "ENOTDIR", "EBUSY", "EPERM", "EACCES"];
    return this.#within(path, (at) => succeeds(codes, () => rmdirSync(at))) ?? false;
  }

  async remove(path: string): Promise<void> {
    this.#within(path, (at, folder) => removeIn(folder, path.split("/").at(-1) ?? "", at));
  }

  async hold(name: string): Promise<(() => void) | undefined> {
    const file = this.#within(name, (at) => openSync(at, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o644));
    if (file === undefined) throw gone(join(this.#shown, name));
    if ((await flock(file, "-x")) === true) return () => closeSync(file);
    closeSync(file);
    return undefined;
  }

  async isHeld(path: string): Promise<boolean | undefined> {
    const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK;
    const file = this.#within(path, (at) => unless(["ENOENT", "ELOOP", "ENXIO", "EACCES"], () => openSync(at, flags)));
    if (file === undefined) return undefined;
    try {
      const isFree = await flock(file, "-s");
      return isFree === undefined ? undefined : !isFree;
    } finally {
      closeSync(file);
    }
  }

  async mayLackModes(): Promise<boolean> {
    return process.platform === "linux" && MAY_LACK_MODES.has(statfsSync(this.#root.at(".")).type >>> 0);
  }

  close(): void {
    this.#root.close();
  }

  /** Does the work with a path of the name. */
  static within<T>(tree: Tree, name: string, work: (at: string) => T): T | undefined {
    return (tree as NodeTree).#within(name, work);
  }
}

/**
 * Locks an open file, exclusively or shared, by the program flock, since Node has no call for it: the lock belongs to the open file,
 * not to the program, and ends when this process closes the file. False when another open file has it; undefined when there is no
 * such program or no such lock.
 */
async function flock(file: number, kind: "-x" | "-s"): Promise<boolean | undefined> {
  const { spawnSync } = await import("node:child_process");
  const { status } = spawnSync("flock", [kind, "-n", "3"], { stdio: ["ignore", "ignore", "ignore", file], timeout: 2000 });
  if (status === 0) return true;
  return status === 1 ? false : undefined;
}

/** Node's error for a file that is missing. */
function gone(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, '${path}'`), { code: "ENOENT" });
}

function inSource<T>(entry: Entry, work: (at: string) => T): T {
  const done = NodeTree.within(entry.tree, entry.name, (at) => ({ value: work(at) }));
  if (!done) throw gone(entry.name);
  return done.value;
}

/** Moves a file to a name that nothing has; false when something has it. */
function moveToFree(from: string, to: string): boolean {
  try {
    // Unlike a rename, a link is never made over something.
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    if (!NO_LINKS.includes(codeOf(error))) throw error;
    // Without links: reserve the name with an empty file, which nobody can have written anything into yet.
    const reserved = unless(["EEXIST"], () => openSync(to, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
    if (reserved === undefined) return false;
    const mine = fstatSync(reserved, { bigint: true });
    closeSync(reserved);
    const now = lstat(to);
    if (now?.ino !== mine.ino || now.size !== 0n) return false;
    renameSync(from, to);
    return true;
  }
  unlinkSync(from);
  return true;
}

/** Gives a file its owner and group as far as this user may: its own groups, or anything as root. */
function own(path: string, uid: number, gid: number): void {
  const stat = lstatSync(path);
  if ((uid === -1 || stat.uid === uid) && stat.gid === gid) return;
  const codes = ["EPERM", "ENOSYS", "EINVAL", "ENOTSUP"];
  if (!succeeds(codes, () => lchownSync(path, uid, gid))) unless(codes, () => lchownSync(path, -1, gid));
}

/** A mode with the executable bits there or not: whoever may read may run. */
function modeThatRuns(mode: number, runs: boolean): number {
  if (((mode & 0o100) !== 0) === runs) return mode;
  return runs ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;
}

function removeIn(folder: Folder, name: string, at: string): void {
  if (lstat(at)?.isDirectory()) {
    const inner = folder.open(name, name);
    if (!inner) return;
    try {
      for (const child of unless(["ENOENT"], () => readdirSync(at)) ?? []) removeIn(inner, child, inner.at(child));
    } finally {
      inner.close();
    }
    // Somebody else may be removing it, or be making files in it.
    unless(["ENOENT", "ENOTEMPTY"], () => rmdirSync(at));
  } else unless(["ENOENT"], () => unlinkSync(at));
}
