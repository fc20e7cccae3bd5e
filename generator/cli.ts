#!/usr/bin/env node
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { check, diff, generate, type Options, type Outcome } from "./commands.ts";
import { toJson, toText } from "./diagnostics.ts";
import { nodeHost } from "./host.ts";
import { nearestNames } from "./nearest.ts";
import { specSchema } from "./schema.ts";

const USAGE = `flakewright: one YAML file -> a Nix flake, NixOS modules and everything a machine without NixOS needs

  flakewright generate [SPEC] [--out DIR] [--force] [--dry-run]   compile and write
  flakewright check [SPEC] [--out DIR]                            the same without writing; fails on errors and drift
  flakewright diff [SPEC] [--out DIR]                             a unified diff of what generate would change
  flakewright schema                                              the JSON Schema of a spec

SPEC is spec/platform.yaml and DIR is out/ unless given. Everywhere: --format text|json, --strict (warnings fail),
--no-color, --quiet, --help, --version.
Exit status: 0 done, 1 the spec has errors or check found drift, 2 wrong usage, 3 the machine failed us.
`;

const HOME = dirname(fileURLToPath(import.meta.url));
const COMMANDS = { generate, check, diff } as const;

async function main(argv: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof readArguments>;
  try {
    parsed = readArguments(argv);
  } catch (error) {
    return wrongUsage(error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error));
  }
  const { values, positionals } = parsed;
  if (values.version) {
    const host = nodeHost(process.cwd(), process.env);
    process.stdout.write(`${JSON.parse((await host.readFile(join(HOME, "../package.json")))?.toString() ?? "{}").version}\n`);
    return 0;
  }
  const [command, ...rest] = positionals;
  if (values.help || command === undefined || command === "help") {
    (values.help || command ? process.stdout : process.stderr).write(USAGE);
    return values.help || command ? 0 : 2;
  }
  if (command === "schema") {
    process.stdout.write(`${JSON.stringify(specSchema, null, 2)}\n`);
    return 0;
  }
  if (!(command in COMMANDS)) {
    const near = nearestNames(command, [...Object.keys(COMMANDS), "schema"]);
    return wrongUsage(`there is no command ${command}${near.length > 0 ? `; did you mean ${near.join(", ")}?` : ""}`);
  }
  if (!["text", "json"].includes(values.format)) return wrongUsage(`--format is text or json, not ${values.format}`);
  if (rest.length > 1) return wrongUsage(`${command} takes one spec, not ${rest.length}`);
  const options: Options = {
    spec: rest[0] ?? "spec/platform.yaml",
    out: values.out,
    force: values.force,
    dryRun: values["dry-run"],
    strict: values.strict,
    knowledge: join(HOME, "knowledge"),
  };
  const outcome = await COMMANDS[command as keyof typeof COMMANDS](nodeHost(process.cwd(), process.env), options);
  print(outcome, values.format, values.quiet, !values["no-color"]);
  return outcome.status;
}

function readArguments(argv: readonly string[]) {
  return parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      out: { type: "string", default: "out" },
      force: { type: "boolean", default: false },
      "dry-run": { type: "boolean", default: false },
      format: { type: "string", default: "text" },
      strict: { type: "boolean", default: false },
      "no-color": { type: "boolean", default: false },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false, short: "h" },
      version: { type: "boolean", default: false },
    },
  });
}

function print(outcome: Outcome, format: string, quiet: boolean, mayColour: boolean): void {
  if (format === "json") process.stdout.write(toJson(outcome.report));
  else {
    if (!quiet) process.stdout.write(outcome.output);
    const colour = mayColour && !process.env["NO_COLOR"] && process.stderr.isTTY === true;
    process.stderr.write(toText(outcome.report, colour));
  }
  if (!quiet || outcome.status >= 2) for (const note of outcome.notes) process.stderr.write(`flakewright: ${note}\n`);
}

function wrongUsage(message: string): number {
  process.stderr.write(`flakewright: ${message}\nflakewright --help lists the commands\n`);
  return 2;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // The disk, its permissions, a signal: no mistake of the spec, and a stack trace would help nobody.
  process.stderr.write(`flakewright: ${error instanceof Error ? error.message : String(error)}\n`);
  if (process.env["FLAKEWRIGHT_DEBUG"] && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  process.exitCode = 3;
}
