import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  type Stats,
  statSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { handedOver } from "./handed-over.ts";
import { readFile, readPipe } from "./node-read.ts";
import { isMissing, kindOf, openNodeTree } from "./node-tree.ts";
import type { Place, System } from "./system.ts";

/**
 * The result of reading a path; undefined when the path does not exist. The calls are synchronous: an answer takes microseconds,
 * less than Node's thread pool adds.
 */
function undefinedIfMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** No file that this program reads has more bytes. */
const MOST = 256 * 2 ** 20;

/** Opens a file without waiting for the writer of a pipe. */
function openToRead(path: string): number {
  const { O_RDONLY, O_NONBLOCK = 0 } = constants;
  try {
    return openSync(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    // A socket can't be opened, a terminal not by a program without one.
    if ((error as NodeJS.ErrnoException).code === "ENXIO") throw new Error(`${path} is no regular file`);
    throw error;
  }
}

/** Of a file of the kernel that waits for what comes. */
const ENDLESS = "has no end: it is not a file";

const tooLarge = (path: string): Error => new Error(`${path} has more than ${MOST / 2 ** 20} MiB`);

function notPlain(path: string, stat: Stats): Error {
  if (stat.isDirectory()) return Object.assign(new Error(), { code: "EISDIR", syscall: "read", path });
  return new Error(`${path} is a ${stat.isFIFO() ? "pipe" : "device"}, not a file`);
}

/** Error codes that are mistakes in the spec when a file that it names can't be read, as messages. */
const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EACCES: "can't be read: permission denied",
  EPERM: "can't be read: permission denied",
  EINVAL: "can't be read: the system refuses it",
  EIO: "can't be read: the disk reports an error",
  ELOOP: "is a symlink to itself",
  ENAMETOOLONG: "is too long a name for a file",
};

/** `lstat` of a missing path returns undefined: creating an Error for each would take longer than the call. */
const NO_THROW = { throwIfNoEntry: false } as const;

let loadedFsExtra: typeof import("fs-extra") | undefined;

/** fs-extra, loaded at the first write: most runs write nothing. */
async function fsExtra(): Promise<typeof import("fs-extra")> {
  loadedFsExtra ??= (await import("fs-extra")).default;
  return loadedFsExtra;
}

/** Makes a folder and those above it. Node's own `recursive` never ends below /proc, which answers ENOENT to each attempt. */
function makeFolder(path: string): void {
  if (statSync(path, NO_THROW)?.isDirectory()) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have been faster.
    if (!statSync(path, NO_THROW)?.isDirectory()) throw error;
  }
}

/** How often `watch` looks whether its folders are still the same, in milliseconds. */
const FOLDER_POLL = 250;

/** Which folder a path leads to; `""` when there is none. */
function identityOf(path: string): string {
  try {
    const { dev, ino } = statSync(path);
    return `${dev} ${ino}`;
  } catch {
    return "";
  }
}

/** The text of a file of /proc; undefined where there is none. */
function procText(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1").trim();
  } catch {
    return undefined;
  }
}

function place(): Place {
  let namespace: string | undefined;
  try {
    namespace = readlinkSync("/proc/self/ns/pid");
  } catch {
    // Not Linux, or without /proc.
  }
  return { kernel: procText("/proc/sys/kernel/random/boot_id"), namespace };
}

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

function holdSignals(): () => Promise<void> {
  const held = SIGNALS.filter((signal) => process.listenerCount(signal) === 0);
  let waiting: NodeJS.Signals | undefined;
  const end = async () => {
    // One that came during synchronous work has not been heard yet.
    await new Promise((heard) => setImmediate(heard));
    for (const signal of held) process.removeListener(signal, hold);
    if (waiting !== undefined) process.kill(process.pid, waiting);
  };
  const hold = (signal: NodeJS.Signals) => {
    const isSecond = waiting !== undefined;
    waiting = signal;
    if (isSecond) void end();
  };
  for (const signal of held) process.on(signal, hold);
  return end;
}

/** The `System` of this process. `cwd` is the folder that relative paths start from. */
export function nodeSystem(cwd: string, env: System["env"]): System {
  const at = (path: string) => resolve(cwd, path);
  return {
    cwd,
    env,
    pid: process.pid,
    hostname: hostname(),
    get place() {
      return place();
    },
    now: () => Date.now(),
    randomId: () => Math.random().toString(36).slice(2).padEnd(11, "0"),
    readStdin: async (most) => readPipe(0, most),
    async readFile(path, most) {
      const absolute = at(path);
      const descriptor = handedOver(absolute);
      const file = descriptor ?? undefinedIfMissing(() => openToRead(absolute));
      if (file === undefined) return undefined;
      try {
        const stat = fstatSync(file);
        if (!stat.isFile() && descriptor === undefined) throw notPlain(path, stat);
        if (most === undefined && stat.isFile() && stat.size > MOST) throw tooLarge(path);
        const bytes = descriptor === undefined ? readFile(file, most ?? MOST, stat.size) : await readPipe(file, most ?? MOST);
        if (!bytes) throw new Error(`${path} ${ENDLESS}`);
        if (most === undefined && bytes.byteLength > MOST) throw tooLarge(path);
        return bytes;
      } catch (error) {
        // Of an open file, Node does not know the path.
        throw Object.assign(error as object, { path });
      } finally {
        if (descriptor === undefined) closeSync(file);
      }
    },
    readRegularFile(path, limit) {
      try {
        const real = realpathSync(at(path));
        const stat = statSync(real);
        if (!stat.isFile()) return stat.isDirectory() ? "is a folder" : "is no regular file";
        if (stat.size > limit) return `has ${stat.size} bytes; the limit is ${limit}`;
        const file = openToRead(real);
        try {
          const bytes = readFile(file, limit, stat.size);
          if (!bytes || bytes.byteLength > limit) return bytes ? `has more than ${limit} bytes` : ENDLESS;
          return { path: real, bytes };
        } finally {
          closeSync(file);
        }
      } catch (error) {
        const problem = UNREADABLE[(error as NodeJS.ErrnoException).code ?? ""];
        if (problem === undefined) throw error;
        return problem;
      }
    },
    async writeFile(path, data, mode = 0o644) {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0);
      const file = openSync(at(path), flags, mode);
      try {
        writeFileSync(file, data);
      } finally {
        closeSync(file);
      }
    },
    async kind(path) {
      const stat = undefinedIfMissing(() => lstatSync(at(path), NO_THROW));
      return stat && kindOf(stat);
    },
    isFile: async (path) => undefinedIfMissing(() => statSync(at(path), NO_THROW))?.isFile() ?? false,
    list: async (path) => (undefinedIfMissing(() => readdirSync(at(path))) ?? []).sort(),
    mkdir: async (path) => makeFolder(at(path)),
    rename: async (from, to) => renameSync(at(from), at(to)),
    remove: async (path) => (await fsExtra()).removeSync(at(path)),
    realpath: async (path) => undefinedIfMissing(() => realpathSync(at(path))),
    openTree: async (path) => openNodeTree(at(path)),
    processStart(pid) {
      const stat = procText(`/proc/${pid}/stat`);
      if (stat !== undefined) {
        // From field 3, the state; field 2, the program's name in parentheses, may hold spaces. Field 22 is the start.
        const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return fields[0] === "Z" ? undefined : (fields[19] ?? "");
      }
      try {
        process.kill(pid, 0);
        return "";
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM" ? "" : undefined;
      }
    },
    holdSignals,
    sleep: (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds)),
    async watch(paths, quiet, onQuiet) {
      const { watch } = await import("chokidar");
      const files = new Set(paths.map(at));
      // Editors save by renaming a new file over the old one, and a watch on a file would stay with the old one.
      const folders = [...new Set([...files].map((path) => dirname(path)))];
      let timer: NodeJS.Timeout | undefined;
      const restartTimer = (path: string) => {
        if (!files.has(path)) return;
        clearTimeout(timer);
        timer = setTimeout(() => {
          timer = undefined;
          onQuiet();
        }, quiet);
      };
      const open = async () => {
        const watcher = watch(folders, {
          depth: 0,
          ignoreInitial: true,
          atomic: false,
          ignored: (path) => !files.has(path) && !folders.includes(path),
        });
        // chokidar's own events are late, and it drops changes within 50 ms of another. The kernel's raw events restart the timer;
        // chokidar's start it where the platform has no raw events.
        watcher.on("all", (_, path) => {
          if (timer === undefined) restartTimer(path);
        });
        watcher.on("raw", (_, name, about) => {
          const { watchedPath } = about as { watchedPath: string };
          restartTimer(watchedPath);
          if (name) restartTimer(join(watchedPath, name));
        });
        const isReady = new Promise<void>((ready, fail) => {
          watcher.on("ready", ready);
          watcher.on("error", fail);
        });
        await isReady.catch(async (error) => {
          await watcher.close();
          throw error;
        });
        return watcher;
      };
      // A watch stays with a folder that is removed or renamed, and hears nothing of the one that takes its place.
      const identity = () => folders.map(identityOf).join();
      let watched = identity();
      let watcher = await open();
      const renew = async () => {
        const now = identity();
        if (now === watched) return;
        try {
          await watcher.close();
          watcher = await open();
          watched = now;
          for (const path of files) restartTimer(path);
        } catch {
          // The folder went again: the next look finds out.
        }
      };
      let renewing: Promise<void> | undefined;
      const renewal = setInterval(() => {
        renewing ??= renew().finally(() => {
          renewing = undefined;
        });
      }, FOLDER_POLL);
      return async () => {
        clearInterval(renewal);
        await renewing;
        clearTimeout(timer);
        await watcher.close();
      };
    },
    async spawn(command, args, options = {}) {
      const { spawn } = await import("node:child_process");
      return new Promise((done) => {
        const child = spawn(command, args, {
          cwd: at(options.cwd ?? "."),
          env: { ...env, ...options.env },
          stdio: ["ignore", "pipe", options.inherit ? "inherit" : "pipe"],
          ...(options.signal ? { signal: options.signal } : {}),
        });
        const out: Buffer[] = [];
        const err: Buffer[] = [];
        child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
        child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
        child.on("error", (error) => done({ status: 127, stdout: "", stderr: error.message }));
        child.on("close", (status, signal) =>
          done({
            status: status ?? (signal ? 128 : 1),
            stdout: Buffer.concat(out).toString(),
            stderr: Buffer.concat(err).toString(),
          }),
        );
      });
    },
  };
}
