import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { tempFolder } from "./temp.ts";
import { tool } from "./tools.ts";

/*
 * A current Nix ($FLAKEWRIGHT_NIX_CURRENT, a command that runs its arguments where one is; else the machine's) with a real nixpkgs
 * of 2026 ($FLAKEWRIGHT_NIXPKGS; best a path in that Nix's store, because a plain folder is copied at each evaluation). It only
 * evaluates: nothing is built or fetched.
 */

const within = (process.env["FLAKEWRIGHT_NIX_CURRENT"] ?? "").split(" ").filter((word) => word !== "");
function run(program: string, args: readonly string[], options: { env: NodeJS.ProcessEnv; maxBuffer: number }) {
  const [command = program, ...more] = [...within, program, ...args];
  return promisify(execFile)(command, more, options);
}

const nixpkgs = () => {
  const path = tool("nixpkgs");
  if (!path) throw new Error("the test must require nixpkgs with needs()");
  return path;
};

// One shared home: with a new home, Nix 2.26's first evaluation takes minutes.
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

const besideDeployRs = (name: string) => join(dirname(tool("deployRs") ?? "/"), name);

/** Inputs that are no nixpkgs. */
const SOURCES: Readonly<Record<string, () => string | undefined>> = {
  "nix-darwin": () => tool("nixDarwin"),
  "deploy-rs": () => tool("deployRs"),
  "deploy-rs/utils": () => besideDeployRs("flake-utils"),
  "deploy-rs/utils/systems": () => besideDeployRs("nix-systems-default"),
  "deploy-rs/flake-compat": () => besideDeployRs("flake-compat"),
};

/** Names of inputs: each is the real nixpkgs or a source from above, unless the name has a folder of its own. */
export type Inputs = readonly string[] | Readonly<Record<string, string | undefined>>;

const overrides = (inputs: Inputs) => {
  const folders = Array.isArray(inputs) ? inputs.map((name): [string, undefined] => [name, undefined]) : Object.entries(inputs);
  return [
    "--no-write-lock-file",
    ...folders.flatMap(([name, path]) => ["--override-input", name, `path:${path ?? SOURCES[name]?.() ?? nixpkgs()}`]),
  ];
};

/** The value of an expression, which may ask for `nixpkgs` and other folders by their paths. */
export async function evaluateExpression(expression: string): Promise<unknown> {
  const args = ["eval", "--impure", "--json", "--expr", expression];
  return JSON.parse((await run("nix", args, { env: environment(), maxBuffer: 2 ** 28 })).stdout);
}

/** An attribute of the flake in a folder, from JSON, with the real nixpkgs for every named input. */
export async function evaluate(
  folder: string,
  attribute: string,
  apply = "x: x",
  inputs: Inputs = ["nixpkgs"],
): Promise<unknown> {
  // A function that reads another folder is not pure.
  const impure = apply.includes("import ") ? ["--impure"] : [];
  const args = ["eval", "--json", ...impure, `path:${folder}#${attribute}`, "--apply", apply, ...overrides(inputs)];
  return JSON.parse((await run("nix", args, { env: environment(), maxBuffer: 2 ** 28 })).stdout);
}

/** The number of function calls of an evaluation; it repeats exactly. */
export async function functionCalls(folder: string, attribute: string, inputs: readonly string[] = ["nixpkgs"]): Promise<number> {
  const file = join(tempFolder(), "stats.json");
  const env = { ...environment(), NIX_SHOW_STATS: "1", NIX_SHOW_STATS_PATH: file };
  await run("nix", ["eval", "--json", `path:${folder}#${attribute}`, ...overrides(inputs)], { env, maxBuffer: 2 ** 28 });
  return JSON.parse(readFileSync(file, "utf8")).nrFunctionCalls;
}

/** The warnings of the machine's Nix about a nix.conf. */
export async function showConfig(text: string): Promise<{ stdout: string; stderr: string }> {
  return run("nix", ["config", "show", "--json"], { env: { ...environment(), NIX_CONFIG: text }, maxBuffer: 2 ** 28 });
}
