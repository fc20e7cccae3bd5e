import type { Facts } from "../knowledge/packages.ts";

/** Input of the views, besides the model. */
export interface PlanContext {
  /** The name of the spec in the first line of every generated file. */
  readonly spec: string;
  /** Package facts of the spec's own nixpkgs, if `flakewright index` made them. */
  readonly facts: Facts | undefined;
  /** Those that come with flakewright, the same on every machine. */
  readonly bundled: Facts | undefined;
}
