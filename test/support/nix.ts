import { spawn } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { tempFolder } from "./temp.ts";
import { tool } from "./tools.ts";

/*
 * A private Nix. Its store, state and home are in a temporary folder (NIX_STORE_DIR and similar variables need no root, namespace
 * or daemon), and it has no registry and no substituter: it uses neither the machine's /nix nor the network. Builds run as the
 * test's user, without a sandbox.
 */

const fixtureFolder = join(dirname(dirname(fileURLToPath(import.meta.url))), "fixtures/nixpkgs");

/** The tools that a test with the fixture requires with `needs()`. */
export const FIXTURE_TOOLS = ["nix", "busybox", "bash"] as const;

interface Run {
  status: number;
  stdout: string;
  stderr: string;
}

interface FlakeOptions {
  /** Overridden inputs: folders, store paths or flake references. `nixpkgs` is the fixture by default. */
  inputs?: Readonly<Record<string, string>>;
  /** More arguments for Nix. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  cwd?: string;
}

/** Counters of one evaluation; they repeat exactly. */
interface Counters {
  functionCalls: number;
  primOpCalls: number;
  thunks: number;
}

export interface Nix {
  /** The temporary folder: `store`, `var`, `etc`, `home`. */
  readonly root: string;
  /** Environment variables that make any Nix program use this store. */
  readonly env: Readonly<Record<string, string>>;
  /** Runs `nix ARGS` and returns the result, also when it fails. */
  run(args: readonly string[], options?: { cwd?: string; env?: Readonly<Record<string, string>>; input?: string }): Promise<Run>;
  /** Runs `nix ARGS` and returns its stdout; throws its stderr when it fails. */
  must(
    args: readonly string[],
    options?: { cwd?: string; env?: Readonly<Record<string, string>>; input?: string },
  ): Promise<string>;
  /** The value of an expression, evaluated with --impure, from JSON. */
  eval(expression: string, options?: { args?: readonly string[] }): Promise<unknown>;
  /** An attribute of the flake in a folder, from JSON; `apply` is a Nix function that is applied to it first. */
  evalFlake(folder: string, attribute: string, options?: FlakeOptions & { apply?: string }): Promise<unknown>;
  /** Builds an attribute of the flake in a folder; returns the store path of its first output. */
  build(folder: string, attribute: string, options?: FlakeOptions): Promise<string>;
  /** `nix develop FOLDER#SHELL -c COMMAND`. */
  develop(folder: string, shell: string, command: readonly string[], options?: FlakeOptions): Promise<Run>;
  /** `nix flake check FOLDER`. */
  check(folder: string, options?: FlakeOptions): Promise<Run>;
  /** The counters of evaluating an attribute of the flake in a folder. */
  calls(folder: string, attribute: string, options?: FlakeOptions): Promise<Counters>;
  /** Copies a folder to the store under the name of a flake's source: as an input, it is then not copied at each command. */
  addSource(folder: string): Promise<string>;
  /** The fixture nixpkgs in the store; with `versions`, a copy that has other versions of some tools than versions.nix. */
  fixture(versions?: Readonly<Record<string, string>>): Promise<string>;
}

/**
 * @param program The command that starts Nix: by default the `nix` on PATH.
 * @param settings Lines of nix.conf that replace or follow the ones here.
 */
export function privateNix(program: readonly string[] = [tool("nix") ?? "nix"], settings = ""): Nix {
  const root = tempFolder();
  for (const name of ["store", "var", "etc", "home"]) mkdirSync(join(root, name));
  // With an empty value or a URL, Nix 2.8 prints a warning about a failed download.
  const registry = join(root, "etc/registry.json");
  writeFileSync(registry, '{"version":2,"flakes":[]}');
  const env = {
    NIX_STORE_DIR: join(root, "store"),
    NIX_STATE_DIR: join(root, "var"),
    NIX_LOCALSTATE_DIR: join(root, "var"),
    NIX_LOG_DIR: join(root, "var/log"),
    NIX_CONF_DIR: join(root, "etc"),
    NIX_USER_CONF_FILES: "",
    NIX_REMOTE: "",
    NIX_PATH: "",
    HOME: join(root, "home"),
    XDG_CACHE_HOME: join(root, "home/.cache"),
    XDG_CONFIG_HOME: join(root, "home/.config"),
    XDG_DATA_HOME: join(root, "home/.local/share"),
    XDG_STATE_HOME: join(root, "home/.local/state"),
    NIX_CONFIG: [
      "experimental-features = nix-command flakes",
      "substituters =",
      `flake-registry = ${registry}`,
      "build-users-group =",
      "sandbox = false",
      "eval-cache = false",
      settings,
    ].join("\n"),
  };
  const [command = "nix", ...prefix] = program;

  const run: Nix["run"] = (args, options = {}) =>
    new Promise((done, fail) => {
      const child = spawn(command, [...prefix, ...args], {
        cwd: options.cwd ?? root,
        env: { ...process.env, ...env, ...options.env },
        stdio: ["pipe", "pipe", "pipe"],
      });
      const out: Buffer[] = [];
      const err: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
      child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
      child.stdin.on("error", () => {}); // The process may end without reading its input.
      child.stdin.end(options.input ?? "");
      child.on("error", fail);
      child.on("close", (status, signal) =>
        done({
          status: status ?? (signal ? 128 : 1),
          stdout: Buffer.concat(out).toString(),
          stderr: Buffer.concat(err).toString(),
        }),
      );
    });

  const must: Nix["must"] = async (args, options) => {
    const result = await run(args, options);
    if (result.status !== 0) throw new Error(`nix ${args.join(" ")}: exit status ${result.status}\n${result.stderr}`);
    return result.stdout;
  };

  let expressions = 0;
  const expressionFile = (expression: string) => {
    // From a file, because an argument can't be longer than 128 KiB.
    const file = join(root, `expression-${++expressions}.nix`);
    writeFileSync(file, expression);
    return file;
  };

  const addSource: Nix["addSource"] = async (folder) => (await must(["store", "add-path", "--name", "source", folder])).trim();

  const fixtures = new Map<string, Promise<string>>();
  const fixture: Nix["fixture"] = (versions = {}) => {
    const key = JSON.stringify(versions);
    const known = fixtures.get(key) ?? addSource(copyFixture(versions));
    fixtures.set(key, known);
    return known;
  };

  const reference = (source: string) => (source.startsWith("/") ? `path:${source}` : source);
  const flakeArgs = async ({ inputs = {}, args = [] }: FlakeOptions) => {
    const overridden = { nixpkgs: inputs.nixpkgs ?? (await fixture()), ...inputs };
    const overrides = Object.entries(overridden).flatMap(([name, source]) => ["--override-input", name, reference(source)]);
    return ["--no-write-lock-file", ...overrides, ...args];
  };
  const spawnOptions = ({ cwd, env }: FlakeOptions) => ({ ...(cwd ? { cwd } : {}), ...(env ? { env } : {}) });

  return {
    root,
    env,
    run,
    must,
    addSource,
    fixture,
    eval: async (expression, options = {}) =>
      JSON.parse(await must(["eval", "--json", "--file", expressionFile(expression), ...(options.args ?? [])])),
    evalFlake: async (folder, attribute, options = {}) => {
      const apply = options.apply ? ["--apply", options.apply] : [];
      const args = ["eval", "--json", `${reference(folder)}#${attribute}`, ...apply, ...(await flakeArgs(options))];
      return JSON.parse(await must(args, spawnOptions(options)));
    },
    build: async (folder, attribute, options = {}) => {
      const args = ["build", "--no-link", "--json", `${reference(folder)}#${attribute}`, ...(await flakeArgs(options))];
      const [built] = JSON.parse(await must(args, spawnOptions(options)));
      return Object.values(built.outputs as Record<string, string>)[0]!;
    },
    develop: async (folder, shell, command, options = {}) =>
      run(["develop", `${reference(folder)}#${shell}`, ...(await flakeArgs(options)), "-c", ...command], spawnOptions(options)),
    check: async (folder, options = {}) =>
      run(["flake", "check", reference(folder), ...(await flakeArgs(options))], spawnOptions(options)),
    calls: async (folder, attribute, options = {}) => {
      const file = join(root, "stats.json");
      const stats = { NIX_SHOW_STATS: "1", NIX_SHOW_STATS_PATH: file };
      await must(["eval", "--json", `${reference(folder)}#${attribute}`, ...(await flakeArgs(options))], {
        ...spawnOptions(options),
        env: { ...options.env, ...stats },
      });
      const counted = JSON.parse(readFileSync(file, "utf8"));
      return { functionCalls: counted.nrFunctionCalls, primOpCalls: counted.nrPrimOpCalls, thunks: counted.nrThunks };
    },
  };
}

/**
 * A copy of the fixture nixpkgs that contains the machine's busybox and bash, so that pure evaluation can build with them. A static
 * bash, if there is one, also works in a sandbox and in a chroot.
 */
export function copyFixture(versions: Readonly<Record<string, string>> = {}): string {
  const folder = join(tempFolder(), "nixpkgs");
  cpSync(fixtureFolder, folder, { recursive: true });
  mkdirSync(join(folder, "bin"));
  for (const [name, path] of [
    ["busybox", tool("busybox")],
    ["bash", tool("bash-static") ?? tool("bash")],
  ] as const) {
    if (!path) throw new Error(`no ${name}: the test must require FIXTURE_TOOLS with needs()`);
    copyFileSync(path, join(folder, "bin", name));
    chmodSync(join(folder, "bin", name), 0o755);
  }
  if (Object.keys(versions).length > 0) {
    const changed = Object.entries(versions).map(
      ([name, version]) => `  ${JSON.stringify(name)} = ${JSON.stringify(version)};\n`,
    );
    const file = join(folder, "versions.nix");
    writeFileSync(file, `${readFileSync(file, "utf8")}// {\n${changed.join("")}}\n`);
  }
  return folder;
}
