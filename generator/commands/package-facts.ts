import { join } from "node:path";
import { dayOfLock, lockedInput } from "../knowledge/flake-lock.ts";
import { type Facts, openFacts } from "../knowledge/packages.ts";
import { momentOf, nixpkgsUrl } from "../knowledge/releases.ts";
import { listedRevision } from "../knowledge/revisions.ts";
import { DEFAULTS } from "../language/defaults.ts";
import { nixpkgsLine } from "../read/nixpkgs-line.ts";
import { MAX_BYTES } from "../read/source.ts";
import { valueAt } from "../report/spec-path.ts";
import type { System } from "../system/system.ts";
import type { Options } from "./outcome.ts";
import { readIndex } from "./package-index.ts";

/**
 * The package facts of a flake reference to nixpkgs, as an input of the flake: the index of the revision that flake.lock pins for
 * it, if there is one, else the bundled facts, of its release or of the day of its commit. Without a reference, the facts of
 * whatever nixpkgs flake.lock pins.
 */
export interface FactsOf {
  (nixpkgs?: string, input?: string): Facts | undefined;
  /** Those that come with flakewright, of the newest nixpkgs that they know. */
  readonly bundled: () => Facts | undefined;
  /** The day of the commit that a reference of the spec's own nixpkgs is locked to or names; undefined if it is unknown. */
  readonly dayOf: (nixpkgs: string) => string | undefined;
}

/** Reads the facts' files at once; a file is parsed when its facts are first used. */
export async function factsReader(system: System, options: Options): Promise<FactsOf> {
  const lock = (await system.readFile(join(options.out, "flake.lock")))?.toString() ?? "";
  const locked = lockedInput(lock, "nixpkgs");
  const index = locked && (await readIndex(system, locked));
  const bundled = await system.readFile(join(options.knowledge, "packages.tsv"));
  const revisions = await system.readFile(join(options.knowledge, "revisions.tsv"));
  const texts = new Map<Buffer, string>();
  const textOf = (file: Buffer): string => {
    const text = texts.get(file) ?? file.toString("latin1");
    texts.set(file, text);
    return text;
  };
  /** The day or the release of the commit that a reference names, or is locked to. */
  const whenOf = (url: string, input: string): string | undefined => {
    const pinned = lockedInput(lock, input, url);
    const commit = pinned?.rev ?? /(?:^|[^0-9a-f])([0-9a-f]{40})(?:[^0-9a-f]|$)/.exec(url)?.[1];
    const listed = commit !== undefined && revisions ? listedRevision(textOf(revisions), commit) : undefined;
    return listed ?? dayOfLock(pinned);
  };
  const opened = new Map<string, Facts>();
  const factsOf = (nixpkgs?: string, input = "nixpkgs"): Facts | undefined => {
    const key = `${input} ${nixpkgs ?? ""}`;
    const known = opened.get(key);
    if (known) return known;
    const isIndexed = input === "nixpkgs" && index !== undefined && lockedInput(lock, "nixpkgs", nixpkgs) !== undefined;
    const file = isIndexed ? index : bundled;
    if (!file) return undefined;
    const url = nixpkgs ?? `github:NixOS/nixpkgs/${locked?.rev ?? ""}`;
    const facts = openFacts(textOf(file), momentOf(url, whenOf(url, input)));
    opened.set(key, facts);
    return facts;
  };
  const dayOf = (nixpkgs: string): string | undefined => {
    const when = whenOf(nixpkgs, "nixpkgs");
    // A release has no day.
    return when !== undefined && /^[0-9]{4}-/.test(when) ? when : undefined;
  };
  return Object.assign(factsOf, { dayOf, bundled: () => bundled && openFacts(textOf(bundled)) });
}

/** The flake reference of the spec's nixpkgs, without compiling the spec; undefined without a spec that can be read. */
export async function nixpkgsOf(system: System, { spec }: Options): Promise<string | undefined> {
  const bytes = spec === "-" || (await system.kind(spec)) !== "file" ? undefined : await system.readFile(spec, MAX_BYTES);
  if (!bytes) return undefined;
  const line = nixpkgsLine(Buffer.from(bytes).toString());
  if (line !== undefined) return nixpkgsUrl(line);
  const [{ readSpec }, { includesOf }] = await Promise.all([import("../read/spec.ts"), import("./includes.ts")]);
  const [{ source }] = readSpec(spec, bytes, {
    includes: await includesOf(system, spec, new Map()),
    shortForms: { nixpkgs: (text) => ({ url: nixpkgsUrl(text) }) },
  });
  const nixpkgs = source && valueAt(source, ["nixpkgs"]);
  const url = typeof nixpkgs === "string" ? nixpkgs : source && valueAt(source, ["nixpkgs", "url"]);
  return nixpkgsUrl(typeof url === "string" ? url : DEFAULTS.nixpkgs);
}
