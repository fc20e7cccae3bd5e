import { join } from "node:path";
import type { Model, PackageSet } from "../model/model.ts";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import type { Comparison } from "../write/compare.ts";
import { hashOf } from "../write/manifest.ts";

/*
 * A bot such as Dependabot or Renovate moves an input by editing its reference in flake.nix. That differs from other edits: with the references
 * put back, the file is one that flakewright writes.
 */

const FLAKE = "flake.nix";

/** An input whose reference is another one in flake.nix than in the spec. */
export interface Bump {
  readonly set: PackageSet;
  /** The flake reference of the spec, and the one in flake.nix. */
  readonly from: string;
  readonly to: string;
}

/** The inputs that somebody moved in flake.nix; none if the file has any other edit, or if an input does not come from the spec. */
export function bumpsOf({ changes, diagnostics, claims }: Comparison, model: Model): readonly Bump[] {
  const change = changes.find(({ path }) => path === FLAKE);
  if (change?.before === undefined || change.after === undefined) return [];
  if (!diagnostics.some(({ code, file }) => code === "output-edited" && file.endsWith(FLAKE))) return [];
  // Git may have made CRLF of LF.
  const before = change.before.replaceAll("\r\n", "\n");
  const { after } = change;
  const planned = inputUrls(after);
  const sets = new Map([model.nixpkgs, ...model.inputs].filter((set) => !set.isPin).map((set) => [set.name, set]));
  const bumps: Bump[] = [];
  let restored = "";
  let end = 0;
  for (const [name, { url, start }] of inputUrls(before)) {
    const from = planned.get(name)?.url;
    if (from === undefined || from === url) continue;
    const set = sets.get(name);
    if (!set) return [];
    bumps.push({ set, from, to: url });
    restored += before.slice(end, start) + from;
    end = start + url.length;
  }
  restored += before.slice(end);
  // The spec may have been edited since flake.nix was written.
  const isOurs = restored === after || claims.files.get(FLAKE) === hashOf(Buffer.from(restored));
  return isOurs ? bumps : [];
}

/** The references of the inputs in a generated flake.nix, by the input's name and in their order, with their offsets. */
function inputUrls(text: string): Map<string, { readonly url: string; readonly start: number }> {
  const urls = new Map<string, { readonly url: string; readonly start: number }>();
  const INPUT =
    /^(?: {2}inputs\.| {4})("?)([A-Za-z_][A-Za-z0-9_-]*)\1(?:(\.url = ")([^"\n]*)";| = \{)$|^( {4,6}url = ")([^"\n]*)";$/gm;
  let name = "";
  for (const match of text.slice(0, Math.max(text.indexOf("\n  outputs ="), 0)).matchAll(INPUT)) {
    const [all, , key = name, before, ofKey, own = "", ofName] = match;
    name = key;
    const url = ofKey ?? ofName;
    if (url === undefined) continue;
    urls.set(key, { url, start: match.index + (before === undefined ? own.length : all.length - `${url}";`.length) });
  }
  return urls;
}

/** The comparison with `output-bumped` in place of `output-edited` where flake.nix has nothing but bumps. */
export function withBumps(comparison: Comparison, model: Model | undefined, out: string): Comparison {
  const bumps = model ? bumpsOf(comparison, model) : [];
  if (bumps.length === 0) return comparison;
  const file = join(out, FLAKE);
  const bumped = (): Diagnostic =>
    diagnostic(
      "output-bumped",
      `${FLAKE} has another reference of ${bumps.map(({ set, to }) => `\`${set.name}\`: ${to}`).join(", ")}`,
      file,
      { start: 0, end: 0 },
      { hint: "`flakewright adopt` takes it into the spec; then run `flakewright generate`" },
    );
  const diagnostics = comparison.diagnostics.map((one) => (one.code === "output-edited" && one.file === file ? bumped() : one));
  return { ...comparison, diagnostics };
}
