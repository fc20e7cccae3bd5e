import type { Compiled } from "../compile.ts";
import { applyFixes } from "../report/apply-fixes.ts";
import { type Diagnostic, type Fix, hasErrors } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { countOf, type Options, type Outcome } from "./outcome.ts";
import { rewrite } from "./rewrite.ts";
import { compileSpec, type Session } from "./session.ts";

/*
 * Commands that edit the spec: the new text is compiled before anything is written, and written only when it brings no new finding that
 * the author must decide about. What is outside the edits keeps its bytes.
 */

/** Which findings about an edit are repaired with it; the others are reported. */
const REPAIRED = ["package-unfree"];

/** The files that edits changed, by their names in diagnostics. */
export type EditedTexts = ReadonlyMap<string, string>;

/**
 * The files after further edits, for edits of which each needs the text that the one before it left.
 *
 * @param files The names of all files of the spec.
 */
export async function edited(
  system: System,
  files: Iterable<string>,
  changed: EditedTexts,
  edits: readonly Fix[],
): Promise<EditedTexts> {
  const texts = await textsOf(overlaid(system, changed), [...files]);
  return new Map([...changed, ...applyFixes(texts, edits).changed]);
}

/**
 * Carries out edits of the spec's files, all or none.
 *
 * @param before The spec as it is.
 * @param edits Edits of the files as they are, or what they would be.
 * @param stops The codes of warnings that refuse the edit, beside all errors.
 * @returns The outcome to show; its status is 0 when the files were written.
 */
export async function editSpec(
  system: System,
  options: Options,
  session: Session,
  before: Compiled,
  edits: readonly Fix[] | EditedTexts,
  stops: readonly string[],
  done: string,
): Promise<Outcome> {
  const texts = await textsOf(system, [...before.texts.keys()]);
  let changed = edits instanceof Map ? (edits as EditedTexts) : applyFixes(texts, edits as readonly Fix[]).changed;
  const notes: string[] = [];
  const judge = async (): Promise<[readonly Diagnostic[], ReadonlyMap<string, string>] | Outcome> => {
    const after = await compileSpec(overlaid(system, changed), options, session, false);
    if ("status" in after) return after;
    const known = new Set(before.diagnostics.map(identity));
    return [after.diagnostics.filter((one) => !known.has(identity(one))), after.texts];
  };
  let judged = await judge();
  if ("status" in judged) return judged;
  const repairs = judged[0].filter(({ code, fix }) => REPAIRED.includes(code) && fix);
  if (repairs.length > 0) {
    const repaired = applyFixes(new Map([...texts, ...changed]), repairs.flatMap(({ fix }) => fix ?? []).slice(0, 1));
    changed = new Map([...changed, ...repaired.changed]);
    for (const { message, hint } of repairs) notes.push(`${message}; done: ${hint}`);
    judged = await judge();
    if ("status" in judged) return judged;
  }
  // Who asks for a version looks it up next.
  const expected = judged[0].filter(({ code }) => code === "version-unresolved");
  for (const { message, hint } of expected) notes.push(`${message}: ${hint}`);
  const found = judged[0].filter((one) => !expected.includes(one));
  const sources = judged[1];
  const report = { diagnostics: found, files: [], sources };
  const refused = found.some((one) => hasErrors([one]) || stops.includes(one.code)) || (options.strict && found.length > 0);
  if (refused) return { report, output: "", notes: [], summary: `${countOf(found)}; the spec stays as it was`, status: 1 };
  await rewrite(system, texts, changed);
  return { report, output: `${done}\n`, notes, status: 0 };
}

/** The same finding before and after an edit that moved it. */
const identity = ({ code, message, file }: Diagnostic): string => `${code}\0${file}\0${message}`;

/** The files as they are on disk: those of a compilation have secrets masked. */
export async function textsOf(system: System, files: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const file of files) {
    const bytes = await system.readFile(file);
    if (bytes) texts.set(file, new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
  }
  return texts;
}

/** The same machine with some files as they would be. */
export function overlaid(system: System, changed: EditedTexts): System {
  return {
    ...system,
    readFile: async (path, most) => {
      const text = changed.get(path);
      return text === undefined ? system.readFile(path, most) : Buffer.from(text);
    },
    readRegularFile: (path, limit) => {
      const read = system.readRegularFile(path, limit);
      const text = changed.get(path);
      return text === undefined || typeof read === "string" ? read : { ...read, bytes: Buffer.from(text) };
    },
  };
}
