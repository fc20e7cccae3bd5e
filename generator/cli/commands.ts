import { check } from "../commands/check.ts";
import { diff } from "../commands/diff.ts";
import { generate } from "../commands/generate.ts";
import { type Options, type Outcome, printed, type Terminal } from "../commands/outcome.ts";
import type { System } from "../system/system.ts";
import type { CommandSpec } from "./arguments.ts";
import { completionScript, SHELLS } from "./completion.ts";

export interface Command extends CommandSpec {
  /** The number of `operands` is checked already. */
  readonly run: (system: System, options: Options, operands: readonly string[], terminal: Terminal) => Promise<Outcome>;
}

/** All commands: usage, completion and dispatch derive from this table. Code that few runs need is loaded by the command. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  generate: {
    operands: "[SPEC]",
    options: ["out", "force", "dry-run"],
    summary: "compile the spec and write the output folder",
    example: "flakewright generate --dry-run",
    run: generate,
  },
  check: {
    operands: "[SPEC]",
    options: ["out", "fix"],
    summary: "compile without writing; fail on errors and on drift",
    example: "flakewright check --format github",
    run: check,
  },
  diff: {
    operands: "[SPEC]",
    options: ["out"],
    summary: "print a unified diff of what generate would change",
    example: "flakewright diff | less -R",
    run: diff,
  },
  watch: {
    operands: "[SPEC]",
    options: ["out"],
    summary: "regenerate at every save; an invalid spec changes nothing",
    example: "flakewright watch",
    run: async (system, options, _operands, terminal) => (await import("../commands/watch.ts")).watch(system, options, terminal),
  },
  init: {
    operands: "[DIR]",
    options: [],
    summary: "write a commented starter spec and its schema",
    example: "flakewright init my-platform",
    run: async (system, _options, [folder = "."]) => (await import("../commands/init.ts")).init(system, folder),
  },
  import: {
    operands: "FILE…",
    options: [],
    summary: "convert nix.conf, devbox.json, mise.toml, devenv.nix, Brewfile and others",
    example: "flakewright import mise.toml /etc/nix/nix.conf > spec/platform.yaml",
    run: async (system, options, files) => (await import("../commands/import.ts")).importFiles(system, options, files),
  },
  explain: {
    operands: "WORD",
    options: [],
    summary: "explain a diagnostic code, a nix.conf setting, a package or a key of the spec",
    example: "flakewright explain max-jobs",
    run: async (system, options, [word = ""]) => (await import("../commands/explain.ts")).explain(system, options, word),
  },
  index: {
    operands: "[SPEC]",
    options: ["out", "nixpkgs"],
    summary: "collect the package facts of the spec's nixpkgs, with Nix",
    example: "flakewright index",
    run: async (system, options, _operands, terminal) =>
      (await import("../commands/index-packages.ts")).index(system, options, terminal),
  },
  add: {
    operands: "TOOL…",
    options: ["group", "from", "tool-version"],
    summary: "add tools to a group of the spec; comments and layout stay",
    example: "flakewright add kubectl --group k8s",
    run: async (system, options, tools) => (await import("../commands/add.ts")).add(system, options, tools),
  },
  remove: {
    operands: "TOOL…",
    options: ["group"],
    summary: "remove tools from the spec; comments and layout stay",
    example: "flakewright remove kubectl",
    run: async (system, options, tools) => (await import("../commands/remove.ts")).remove(system, options, tools),
  },
  search: {
    operands: "WORD",
    argument: "what to look for: a name, a program or what people call it",
    options: ["out"],
    summary: "find packages by name, by program and by what people call them",
    example: 'flakewright search "azure login"',
    run: async (system, options, [word = ""]) => (await import("../commands/search.ts")).search(system, options, word),
  },
  upgrade: {
    operands: "[RELEASE]",
    options: [],
    summary: "move the spec's nixpkgs to another release",
    example: "flakewright upgrade 26.05",
    run: async (system, options, [release]) => (await import("../commands/upgrade.ts")).upgrade(system, options, release),
  },
  outdated: {
    operands: "[SPEC]",
    options: ["out"],
    summary: "list what is older than flakewright knows: nixpkgs, inputs, pinned tools; offline",
    example: "flakewright outdated",
    run: async (system, options) => (await import("../commands/outdated.ts")).outdated(system, options),
  },
  adopt: {
    operands: "[SPEC]",
    options: ["out"],
    summary: "take what a bot moved in the output's flake.nix into the spec; comments and layout stay",
    example: "flakewright adopt && flakewright generate",
    run: async (system, options) => (await import("../commands/adopt.ts")).adopt(system, options),
  },
  pin: {
    operands: "[TOOL…]",
    options: ["index", "dry-run"],
    summary: "find the versions that tools of the spec ask for, and write the pins file beside it",
    example: "flakewright pin kubectl",
    run: async (system, options, tools) => (await import("../commands/pin.ts")).pin(system, options, tools),
  },
  show: {
    operands: "[PATH]",
    options: ["defaults"],
    summary: "print the spec with what it includes, each line with the file that it is from",
    example: "flakewright show groups.k8s",
    run: async (system, options, [path]) => (await import("../commands/show.ts")).show(system, options, path),
  },
  doctor: {
    operands: "[SPEC]",
    options: ["out", "root"],
    summary: "compare this machine with the spec and name the fixes",
    example: "flakewright doctor",
    run: async (system, options) => (await import("../commands/doctor.ts")).doctor(system, options),
  },
  lsp: {
    operands: "",
    options: [],
    summary: "run the language server for editors, on stdio",
    example: "flakewright lsp",
    run: async (system, options, _operands, terminal) => (await import("../commands/lsp.ts")).lsp(system, options, terminal),
  },
  schema: {
    operands: "",
    options: [],
    summary: "print the JSON Schema of a spec, for editors",
    example: "flakewright schema > spec/flakewright.schema.json",
    run: async () => ({ ...printed((await import("../commands/schema.ts")).printedSchema()), isMasked: true }),
  },
  completion: {
    operands: "SHELL",
    options: [],
    summary: "print a completion script for bash, zsh or fish",
    example: "source <(flakewright completion bash)",
    words: () => SHELLS,
    run: async (_system, _options, [shell]) => {
      const { explainableWords } = await import("../commands/explain/meanings.ts");
      const commands: Record<string, CommandSpec> = { ...COMMANDS };
      if (commands["explain"]) commands["explain"] = { ...commands["explain"], words: explainableWords };
      return printed(completionScript(shell as (typeof SHELLS)[number], commands));
    },
  },
};
