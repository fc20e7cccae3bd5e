import { check } from "../commands/check.ts";
import { diff } from "../commands/diff.ts";
import { generate } from "../commands/generate.ts";
import { type Options, type Outcome, printed, type Terminal } from "../commands/outcome.ts";
import type { System } from "../system/system.ts";
import type { CommandSpec } from "./arguments.ts";
import { completionScript, SHELLS } from "./completion.ts";

export interface Command extends CommandSpec {
  /** `operands` are as many as the command takes. */
  readonly run: (system: System, options: Options, operands: readonly string[], terminal: Terminal) => Promise<Outcome>;
}

/** Every command; usage, completion and dispatch come from here. What is not always needed is loaded when it is asked for. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  generate: {
    operands: "[SPEC]",
    options: ["out", "force", "dry-run"],
    summary: "compile and write",
    run: generate,
  },
  check: {
    operands: "[SPEC]",
    options: ["out"],
    summary: "the same without writing; fails on errors and drift",
    run: check,
  },
  diff: {
    operands: "[SPEC]",
    options: ["out"],
    summary: "a unified diff of what generate would change",
    run: diff,
  },
  watch: {
    operands: "[SPEC]",
    options: ["out"],
    summary: "regenerate at every save; a broken spec is reported and the last good output stays",
    run: async (system, options, _operands, terminal) => (await import("../commands/watch.ts")).watch(system, options, terminal),
  },
  init: {
    operands: "[DIR]",
    options: [],
    summary: "a commented starter spec, its schema beside it",
    run: async (system, _options, [folder = "."]) => (await import("../commands/init.ts")).init(system, folder),
  },
  import: {
    operands: "FILE…",
    options: [],
    summary: "nix.conf, devbox.json, .tool-versions, mise.toml, devenv.yaml as a spec",
    run: async (system, options, files) => (await import("../commands/import.ts")).importFiles(system, options, files),
  },
  explain: {
    operands: "WORD",
    options: [],
    summary: "a diagnostic code, a nix.conf setting, a package or a key of the spec, explained",
    run: async (system, options, [word = ""]) => (await import("../commands/explain.ts")).explain(system, options, word),
  },
  index: {
    operands: "[SPEC]",
    options: ["out", "nixpkgs"],
    summary: "with Nix: facts of the spec's own nixpkgs, used by check, generate and explain from then on",
    run: async (system, options, _operands, terminal) =>
      (await import("../commands/index-packages.ts")).index(system, options, terminal),
  },
  doctor: {
    operands: "[SPEC]",
    options: ["out", "root"],
    summary: "this machine against the spec, each finding with the command that mends it",
    run: async (system, options) => (await import("../commands/doctor.ts")).doctor(system, options),
  },
  schema: {
    operands: "",
    options: [],
    summary: "the JSON Schema of a spec, for editors",
    run: async () => printed((await import("../commands/schema.ts")).printedSchema()),
  },
  completion: {
    operands: "SHELL",
    options: [],
    summary: "a completion script for bash, zsh or fish",
    words: () => SHELLS,
    run: async (_system, _options, [shell]) => {
      const { explainableWords } = await import("../commands/explain.ts");
      const commands: Record<string, CommandSpec> = { ...COMMANDS };
      if (commands["explain"]) commands["explain"] = { ...commands["explain"], words: explainableWords };
      return printed(completionScript(shell as (typeof SHELLS)[number], commands));
    },
  },
};
