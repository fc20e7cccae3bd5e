import type { Facts } from "./knowledge/packages.ts";
import { nixpkgsUrl } from "./knowledge/releases.ts";
import { secretPlaces } from "./knowledge/secrets-in-text.ts";
import type { Sizes } from "./knowledge/sizes.ts";
import { validate } from "./language/validate.ts";
import { type BashCheck, checkCode, tooMuchCode } from "./lint/bash-code.ts";
import { Consequences } from "./lint/consequences.ts";
import { lint } from "./lint/lint.ts";
import { missingFiles } from "./lint/own-files.ts";
import type { Environment } from "./lint/rule.ts";
import { findSecrets } from "./lint/secrets.ts";
import { buildModel } from "./model/build.ts";
import type { Model, PackageSet } from "./model/model.ts";
import { withoutProducts } from "./model/products.ts";
import type { PinsFile } from "./model/versions.ts";
import { type PlannedFile, planFiles } from "./output/outputs.ts";
import type { Templates } from "./output/render.ts";
import { includedName, specName } from "./output/spec-name.ts";
import type { Source } from "./read/source.ts";
import { type IncludedFile, type Includes, readSpec } from "./read/spec.ts";
import { type Diagnostic, hasErrors, inOrder, listedAndCounted, MOST_LISTED } from "./report/diagnostic.ts";
import { addTo } from "./report/lists-by-key.ts";
import { maskDiagnostics, masker, maskTexts, withoutDerivedAdvice } from "./report/masking.ts";

export interface Compiled {
  /** Undefined when the text is not YAML. */
  readonly model: Model | undefined;
  /** Undefined when there is an error. */
  readonly files: readonly PlannedFile[] | undefined;
  /** Sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text of each file for code frames, by the name that diagnostics have, with each secret replaced by dots of the same length. */
  readonly texts: ReadonlyMap<string, string>;
  /** The spec with what it includes; undefined when a file can't be read. */
  readonly source: Source | undefined;
  /** A text in which no secret of the spec can be read. */
  readonly mask: (text: string) => string;
  /** The files that the spec includes, in the order in which they were read. */
  readonly included: readonly IncludedFile[];
}

/** What a compilation knows beside the spec. */
export interface CompileContext extends Omit<Environment, "facts" | "nixpkgsDay" | "sizes"> {
  /** The spec's absolute path, when `file` is relative or a link: generated files do not depend on how the user wrote it. */
  readonly path?: string;
  /** Reads included files; without it, each is missing. */
  readonly includes?: Includes;
  /** The pins file beside the spec. */
  readonly pins?: PinsFile;
  /** Judges `hook` and `run`; without it, they are not checked. */
  readonly bash?: BashCheck;
  /** The day of the nixpkgs that a flake reference is locked to or names; undefined if it is unknown. */
  readonly dayOf?: (nixpkgs: string) => string | undefined;
  /** The sizes file beside the spec. */
  readonly sizes?: Sizes | undefined;
  /** The SHA-256 of flake.lock, in hexadecimal digits. */
  readonly lock?: string | undefined;
  /** False: no file is rendered. */
  readonly needsFiles?: boolean;
  /** Files of the author's own, as the spec names them, that the output folder does not have; without it, they are not looked for. */
  readonly absent?: ReadonlySet<string>;
  /** This flakewright's version, for `requires`. */
  readonly version?: string;
  /** The output folder, relative to the root of its repository; `out` unless known. */
  readonly folder?: string;
  /** Package facts of the nixpkgs that a flake reference names, as an input of the flake. */
  readonly facts: (nixpkgs: string, input: string) => Facts | undefined;
  /** The facts that come with flakewright, whatever index this machine has: generated files are the same on every machine. */
  readonly bundled?: () => Facts | undefined;
}

/**
 * The whole pipeline: bytes of a spec → generated files and diagnostics. The only I/O is what `context.includes` reads. Each stage
 * works on the valid part of what the stages before it return, so that one run reports all mistakes of a spec.
 */
export function compile(bytes: Uint8Array, file: string, context: CompileContext, templates: Templates): Compiled {
  const { includes, version } = context;
  const [{ source, files: written, included }, readDiagnostics] = readSpec(file, bytes, {
    includes,
    version,
    shortForms: { nixpkgs: (text) => ({ url: nixpkgsUrl(text) }) },
  });
  if (!source) {
    const places = secretPlaces(written);
    const mask = masker(places.map((place) => place.text));
    return {
      model: undefined,
      files: undefined,
      diagnostics: maskDiagnostics(listedAndCounted(inOrder(readDiagnostics)), mask),
      texts: maskTexts(written, places, mask),
      included,
      source,
      mask: mask ?? asIs,
    };
  }
  const [{ spec, faults }, shapeDiagnostics] = validate(source, readDiagnostics.length > 0);
  const [bounded, productDiagnostics] = withoutProducts(spec, source);
  const [model, modelDiagnostics] = buildModel(bounded, source, context.pins);
  const consequences = new Consequences(faults, source.value);
  const nameDiagnostics = eachNameOnce(
    modelDiagnostics.filter(({ code, message }) => code !== "reference-unknown" || !consequences.hasReference(message)),
  );
  const environment: Environment = {
    locked: context.locked,
    ...(context.today === undefined ? {} : { today: context.today }),
    nixpkgsDay: model.policy ? context.dayOf?.(model.nixpkgs.url) : undefined,
    sizes: context.sizes?.lock === context.lock ? context.sizes : undefined,
    facts: (set: Pick<PackageSet, "name" | "url"> = model.nixpkgs) => context.facts(set.url, set.name),
  };
  const codeDiagnostics = [...tooMuchCode(model, source), ...(context.bash ? checkCode(model, source, context.bash) : [])];
  const missing = context.absent ? missingFiles(model, source, context.absent) : [];
  const before = [
    ...readDiagnostics,
    ...shapeDiagnostics,
    ...productDiagnostics,
    ...nameDiagnostics,
    ...codeDiagnostics,
    ...missing,
  ];
  const secrets = findSecrets(source);
  const [, findings] = lint({ model, source, environment, before, consequences, secrets });
  const found = listedAndCounted(inOrder([...before, ...findings]));
  const hide = masker(secrets.map((secret) => secret.text));
  const mask = hide ?? asIs;
  const diagnostics = maskDiagnostics(withoutDerivedAdvice(found, secrets), hide);
  const texts = maskTexts(
    source.files,
    secrets.map((secret) => secret.range),
    hide,
  );
  if (hasErrors(diagnostics) || context.needsFiles === false)
    return { model, files: undefined, diagnostics, texts, included, source, mask };
  const facts = environment.facts()?.exact ? environment.facts() : undefined;
  const name = specName(context.path ?? file);
  const root = includes?.root ?? file;
  const [files] = planFiles(model, templates, {
    facts,
    bundled: context.bundled?.(),
    sizes: context.sizes,
    spec: name,
    specFiles: [...new Set([name, ...included.map((one) => includedName(root, one.path))])],
    folder: context.folder ?? "out",
  });
  return { model, files, diagnostics, texts, included, source, mask };
}

/** An unknown name that several places refer to is one mistake: the first place has the diagnostic, and the others are related. */
function eachNameOnce(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const places = new Map<string, Diagnostic[]>();
  for (const one of inOrder(diagnostics.filter(({ code }) => code === "reference-unknown"))) addTo(places, one.message, one);
  const once = [...places.values()].flatMap(([first, ...others]) => {
    if (!first || others.length === 0) return first ?? [];
    const related = others.slice(0, MOST_LISTED).map(({ file, range }) => ({ message: "also here", range: { file, ...range } }));
    return { ...first, related: [...(first.related ?? []), ...related] };
  });
  return [...diagnostics.filter(({ code }) => code !== "reference-unknown"), ...once];
}

const asIs = (text: string): string => text;
