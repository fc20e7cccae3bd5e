import { spawnSync } from "node:child_process";
import { tool } from "./tools.ts";

/**
 * What nixfmt (1.x, RFC 166) would change: its report, `""` for nothing. The test must require `nixfmt` with `needs()`. Files are
 * never rewritten: the printer's own output must be right.
 */
export function nixfmtComplaints(files: readonly string[]): string {
  const program = tool("nixfmt");
  if (!program) throw new Error("no nixfmt");
  const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout;
  if (!/^nixfmt 1\./.test(version)) throw new Error(`${program} is ${version.trim()}; only nixfmt 1.x follows RFC 166`);
  const { status, stdout, stderr } = spawnSync(program, ["--check", ...files], { encoding: "utf8", maxBuffer: 1 << 26 });
  return status === 0 ? "" : `${stdout}${stderr}` || `exit status ${status}`;
}
