import type { Diagnostic } from "../../report/diagnostic.ts";
import { type Examined, finding, fine, found, type Machine } from "./machine.ts";

/** Is the output folder what the spec generates? `stale`: what `check` says about it. */
export function examineOutputs({ options }: Machine, stale: readonly Diagnostic[]): Examined {
  const { out, spec } = options;
  const edited = stale.find((one) => one.code !== "output-drift");
  if (edited) return found(edited);
  if (stale.length === 0) return fine(`${out} is what ${spec} generates`);
  return found(finding("output-drift", out, `${out} is not what ${spec} generates`, "flakewright generate"));
}
