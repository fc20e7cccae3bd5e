import { join, relative, sep } from "node:path";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import type { OutputPlace } from "./places.ts";

/** The spec that an output folder belongs to, as the manifest has it, and the program that wrote it. */
export interface Origin {
  /** The platform's name. */
  readonly name: string;
  /** The spec's path, relative to the output folder and with `/`; undefined for standard input, and for a spec outside of the project. */
  readonly path?: string;
  /** The version of flakewright; undefined in a manifest of one that did not say so. */
  readonly writer?: string | undefined;
}

/**
 * The origin of what this run generates.
 *
 * @param name The platform's name.
 */
export function originOf(place: OutputPlace, name: string, writer: string | undefined): Origin {
  const origin = specOf(place, name);
  return writer ? { ...origin, writer } : origin;
}

function specOf({ folder, project, repository, spec }: OutputPlace, name: string): Origin {
  if (!spec?.startsWith(join(repository ?? project, sep))) return { name };
  return { name, path: relative(folder, spec).split(sep).join("/") };
}

/** An origin as the manifest has it; undefined for what is none. The manifest is untrusted input. */
export function readOrigin(value: unknown, writer: unknown): Origin | undefined {
  const spec = readSpec(value);
  return spec && typeof writer === "string" && /^[0-9A-Za-z.+-]{1,64}$/.test(writer) ? { ...spec, writer } : spec;
}

function readSpec(value: unknown): Origin | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, path } = value as { readonly name?: unknown; readonly path?: unknown };
  if (typeof name !== "string" || !/^[a-z][a-z0-9-]{0,62}$/.test(name)) return undefined;
  if (path === undefined) return { name };
  return typeof path === "string" && /^[^/\u0000-\u001f\u007f][^\u0000-\u001f\u007f]{0,1023}$/.test(path)
    ? { name, path }
    : undefined;
}

/**
 * Whether a folder that was written from one spec belongs to another one. A spec that was renamed or moved is the same one, if its platform
 * still has its name; a platform that was renamed is the same one, if its spec is still in its place.
 */
export async function isOfAnother(
  written: Origin | undefined,
  own: Origin | undefined,
  exists: (path: string) => Promise<boolean>,
): Promise<boolean> {
  if (!written || !own) return false;
  if (written.path === undefined || own.path === undefined) return written.name !== own.name;
  if (written.path === own.path) return false;
  return written.name !== own.name || (await exists(written.path));
}

/** `output-of-another-spec` for the folder `out`. */
export function ofAnother(out: string, written: Origin, file: string): Diagnostic {
  const from = written.path === undefined ? "" : `, ${join(out, written.path)}`;
  return diagnostic(
    "output-of-another-spec",
    `${out} was written from another spec: platform \`${written.name}\`${from}`,
    file,
    { start: 0, end: 0 },
    { hint: "choose another folder with --out, or run `flakewright generate --force` to replace what is there" },
  );
}
