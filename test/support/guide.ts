import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { CLI } from "./cli.ts";
import { repository } from "./spec.ts";
import { tempFolder } from "./temp.ts";

/* Pages of the documentation as a reader follows them: files are written, commands are typed, and what the page shows is compared. */

/** The languages of blocks that are typed into a terminal. */
export const COMMAND_LANGUAGES: readonly string[] = ["console", "bash", "sh", "shell", "zsh", "fish", "powershell"];

/** The code of a page's blocks of one language. */
export const blocksOf = (page: string, language: string): string[] =>
  allBlocksOf(page).flatMap((block) => (block.language === language ? [block.code] : []));

/** A page's text; `page` is a path below docs/. */
export const pageText = (page: string): string => readFileSync(join(repository, "docs", page), "utf8");

/** All blocks of a page, in order, also those that are indented in a list. */
export function allBlocksOf(page: string): { readonly language: string; readonly code: string }[] {
  return [...pageText(page).matchAll(/^( *)```(\w*)[^\n]*\n(.*?)^\1```/gms)].map(([, indent = "", language = "", code = ""]) => ({
    language,
    code: code.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
  }));
}

/** A program in place of the one that a page names: lines of bash with its arguments in "$@". */
export type Programs = Readonly<Record<string, string>>;

/** `flakewright` as the tests run it; `extra` may change its arguments. */
export const flakewrightProgram = (extra = ""): string =>
  `${extra}\nexec ${[process.execPath, ...CLI].map((word) => `'${word}'`).join(" ")} "$@"`;

/** A command that a reader types, and the lines that the page shows below it. */
export interface Command {
  readonly line: string;
  readonly shown: readonly string[];
}

/**
 * The commands of a block. In a `console` block they stand behind `$ ` and what they print below them; in any other each line is one,
 * except comments. A backslash at the end of a line continues a command.
 */
export function commandsOf({ language, code }: { readonly language: string; readonly code: string }): Command[] {
  const commands: { line: string; shown: string[] }[] = [];
  let isOpen = false;
  for (const line of code.trimEnd().split("\n")) {
    const last = commands.at(-1);
    const typed = language === "console" ? /^\$ (.*)$/.exec(line)?.[1] : /^\s*(#|$)/.test(line) ? undefined : line;
    if (isOpen && last) last.line += `\n${line}`;
    else if (typed !== undefined) commands.push({ line: typed, shown: [] });
    else if (language === "console") last?.shown.push(line);
    isOpen = line.endsWith("\\") && (isOpen || typed !== undefined);
  }
  return commands;
}

/** What a reader of a page does next. */
export type Step =
  /** Types the commands of a block. */
  | { readonly commands: readonly Command[] }
  /** Writes the text of a block to a file. */
  | { readonly file: string; readonly text: string }
  /** Puts the keys of a block into the spec. */
  | { readonly keys: string };

const FIRST_LINE = /^# (add to )?((?:[\w-]+\/)*[\w.-]*\.?\w+)(?:: [^\n]*)?\n/;

/**
 * The steps of a page, in order. A block that is a file says so in its first line: `# spec/platform.yaml`. One that begins with
 * `# add to spec/platform.yaml` is a part of that file.
 *
 * @param files The paths of blocks without such a line, by language.
 */
export const stepsOf = (page: string, files: Readonly<Record<string, string>> = {}): Step[] =>
  allBlocksOf(page).flatMap((block): Step[] => {
    const { language, code } = block;
    if (COMMAND_LANGUAGES.includes(language)) return [{ commands: commandsOf(block) }];
    const [, isPart, named] = FIRST_LINE.exec(code) ?? [];
    if (isPart) return [{ keys: code }];
    const file = named !== undefined && /[./]/.test(named) ? named : files[language];
    return file === undefined ? [] : [{ file, text: code }];
  });

/** A spec with the keys of a text, each in the place of its own of the same name. */
function withKeys(spec: string, text: string): string {
  const names = [...text.matchAll(/^([\w-]+):/gm)].map(([, name]) => name);
  const isReplaced = (block: string) => names.some((name) => block.startsWith(`${name}:`));
  const blocks = spec.split(/^(?=[\w-]+:)/m).filter((block) => !isReplaced(block));
  return `${blocks.join("").trimEnd()}\n${text}`;
}

/** A reader's terminal. The folder and the variables that a command sets stay for the next one. */
export class Terminal {
  readonly #state = join(tempFolder(), "state");
  readonly #bin = tempFolder();
  readonly #env: NodeJS.ProcessEnv;
  readonly #within: readonly string[];
  #folder = "";

  /**
   * @param folder Where it begins.
   * @param base The environment below `env`: by default the test's own.
   * @param within A command that runs its arguments, such as one that enters a namespace.
   */
  constructor(
    folder: string,
    programs: Programs,
    env: NodeJS.ProcessEnv,
    base: NodeJS.ProcessEnv = process.env,
    within: readonly string[] = [],
  ) {
    this.#env = { ...base, ...env, PATH: `${this.#bin}:${base["PATH"]}` };
    this.#within = within;
    for (const [name, lines] of Object.entries(programs)) {
      writeFileSync(join(this.#bin, name), `#!/bin/bash\n${lines}\n`);
      chmodSync(join(this.#bin, name), 0o755);
    }
    this.move(folder);
  }

  /** The folder in which the next command runs, and in which files of a page are written. */
  get cwd(): string {
    return this.run("pwd").said.trim();
  }

  /** Goes to another folder, as if on another machine. */
  move(folder: string): void {
    this.#folder = folder;
    writeFileSync(this.#state, `cd '${folder}'\n`);
  }

  /** Runs one command; returns its exit status, and what it printed, as on a screen. */
  run(line: string): { readonly status: number | null; readonly said: string } {
    const script = `exec 2>&1
trap '{ declare -px; printf "cd %q\\n" "$PWD"; } >"$0"' EXIT
. "$0" 2>/dev/null
${line}`;
    const [program = "", ...args] = [...this.#within, "bash", "-c", script, this.#state];
    const { status, stdout, error } = spawnSync(program, args, {
      cwd: this.#folder,
      env: this.#env,
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (error) throw error;
    return { status, said: stdout };
  }

  /** Runs a command and compares what it prints. It fails where the page shows an error, and else succeeds. */
  type({ line, shown }: Command): void {
    const { status, said } = this.run(line);
    const fails = shown.some((text) => /^error|: error| error [a-z-]+$/.test(text));
    assert.is(status !== 0, fails, `${line}: exit status ${status}\n${said}`);
    compare(line, shown, said);
  }

  /** Does one step of a page. Returns the number of commands that were run. */
  follow(step: Step, isRun: (line: string) => boolean = () => true): number {
    if ("commands" in step) {
      const run = step.commands.filter(({ line }) => isRun(line));
      for (const command of run) this.type(command);
      return run.length;
    }
    const file = "keys" in step ? "spec/platform.yaml" : step.file;
    const path = join(this.cwd, file);
    mkdirSync(dirname(path), { recursive: true });
    if ("text" in step) writeFileSync(path, step.text);
    else writeFileSync(path, withKeys(existsSync(path) ? readFileSync(path, "utf8") : "", step.keys));
    return 0;
  }
}

/** Compares lines that a page shows with what a command printed: `…` alone stands for any lines, within a line for any text. */
function compare(command: string, shown: readonly string[], said: string): void {
  if (shown.length === 0) return;
  const lines = said.trimEnd().split("\n");
  const matches = (pattern: string, line: string) =>
    new RegExp(`^${pattern.split("…").map(quoted).join(".*")}$`, "s").test(line.trimEnd());
  let at = 0;
  let isAnywhere = false;
  for (const pattern of shown) {
    if (pattern === "…") {
      isAnywhere = true;
      continue;
    }
    const found = lines.findIndex((line, index) => index >= at && matches(pattern.trimEnd(), line));
    assert.ok(isAnywhere ? found !== -1 : found === at, `${command} does not print "${pattern}" there:\n${said}`);
    at = found + 1;
    isAnywhere = false;
  }
  assert.ok(isAnywhere || at === lines.length, `${command} prints more than the page shows:\n${said}`);
}

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** Runs the commands of a `console` block in a new terminal, and compares what they print. */
export function runConsole(code: string, folder: string, programs: Programs, env: NodeJS.ProcessEnv): void {
  const terminal = new Terminal(folder, programs, env);
  for (const command of commandsOf({ language: "console", code })) terminal.type(command);
}
