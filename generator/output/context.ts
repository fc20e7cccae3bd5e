import type { Facts } from "../knowledge/packages.ts";

/** What an output may use beyond the model. */
export interface PlanContext {
  /** What the first line of every generated file calls the spec. */
  readonly spec: string;
  /** Package facts of the spec's own nixpkgs, when `flakewright index` made them. */
  readonly facts: Facts | undefined;
}
