import { parseArgs } from "node:util";
import { nearestNames } from "../report/suggestions.ts";

/** The positional arguments of a command, as its usage line writes them. The kind decides what a shell completes. */
export type Operands = "" | "TOOL…" | "[RELEASE]" | "[SPEC]" | "[DIR]" | "[PATH]" | "[TOOL…]" | "FILE…" | "WORD" | "SHELL";

/** A command as usage, completion and argument checks need it. */
export interface CommandSpec {
  readonly operands: Operands;
  /** Its own options; the global ones are implied. */
  readonly options: readonly OptionName[];
  /** One line, for `--help` and completion. */
  readonly summary: string;
  /** What its argument means, where the kind of argument does not say it. */
  readonly argument?: string;
  /** Completions of a WORD or SHELL operand. */
  readonly words?: () => readonly string[];
  /** An example for the command's help. */
  readonly example: string;
}

interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly summary: string;
  /** Placeholder of a string option's value; `DIR` completes folders. */
  readonly value?: string;
  readonly words?: readonly string[];
  readonly short?: string;
  readonly global?: true;
}

/** All options. Every command takes the global ones. */
export const OPTIONS = {
  out: { type: "string", value: "DIR", summary: "the output folder (out)" },
  force: { type: "boolean", summary: "overwrite edited generated files" },
  "dry-run": { type: "boolean", summary: "list what would change, write nothing" },
  fix: { type: "boolean", summary: "apply the fixes that keep what you meant to the spec" },
  index: { type: "string", value: "INDEX", summary: "a folder or flake reference with an index of nixpkgs' history" },
  group: { type: "string", value: "GROUP", summary: "the group to edit" },
  from: { type: "string", value: "INPUT", summary: "the input to take the tool from" },
  // `--version` of a command that has it; run.ts tells it from the program's own.
  "tool-version": { type: "string", value: "VERSION", summary: "the version to ask for" },
  defaults: { type: "boolean", summary: "also print what is not written" },
  root: { type: "string", value: "DIR", summary: "examine the machine image mounted at DIR" },
  nixpkgs: { type: "string", value: "REF", summary: "a flake reference (the spec's nixpkgs)" },
  format: {
    type: "string",
    value: "FORMAT",
    words: ["text", "json", "github", "sarif"],
    summary: "format of diagnostics",
    global: true,
  },
  strict: { type: "boolean", summary: "treat warnings as errors", global: true },
  "no-color": { type: "boolean", summary: "no colours", global: true },
  quiet: { type: "boolean", summary: "print only results and diagnostics", global: true },
  help: { type: "boolean", short: "h", summary: "print this help", global: true },
  version: { type: "boolean", summary: "print the version", global: true },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;

export const optionSpecs = Object.entries(OPTIONS) as [OptionName, OptionSpec][];

/** Help fits a terminal of this width. */
const WIDTH = 80;

/** A command's usage line: `generate [SPEC] [--out DIR] [--force]`, folded to the width. */
export function synopsis(name: string, { operands, options }: CommandSpec): string {
  const written = options.map((option) => {
    const { value }: OptionSpec = OPTIONS[option];
    return `[--${shownName(option)}${value ? ` ${value}` : ""}]`;
  });
  const start = `Usage: flakewright ${name}`;
  return folded(
    [operands, ...written].filter((word) => word !== ""),
    start,
    " ".repeat(start.length),
  );
}

/** An option as users write it. */
export const shownName = (option: string): string => (option === "tool-version" ? "version" : option);

/** Words on lines of at most {@link WIDTH} columns; the first line begins with `start`, the others with `indent`. */
function folded(words: readonly string[], start: string, indent: string): string {
  const lines = [start];
  for (const word of words) {
    const line = lines.at(-1) ?? "";
    if (line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(`${indent} ${word}`);
  }
  return lines.join("\n");
}

/** Rows of two columns, the second one folded. */
function table(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `${folded(right.split(" "), `  ${left.padEnd(width)} `, " ".repeat(width + 3))}\n`).join("");
}

/** The text of `--help`. */
export function usage(commands: Readonly<Record<string, CommandSpec>>): string {
  return `flakewright compiles one YAML file to a Nix flake, NixOS modules, and
configuration for machines without NixOS.

Usage: flakewright COMMAND [ARGUMENTS] [OPTIONS]

${table(Object.entries(commands).map(([name, { summary }]) => [name, summary]))}
The spec is spec/platform.yaml, the output folder out/, looked for in the
current folder and then upwards to the repository's root.
\`flakewright COMMAND --help\` explains a command's arguments and options.

Options of every command:
${table(optionRows(optionSpecs.filter(([, option]) => option.global)))}
Exit status: 0 success, 1 the spec has errors or check found drift,
2 wrong usage, 3 I/O or environment error.
`;
}

/** The text of `COMMAND --help`. */
export function commandUsage(name: string, command: CommandSpec): string {
  const { argument, own, global } = argumentRows(command);
  return `${folded(command.summary.split(" "), `flakewright ${name}:`, " ")}

${synopsis(name, command)}

${argument === undefined ? "" : `${table([argument])}\n`}${own.length > 0 ? `Options:\n${table(own)}\n` : ""}Options of every command:
${table(global)}
Example:
  ${command.example}
`;
}

/** A command's argument and options as users write them, each with its meaning. */
export function argumentRows(command: CommandSpec) {
  const [name, meaning] = ARGUMENTS[command.operands] ?? [];
  const argument = name === undefined ? undefined : ([name, command.argument ?? meaning ?? ""] as const);
  const own = optionRows(optionSpecs.filter(([option]) => command.options.includes(option)));
  const names = new Set(own.map(([option]) => option.split(" ")[0]));
  // `--version` of a command is its own.
  const global = optionRows(optionSpecs.filter(([name, option]) => option.global && !names.has(`--${name}`)));
  return { argument, own, global };
}

/** The meaning of each kind of argument, for the help of a command. */
const ARGUMENTS: Readonly<Partial<Record<Operands, readonly [string, string]>>> = {
  "[SPEC]": ["SPEC", "the spec; spec/platform.yaml unless given, `-` for standard input (then with --out)"],
  "[DIR]": ["DIR", "the folder; the current one unless given"],
  "[PATH]": ["PATH", "a place of the spec, such as groups.k8s, or a spec; all of spec/platform.yaml unless given"],
  "[TOOL…]": ["TOOL", "a tool with a version in the spec, or a spec; all tools of spec/platform.yaml unless given"],
  "FILE…": ["FILE", "a file to convert; its name says what it is"],
  "TOOL…": ["TOOL", "a tool, by its attribute path in nixpkgs"],
  "[RELEASE]": ["RELEASE", "a release of nixpkgs, such as 26.05; the newest unless given"],
  WORD: ["WORD", "a diagnostic code, a nix.conf setting, a package or a key of the spec"],
  SHELL: ["SHELL", "bash, zsh or fish"],
};

function optionRows(options: typeof optionSpecs): [string, string][] {
  return options.map(([name, { short, value, summary, words }]) => [
    `${short ? `-${short}, ` : ""}--${shownName(name)}${value ? ` ${value}` : ""}`,
    words ? `${summary}: ${words.join(", ")}` : summary,
  ]);
}

/** The options and operands of a command line, or a sentence on the first option that is unknown or lacks a proper value. */
export function readArguments(argv: readonly string[]) {
  // `add TOOL --version 1.29` asks for a version of the tool, `--version` alone for the program's.
  const args = argv[0] === "add" ? argv.map((word) => word.replace(/^--version(?==|$)/, "--tool-version")) : [...argv];
  const config = { args, allowPositionals: true, options: OPTIONS } as const;
  // Options are checked here first, so that users never see parseArgs' own messages.
  for (const token of parseArgs({ ...config, strict: false, tokens: true }).tokens) {
    const problem = token.kind === "option" ? optionProblem(token) : undefined;
    if (problem !== undefined) return problem;
  }
  return parseArgs(config);
}

interface OptionToken {
  readonly name: string;
  /** As written: `--out`, `-h`. */
  readonly rawName: string;
  readonly value: string | undefined;
  /** Whether the value follows `=`. */
  readonly inlineValue: boolean | undefined;
}

function optionProblem({ name, rawName, value, inlineValue }: OptionToken): string | undefined {
  const option: OptionSpec | undefined = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as OptionName] : undefined;
  if (!option) {
    const near = nearestNames(name, Object.keys(OPTIONS)).map((one) => `--${one}`);
    return `unknown option \`${rawName}\`${suggestion(near)}`;
  }
  if (option.type === "boolean") return value === undefined ? undefined : `${rawName} takes no value`;
  // `--out --force` is a forgotten value; a folder of that name can be given as `--out=--force`.
  if (!value || (!inlineValue && value.startsWith("-"))) return `${rawName} needs a value: ${rawName} ${option.value}`;
  return undefined;
}

/** Describes what is wrong with a command line; undefined when it is valid. */
export function usageProblem(
  commands: Readonly<Record<string, CommandSpec>>,
  name: string,
  operands: readonly string[],
  given: Readonly<Record<string, string | boolean | undefined>>,
): string | undefined {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    return `unknown command \`${name}\`${suggestion(nearestNames(name, Object.keys(commands)))}`;
  }
  for (const [option, spec] of optionSpecs) {
    const value = given[option];
    if (value === undefined) continue;
    if (!spec.global && !command.options.includes(option)) return `\`${name}\` has no option --${option}`;
    if (spec.words && !spec.words.includes(String(value))) return `invalid --${option} \`${value}\`: use ${either(spec.words)}`;
  }
  const [least, most] = command.operands === "" ? [0, 0] : command.operands.startsWith("[") ? [0, 1] : [1, 1];
  const word = command.operands.replace(/[[\]\u2026]/g, "");
  if (operands.length < least) return `\`${name}\` needs a ${word}`;
  if (operands.length > most && !command.operands.includes("…"))
    return most === 0
      ? `\`${name}\` takes no argument, but got \`${operands[0]}\``
      : `\`${name}\` takes one ${word}, but got ${operands.length}`;
  if (command.operands === "SHELL" && !command.words?.().includes(operands[0] ?? ""))
    return `unknown shell \`${operands[0]}\`: use ${either(command.words?.() ?? [])}`;
  return undefined;
}

const suggestion = (names: readonly string[]): string => (names.length > 0 ? `; did you mean ${either(names)}?` : "");

const either = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
