import type { Facts } from "../knowledge/packages.ts";
import type { Model } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Explanation } from "../report/codes.ts";
import type { Diagnostic, Fix, Place } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { Secret } from "./secrets.ts";

/** What lint knows beyond the spec. */
export interface Environment {
  /** Whether a flake.lock stands in the output folder. */
  readonly locked: boolean;
  /** Facts on packages, read when first asked for; undefined when they could not be. */
  readonly facts: () => Facts | undefined;
}

export interface Finding extends Pick<Diagnostic, "hint" | "related"> {
  readonly at: SpecPath;
  readonly part?: "key" | "value";
  /** The place in the text where it is not the whole key or value. This and the fix are made only for what is shown: places are dear. */
  readonly range?: () => Place | undefined;
  readonly message: string;
  readonly fix?: () => Fix | undefined;
  /** Where it is not the rule's own. */
  readonly severity?: Diagnostic["severity"];
  /** True where something outside the spec has settled it, such as a lock file: not shown, yet an acceptance of it is not unused. */
  readonly settled?: boolean;
  /** True where this one can't be accepted, though others of the rule can. */
  readonly final?: boolean;
}

export interface RuleContext {
  readonly model: Model;
  readonly source: Source;
  readonly environment: Environment;
  readonly secrets: readonly Secret[];
  report(finding: Finding): void;
}

export interface Rule extends Explanation {
  readonly code: string;
  /** True for what no reason makes right: `lint:` can't accept it. docs/decisions/0007 says which and why. */
  readonly final?: true;
  /** Absent for a code that the runner itself reports. */
  readonly check?: (context: RuleContext) => void;
}
