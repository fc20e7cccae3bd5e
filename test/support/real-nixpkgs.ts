import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { tempFolder } from "./temp.ts";
import { tool } from "./tools.ts";

/*
 * The machine's own Nix on a real nixpkgs ($FLAKEWRIGHT_NIXPKGS, best a store path: a plain folder is copied at each evaluation).
 * Evaluation only; nothing is built or fetched.
 */

const run = promisify(execFile);
const nixpkgs = () => {
  const path = tool("nixpkgs");
  if (!path) throw new Error("the test must ask needs() for nixpkgs");
  return path;
};

// One home for all: Nix 2.26 takes minutes over the first evaluation with a new one.
let home: string | undefined;
function environment(): NodeJS.ProcessEnv {
  home ??= mkdtempSync(join(tmpdir(), "flakewright-home-"));
  return {
    ...process.env,
    HOME: home,
    XDG_CACHE_HOME: join(home, ".cache"),
    NIX_CONFIG: "experimental-features = nix-command flakes\nsubstituters =\neval-cache = false",
  };
}

const overrides = (inputs: readonly string[]) => [
  "--no-write-lock-file",
  ...inputs.flatMap((name) => ["--override-input", name, `path:${nixpkgs()}`]),
];

/** An attribute of the flake in a folder, as JSON has it, every named input being the real nixpkgs. */
export async function evaluate(
  folder: string,
  attribute: string,
  apply = "x: x",
  inputs: readonly string[] = ["nixpkgs"],
): Promise<unknown> {
  const args = ["eval", "--json", `path:${folder}#${attribute}`, "--apply", apply, ...overrides(inputs)];
  return JSON.parse((await run("nix", args, { env: environment(), maxBuffer: 2 ** 28 })).stdout);
}

/** How many function calls an evaluation makes; the number repeats exactly. */
export async function functionCalls(folder: string, attribute: string, inputs: readonly string[] = ["nixpkgs"]): Promise<number> {
  const file = join(tempFolder(), "stats.json");
  const env = { ...environment(), NIX_SHOW_STATS: "1", NIX_SHOW_STATS_PATH: file };
  await run("nix", ["eval", "--json", `path:${folder}#${attribute}`, ...overrides(inputs)], { env, maxBuffer: 2 ** 28 });
  return JSON.parse(readFileSync(file, "utf8")).nrFunctionCalls;
}

/** What the machine's Nix says of a nix.conf. */
export async function showConfig(text: string): Promise<{ stdout: string; stderr: string }> {
  return run("nix", ["show-config", "--json"], { env: { ...environment(), NIX_CONFIG: text }, maxBuffer: 2 ** 28 });
}
