/** What kind of thing a path is, the path's own last component never followed. */
export type EntryKind = "file" | "directory" | "symlink" | "other";

/** What one look at a path tells. */
export interface FileStatus {
  readonly kind: EntryKind;
  readonly mode: number;
  /** Another one whenever the content may have changed: inode, size and the times of the last changes. */
  readonly stamp: string;
}

export interface SpawnResult {
  /** The exit status; 127 when the program could not be started, 128 + n when signal n ended it. */
  status: number;
  stdout: string;
  stderr: string;
}

/**
 * Everything the program asks of the machine. Paths are absolute or relative to `cwd`. Readers answer `undefined`
 * for what does not exist; every other trouble (permissions, a full disk) is thrown as Node's own error.
 * Idea: microsoft/typespec, packages/compiler, CompilerHost.
 */
export interface System {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly hostname: string;
  /** Milliseconds since 1970; only for people to read, never for correctness: clocks jump. */
  now(): number;
  randomId(): string;
  readFile(path: string): Promise<Buffer | undefined>;
  /** Writes the whole file. Never follows a final symlink. */
  writeFile(path: string, data: string | Uint8Array, mode?: number): Promise<void>;
  kind(path: string): Promise<EntryKind | undefined>;
  status(path: string): Promise<FileStatus | undefined>;
  chmod(path: string, mode: number): Promise<void>;
  /** Names in a folder, sorted; `[]` when there is none. */
  list(path: string): Promise<string[]>;
  mkdir(path: string): Promise<void>;
  /** Creates the folder and answers `true`, or `false` when something with that name is there: atomic, so a lock. */
  mkdirExclusive(path: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  /** The path with every symlink resolved. */
  realpath(path: string): Promise<string | undefined>;
  processAlive(pid: number): boolean;
  sleep(milliseconds: number): Promise<void>;
  /**
   * Calls back each time that one of the files was changed, replaced, made or removed and then nothing happened to any of them
   * for `quiet` milliseconds. Their folders exist. Answers once it watches, with a function that ends it.
   */
  watch(paths: readonly string[], quiet: number, onQuiet: () => void): Promise<() => Promise<void>>;
  spawn(
    command: string,
    args: readonly string[],
    options?: { cwd?: string; env?: Record<string, string>; inherit?: boolean; signal?: AbortSignal },
  ): Promise<SpawnResult>;
}
