import { createHash } from "node:crypto";
import { join } from "node:path";
import { hasConflict, sidesOf } from "../knowledge/merge-conflicts.ts";
import { canBeOutput } from "../output/outputs.ts";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import { kindName, MOST_BYTES, type Tree } from "../system/tree.ts";
import { STAGING } from "./lock.ts";
import { type Origin, readOrigin } from "./origin.ts";

/** The manifest lists every generated path with the hash of its content. */
export const MANIFEST = ".flakewright.json";

/** Path → hash of a content. */
export type Hashes = ReadonlyMap<string, string>;

/**
 * What a manifest says. It is untrusted input: a file with a listed hash may be replaced by a planned one, and removed only when it
 * also has a path that flakewright can write.
 */
export interface Claims {
  /** What the last complete run wrote. */
  readonly files: Hashes;
  /** What the current run writes. After a kill, a file with either hash is generated, not edited. */
  readonly pending: Hashes;
  /** Listed paths that flakewright never writes; they are in neither map. */
  readonly ignored: readonly string[];
  /** The spec that the folder was written from; undefined in a manifest of an older flakewright. */
  readonly origin?: Origin | undefined;
  /** Whether a merge left both sides in it: then `files` has one side and `pending` the other. */
  readonly isConflicted?: true;
  readonly exists: boolean;
}

export const hashOf = (content: Uint8Array): string => `sha256-${createHash("sha256").update(content).digest("base64")}`;

/** The manifest's text: sorted, one path a line, so that it merges well. `pending` only while a run writes. */
export function manifestText(files: Hashes, pending?: Hashes, origin?: Origin): string {
  const { writer, ...spec } = origin ?? {};
  const sorted = (hashes: Hashes) => Object.fromEntries([...hashes].sort(([a], [b]) => (a < b ? -1 : 1)));
  const content = {
    version: 1,
    ...(writer === undefined ? {} : { flakewright: writer }),
    ...(origin ? { spec } : {}),
    files: sorted(files),
    ...(pending ? { pending: sorted(pending) } : {}),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** Whether a path stays in the folder and is no file of Nix, Git or the user. flakewright writes no manifest with another one. */
function staysInFolder(path: string): boolean {
  const parts = path.split("/");
  return (
    parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0:]/.test(part)) &&
    ![MANIFEST, "flake.lock"].includes(path) &&
    !["hosts", "overlays", ".git", STAGING].includes(parts[0] ?? "")
  );
}

/**
 * Reads the manifest of the open output folder; `out` is its path for messages. Refuses it as a whole when it is damaged or lists a
 * path that leaves the folder; a path that is neither planned nor an output of any spec is ignored.
 */
export async function readManifest(
  tree: Tree | undefined,
  out: string,
  planned: ReadonlySet<string>,
): Promise<[Claims, Diagnostic[]]> {
  const empty: Claims = { files: new Map(), pending: new Map(), ignored: [], exists: false };
  const refuse = (message: string): [Claims, Diagnostic[]] => [
    empty,
    [
      diagnostic(
        "output-foreign",
        message,
        join(out, MANIFEST),
        { start: 0, end: 0 },
        {
          hint: "restore it from version control, or move the output folder away and run `flakewright generate`",
        },
      ),
    ],
  ];
  const status = await tree?.status(MANIFEST);
  if (status === undefined) return [empty, []];
  if (status.kind !== "file") return refuse(`the manifest is a ${kindName(status)}, not a file`);
  if (status.size > MOST_BYTES) return refuse(`the manifest has ${status.size} bytes: flakewright did not write it`);
  const text = (await tree?.read(MANIFEST))?.toString() ?? "";
  if (hasConflict(text)) return [conflictedClaims(text, planned), []];
  let value: ManifestValue | null;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("the manifest is not valid JSON");
  }
  const ignored = new Set<string>();
  const maps: Map<string, string>[] = [];
  for (const record of [value?.files, value?.pending ?? {}]) {
    if (typeof record !== "object" || record === null || Array.isArray(record))
      return refuse("the manifest has no list of files");
    const hashes = new Map<string, string>();
    for (const [path, hash] of Object.entries(record)) {
      if (typeof hash !== "string" || !staysInFolder(path))
        return refuse(`the manifest lists ${JSON.stringify(path)}, which flakewright never writes`);
      if (planned.has(path) || canBeOutput(path)) hashes.set(path, hash);
      else ignored.add(path);
    }
    maps.push(hashes);
  }
  if (value?.version !== 1) return refuse("the manifest is of another version of flakewright");
  const [files = empty.files, pending = empty.pending] = maps;
  return [{ files, pending, ignored: [...ignored].sort(), origin: readOrigin(value.spec, value.flakewright), exists: true }, []];
}

/** A manifest as JSON gives it. */
interface ManifestValue {
  readonly version?: unknown;
  readonly flakewright?: unknown;
  readonly spec?: unknown;
  readonly files?: unknown;
  readonly pending?: unknown;
}

/** What both sides of a conflicted manifest say. It need not be JSON: each path has a line of its own. */
function conflictedClaims(text: string, planned: ReadonlySet<string>): Claims {
  const [files = new Map(), pending = new Map()] = sidesOf(text).map((side) => {
    const lines = [...side.matchAll(/^ *"([^"\\]+)": "(sha256-[A-Za-z0-9+/=]+)",?$/gm)];
    return new Map(
      lines.flatMap(([, path = "", hash = ""]) =>
        staysInFolder(path) && (planned.has(path) || canBeOutput(path)) ? [[path, hash] as const] : [],
      ),
    );
  });
  return { files, pending, ignored: [], isConflicted: true, exists: true };
}

/** Sentences about what the manifest lists in vain, for people: long paths cut, odd characters escaped. */
export function ignoredNotes(ignored: readonly string[], out: string): string[] {
  const [first] = ignored;
  if (first === undefined) return [];
  const shown = JSON.stringify(first.length > 100 ? `${first.slice(0, 100)}…` : first);
  const what = ignored.length === 1 ? shown : `${shown} and ${ignored.length - 1} more`;
  return [`${join(out, MANIFEST)} lists ${what}, which flakewright never writes: ignored, and no such file is touched`];
}
