/*
 * flake.lock: which revision of an input Nix took. Nix's own file, read and never written.
 */

/** Of a lock's `locked`: what `builtins.fetchTree` takes. */
export interface Locked {
  readonly type: string;
  /** A Git commit; absent for what is no Git repository. */
  readonly rev?: string;
  readonly narHash?: string;
  /** Seconds since 1970: when the revision was made. */
  readonly lastModified?: number;
}

interface Node {
  readonly inputs?: Readonly<Record<string, string | readonly string[]>>;
  readonly locked?: Locked;
  readonly original?: Readonly<Record<string, string>>;
}

/**
 * What a lock holds for an input of the flake; undefined when there is no such input, when the text is no lock, or when the lock was made
 * for another reference than `url`: Nix will then lock anew.
 */
export function lockedInput(text: string, input: string, url?: string): Locked | undefined {
  let lock: { nodes?: Record<string, Node>; root?: string };
  try {
    lock = JSON.parse(text);
  } catch {
    return undefined;
  }
  const name = lock?.nodes?.[lock.root ?? "root"]?.inputs?.[input];
  const node = typeof name === "string" ? lock.nodes?.[name] : undefined;
  if (!node?.locked || (url !== undefined && !mayBe(node.original ?? {}, url))) return undefined;
  return node.locked;
}

/** Whether a lock's `original` can be the reference; only forms that are written in one way are told apart. */
function mayBe(original: Readonly<Record<string, string>>, url: string): boolean {
  const { type, owner, repo, ref, rev, path } = original;
  if (url.includes("?")) return true;
  if (type === "github")
    return url.toLowerCase() === ["github:", owner, "/", repo, ref || rev ? `/${ref ?? rev}` : ""].join("").toLowerCase();
  if (type === "path") return url === `path:${path}`;
  return true;
}
