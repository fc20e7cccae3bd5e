import type { EntryKind, Tree } from "./tree.ts";

/** Where a process is. */
export interface Place {
  /** The kernel since its last start; undefined where that is not known. */
  readonly kernel: string | undefined;
  /** Within which a pid means one process; undefined where the system has no such namespaces. */
  readonly namespace: string | undefined;
}

export interface SpawnResult {
  /** The exit status; 127 when the program could not be started, 128 when a signal ended it. */
  status: number;
  stdout: string;
  stderr: string;
}

/**
 * The program's interface to the operating system. Paths are absolute or relative to `cwd`. Functions that read return `undefined`
 * when a path does not exist; they throw Node's own error for anything else (permissions, a full disk).
 * Idea: microsoft/typespec, packages/compiler, CompilerHost.
 */
export interface System {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly hostname: string;
  readonly place: Place;
  /** Milliseconds since 1970, only for display: clocks can jump. */
  now(): number;
  randomId(): string;
  /** Standard input to its end, or its first `most` + 1 bytes. */
  readStdin(most: number): Promise<Buffer>;
  /**
   * A file's content. Throws in words for a pipe or a device, which may never end. A path that a shell hands over in the place of a file,
   * such as /dev/fd/63 for `<(…)`, is read whatever it leads to.
   *
   * @param most Of a file with more bytes, this many and one more are read. Without it, one of more than 256 MiB is an error.
   */
  readFile(path: string, most?: number): Promise<Buffer | undefined>;
  /**
   * Reads a file that a spec names, synchronously. `path` in the result is absolute and without symlinks. A string is the reason why
   * the file can't be read, such as `does not exist`. Only regular files are read, because others may never end.
   *
   * @param limit The maximum size in bytes.
   */
  readRegularFile(path: string, limit: number): { readonly path: string; readonly bytes: Uint8Array } | string;
  /** Writes the whole file; fails when the path is a symlink. */
  writeFile(path: string, data: string | Uint8Array, mode?: number): Promise<void>;
  kind(path: string): Promise<EntryKind | undefined>;
  /** Whether the path is a regular file, or a link to one. */
  isFile(path: string): Promise<boolean>;
  /** The names in a folder, sorted; `[]` when it does not exist. */
  list(path: string): Promise<string[]>;
  mkdir(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The path with all symlinks resolved. */
  realpath(path: string): Promise<string | undefined>;
  /** Opens a folder, whose path may lead through links; undefined when it does not exist. */
  openTree(path: string): Promise<Tree | undefined>;
  /** When a process of the own namespace started (`""` where that is not known); undefined when there is none of that number. */
  processStart(pid: number): string | undefined;
  sleep(milliseconds: number): Promise<void>;
  /**
   * Until the returned function is called, a signal that would end the program (Ctrl-C, SIGTERM, SIGHUP) waits; then it ends it. A second one ends it
   * at once. Signals that somebody handles are left to them.
   */
  holdSignals(): () => Promise<void>;
  /**
   * Calls `onQuiet` after one of the files was changed, replaced, created or removed and none of them changed for another `quiet`
   * milliseconds. The files' folders must exist. Resolves when the watch is active, with the function that stops it.
   */
  watch(paths: readonly string[], quiet: number, onQuiet: () => void): Promise<() => Promise<void>>;
  spawn(
    command: string,
    args: readonly string[],
    options?: { cwd?: string; env?: Record<string, string>; inherit?: boolean; signal?: AbortSignal },
  ): Promise<SpawnResult>;
}
