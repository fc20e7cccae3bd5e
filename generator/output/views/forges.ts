import type { Ci, ForgeName, Model } from "../../model/model.ts";
import { pipelineView } from "./pipelines.ts";

/** A forge's pipeline: where its file goes, and the data of its template. */
interface Forge {
  readonly path: string;
  readonly view: (model: Model, ci: Ci) => object;
}

/** One row for each value of `ci`: the type checker reports a missing one. */
export const FORGES: Readonly<Record<ForgeName, Forge>> = {
  github: { path: ".github/workflows/nix.yml", view: (model, ci) => pipelineView(model, ci, "github") },
  gitlab: { path: ".gitlab-ci.yml", view: (model, ci) => pipelineView(model, ci, "gitlab") },
  forgejo: { path: ".forgejo/workflows/nix.yml", view: (model, ci) => pipelineView(model, ci, "forgejo") },
};
