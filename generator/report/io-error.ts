/*
 * Errors of the operating system in plain words. Node's own text (`ENOENT: no such file or directory, mkdir '/proc/self/fd/19/x'`) names a
 * code and, for open folders, a path that nobody wrote.
 */

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "no space left on the disk",
  EDQUOT: "the quota of the disk is used up",
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is not a folder",
  EISDIR: "it is a folder",
  EEXIST: "something else is there",
  ELOOP: "a symlink leads to itself",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
  EFBIG: "the file would be larger than the limit of this process",
  EINVAL: "the system refuses it",
  EIO: "the disk reports an error",
  EBUSY: "it is in use",
  EXDEV: "it is on another file system, or mounted alone",
};

/** Why an error of the operating system happened; undefined for an error of another kind. */
export function reasonOf(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return code === undefined || syscall === undefined ? undefined : (REASONS[code] ?? code);
}

/** The path of an error in an open folder, as the user knows it. */
export const placeOf = (error: unknown): string | undefined => (error as { readonly place?: string }).place;

const ACTS: Readonly<Record<string, string>> = {
  open: "open",
  read: "read",
  scandir: "read",
  lstat: "look at",
  stat: "look at",
  mkdir: "create",
  unlink: "delete",
  rmdir: "delete",
};

/** An error for a person, in one line. Errors that are not the operating system's have a text of our own. */
export function ioErrorText(error: unknown): string {
  const reason = reasonOf(error);
  if (reason === undefined) return error instanceof Error ? error.message : String(error);
  const place = placeOf(error);
  const { syscall = "", path, dest } = error as NodeJS.ErrnoException & { dest?: string };
  // A path through an open folder has the number of its descriptor.
  const shown = place ?? (dest ?? path)?.replace(/^\/proc\/self\/fd\/\d+\//, "");
  if (syscall === "uv_cwd") return "the current folder does not exist any more";
  return shown ? `can't ${ACTS[syscall] ?? "write"} ${shown}: ${reason}` : reason;
}
