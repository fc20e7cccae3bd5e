import type { BashCheck, BashFault } from "../lint/bash-code.ts";
import type { System } from "../system/system.ts";

/** What an earlier run learned of each text. */
export type KnownBash = Map<string, BashFault | undefined>;

/** The longest argument of a program on Linux is 128 KiB (MAX_ARG_STRLEN of execve(2)): longer code has been reported by then. */
const LONGEST = 128 * 1024 - 1;

/** The most bytes of code for one bash: macOS takes 1 MiB of arguments and variables. */
const MOST_BYTES = 256 * 1024;

/** How many faults bash explains, with two processes for each; nobody corrects more at a time. */
const MOST_EXPLAINED = 50;

/**
 * Reads each argument as code, and prints the numbers of those that bash complains about. After `set -n`, the rest of the text is parsed
 * and not run: in a subshell, since there is no way back from it. A process for each text would take minutes for a large spec.
 */
const READ_ALL = 'n=0\nfor code; do\nfound=$(eval "set -n\n$code" 2>&1) && [[ ! $found ]] || echo "$n"\nn=$((n + 1))\ndone';

// BASH_ENV would be run before.
const ENV = { BASH_ENV: "", ENV: "", LC_ALL: "C" };

/** Commands of plain words, one a line: bash reads any such text, so it is not asked. */
const LINE = line();

function line(): RegExp {
  const variable = String.raw`\$(?:[A-Za-z_]\w*|\{[A-Za-z_]\w*(?::?[-+=?][\w./~:-]*)?\})`;
  const word = String.raw`(?:[\w./:=,@%+~-]|${variable}|'[^'\n]*'|"(?:[^"\\$\x60\n]|${variable})*")+`;
  return new RegExp(String.raw`^[ \t]*(?:#(?!!).*|${word}(?:[ \t]+${word})*[ \t]*)?$`);
}

const KEYWORD = /^[ \t]*(?:case|coproc|do|done|elif|else|esac|fi|for|function|if|in|select|then|time|until|while)(?![^ \t])/;

/** Whether bash can read the text, as one sees without it. */
const isPlain = (code: string): boolean => code.split("\n").every((one) => LINE.test(one) && !KEYWORD.test(one));

/** Asks bash about each text that is not known yet, without running it. Where there is no bash, or one that is too old, nothing is known. */
export async function checkBash(system: System, codes: readonly string[], known: KnownBash): Promise<BashCheck> {
  const unknown = [...new Set(codes)].filter((code) => !known.has(code) && Buffer.byteLength(code) <= LONGEST);
  const asked: string[] = [];
  for (const code of unknown) {
    const interpreter = /^#![ \t]*(\S+(?:[ \t]+\S+)?)/.exec(code)?.[1];
    if (isPlain(code)) known.set(code, undefined);
    else if (interpreter && !/\bbash$/.test(interpreter))
      known.set(code, { line: 1, message: `the first line names ${interpreter}, but it runs in bash` });
    else if (endsInBackslash(code))
      known.set(code, {
        line: code.split("\n").length,
        message: "the last line ends with a backslash, which joins it with what follows",
      });
    else {
      known.set(code, undefined);
      asked.push(code);
    }
  }
  const faulty = await faultyCodes(system, asked);
  // The shells have bash 5. macOS' own bash 3.2 does not know all of its syntax.
  if (faulty.length > 0 && !(await isModern(system))) return (code) => known.get(code);
  for (const [at, code] of faulty.entries())
    known.set(code, at < MOST_EXPLAINED ? await faultOf(system, code) : { line: 1, message: "a syntax error" });
  return (code) => known.get(code);
}

const isModern = async (system: System): Promise<boolean> =>
  Number((await system.spawn("bash", ["-c", "echo $BASH_VERSINFO"], { env: ENV })).stdout) >= 5;

/** Of some code, what bash complains about; all of it where bash itself ends. */
async function faultyCodes(system: System, codes: readonly string[]): Promise<string[]> {
  const faulty: string[] = [];
  for (const extended of [false, true]) {
    // A `shopt -s extglob` in the text is not run.
    const options = extended ? ["-O", "extglob"] : [];
    for (const batch of batches(codes.filter((code) => code.includes("extglob") === extended))) {
      const { status, stdout } = await system.spawn("bash", [...options, "-c", READ_ALL, "bash", ...batch], { env: ENV });
      if (status === 127) return [];
      for (const number of status === 0 ? stdout.trim().split("\n") : batch.keys()) {
        const code = number === "" ? undefined : batch[Number(number)];
        if (code !== undefined) faulty.push(code);
      }
    }
  }
  return faulty;
}

function batches(codes: readonly string[]): string[][] {
  const all: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const code of codes) {
    // Each argument also takes a pointer.
    const size = Buffer.byteLength(code) + 9;
    if (bytes + size > MOST_BYTES) {
      all.push([]);
      bytes = 0;
    }
    bytes += size;
    all.at(-1)?.push(code);
  }
  return all;
}

/** What bash says of one text; undefined if it is right. */
async function faultOf(system: System, code: string): Promise<BashFault | undefined> {
  // -n reads and does not run.
  const parse = (options: readonly string[]) => system.spawn("bash", [...options, "-n", "-c", code], { env: ENV });
  let { status, stderr } = await parse([]);
  if (status !== 0 && code.includes("extglob")) ({ status, stderr } = await parse(["-O", "extglob"]));
  const found = /: line (\d+): (.*)/.exec(stderr);
  // The text is a part of a longer script, of which an open here-document would take the next line.
  const open = /: line \d+: warning: (here-document at line (\d+).*)/.exec(stderr);
  if (status === 0 && open) return { line: Number(open[2]), message: open[1] ?? "" };
  // Of some faults bash speaks, and ends with 0 all the same.
  if (status === 0 && !found) return undefined;
  // A hundred thousand open brackets exhaust its stack.
  if (!found) return { line: 1, message: "bash ends while it reads the code" };
  const [, line = "1", message = ""] = found;
  // Newer bash names the line of what is not closed.
  const opened = /from `.*' command on line (\d+)/.exec(message)?.[1];
  return { line: Number(opened ?? line), message };
}

/** Whether the last line ends with a backslash, not in a comment: the text is a part of a longer script. */
function endsInBackslash(code: string): boolean {
  if (!code.endsWith("\\")) return false;
  let count = 0;
  while (code[code.length - 1 - count] === "\\") count++;
  return count % 2 === 1 && !code.slice(code.lastIndexOf("\n") + 1).includes("#");
}
