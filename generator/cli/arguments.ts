import { nearestNames } from "../report/suggestions.ts";

/** What stands behind a command's options on its line; the words say what an editor of command lines can complete there. */
export type Operands = "" | "[SPEC]" | "[DIR]" | "FILE…" | "WORD" | "SHELL";

/** A command as usage, completion and dispatch see it. */
export interface CommandSpec {
  readonly operands: Operands;
  /** Options beside the global ones. */
  readonly options: readonly OptionName[];
  /** One line, in the imperative mood or as a noun. */
  readonly summary: string;
  /** Words that complete where the operand is WORD or SHELL. */
  readonly words?: () => readonly string[];
}

interface OptionSpec {
  readonly type: "string" | "boolean";
  readonly summary: string;
  /** The name of a string option's value; `DIR` completes folders. */
  readonly value?: string;
  readonly words?: readonly string[];
  readonly short?: string;
  readonly global?: true;
}

/** Every option. The global ones go with each command. */
export const OPTIONS = {
  out: { type: "string", value: "DIR", summary: "the output folder (out)" },
  force: { type: "boolean", summary: "overwrite generated files that were edited" },
  "dry-run": { type: "boolean", summary: "say what would change and change nothing" },
  root: { type: "string", value: "DIR", summary: "examine the machine whose root folder is DIR (an image)" },
  nixpkgs: { type: "string", value: "REF", summary: "a flake reference (the spec's nixpkgs)" },
  format: {
    type: "string",
    value: "FORMAT",
    words: ["text", "json", "github", "sarif"],
    summary: "how diagnostics are written",
    global: true,
  },
  strict: { type: "boolean", summary: "warnings fail", global: true },
  "no-color": { type: "boolean", summary: "no colours", global: true },
  quiet: { type: "boolean", summary: "only results and diagnostics", global: true },
  help: { type: "boolean", short: "h", summary: "this text", global: true },
  version: { type: "boolean", summary: "the version", global: true },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;

export const optionSpecs = Object.entries(OPTIONS) as [OptionName, OptionSpec][];

/** How a command is called: `generate [SPEC] [--out DIR] [--force]`. */
function synopsis(name: string, { operands, options }: CommandSpec): string {
  const written = options.map((option) => {
    const { value }: OptionSpec = OPTIONS[option];
    return `[--${option}${value ? ` ${value}` : ""}]`;
  });
  return [name, operands, ...written].filter((word) => word !== "").join(" ");
}

/** The text of `--help`. */
export function usage(commands: Readonly<Record<string, CommandSpec>>): string {
  const rows = Object.entries(commands).map(([name, command]): [string, string] => [synopsis(name, command), command.summary]);
  const width = Math.max(...rows.map(([left]) => left.length));
  const lines = rows.map(([left, right]) => `  flakewright ${left.padEnd(width)}  ${right}\n`).join("");
  return `flakewright: one YAML file -> a Nix flake, NixOS modules and everything a machine without NixOS needs

${lines}
SPEC is spec/platform.yaml and DIR is out/ unless given. Everywhere: --format ${OPTIONS.format.words.join("|")}, --strict (warnings
fail), --no-color, --quiet, --help, --version.
Exit status: 0 done, 1 the spec has errors or check found drift, 2 wrong usage, 3 the machine failed us.
`;
}

/** What is wrong with a command line, as a sentence; undefined when nothing is. */
export function usageProblem(
  commands: Readonly<Record<string, CommandSpec>>,
  name: string,
  operands: readonly string[],
  given: Readonly<Record<string, string | boolean | undefined>>,
): string | undefined {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    const near = nearestNames(name, Object.keys(commands));
    return `there is no command ${name}${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`;
  }
  for (const [option, spec] of optionSpecs) {
    const value = given[option];
    if (value === undefined) continue;
    if (!spec.global && !command.options.includes(option)) return `${name} has no --${option}`;
    if (spec.words && !spec.words.includes(String(value))) return `--${option} is ${either(spec.words)}, not ${value}`;
  }
  const [least, most] = command.operands === "" ? [0, 0] : command.operands.startsWith("[") ? [0, 1] : [1, 1];
  const word = command.operands.replace(/[[\]…]/g, "");
  if (operands.length < least) return `${name} needs a ${word}`;
  if (operands.length > most && !command.operands.endsWith("…"))
    return most === 0 ? `${name} takes nothing, not ${operands[0]}` : `${name} takes one ${word}, not ${operands.length}`;
  if (command.operands === "SHELL" && !command.words?.().includes(operands[0] ?? ""))
    return `${name} is for ${either(command.words?.() ?? [])}, not ${operands[0]}`;
  return undefined;
}

const either = (words: readonly string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
