import type { Facts } from "../knowledge/packages.ts";

/** What an output may use beyond the model. */
export interface PlanContext {
  /** Package facts of the spec's own nixpkgs, when `flakewright index` made them. */
  readonly facts: Facts | undefined;
}
