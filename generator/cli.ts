import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { BUILD } from "./build-id.ts";
import { type CommandSpec, OPTIONS, usage, usageProblem } from "./command-line.ts";
import { check, diff, generate, type Options, type Outcome, printed, type Terminal } from "./commands.ts";
import { completionScript, SHELLS } from "./completion.ts";
import { toJson, toText } from "./diagnostics.ts";
import { type Host, nodeHost } from "./host.ts";

interface Command extends CommandSpec {
  /** `operands` are as many as the command takes. */
  readonly run: (host: Host, options: Options, operands: readonly string[], terminal: Terminal) => Promise<Outcome>;
}

/** Every command; usage, completion and dispatch come from here. What is not always needed is loaded when it is asked for. */
const COMMANDS: Readonly<Record<string, Command>> = {
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
    run: async (host, options, _operands, terminal) => (await import("./watch.ts")).watch(host, options, terminal),
  },
  init: {
    operands: "[DIR]",
    options: [],
    summary: "a commented starter spec, its schema beside it",
    run: async (host, _options, [folder = "."]) => (await import("./init.ts")).init(host, folder),
  },
  import: {
    operands: "FILE…",
    options: [],
    summary: "nix.conf, devbox.json, .tool-versions, mise.toml, devenv.yaml as a spec",
    run: async (host, options, files) => (await import("./import.ts")).importFiles(host, options, files),
  },
  explain: {
    operands: "WORD",
    options: [],
    summary: "a diagnostic code, a nix.conf setting, a package or a key of the spec, explained",
    run: async (host, options, [word = ""]) => (await import("./explain.ts")).explain(host, options, word),
  },
  index: {
    operands: "[SPEC]",
    options: ["out", "nixpkgs"],
    summary: "with Nix: facts of the spec's own nixpkgs, used by check, generate and explain from then on",
    run: async (host, options, _operands, terminal) => (await import("./indexing.ts")).index(host, options, terminal),
  },
  doctor: {
    operands: "[SPEC]",
    options: ["out", "root"],
    summary: "this machine against the spec, each finding with the command that mends it",
    run: async (host, options) => (await import("./doctor.ts")).doctor(host, options),
  },
  schema: {
    operands: "",
    options: [],
    summary: "the JSON Schema of a spec, for editors",
    run: async () => printed((await import("./editor-schema.ts")).schemaText()),
  },
  completion: {
    operands: "SHELL",
    options: [],
    summary: "a completion script for bash, zsh or fish",
    words: () => SHELLS,
    run: async (_host, _options, [shell]) => {
      const { explainableWords } = await import("./explain.ts");
      const commands: Record<string, CommandSpec> = { ...COMMANDS };
      if (commands["explain"]) commands["explain"] = { ...commands["explain"], words: explainableWords };
      return printed(completionScript(shell as (typeof SHELLS)[number], commands));
    },
  },
};

const HOME = dirname(fileURLToPath(import.meta.url));

async function main(argv: readonly string[]): Promise<number> {
  let parsed: ReturnType<typeof readArguments>;
  try {
    parsed = readArguments(argv);
  } catch (error) {
    return wrongUsage(error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error));
  }
  const { values, positionals } = parsed;
  const host = nodeHost(process.cwd(), process.env);
  if (values.version) {
    process.stdout.write(`${await version(host)}\n`);
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
    knowledge: join(HOME, "knowledge"),
    build: BUILD,
  };
  const format = values.format ?? "text";
  const formatted = await formatter(format, host);
  const show = (outcome: Outcome, jsonIndent = 0) =>
    print(outcome, { format, formatted, quiet: values.quiet ?? false, colour: !values["no-color"], jsonIndent });
  // A run of a second earns back little of what V8 spends on optimising it: with 10,000 packages that was a quarter of the CPU time. Now
  // it begins to later, but for `watch`, which goes on. Said only here, for Node's own modules load slower after it. Newer V8 than Node
  // 20's has no such flag and says so, loudly; it has Maglev, which is cheaper.
  if (name !== "watch" && process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=2000000");
  const outcome = await command.run(host, options, operands, terminal(show));
  show(outcome, 2);
  return outcome.status;
}

function readArguments(argv: readonly string[]) {
  return parseArgs({ args: [...argv], allowPositionals: true, options: OPTIONS });
}

const version = async (host: Host): Promise<string> =>
  JSON.parse((await host.readFile(join(HOME, "../package.json")))?.toString() ?? "{}").version ?? "";

type Formatter = (report: Outcome["report"], jsonIndent: number) => string;

/** What writes a report's one text on stdout; undefined where the report is for people, on stderr. */
async function formatter(format: string, host: Host): Promise<Formatter | undefined> {
  if (format === "text") return undefined;
  if (format === "json") return toJson;
  const { toGithub, toSarif } = await import("./formats.ts");
  if (format === "github") return toGithub;
  const current = await version(host);
  return (report) => toSarif(report, current);
}

interface Printing {
  readonly format: string;
  readonly formatted: Formatter | undefined;
  readonly quiet: boolean;
  readonly colour: boolean;
  /** 0 for one of several objects, each on a line. */
  readonly jsonIndent: number;
}

function print(outcome: Outcome, { format, formatted, quiet, colour: mayColour, jsonIndent }: Printing): void {
  if (outcome.data !== undefined && format === "json")
    process.stdout.write(`${JSON.stringify(outcome.data, null, jsonIndent)}\n`);
  else if (outcome.isResult) process.stdout.write(outcome.output);
  else if (formatted) process.stdout.write(formatted(outcome.report, jsonIndent));
  else if (!quiet) process.stdout.write(outcome.output);
  if (!formatted) {
    const colour = mayColour && !process.env["NO_COLOR"] && process.stderr.isTTY === true;
    process.stderr.write(toText(outcome.report, colour));
  }
  if (!quiet || outcome.status >= 2) for (const note of outcome.notes) process.stderr.write(`flakewright: ${note}\n`);
}

function terminal(show: Terminal["show"]): Terminal {
  return {
    show,
    // Only who waits for it is asked to end; every other command dies of a signal as programs do.
    interruption() {
      const controller = new AbortController();
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => controller.abort());
      return controller.signal;
    },
    progress(done, total, what) {
      if (!process.stderr.isTTY) return;
      const width = 30;
      const filled = Math.round((done / total) * width);
      const bar = `${"█".repeat(filled)}${"░".repeat(width - filled)}`;
      process.stderr.write(`\r\u001b[K${bar} ${done}/${total} ${what}${done === total ? "\n" : ""}`);
    },
  };
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
