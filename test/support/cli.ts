import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const BUNDLE = join(ROOT, "dist/flakewright.js");

/** Builds the bundle when a source file is newer. The runner calls it before the first test, so that two files never build at once. */
export function freshBundle(): void {
  const newest = (folder: string): number =>
    Math.max(
      ...readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) => changed(join(ROOT, folder, name))),
    );
  const sources = ["generator", "flake-template"].map(newest);
  if (existsSync(BUNDLE) && statSync(BUNDLE).mtimeMs > Math.max(...sources, changed(join(ROOT, "scripts/build.ts")))) return;
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "scripts/build.ts"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`cannot build the bundle:\n${stderr}`);
}

const changed = (path: string): number => statSync(path).mtimeMs;

freshBundle();

/** The arguments that make Node start the command line from the bundle, as users run it. */
export const CLI = [BUNDLE];

export interface CliResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Environment variables added to the test's own; `undefined` removes one. */
type Environment = Readonly<Record<string, string | undefined>>;

/** Runs the command line in `cwd` and waits for its end. */
export function flakewright(cwd: string, args: readonly string[], env: Environment = {}): CliResult {
  return spawnSync(process.execPath, [...CLI, ...args], { cwd, encoding: "utf8", env: { ...process.env, ...env } });
}

/** Starts the command line and returns at once. */
export function startFlakewright(cwd: string, args: readonly string[], env: Environment = {}): ChildProcess {
  return spawn(process.execPath, [...CLI, ...args], { cwd, env: { ...process.env, ...env } });
}
