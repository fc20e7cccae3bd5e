import type { Diagnostic } from "../../report/diagnostic.ts";
import { type Examined, finding, fine, found, type Machine, word } from "./machine.ts";

/** Is the output folder what the spec generates? `stale`: what `check` says about it. */
export function examineOutputs({ options }: Machine, stale: readonly Diagnostic[]): Examined {
  const { out, spec } = options;
  const edited = stale.find((one) => one.code !== "output-drift");
  if (edited) return found(edited);
  if (stale.length === 0) return fine(`${out} is what ${spec} generates`);
  const operand = spec === "spec/platform.yaml" ? "" : ` ${word(spec)}`;
  const folder = out === "out" ? "" : ` --out ${word(out)}`;
  return found(finding("output-drift", out, `${out} is not what ${spec} generates`, `flakewright generate${operand}${folder}`));
}
