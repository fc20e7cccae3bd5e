import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Attack } from "./attacks.ts";
import { type Cost, REPORT_VARIABLE, REPORTER, scratch } from "./measure.ts";

/** How a program answers to an attack. */
export interface Answer extends Omit<Cost, "wall"> {
  /** `ok`, the first code, or why there is none. */
  readonly says: string;
}

/** How long one run may take, in milliseconds; on a busy machine much more passes than the CPU time that counts. */
const TIMEOUT = 120_000;

/** Checks or imports the attack with the program at `bundle`, in a folder of its own. */
export function answer(bundle: string, { file, text }: Attack, size: number): Answer {
  const folder = mkdtempSync(scratch("attack-"));
  const report = join(folder, "usage.json");
  writeFileSync(join(folder, file), text(size));
  const args = file === "spec.yaml" ? ["check", file, "--out", "out"] : ["import", file];
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    ["--require", REPORTER, bundle, ...args, "--format", "json"],
    {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 2 ** 30,
      timeout: TIMEOUT,
      killSignal: "SIGKILL",
      env: { ...process.env, [REPORT_VARIABLE]: report },
    },
  );
  let cost: Omit<Cost, "wall"> = { cpu: Number.POSITIVE_INFINITY, memory: Number.POSITIVE_INFINITY };
  try {
    cost = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    // Killed, or out of memory.
  }
  rmSync(folder, { recursive: true, force: true });
  const code = /"code": "([a-z-]+)"/.exec(stdout)?.[1] ?? / (?:error|warning) ([a-z-]+)/.exec(stderr)?.[1];
  const isAnswer = signal === null && (status === 0 || status === 1);
  return { ...cost, says: isAnswer ? (code ?? "ok") : (signal ?? `status ${status}: ${stderr.slice(0, 60)}`) };
}
