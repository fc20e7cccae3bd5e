import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { maskedOutcome, maskForms } from "../commands/masked-outcome.ts";
import type { Options, Outcome } from "../commands/outcome.ts";
import { isSpecPath } from "../knowledge/spec-file.ts";
import { ioErrorText } from "../report/io-error.ts";
import { visibleName, withoutCommands } from "../report/visible.ts";
import { nodeSystem } from "../system/node-system.ts";
import type { System } from "../system/system.ts";
import { commandUsage, readArguments, usage, usageProblem } from "./arguments.ts";
import type { Command } from "./commands.ts";
import { COMMANDS } from "./commands.ts";
import { withFolder, withOwnCommands } from "./own-commands.ts";
import { endWithReader, formatter, print, terminal } from "./print.ts";
import { findProject, pathFrom, referenceFrom } from "./project.ts";

async function main(argv: readonly string[], home: string): Promise<number> {
  const read = readArguments(argv);
  if (typeof read === "string") return wrongUsage(read);
  const { values, positionals } = read;
  const here = nodeSystem(process.cwd(), process.env);
  if (values.version) {
    process.stdout.write(`${await version(here, home)}\n`);
    return 0;
  }
  const [name, ...operands] = positionals;
  if (values.help || name === undefined || name === "help")
    return help(name === "help" ? operands[0] : name, values.help || name);
  const problem = usageProblem(COMMANDS, name, operands, values);
  if (problem !== undefined) return wrongUsage(problem);
  const command = COMMANDS[name] as Command;
  const named = command.operands === "[SPEC]" ? operands[0] : NAMES_SPEC.has(name) ? operands.find(isSpecPath) : undefined;
  const given = { spec: named, out: values.out };
  const { folder, spec, out } = await findProject(here, named, values.out);
  const fromFolder = (path: string) => pathFrom(here, folder, path);
  if (spec === "-") {
    const problem = standardInputProblem(name, values.out, values.fix);
    if (problem !== undefined) return wrongUsage(problem);
  }
  const system = folder === here.cwd ? here : nodeSystem(folder, process.env);
  const ownVersion = await version(system, home);
  const options: Options = {
    spec,
    out,
    force: values.force ?? false,
    dryRun: values["dry-run"] ?? false,
    group: values.group,
    from: values.from,
    toolVersion: values["tool-version"],
    fix: values.fix ?? false,
    strict: values.strict ?? false,
    nixpkgs: values.nixpkgs,
    root: values.root && fromFolder(values.root),
    index: values.index && (await referenceFrom(here, folder, values.index)),
    defaults: values.defaults ?? false,
    version: ownVersion,
    knowledge: join(home, "knowledge"),
  };
  const format = values.format ?? "text";
  const formatted = await formatter(format, async () => ownVersion);
  const show = (outcome: Outcome, jsonIndent = 0) =>
    print(maskedOutcome(withFolder(withOwnCommands(outcome, given, COMMANDS, takesSpec), folder, here.cwd)), {
      format,
      formatted,
      quiet: values.quiet ?? false,
      colour: !values["no-color"],
      jsonIndent,
    });
  const outcome = await command.run(system, options, pathsFrom(command, operands, fromFolder), terminal(show));
  show(outcome, 2);
  return outcome.status;
}

/** Commands whose operands are words of the spec, or the path of a spec in place of the usual one. */
const NAMES_SPEC: ReadonlySet<string> = new Set(["pin", "show"]);
const takesSpec = (name: string): boolean => COMMANDS[name]?.operands === "[SPEC]" || NAMES_SPEC.has(name);

/** The operands with their paths as they are from the project's folder. */
function pathsFrom(
  { operands: kind }: Command,
  operands: readonly string[],
  fromFolder: (path: string) => string,
): readonly string[] {
  if (kind === "[DIR]") return [fromFolder(operands[0] ?? ".")];
  return kind === "FILE…" ? operands.map(fromFolder) : operands;
}

/** Describes what a command can't do with a spec on standard input; undefined when it can run. */
function standardInputProblem(name: string, out: string | undefined, fix: boolean | undefined): string | undefined {
  if (name === "watch") return "`watch` needs a file: it can't watch standard input";
  if (fix) return "--fix needs a file: it can't change standard input";
  return out === undefined ? "a spec on standard input needs --out DIR" : undefined;
}

/** Prints the help of a command, or the general help. An unknown command is wrong usage. */
function help(name: string | undefined, isAsked: unknown): number {
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (name !== undefined && name !== "help" && !command) return wrongUsage(usageProblem(COMMANDS, name, [], {}) ?? "");
  const text = command && name !== undefined ? commandUsage(name, command) : usage(COMMANDS);
  (isAsked ? process.stdout : process.stderr).write(text);
  return isAsked ? 0 : 2;
}

const version = async (system: System, home: string): Promise<string> =>
  JSON.parse((await system.readFile(join(home, "../package.json")))?.toString() ?? "{}").version ?? "";

/** A sentence that may quote an argument or the name of a file. */
const ownText = (text: string): string => withoutCommands(visibleName(maskForms(text)));

function wrongUsage(message: string): number {
  process.stderr.write(`flakewright: ${ownText(message)}\nRun \`flakewright --help\` for the commands and their options.\n`);
  return 2;
}

/**
 * Runs the command line of this process and sets its exit status.
 *
 * @param home The folder of main.ts or of the bundle. It contains `knowledge/`; package.json is one level up.
 */
export async function run(home: URL): Promise<void> {
  endWithReader();
  try {
    process.exitCode = await main(process.argv.slice(2), fileURLToPath(home));
  } catch (error) {
    // An I/O or environment error, such as a full disk: nothing that a stack trace would explain to a user.
    process.stderr.write(`flakewright: ${ownText(ioErrorText(error))}\n`);
    if (process.env["FLAKEWRIGHT_DEBUG"] && error instanceof Error) process.stderr.write(`${maskForms(error.stack ?? "")}\n`);
    process.exitCode = 3;
  }
}
