import { spawn } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { median } from "./measure.ts";

/** How long `watch` waits after the last change, in milliseconds: QUIET in generator/commands/watch.ts. */
const DEBOUNCE = 30;
const EDITS = 40;

/** Pause between the first output and the first edit, in milliseconds. */
const FIRST_PAUSE = 1500;

/** Saves a spec with one changed line, repeatedly, and measures the time from each save to the line that `watch` prints. */
export async function watchLatency(folder: string, platform: string): Promise<Record<string, number>> {
  const spec = join(folder, "platform.yaml");
  copyFileSync(platform, spec);
  const text = readFileSync(spec, "utf8");
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL("../../dist/flakewright.js", import.meta.url)), "watch", spec, "--out", join(folder, "out")],
    {
      stdio: ["ignore", "pipe", "ignore"],
    },
  );
  let printed = () => {};
  child.stdout.on("data", () => printed());
  const line = () => new Promise<void>((resolve) => (printed = resolve));
  await line();
  await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE));
  const times: number[] = [];
  for (let edit = 0; edit < EDITS; edit++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const done = line();
    writeFileSync(spec, text.replace("Kubernetes command-line tool", `Kubernetes command-line tool ${edit}`));
    const started = performance.now();
    await done;
    times.push(performance.now() - started - DEBOUNCE);
  }
  child.kill("SIGINT");
  const sorted = [...times].sort((a, b) => a - b);
  const round = (value: number) => Number(value.toFixed(1));
  return {
    edits: EDITS,
    "debounce ms": DEBOUNCE,
    "median ms beyond it": round(median(times)),
    "slowest ms beyond it": round(sorted.at(-1) ?? 0),
  };
}
