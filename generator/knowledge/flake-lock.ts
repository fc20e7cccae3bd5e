/* flake.lock: the revisions of the inputs. Nix writes the file; flakewright only reads it. */

/** The attribute `locked` of an input: arguments of `builtins.fetchTree`. */
export interface Locked {
  readonly type: string;
  /** A Git commit; absent if the input is not a Git repository. */
  readonly rev?: string;
  readonly narHash?: string;
  /** The time of the revision, in seconds since 1970. */
  readonly lastModified?: number;
}

/** The day of a locked revision: `2026-05-01`. Undefined for a local tree, which has none: Nix writes 0 or 1. */
export function dayOfLock(locked: Locked | undefined): string | undefined {
  const seconds = locked?.lastModified ?? 0;
  return seconds > 86_400 ? new Date(seconds * 1000).toISOString().slice(0, 10) : undefined;
}

interface Node {
  readonly inputs?: Readonly<Record<string, string | readonly string[]>>;
  readonly locked?: Readonly<Record<keyof Locked, unknown>>;
  readonly original?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly nodes?: Readonly<Record<string, Node>>;
  readonly root?: string;
}

/** The text that was parsed last: a spec with thousands of inputs asks for each of them. */
let last: { readonly text: string; readonly lock: Lock | undefined } = { text: "", lock: undefined };

function parsed(text: string): Lock | undefined {
  if (text === last.text) return last.lock;
  let lock: Lock | undefined;
  try {
    lock = JSON.parse(text) ?? undefined;
  } catch {
    // It is no lock file.
  }
  last = { text, lock };
  return lock;
}

/** The last second that JavaScript has a date for. */
const LAST_SECOND = 8.64e12;

/**
 * The locked revision of an input of the flake. Undefined if there is no such input, if the text is not a lock file, or if it was made for
 * another reference than `url`: Nix then updates the lock.
 */
export function lockedInput(text: string, input: string, url?: string): Locked | undefined {
  const lock = parsed(text);
  const name = lock?.nodes?.[lock.root ?? "root"]?.inputs?.[input];
  const node = typeof name === "string" ? lock?.nodes?.[name] : undefined;
  if (!node?.locked || (url !== undefined && !mayBe(node.original ?? {}, url))) return undefined;
  const { type, rev, narHash, lastModified } = node.locked;
  return {
    type: String(type),
    ...(typeof rev === "string" ? { rev } : {}),
    ...(typeof narHash === "string" ? { narHash } : {}),
    ...(typeof lastModified === "number" && lastModified <= LAST_SECOND ? { lastModified } : {}),
  };
}

/** Whether a lock's `original` can be the reference. Only forms with a single notation are compared. */
function mayBe(original: Readonly<Record<string, string>>, url: string): boolean {
  const { type, owner, repo, ref, rev, path } = original;
  if (url.includes("?")) return true;
  if (type === "github")
    return url.toLowerCase() === ["github:", owner, "/", repo, ref || rev ? `/${ref ?? rev}` : ""].join("").toLowerCase();
  if (type === "path") return url === `path:${path}`;
  return true;
}
