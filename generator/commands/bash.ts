import type { BashCheck, BashFault } from "../lint/bash-code.ts";
import type { System } from "../system/system.ts";

/** What an earlier run learned of each text. */
export type KnownBash = Map<string, BashFault | undefined>;

/** Asks bash about each text that is not known yet, without running it. Where there is no bash, or one that is too old, nothing is known. */
export async function checkBash(system: System, codes: readonly string[], known: KnownBash): Promise<BashCheck> {
  for (const code of new Set(codes)) if (!known.has(code)) known.set(code, await faultOf(system, code));
  return (code) => known.get(code);
}

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

async function faultOf(system: System, code: string): Promise<BashFault | undefined> {
  if (isPlain(code)) return undefined;
  const interpreter = /^#![ \t]*(\S+(?:[ \t]+\S+)?)/.exec(code)?.[1];
  if (interpreter && !/\bbash$/.test(interpreter))
    return { line: 1, message: `the first line names ${interpreter}, but it runs in bash` };
  const parse = (options: readonly string[]) =>
    // -n reads and does not run; BASH_ENV would be run before.
    system.spawn("bash", [...options, "-n", "-c", code], { env: { BASH_ENV: "", ENV: "", LC_ALL: "C" } });
  let { status, stderr } = await parse([]);
  // A `shopt -s extglob` in the text is not run.
  if (status !== 0 && code.includes("extglob")) ({ status, stderr } = await parse(["-O", "extglob"]));
  const found = /: line (\d+): (.*)/.exec(stderr);
  // The text is a part of a longer script, of which an open here-document or a backslash at the end would take the next line.
  const open = /: line \d+: warning: (here-document at line (\d+).*)/.exec(stderr);
  if (status === 0 && open) return { line: Number(open[2]), message: open[1] ?? "" };
  if (status === 0 && /(?:^|[^\\])(?:\\\\)*\\$/.test(code) && !/(?:^|\n)[^\n]*#[^\n]*$/.test(code))
    return { line: code.split("\n").length, message: "the last line ends with a backslash, which joins it with what follows" };
  if (status === 0 || !found) return undefined;
  // The shells have bash 5. macOS' own bash 3.2 does not know all of its syntax.
  const version = await system.spawn("bash", ["-c", "echo $BASH_VERSINFO"], { env: { BASH_ENV: "" } });
  if (!(Number(version.stdout) >= 5)) return undefined;
  const [, line = "1", message = ""] = found;
  // Newer bash names the line of what is not closed.
  const opened = /from `.*' command on line (\d+)/.exec(message)?.[1];
  return { line: Number(opened ?? line), message };
}
