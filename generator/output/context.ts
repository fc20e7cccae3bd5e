import type { Facts } from "../knowledge/packages.ts";
import type { Sizes } from "../knowledge/sizes.ts";

/** Input of the views, besides the model. */
export interface PlanContext {
  /** The name of the spec in the first line of every generated file. */
  readonly spec: string;
  /** The measured sizes of groups. */
  readonly sizes?: Sizes | undefined;
  /** The files that the spec consists of, in the form of `spec`. */
  readonly specFiles: readonly string[];
  /** The output folder, relative to the root of its repository and with `/`; `""` is the root itself. */
  readonly folder: string;
  /** Package facts of the spec's own nixpkgs, if `flakewright index` made them. */
  readonly facts: Facts | undefined;
  /** Those that come with flakewright, the same on every machine. */
  readonly bundled: Facts | undefined;
}
