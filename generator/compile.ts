import type { Facts } from "./knowledge/packages.ts";
import { secretsInText } from "./knowledge/secret-forms.ts";
import { validate } from "./language/validate.ts";
import { lint } from "./lint/lint.ts";
import type { Environment } from "./lint/rule.ts";
import { findSecrets } from "./lint/secrets.ts";
import { buildModel } from "./model/build.ts";
import type { Model } from "./model/model.ts";
import { type PlannedFile, planFiles } from "./output/outputs.ts";
import type { Templates } from "./output/render.ts";
import { specName } from "./output/spec-name.ts";
import { readSource } from "./read/source.ts";
import { type Diagnostic, hasErrors, inOrder } from "./report/diagnostic.ts";
import { maskDiagnostics, maskText } from "./report/masking.ts";

export interface Compiled {
  /** Undefined when the text is no YAML at all. */
  readonly model: Model | undefined;
  /** Undefined as long as there is an error. */
  readonly files: readonly PlannedFile[] | undefined;
  /** Sorted by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The spec as text, for code frames: secrets are dots, everything else is where it was; `""` when it could not be decoded. */
  readonly text: string;
}

/** What a compilation knows beyond the spec. */
export interface Surroundings extends Omit<Environment, "facts"> {
  /** The spec's absolute path, where `file` is another way to it: generated files are the same whichever the user wrote. */
  readonly path?: string;
  /** Facts on the packages of the nixpkgs that a flake reference names. */
  readonly facts: (nixpkgs: string) => Facts | undefined;
}

/**
 * The whole pipeline, pure: the bytes of a spec → the files it stands for, and what is to be said about it. A stage runs on
 * what the ones before it could make sense of, so that all mistakes of a spec are told at once.
 */
export function compile(bytes: Uint8Array, file: string, surroundings: Surroundings, templates: Templates): Compiled {
  const [{ source, text: written }, yamlDiagnostics] = readSource(file, bytes);
  if (!source) {
    const ranges = secretsInText(written);
    const texts = ranges.map(({ start, end }) => written.slice(start, end));
    const diagnostics = maskDiagnostics(inOrder(yamlDiagnostics), texts);
    return { model: undefined, files: undefined, diagnostics, text: maskText(written, ranges) };
  }
  const [spec, shapeDiagnostics] = validate(source);
  const [model, nameDiagnostics] = buildModel(spec, source);
  const environment = { ...surroundings, facts: () => surroundings.facts(model.nixpkgs.url) };
  const before = [...yamlDiagnostics, ...shapeDiagnostics, ...nameDiagnostics];
  const secrets = findSecrets(source);
  const [, findings] = lint({ model, source, environment, before, secrets });
  const found = inOrder([...before, ...findings]);
  const diagnostics = maskDiagnostics(
    found,
    secrets.map((secret) => secret.text),
  );
  const text = maskText(
    written,
    secrets.map((secret) => secret.range),
  );
  if (hasErrors(diagnostics)) return { model, files: undefined, diagnostics, text };
  const facts = environment.facts()?.exact ? environment.facts() : undefined;
  const [files] = planFiles(model, templates, { facts, spec: specName(surroundings.path ?? file) });
  return { model, files, diagnostics, text };
}
