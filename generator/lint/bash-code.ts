import type { Model } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import { type Diagnostic, diagnostic, type Place } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";

/* The code of a spec, which is bash: `hook` of a shell and `run` of a command. */

/** Why a text is no bash. */
export interface BashFault {
  /** The line of the text, from 1. It can be behind the last line. */
  readonly line: number;
  /** Bash's own words: `syntax error near unexpected token …`. */
  readonly message: string;
}

/** Undefined if the text is bash, or if that is not known. */
export type BashCheck = (code: string) => BashFault | undefined;

/** How many pieces of code a spec can have: bash reads 2,000 in a second, in which the rest of a large spec is done. */
const MOST_CODES = 5000;

interface Code {
  readonly at: SpecPath;
  readonly code: string;
}

const allCode = (model: Model): Code[] => [
  ...model.shells.flatMap(({ at, hook }) => (hook === "" ? [] : [{ at: [...at, "hook"], code: hook }])),
  ...model.commands.map(({ at, run }) => ({ at: [...at, "run"], code: run })),
];

/** The pieces of code in a spec, as many as it can have. */
export const codeOf = (model: Model): Code[] => allCode(model).slice(0, MOST_CODES);

/** Reports `yaml-limit` for more code than a spec can have. */
export function tooMuchCode(model: Model, source: Source): Diagnostic[] {
  const first = allCode(model)[MOST_CODES];
  if (!first) return [];
  const place = source.locate(first.at, "value");
  return [
    diagnostic("yaml-limit", `the spec has more than ${MOST_CODES} pieces of code`, place.file, place, {
      hint: "put the code into programs of the repository, and let one command run them",
    }),
  ];
}

/** Reports `hook-syntax`, at the line inside the text where that is known. */
export function checkCode(model: Model, source: Source, check: BashCheck): Diagnostic[] {
  return codeOf(model).flatMap(({ at, code }) => {
    const fault = check(code);
    if (!fault) return [];
    const place = lineOf(source, at, fault.line);
    return diagnostic("hook-syntax", `\`${at.at(-1)}\` is not bash: ${fault.message}`, place.file, place, {
      hint: "correct the code; nothing is generated from code that bash can't read",
    });
  });
}

/** The place of a line of a text. In a block (`|`), each line of the file is one of the text. */
export function lineOf(source: Source, at: SpecPath, line: number): Place {
  const node = source.locate(at, "value");
  const written = source.origin(at).file.text.slice(node.start, node.end);
  if (!written.startsWith("|")) return node;
  // The first line is the header.
  const lines = written.split("\n");
  let index = Math.min(line, lines.length - 1);
  while (index > 1 && lines[index]?.trim() === "") index--;
  const own = lines[index] ?? "";
  const before = lines.slice(0, index).join("\n").length + 1;
  const start = node.start + before + (own.length - own.trimStart().length);
  return own.trim() === "" ? node : { file: node.file, start, end: start + own.trim().length };
}
