import type { Model } from "../../model/model.ts";
import { workflowView } from "./workflow.ts";

/** A forge's pipeline: where its file goes, and the data of its template. */
interface Forge {
  readonly path: string;
  readonly view: (model: Model) => object;
}

/** A row for each value of `ci`: a forge that the language has and this table lacks does not compile. */
export const FORGES: Readonly<Record<NonNullable<Model["ci"]>, Forge>> = {
  github: { path: ".github/workflows/nix.yml", view: workflowView },
};
