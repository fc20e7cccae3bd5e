import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Attack } from "./attacks.ts";
import { type Cost, REPORT_VARIABLE, REPORTER, scratch } from "./measure.ts";

/** How a program answers to an attack. */
export interface Answer extends Omit<Cost, "wall"> {
  /** `ok`, the first code, or why there is none. */
  readonly says: string;
}

/** How much CPU one run may take, and how long it may take on a busy machine, in seconds. */
const [MOST_CPU, TIMEOUT] = [60, 1200];
/** What bash and git take is a part of the answer: `times` has the CPU time of all processes that ended. */
const TIMED = `ulimit -t ${MOST_CPU}; timeout -s KILL ${TIMEOUT} "$@"; status=$?; times >"$FLAKEWRIGHT_BENCH_TIMES"; exit $status`;

/** Checks or imports the attack with the program at `bundle`, in a folder of its own. */
export function answer(bundle: string, { file, text, args: own, format = "json", beside = {} }: Attack, size: number): Answer {
  const folder = mkdtempSync(scratch("attack-"));
  const report = join(folder, "usage.json");
  const times = join(folder, "times");
  for (const [path, content] of [...Object.entries(beside), [file, text(size)] as const]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const args = own ?? (file === "spec.yaml" ? ["check", file, "--out", "out"] : ["import", file]);
  const { status, signal, stdout, stderr } = spawnSync(
    "bash",
    ["-c", TIMED, "bash", process.execPath, "--require", REPORTER, bundle, ...args, "--format", format],
    {
      cwd: folder,
      encoding: "utf8",
      maxBuffer: 2 ** 30,
      env: { ...process.env, [REPORT_VARIABLE]: report, FLAKEWRIGHT_BENCH_TIMES: times },
    },
  );
  let cost: Omit<Cost, "wall"> = { cpu: Number.POSITIVE_INFINITY, memory: Number.POSITIVE_INFINITY };
  try {
    // The memory is that of flakewright itself, the time that of its children too.
    const [, children = ""] = readFileSync(times, "utf8").trim().split("\n");
    const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)].map(
      ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
    );
    cost = { ...JSON.parse(readFileSync(report, "utf8")), cpu: parts.reduce((sum, one) => sum + one, 0) };
  } catch {
    // Killed, or out of memory.
  }
  rmSync(folder, { recursive: true, force: true });
  const code =
    /"(?:code|ruleId)": "([a-z-]+)"|,title=([a-z-]+)/.exec(stdout)?.slice(1).find(Boolean) ??
    / (?:error|warning) ([a-z-]+)/.exec(stderr)?.[1];
  const isAnswer = signal === null && (status === 0 || (status === 1 && code !== undefined));
  return {
    ...cost,
    says: isAnswer ? (code ?? "ok") : (signal ?? `status ${status}: ${stderr.trim().replace(/\s+/g, " ").slice(0, 60)}`),
  };
}
