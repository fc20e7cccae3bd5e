import { join } from "node:path";
import type { Options } from "../../generator/commands/outcome.ts";
import { repository } from "./spec.ts";

/** The options of a command that was given none, but for the spec's path and the output folder. */
export const optionsFor = (spec = "spec.yaml", out = "out"): Options => ({
  spec,
  out,
  force: false,
  dryRun: false,
  strict: false,
  knowledge: join(repository, "generator/knowledge"),
});
