import { createHash } from "node:crypto";
import { join, relative, resolve, sep } from "node:path";
import { type CompileContext, type Compiled, compile } from "../compile.ts";
import { pinsPath, readPins } from "../knowledge/pins.ts";
import { readSizes, type Sizes, sizesPath } from "../knowledge/sizes.ts";
import { isSpecPath } from "../knowledge/spec-file.ts";
import { codeOf } from "../lint/bash-code.ts";
import { GENERATED, type OwnFile, ownFiles } from "../lint/own-files.ts";
import { canBeOutput } from "../output/outputs.ts";
import type { Templates } from "../output/render.ts";
import { loadTemplates } from "../output/templates.ts";
import { MAX_BYTES } from "../read/source.ts";
import { handedOver } from "../system/handed-over.ts";
import type { System } from "../system/system.ts";
import { checksumsFile, folderInRepository } from "../write/checksums.ts";
import type { KnownHashes } from "../write/compare.ts";
import { type Origin, originOf } from "../write/origin.ts";
import { type OutputPlace, placeOf } from "../write/places.ts";
import { checkBash, type KnownBash } from "./bash.ts";
import { includesOf } from "./includes.ts";
import { type Options, type Outcome, unreadable } from "./outcome.ts";
import { type FactsOf, factsReader } from "./package-facts.ts";

/** What a process keeps between two runs of `generate`. */
export interface Session {
  readonly templates: Templates;
  readonly facts: FactsOf;
  readonly known: KnownHashes;
  /** The files that the last compilation read, by absolute path; undefined for one that could not be read. */
  readonly filesRead: Map<string, Uint8Array | undefined>;
  /** What bash says about code that earlier compilations had. */
  readonly bash: KnownBash;
}

export async function openSession(system: System, options: Options): Promise<Session> {
  return {
    templates: await loadTemplates(system),
    facts: await factsReader(system, options),
    known: new Map(),
    filesRead: new Map(),
    bash: new Map(),
  };
}

/** A compiled spec, and what its output folder's manifest says of it; no origin without files. */
export interface CompiledSpec extends Compiled {
  readonly origin?: Origin;
}

/**
 * Reads and compiles the spec. A missing file is wrong usage (status 2).
 *
 * @param needsFiles False where only the diagnostics and the model are wanted, as in an editor: no output is rendered.
 */
export async function compileSpec(
  system: System,
  options: Options,
  session?: Session,
  needsFiles = true,
): Promise<CompiledSpec | Outcome> {
  const isStandardInput = options.spec === "-";
  const path = resolve(system.cwd, options.spec);
  const problem = isStandardInput ? undefined : await unusable(system, options.spec, path);
  if (problem !== undefined) return unreadable([problem]);
  const { facts, templates, filesRead, bash: known } = session ?? (await openSession(system, options));
  filesRead.clear();
  const bytes = isStandardInput ? await system.readStdin(MAX_BYTES) : await system.readFile(options.spec, MAX_BYTES);
  if (!isStandardInput) filesRead.set(path, bytes);
  if (!bytes) return unreadable([`no spec at ${options.spec}; \`flakewright init\` writes a starter spec`]);
  const locked = (await system.kind(join(options.out, "flake.lock"))) === "file";
  const includes = await includesOf(system, options.spec, filesRead);
  const pinsFile = pinsPath(options.spec);
  const pinsText = isStandardInput ? undefined : await system.readFile(pinsFile);
  if (!isStandardInput) filesRead.set(resolve(system.cwd, pinsFile), pinsText);
  const sizes = await readSizesBeside(system, options, filesRead);
  const pins = { file: pinsFile, content: pinsText && readPins(pinsText.toString()) };
  const { version } = options;
  const today = todayOf(system);
  const place = needsFiles ? await placeOf(system, options.out, isStandardInput ? undefined : path) : undefined;
  const context: CompileContext = {
    needsFiles,
    locked,
    today,
    facts,
    bundled: facts.bundled,
    path: isStandardInput ? "standard input" : path,
    includes,
    pins,
    dayOf: facts.dayOf,
    ...sizes,
    ...(place ? { folder: folderInRepository(place) } : {}),
    ...(version ? { version } : {}),
  };
  let compiled = compile(bytes, options.spec, context, templates);
  // Bash is another process, and compiling waits for none. Nearly all code is right, so that one compilation is enough.
  const codes = compiled.model ? codeOf(compiled.model).map(({ code }) => code) : [];
  const bash = await checkBash(system, codes, known);
  const absent = await absentFiles(system, options.out, compiled);
  if (codes.some(bash) || absent.size > 0) compiled = compile(bytes, options.spec, { ...context, bash, absent }, templates);
  if (!compiled.files || !place) return compiled;
  const overwritten = await inPlaceOfOutput(system, place, options, filesRead);
  if (overwritten !== undefined) return unreadable([overwritten]);
  const checksums = await checksumsFile(system, place, compiled.files, filesRead);
  const origin = originOf(place, compiled.model?.name ?? "", options.version);
  return { ...compiled, files: [...compiled.files, checksums], origin };
}

/**
 * Why a path can't be that of a spec; undefined when it can, or when nothing is there. Findings show lines of a spec: in a stranger's pull
 * request spec/platform.yaml may be a link to /etc/shadow of the machine that checks it.
 */
async function unusable(system: System, spec: string, path: string): Promise<string | undefined> {
  const kind = await system.kind(spec);
  if (kind === undefined || kind === "file" || handedOver(path) !== undefined) return undefined;
  const real = kind === "symlink" ? await system.realpath(spec) : path;
  if (real === undefined) return undefined;
  if (kind === "directory") return `${spec} is a folder; name the spec in it`;
  if (!(await system.isFile(spec))) return `${spec} is not a regular file`;
  return isSpecPath(real)
    ? undefined
    : `${spec} is a link to a file whose name does not end in .yaml or .yml: it is not read, since findings show its lines`;
}

/**
 * Why a file of the spec can't be where it is: a spec makes a file of that name in the output folder, which would replace it, or remove it,
 * if the manifest claims it. Undefined if none is there.
 */
async function inPlaceOfOutput(
  system: System,
  { folder }: OutputPlace,
  { out }: Options,
  filesRead: Session["filesRead"],
): Promise<string | undefined> {
  for (const [file, bytes] of filesRead) {
    const real = bytes && (await system.realpath(file));
    const path = real === undefined ? "" : relative(folder, real).split(sep).join("/");
    if (canBeOutput(path))
      return `${file} is a file of the spec where \`flakewright generate\` writes ${join(out, path)}: rename it`;
  }
  return undefined;
}

/** The day, in UTC: `2026-05-01`. */
export const todayOf = (system: System): string => new Date(system.now()).toISOString().slice(0, 10);

/** The sizes file beside the spec, and the checksum of the flake.lock that it may be of. */
async function readSizesBeside(
  system: System,
  options: Options,
  filesRead: Session["filesRead"],
): Promise<{ sizes?: Sizes | undefined; lock?: string }> {
  if (options.spec === "-") return {};
  const file = sizesPath(options.spec);
  const bytes = await system.readFile(file);
  filesRead.set(resolve(system.cwd, file), bytes);
  if (!bytes) return {};
  const lock = await system.readFile(join(options.out, "flake.lock"));
  return { sizes: readSizes(bytes.toString()), lock: lock ? createHash("sha256").update(lock).digest("hex") : "" };
}

/** Modules and overlays of the author's own that neither the output folder has nor `generate` writes once. */
async function absentFiles(system: System, out: string, { model, source }: Compiled): Promise<Set<string>> {
  const named =
    model && source ? ownFiles(model, source).filter((file) => !GENERATED.test(file.path) && !isWrittenOnce(file)) : [];
  const absent = new Set<string>();
  for (const path of new Set(named.map((file) => file.path)))
    if ((await system.kind(join(out, path))) === undefined) absent.add(path);
  return absent;
}

/** The module that has a host's name, and an overlay directly in `overlays/`. */
const isWrittenOnce = ({ at, path, folder }: OwnFile): boolean =>
  folder === "hosts" ? path === `./hosts/${at[1]}.nix` : /^\.\/overlays\/[^/]+\.nix$/.test(path);
