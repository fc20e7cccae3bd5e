import type { Model } from "../../model/model.ts";
import { workflowView } from "./workflow.ts";

/** A forge's pipeline: where its file goes, and the data of its template. */
interface Forge {
  readonly path: string;
  readonly view: (model: Model) => object;
}

/** One row for each value of `ci`: the type checker reports a missing one. */
export const FORGES: Readonly<Record<NonNullable<Model["ci"]>, Forge>> = {
  github: { path: ".github/workflows/nix.yml", view: workflowView },
};
