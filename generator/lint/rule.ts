import type { Facts } from "../knowledge/packages.ts";
import type { Sizes } from "../knowledge/sizes.ts";
import type { Model, PackageSet } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Explanation } from "../report/codes.ts";
import type { Diagnostic, Fix, Place } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { Secret } from "./secrets.ts";

/** What the rules know in addition to the spec. */
export interface Environment {
  /** Whether the output folder contains a flake.lock. */
  readonly locked: boolean;
  /** The day of the nixpkgs that flake.lock pins or that the spec names by its commit (`2026-08-01`); undefined if it is unknown. */
  readonly nixpkgsDay?: string | undefined;
  /** The measured sizes of groups, if they are of the present flake.lock. */
  readonly sizes?: Sizes | undefined;
  /** The day of the check (`2026-09-01`); undefined where dates don't count. */
  readonly today?: string;
  /** Facts about the packages of a nixpkgs, by default the spec's own; loaded at the first call, undefined if they can't be read. */
  readonly facts: (set?: Pick<PackageSet, "name" | "url">) => Facts | undefined;
}

/** What a rule reports. */
export interface Finding extends Pick<Diagnostic, "hint" | "related"> {
  readonly at: SpecPath;
  readonly part?: "key" | "value";
  /** The range, if it is not the whole key or value. A function, like `fix`, so that it is computed only for a diagnostic that is shown. */
  readonly range?: () => Place | undefined;
  readonly message: string;
  readonly fix?: () => Fix | undefined;
  /** The severity, if it is not the rule's own. */
  readonly severity?: Diagnostic["severity"];
  /** True if something outside the spec, such as a lock file, already solves it. It is not shown, but a `lint` entry for it counts as used. */
  readonly settled?: boolean;
  /** True if this finding can't be accepted, although others of the rule can. */
  readonly final?: boolean;
}

/** The input of one rule. */
export interface RuleContext {
  readonly model: Model;
  readonly source: Source;
  readonly environment: Environment;
  readonly secrets: readonly Secret[];
  report(finding: Finding): void;
}

/** A lint rule. */
export interface Rule extends Explanation {
  readonly code: string;
  /** True if `lint:` can't accept the code. docs/decisions/0007 says which codes and why. */
  readonly final?: true;
  /** Absent for a code that the runner reports itself. */
  readonly check?: (context: RuleContext) => void;
}
