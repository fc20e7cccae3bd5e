import type { Outcome } from "../commands/outcome.ts";
import { readableWord as word } from "../output/printers/shell.ts";
import type { Diagnostic } from "../report/diagnostic.ts";
import type { CommandSpec } from "./arguments.ts";

/** The spec and the output folder as the command line has them; undefined for the usual ones. */
export interface Given {
  readonly spec: string | undefined;
  readonly out: string | undefined;
}

/** A sentence for a run in a folder below the project's: the findings and their commands have paths from the project's folder. */
export const withFolder = (outcome: Outcome, folder: string, cwd: string): Outcome =>
  folder === cwd || outcome.report.diagnostics.length === 0
    ? outcome
    : { ...outcome, notes: [...outcome.notes, `paths are relative to ${folder}`] };

/** A command in a hint, with its flags: `` `flakewright generate --force` ``. */
const COMMAND = /`flakewright ([a-z]+)((?: --[a-z-]+)*)`/g;

/**
 * The outcome with hints whose commands are about this run: with another spec or another output folder than the usual ones, `flakewright
 * generate` alone would write something else.
 *
 * @param takesSpec Whether a command's operand may be a spec.
 */
export function withOwnCommands(
  outcome: Outcome,
  { spec, out }: Given,
  commands: Readonly<Record<string, CommandSpec>>,
  takesSpec: (name: string) => boolean,
): Outcome {
  if (spec === undefined && out === undefined) return outcome;
  const own = (_: string, name: string, flags: string): string => {
    const words = [
      ...(spec !== undefined && takesSpec(name) ? [word(spec)] : []),
      ...(out !== undefined && commands[name]?.options.includes("out") ? ["--out", word(out)] : []),
    ];
    return `\`${["flakewright", name, ...words].join(" ")}${flags}\``;
  };
  const replaced = new Map<Diagnostic, Diagnostic>();
  for (const one of outcome.report.diagnostics)
    if (one.hint?.includes("`flakewright ")) replaced.set(one, { ...one, hint: one.hint.replace(COMMAND, own) });
  const current = (one: Diagnostic) => replaced.get(one) ?? one;
  const { report, shown } = outcome;
  return {
    ...outcome,
    report: { ...report, diagnostics: report.diagnostics.map(current) },
    ...(shown ? { shown: new Set([...shown].map(current)) } : {}),
  };
}
