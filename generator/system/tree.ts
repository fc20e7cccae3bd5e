/** What a path is; a symlink is not followed. */
export type EntryKind = "file" | "directory" | "symlink" | "other";

/** The result of one `lstat`. */
export interface FileStatus {
  readonly kind: EntryKind;
  readonly mode: number;
  /** In bytes. */
  readonly size: number;
  /** Changes whenever the content may have changed: inode, size, mtime and ctime. */
  readonly stamp: string;
  /** Whether the stamp is to be trusted: a file that changed just now may change again within the same tick of its clock. */
  readonly settled: boolean;
}

/** What a path is, for people. */
export const kindName = ({ kind }: Pick<FileStatus, "kind">): string => (kind === "other" ? "pipe or device" : kind);

/** Of a folder of others, no larger file is read: it is nothing that this program has written. In bytes. */
export const MOST_BYTES = 64 * 2 ** 20;

/** A path whose folders are not all real folders: something else, mostly a link, is where a folder should be. */
export class NotInTree extends Error {}

/**
 * An open folder with what is below it. Paths are relative to it, with `/`. It stays the same folder when its path comes to mean
 * something else, and no call follows a link: where a folder of a path is one, `NotInTree` is thrown. Each call decides and acts
 * without giving way to other work of this process. Functions that read return `undefined` when a path does not exist; anything
 * else, such as a full disk, throws Node's own error.
 */
export interface Tree {
  status(path: string): Promise<FileStatus | undefined>;
  /** A regular file's content; undefined when there is none, or when it has more than `MOST_BYTES`. Never waits for a pipe. */
  read(path: string): Promise<Buffer | undefined>;
  /** The names in a folder, sorted; `[]` when it does not exist. */
  list(path: string): Promise<string[]>;
  /** Creates a folder in an existing one; false when something is there. */
  mkdir(path: string): Promise<boolean>;
  /** Opens a folder; undefined when it does not exist. */
  open(path: string): Promise<Tree | undefined>;
  /** Writes a file that does not exist yet. */
  write(path: string, data: string | Uint8Array, mode: number): Promise<void>;
  /** Moves a file over whatever file has the name. */
  overwrite(source: Entry, path: string): Promise<void>;
  /** Moves a file to where nothing is, with its folders; false when something is there. Never overwrites, at no moment. */
  place(source: Entry, path: string): Promise<boolean>;
  /**
   * Moves a file over another one, whose content is first shown to `isExpected` and then kept as `backup`; what is written into
   * the old file later shows there. The mode (but for the executable bits, which are as `runs` says), group and owner stay, as far
   * as this user may set them. False when the content is another one or there is no file; then nothing has changed.
   */
  replace(source: Entry, path: string, runs: boolean, backup: Entry, isExpected: (content: Buffer) => boolean): Promise<boolean>;
  /** Moves a file away, to `backup`, if it has the content; false when it has not, and then it stays. */
  take(path: string, backup: Entry, isExpected: (content: Buffer) => boolean): Promise<boolean>;
  /**
   * Renames a folder to a name that nothing or an empty folder has; false when something else is there, or when `proof`, a file in
   * the folder, has another text (undefined: when there is such a file).
   */
  renameFolder(from: string, to: string, proof: { readonly file: string; readonly text: string | undefined }): Promise<boolean>;
  /** Removes a folder if it is empty. */
  removeFolder(path: string): Promise<boolean>;
  /** Removes a file, a link, or a folder with all it holds. */
  remove(path: string): Promise<void>;
  /**
   * Creates a file and holds the kernel's lock (flock) on it until the returned function is called or the process ends, however it
   * ends. Undefined, with the file there all the same, where no such lock is to be had.
   */
  hold(name: string): Promise<(() => void) | undefined>;
  /**
   * Whether a process holds the lock of a file, whichever process namespace or container it is in; undefined when there is no
   * telling.
   */
  isHeld(path: string): Promise<boolean | undefined>;
  /** Whether the folder is on a file system of a kind that may keep no executable bits: FAT, NTFS, a share, FUSE. */
  mayLackModes(): Promise<boolean>;
  close(): void;
}

/** A name in an open folder. */
export interface Entry {
  readonly tree: Tree;
  readonly name: string;
}
