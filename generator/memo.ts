import { join, resolve } from "node:path";
import type { Host } from "./host.ts";
import type { PlannedFile } from "./plan.ts";

/*
 * What a `generate` that had nothing left to do remembers, outside the output folder, so that the next one can see without
 * compiling that nothing changed since: as git's index does, by inode, size and times. docs/decisions/0006 has the reasons.
 */

export interface Request {
  readonly spec: string;
  readonly out: string;
  /** Another one for each build of flakewright. */
  readonly build: string;
}

interface Memo {
  readonly build: string;
  readonly spec: string;
  readonly out: string;
  /** Absolute path → the stamp that it had, "" where nothing was. */
  readonly stamps: Readonly<Record<string, string>>;
  /** Files that only have to be there: the user's own. */
  readonly present: readonly string[];
}

/** Everything besides the outputs that a compilation depends on. */
function inputs(host: Host, { spec, out }: Request): string[] {
  return [spec, join(out, "flake.lock"), join(out, ".flakewright.json"), ...indexFolder(host)].map((path) =>
    resolve(host.cwd, path),
  );
}

/** Where flakewright keeps what it can make again; undefined on a machine without a home. */
export function cacheFolder(host: Host): string | undefined {
  const base = host.env["XDG_CACHE_HOME"] || (host.env["HOME"] && join(host.env["HOME"], ".cache"));
  return base ? join(base, "flakewright") : undefined;
}

const indexFolder = (host: Host): string[] => {
  const folder = cacheFolder(host);
  return folder ? [join(folder, "index")] : [];
};

/** The memo's file: one an output folder. The name need only be likely another one, for the memo says whose it is. */
function memoFile(host: Host, request: Request): string | undefined {
  const folder = cacheFolder(host);
  if (!folder) return undefined;
  let hash = 0x811c9dc5;
  for (const c of resolve(host.cwd, request.out)) hash = Math.imul(hash ^ (c.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return join(folder, "memo", `${hash.toString(16)}.json`);
}

const stampOf = async (host: Host, path: string): Promise<string> => {
  const status = await host.status(path);
  return status ? `${status.kind} ${status.mode} ${status.stamp}` : "";
};

/** Whether a `generate` would find nothing to say and nothing to write. A memo that is missing, torn or another's is a no. */
export async function isUnchanged(host: Host, request: Request): Promise<boolean> {
  const file = memoFile(host, request);
  const text = file && (await host.readFile(file));
  if (!text) return false;
  let memo: Memo;
  try {
    memo = JSON.parse(text.toString());
    if (
      memo.build !== request.build ||
      memo.spec !== resolve(host.cwd, request.spec) ||
      memo.out !== resolve(host.cwd, request.out)
    )
      return false;
    for (const path of inputs(host, request)) if (memo.stamps[path] === undefined) return false;
    for (const [path, stamp] of Object.entries(memo.stamps)) if ((await stampOf(host, path)) !== stamp) return false;
    for (const path of memo.present) if ((await host.kind(path)) === undefined) return false;
    return true;
  } catch {
    return false;
  }
}

/** Remembers the outputs of a run that said nothing and after which nothing is left to do. Not being able to is no failure. */
export async function remember(host: Host, request: Request, planned: readonly PlannedFile[]): Promise<void> {
  const file = memoFile(host, request);
  if (!file) return;
  const out = resolve(host.cwd, request.out);
  const stamps: Record<string, string> = {};
  const outputs = planned.filter((one) => !one.once).map((one) => join(out, one.path));
  for (const path of [...inputs(host, request), ...outputs]) stamps[path] = await stampOf(host, path);
  const present = planned.filter((one) => one.once).map((one) => join(out, one.path));
  const memo: Memo = { build: request.build, spec: resolve(host.cwd, request.spec), out, stamps, present };
  const beside = `${file}.${host.randomId()}`;
  try {
    await host.mkdir(join(file, ".."));
    await host.writeFile(beside, JSON.stringify(memo));
    await host.rename(beside, file);
  } catch {
    await host.remove(beside).catch(() => {});
  }
}
