import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { freshBundle } from "./support/cli.ts";
import { compiledTests } from "./support/compiled.ts";
import { SKIP_MARK } from "./support/tools.ts";

/*
 * The test runner: `tsx test/run.ts [FILE…]`. It compiles all files at once, and runs each in its own process, so that tests of different
 * files share no state.
 * uvu exits 0 when a file forgets `.run()`, when a `before` hook throws and when a `.only` is left behind. The runner compares uvu's
 * totals with the file and fails on all three.
 */

const testFolder = dirname(fileURLToPath(import.meta.url));
const root = dirname(testFolder);
const TIMEOUT_SECONDS = 900;
/** How long the runner prints nothing before it says what it is waiting for. */
const SILENT_SECONDS = Number(process.env["SILENT_SECONDS"] || 15);

/** What the process of a test file printed, and how it ended. */
interface Finished {
  source: string;
  output: string;
  /** Undefined when a signal ended it. */
  status: number | undefined;
  timedOut: boolean;
}

/** A file's counts, and problems other than failed tests. */
interface FileResult {
  passed: number;
  failed: number;
  skipped: number;
  problems: string[];
  skipReasons: string[];
}

/** Reads uvu's totals and checks them against the file's suites. */
function evaluate({ source, output, status, timedOut }: Finished): FileResult {
  const last = (label: string) => {
    const found = [...output.matchAll(new RegExp(`^ {2}${label}: +(\\d+)$`, "gm"))].at(-1);
    return found ? Number(found[1]) : undefined;
  };
  const total = last("Total");
  const passed = last("Passed") ?? 0;
  const skipped = last("Skipped") ?? 0;
  const skipReasons = output.split("\n").flatMap((line) => (line.startsWith(SKIP_MARK) ? [line.slice(SKIP_MARK.length)] : []));

  const problems: string[] = [];
  if (timedOut) problems.push(`still running after ${TIMEOUT_SECONDS} s`);
  else if (total === undefined) problems.push(`ended without uvu's totals (exit status ${status ?? "none, a signal"})`);
  else if (total + skipped === 0) problems.push("ran no test: is `.run()` missing?");
  for (const [, name] of source.matchAll(/\b(?:const|let) (\w+) = suite\b/g)) {
    if (!new RegExp(`\\b${name}\\.run\\(\\)`).test(source)) problems.push(`the suite \`${name}\` is never run`);
  }
  if (skipped > skipReasons.length) {
    problems.push(`${skipped - skipReasons.length} skipped without a reason: a forgotten \`.only\` or \`.skip\`?`);
  }

  let failed = (total ?? 0) - passed;
  if (status !== 0 && failed === 0 && problems.length === 0) problems.push(`exit status ${status ?? "none, a signal"}`);
  if (failed === 0 && problems.length > 0) failed = 1;
  return { passed, failed, skipped, problems, skipReasons };
}

/**
 * Node's arguments that run a test file. For coverage it runs from its source, and also when one of the files does not compile: that one
 * fails then, and no other.
 */
async function starter(files: readonly string[]): Promise<(file: string) => readonly string[]> {
  const fromSource = (file: string) => ["--import", "tsx", file];
  if (process.env["NODE_V8_COVERAGE"]) return fromSource;
  const compiled = await compiledTests(files).catch((error: Error) => {
    console.log(`the files run from their source, since they do not compile: ${error.message.split("\n")[0]}`);
    return undefined;
  });
  return (file) => {
    const path = compiled?.get(file);
    return path === undefined ? fromSource(file) : ["--enable-source-maps", path];
  };
}

/** @param args Node's arguments that run the file */
function run(file: string, args: readonly string[]): Promise<Finished> {
  return new Promise((done) => {
    const { FORCE_COLOR: _, ...env } = process.env;
    // Its own process group, so that processes which a test leaves running are ended with it.
    const child = spawn(process.execPath, args, {
      cwd: root,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const endGroup = () => {
      try {
        if (child.pid) process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group has no process left.
      }
    };
    running.add(endGroup);
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    let timedOut = false;
    const alarm = setTimeout(() => {
      timedOut = true;
      endGroup();
    }, TIMEOUT_SECONDS * 1000);
    child.on("exit", endGroup);
    child.on("close", (status) => {
      clearTimeout(alarm);
      running.delete(endGroup);
      done({
        source: readFileSync(file, "utf8"),
        output: Buffer.concat(chunks).toString(),
        status: status ?? undefined,
        timedOut,
      });
    });
  });
}

const running = new Set<() => void>();

function testFiles(): string[] {
  const files = readdirSync(testFolder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts"))
    .sort()
    .map((name) => join(testFolder, name));
  const renamed = LONGEST.filter((file) => !files.includes(file));
  if (renamed.length > 0) throw new Error(`LONGEST in test/run.ts names no test: ${renamed.join(", ")}`);
  return files;
}

/** Prints lines, and after a silence what still runs: a log that stands still looks like a hang, and CI ends it. */
function printer() {
  const started = new Map<string, number>();
  let printed = performance.now();
  const seconds = (since: number) => (performance.now() - since) / 1000;
  const print = (line: string) => {
    printed = performance.now();
    console.log(line);
  };
  const clock = setInterval(() => {
    if (started.size === 0 || seconds(printed) < SILENT_SECONDS) return;
    print(`… still running: ${[...started].map(([name, since]) => `${name} (${seconds(since).toFixed(0)} s)`).join(", ")}`);
  }, 1000);
  return {
    print,
    start: (name: string) => void started.set(name, performance.now()),
    /** Answers how many seconds the file took. */
    end(name: string): number {
      const took = seconds(started.get(name) ?? performance.now());
      started.delete(name);
      return took;
    },
    close: () => clearInterval(clock),
  };
}

/** What takes longest, longest first: it begins first, so that both processes have work until the end. */
const LONGEST = [
  "machine/apply",
  "machine/apply-attack",
  "machine/deploy",
  "growth",
  "report/advice-of-commands",
  "docs/guides",
  "write/race",
  "machine/daemon",
  "secrets",
  "commands/merge",
  "output/views/catalog-browser",
  "nix/workflow",
  "machine/network",
  "commands/watch",
  "machine/apply-kills",
].map((name) => join(testFolder, `${name}.test.ts`));

/** The files, those that take longest first. */
function longestFirst(files: readonly string[]): string[] {
  const rank = (file: string) => (LONGEST.includes(file) ? LONGEST.indexOf(file) : LONGEST.length);
  return files.toSorted((a, b) => rank(a) - rank(b));
}

/**
 * The files for two processes at a time, which is what two cores bear. Nix, daemons and network namespaces use more than their own
 * process: one file with those runs at a time, and beside it one without.
 */
function queues(files: readonly string[]) {
  const isHeavy = (file: string) => ["nix", "machine"].includes(relative(testFolder, file).split(sep)[0] ?? "");
  const heavy = files.filter(isHeavy);
  const light = files.filter((file) => !isHeavy(file));
  return [() => heavy.shift() ?? light.shift(), () => light.shift()];
}

async function main(args: string[]): Promise<number> {
  freshBundle();
  const files = args.length > 0 ? args.map((arg) => resolve(arg)) : testFiles();
  const sum = { passed: 0, failed: 0, skipped: 0 };
  const reasons = new Map<string, number>();
  const argumentsFor = await starter(files);
  const { print, start, end, close } = printer();

  const report = (name: string, finished: Finished, seconds: number) => {
    const result = evaluate(finished);
    sum.passed += result.passed;
    sum.failed += result.failed;
    sum.skipped += result.skipped;
    for (const reason of result.skipReasons) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    const skips = result.skipped > 0 ? `, ${result.skipped} skipped` : "";
    const mark = result.failed > 0 ? "FAIL" : "ok  ";
    print(`${mark} ${name}: ${result.passed} passed, ${result.failed} failed${skips} (${seconds.toFixed(1)} s)`);
    if (result.failed > 0) {
      print(finished.output.replace(/^/gm, "     | ").trimEnd());
      for (const problem of result.problems) print(`     ${problem}`);
    }
  };

  await Promise.all(
    queues(longestFirst(files)).map(async (next) => {
      for (let file = next(); file !== undefined; file = next()) {
        const name = relative(root, file);
        start(name);
        const finished = await run(file, argumentsFor(file));
        report(name, finished, end(name));
      }
    }),
  );
  close();

  for (const [reason, count] of reasons) print(`skipped ${count}: ${reason}`);
  if (sum.passed + sum.failed === 0) print("no test ran");
  const skips = sum.skipped > 0 ? `, ${sum.skipped} skipped` : "";
  print(`${sum.passed} passed, ${sum.failed} failed${skips}`);
  return sum.failed > 0 || sum.passed === 0 ? 1 : 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      for (const endGroup of running) endGroup();
      process.exit(130);
    });
  }
  process.exitCode = await main(process.argv.slice(2));
}
