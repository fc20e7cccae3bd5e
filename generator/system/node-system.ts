import * as fs from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { EntryKind, System } from "./system.ts";

function absent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}

/** The file system is asked synchronously: an answer takes microseconds, and handing the question to another thread takes longer. */
function orUndefined<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (absent(error)) return undefined;
    throw error;
  }
}

/** An error for each file that is not there yet would take longer than looking. */
const QUIETLY = { throwIfNoEntry: false } as const;

/** Loaded when something is to be written: a run that finds nothing to do never needs it. */
async function extra(): Promise<typeof import("fs-extra")> {
  loaded ??= (await import("fs-extra")).default;
  return loaded;
}

let loaded: typeof import("fs-extra") | undefined;

function kindOf(stat: fs.Stats | fs.BigIntStats): EntryKind {
  if (stat.isSymbolicLink()) return "symlink";
  return stat.isFile() ? "file" : stat.isDirectory() ? "directory" : "other";
}

/** The real machine. */
export function nodeSystem(cwd: string, env: System["env"]): System {
  const at = (path: string) => resolve(cwd, path);
  return {
    cwd,
    env,
    pid: process.pid,
    hostname: hostname(),
    now: () => Date.now(),
    randomId: () => Math.random().toString(36).slice(2).padEnd(11, "0"),
    readFile: async (path) => orUndefined(() => fs.readFileSync(at(path))),
    async writeFile(path, data, mode = 0o644) {
      const flags = fs.constants.O_WRONLY | fs.constants.O_CREAT | fs.constants.O_TRUNC | (fs.constants.O_NOFOLLOW ?? 0);
      const file = fs.openSync(at(path), flags, mode);
      try {
        fs.writeFileSync(file, data);
      } finally {
        fs.closeSync(file);
      }
    },
    async kind(path) {
      const stat = orUndefined(() => fs.lstatSync(at(path), QUIETLY));
      return stat && kindOf(stat);
    },
    async status(path) {
      const stat = orUndefined(() => fs.lstatSync(at(path), { ...QUIETLY, bigint: true }));
      if (!stat) return undefined;
      const stamp = `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
      return { kind: kindOf(stat), mode: Number(stat.mode) & 0o777, stamp };
    },
    chmod: async (path, mode) => fs.chmodSync(at(path), mode),
    list: async (path) => (orUndefined(() => fs.readdirSync(at(path))) ?? []).sort(),
    mkdir: async (path) => (await extra()).mkdirpSync(at(path)),
    async mkdirExclusive(path) {
      (await extra()).mkdirpSync(dirname(at(path)));
      try {
        fs.mkdirSync(at(path));
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
        throw error;
      }
    },
    rename: async (from, to) => fs.renameSync(at(from), at(to)),
    remove: async (path) => (await extra()).removeSync(at(path)),
    realpath: async (path) => orUndefined(() => fs.realpathSync(at(path))),
    processAlive(pid) {
      try {
        process.kill(pid, 0);
        return true;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === "EPERM";
      }
    },
    sleep: (milliseconds) => new Promise((wake) => setTimeout(wake, milliseconds)),
    async watch(paths, quiet, onQuiet) {
      const { watch } = await import("chokidar");
      const files = new Set(paths.map(at));
      // The folders, because a watch on a file stays with the old one when an editor renames a new one over it.
      const folders = new Set([...files].map((path) => dirname(path)));
      const watcher = watch([...folders], {
        depth: 0,
        ignoreInitial: true,
        atomic: false,
        ignored: (path) => !files.has(path) && !folders.has(path),
      });
      let timer: NodeJS.Timeout | undefined;
      const notice = (path: string) => {
        if (!files.has(path)) return;
        clearTimeout(timer);
        timer = setTimeout(() => {
          timer = undefined;
          onQuiet();
        }, quiet);
      };
      // chokidar comes later with what the kernel told already, and drops what follows a change within 50 ms: the kernel's own events
      // say how long it is quiet, chokidar's count where there are none.
      watcher.on("all", (_, path) => {
        if (timer === undefined) notice(path);
      });
      watcher.on("raw", (_, name, about) => {
        const { watchedPath } = about as { watchedPath: string };
        notice(watchedPath);
        if (name) notice(join(watchedPath, name));
      });
      await new Promise<void>((ready, fail) => {
        watcher.on("ready", ready);
        watcher.on("error", fail);
      });
      return async () => {
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
