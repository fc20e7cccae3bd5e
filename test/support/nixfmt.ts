import { spawnSync } from "node:child_process";
import { tool } from "./tools.ts";

/**
 * What nixfmt (1.x, RFC 166) would change: its report, `""` for nothing. A test that calls it asks `needs()` for `nixfmt`; it never
 * rewrites anything, for what the printer writes is to be right, not to be put right.
 */
export function nixfmtComplaints(files: readonly string[]): string {
  const program = tool("nixfmt");
  if (!program) throw new Error("no nixfmt");
  const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout;
  if (!/^nixfmt 1\./.test(version)) throw new Error(`${program} is ${version.trim()}; nixfmt 1.x formats as RFC 166 says`);
  const { status, stdout, stderr } = spawnSync(program, ["--check", ...files], { encoding: "utf8", maxBuffer: 1 << 26 });
  return status === 0 ? "" : `${stdout}${stderr}` || `exit status ${status}`;
}
