import { itemRemoval } from "../lint/edits.ts";
import type { Model, Tool } from "../model/model.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import type { System } from "../system/system.ts";
import { type EditedTexts, edited, editSpec, overlaid } from "./edited-spec.ts";
import { type Options, type Outcome, printed } from "./outcome.ts";
import { compileSpec, openSession, type Session } from "./session.ts";

/** `remove TOOL…`: takes tools out of a group, or of all groups and shells; comments and layout of the rest stay. */
export async function remove(system: System, options: Options, tools: readonly string[]): Promise<Outcome> {
  const session = await openSession(system, options);
  const compiled = await compileSpec(system, options, session);
  if ("status" in compiled) return compiled;
  const { model, source } = compiled;
  if (!model || !source) return { ...printed(""), report: { ...compiled, files: [], sources: compiled.texts }, status: 1 };
  const found = toolsFound(model, options, tools);
  const unknown = tools.filter((tool) => !found.some(({ name, package: attribute }) => [name, attribute].includes(tool)));
  if (unknown.length > 0) {
    const near = nearestNames(
      unknown[0] ?? "",
      toolsOf(model, options).map((tool) => tool.package),
    );
    const where = options.group === undefined ? "the spec" : `the group \`${options.group}\``;
    const note = `${where} has no tool ${quoted(unknown)}${near.length > 0 ? `; did you mean ${quoted(near)}?` : ""}`;
    return { ...printed(""), notes: [note], status: 2 };
  }
  const changed = await withoutTools(system, options, session, tools);
  if ("status" in changed) return changed;
  return editSpec(system, options, session, compiled, changed, [], `removed ${quoted(tools)}`);
}

/** The tools of the named group, or of all groups and shells. */
const toolsOf = ({ groups, shells }: Model, { group }: Options): Tool[] =>
  (group === undefined ? [...groups, ...shells] : groups.filter(({ name }) => name === group)).flatMap((list) => list.tools);

/** The tools that the command means. */
const toolsFound = (model: Model, options: Options, tools: readonly string[]): Tool[] =>
  toolsOf(model, options).filter(({ name, package: attribute }) => tools.includes(attribute) || tools.includes(name));

/** No list of a spec has more entries that mean the same tools. */
const MOST_ROUNDS = 1000;

/**
 * The files without the tools. One by one: each edit needs the text that the one before it left, and of equal entries of two files only
 * one is part of the spec at a time.
 */
async function withoutTools(
  system: System,
  options: Options,
  session: Session,
  tools: readonly string[],
): Promise<EditedTexts | Outcome> {
  let changed: EditedTexts = new Map();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const compiled = await compileSpec(overlaid(system, changed), options, session, false);
    if ("status" in compiled) return compiled;
    const { model, source, texts } = compiled;
    const [tool] = model ? toolsFound(model, options, tools) : [];
    if (!tool || !source) return changed;
    const edit = itemRemoval(source, tool.at);
    if (!edit) {
      const place = source.locate(tool.at, "value");
      const line = source.origin(tool.at).file.text.slice(0, place.start).split("\n").length;
      const note = `\`${tool.package}\` is written in a way that can't be edited; remove it by hand: ${place.file}:${line}`;
      return { ...printed(""), notes: [note], status: 2 };
    }
    changed = await edited(system, texts.keys(), changed, [edit]);
  }
  return changed;
}
