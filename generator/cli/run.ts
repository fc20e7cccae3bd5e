import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Options, Outcome } from "../commands/outcome.ts";
import { nodeSystem } from "../system/node-system.ts";
import type { System } from "../system/system.ts";
import { readArguments, usage, usageProblem } from "./arguments.ts";
import type { Command } from "./commands.ts";
import { COMMANDS } from "./commands.ts";
import { formatter, print, terminal } from "./print.ts";

async function main(argv: readonly string[], home: string): Promise<number> {
  const read = readArguments(argv);
  if (typeof read === "string") return wrongUsage(read);
  const { values, positionals } = read;
  const system = nodeSystem(process.cwd(), process.env);
  if (values.version) {
    process.stdout.write(`${await version(system, home)}\n`);
    return 0;
  }
  const [name, ...operands] = positionals;
  if (values.help || name === undefined || name === "help") {
    (values.help || name ? process.stdout : process.stderr).write(usage(COMMANDS));
    return values.help || name ? 0 : 2;
  }
  const problem = usageProblem(COMMANDS, name, operands, values);
  if (problem !== undefined) return wrongUsage(problem);
  const command = COMMANDS[name] as Command;
  const options: Options = {
    spec: (command.operands === "[SPEC]" ? operands[0] : undefined) ?? "spec/platform.yaml",
    out: values.out ?? "out",
    force: values.force ?? false,
    dryRun: values["dry-run"] ?? false,
    strict: values.strict ?? false,
    nixpkgs: values.nixpkgs,
    root: values.root,
    knowledge: join(home, "knowledge"),
  };
  const format = values.format ?? "text";
  const formatted = await formatter(format, () => version(system, home));
  const show = (outcome: Outcome, jsonIndent = 0) =>
    print(outcome, { format, formatted, quiet: values.quiet ?? false, colour: !values["no-color"], jsonIndent });
  const outcome = await command.run(system, options, operands, terminal(show));
  show(outcome, 2);
  return outcome.status;
}

const version = async (system: System, home: string): Promise<string> =>
  JSON.parse((await system.readFile(join(home, "../package.json")))?.toString() ?? "{}").version ?? "";

function wrongUsage(message: string): number {
  process.stderr.write(`flakewright: ${message}\nRun \`flakewright --help\` for the commands and their options.\n`);
  return 2;
}

/**
 * Runs the command line of this process and sets its exit status.
 *
 * @param home The folder of main.ts or of the bundle. It contains `knowledge/`; package.json is one level up.
 */
export async function run(home: URL): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2), fileURLToPath(home));
  } catch (error) {
    // An I/O or environment error, such as a full disk: nothing that a stack trace would explain to a user.
    process.stderr.write(`flakewright: ${error instanceof Error ? error.message : String(error)}\n`);
    if (process.env["FLAKEWRIGHT_DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = 3;
  }
}
