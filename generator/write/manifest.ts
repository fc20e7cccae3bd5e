import { createHash } from "node:crypto";
import { join } from "node:path";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { STAGING } from "./lock.ts";

/** The manifest lists every generated path with the hash of its content. It is untrusted input when read. */
export const MANIFEST = ".flakewright.json";

export interface Manifest {
  readonly version: 1;
  /** Path → hash of the content that the last complete run wrote. */
  readonly files: Readonly<Record<string, string>>;
  /** Path → hash of the content that the current run writes. After a kill, a file with either hash is generated, not edited. */
  readonly pending?: Readonly<Record<string, string>>;
}

export const hashOf = (content: Uint8Array): string => `sha256-${createHash("sha256").update(content).digest("base64")}`;

/** The manifest's text: sorted, one path a line, so that it merges well. */
export function manifestText(manifest: Manifest): string {
  const sorted = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  const { version, files, pending } = manifest;
  return `${JSON.stringify({ version, files: sorted(files), ...(pending ? { pending: sorted(pending) } : {}) }, null, 2)}\n`;
}

/** Whether flakewright can have written a path: relative, inside the folder, and no file of Nix, Git or the user. */
function canBeGenerated(path: string): boolean {
  const parts = path.split("/");
  return (
    parts.every((part) => part !== "" && part !== "." && part !== ".." && !/[\\\0:]/.test(part)) &&
    ![MANIFEST, "flake.lock"].includes(path) &&
    !["hosts", "overlays", ".git", STAGING].includes(parts[0] ?? "")
  );
}

/** Reads the manifest and refuses it as a whole when any part is not as flakewright writes it. */
export async function readManifest(system: System, out: string): Promise<[Manifest, Diagnostic[]]> {
  const empty: Manifest = { version: 1, files: {} };
  const file = join(out, MANIFEST);
  const refuse = (message: string): [Manifest, Diagnostic[]] => [
    empty,
    [
      diagnostic(
        "output-foreign",
        message,
        file,
        { start: 0, end: 0 },
        {
          hint: "restore it from version control, or move the output folder away and run `flakewright generate`",
        },
      ),
    ],
  ];
  const kind = await system.kind(file);
  if (kind === undefined) return [empty, []];
  if (kind !== "file") return refuse(`the manifest is a ${kind}, not a file`);
  let value: Manifest;
  try {
    value = JSON.parse((await system.readFile(file))?.toString() ?? "");
  } catch {
    return refuse("the manifest is not valid JSON");
  }
  for (const record of [value?.files, value?.pending ?? {}]) {
    if (typeof record !== "object" || record === null || Array.isArray(record))
      return refuse("the manifest has no list of files");
    for (const [path, hash] of Object.entries(record)) {
      if (typeof hash !== "string" || !canBeGenerated(path))
        return refuse(`the manifest lists ${JSON.stringify(path)}, which flakewright never writes`);
    }
  }
  if (value.version !== 1) return refuse("the manifest is of another version of flakewright");
  return [value, []];
}

export const manifestStamp = async (system: System, out: string): Promise<string | undefined> =>
  (await system.status(join(out, MANIFEST)))?.stamp;
