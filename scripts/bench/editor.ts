import { readFileSync } from "node:fs";
import { largePlatform } from "../../test/support/large-platform.ts";
import { LspClient } from "../../test/support/lsp-client.ts";
import { median } from "./measure.ts";

/** How long the server waits after the last keystroke, in milliseconds: QUIET in generator/editor/server.ts. */
const DEBOUNCE = 120;
const KEYSTROKES = 40;

/** Edits whose effect on the server's memory is watched, and at how many of them it is read. */
const MANY = 2000;
const READINGS = 5;

/** Types in a platform of 300 tools with includes, over stdio: time from a keystroke to the diagnostics, and the server's memory. */
export async function editorLatency(folder: string): Promise<Record<string, number | string>> {
  const { texts } = largePlatform(folder);
  const client = new LspClient(folder);
  await client.start();
  const main = "spec/platform.yaml";
  const part = "spec/part-2.yaml";
  for (const name of [main, part]) await client.open(name);
  const textOf = (name: string) => texts.get(name) ?? "";
  // A mistake that comes and goes, so that the answer to each keystroke is another.
  const edits = (count: number) =>
    Array.from({ length: count }, (_, index): [string, string] => {
      const name = index % 4 === 3 ? part : main;
      const text = textOf(name).replace("title: Group", `title: Group ${index}`);
      return [name, index % 2 === 0 ? text.replace("max-jobs: 4", `max-jobs: x${index}`) : text];
    });
  for (const [name, text] of edits(10)) await client.change(name, text);
  const times: number[] = [];
  const cpuBefore = cpuSeconds(client.pid);
  for (const [name, text] of edits(KEYSTROKES)) {
    const started = performance.now();
    await client.change(name, text);
    times.push(performance.now() - started - DEBOUNCE);
  }
  const cpu = cpuSeconds(client.pid) - cpuBefore;
  const memory: number[] = [];
  let done = 0;
  for (const [name, text] of edits(MANY)) {
    // A hover asks for an answer about the newest text, so that nothing waits for the debounce.
    void client.change(name, text);
    await client.request("textDocument/hover", name, { position: { line: 1, character: 1 } });
    if (++done % (MANY / READINGS) === 0) memory.push(residentMiB(client.pid));
  }
  await client.stop();
  const sorted = [...times].sort((a, b) => a - b);
  return {
    keystrokes: KEYSTROKES,
    "debounce ms": DEBOUNCE,
    "median ms beyond it": Number(median(times).toFixed(1)),
    "server's CPU ms an edit": Math.round((cpu / KEYSTROKES) * 1000),
    "slowest ms beyond it": Number((sorted.at(-1) ?? 0).toFixed(1)),
    [`MiB after every ${MANY / READINGS} edits`]: memory.join(", "),
  };
}

/** Resident memory of a process; NaN where there is no /proc. */
function residentMiB(pid: number | undefined): number {
  try {
    const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Math.round(Number(kib) / 1024);
  } catch {
    return Number.NaN;
  }
}

/** User and system time of a process so far; NaN where there is no /proc. Counted in ticks of 10 ms. */
function cpuSeconds(pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}
