import { itemRemoval } from "../lint/edits.ts";
import type { Model, Tool } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Fix } from "../report/diagnostic.ts";
import { pathText, valueAt } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import type { System } from "../system/system.ts";
import { type EditedTexts, edited, editSpec, overlaid } from "./edited-spec.ts";
import { invalid, type Options, type Outcome, refused } from "./outcome.ts";
import { type CompiledSpec, compileSpec, openSession, type Session } from "./session.ts";

/** `remove TOOL…`: takes tools out of a group, or of all groups and shells; comments and layout of the rest stay. */
export async function remove(system: System, options: Options, tools: readonly string[]): Promise<Outcome> {
  const session = await openSession(system, options);
  const compiled = await compileSpec(system, options, session, false);
  if ("status" in compiled) return compiled;
  const { model, source } = compiled;
  if (!model || !source) return invalid(compiled);
  const found = toolsFound(model, options, tools);
  const unknown = tools.filter((tool) => !found.some(({ name, package: attribute }) => [name, attribute].includes(tool)));
  if (unknown.length > 0) {
    const near = nearestNames(
      unknown[0] ?? "",
      toolsOf(model, options).map((tool) => tool.package),
    );
    const where = options.group === undefined ? "the spec" : `the group \`${options.group}\``;
    const note = `${where} has no tool ${quoted(unknown)}${near.length > 0 ? `; did you mean ${quoted(near)}?` : ""}`;
    return refused(note);
  }
  const changed = await withoutTools(system, options, session, compiled, tools);
  if ("status" in changed) return changed;
  return editSpec(system, options, session, compiled, changed, [], `removed ${quoted(tools)}`);
}

/** The tools of the named group, or of all groups and shells. */
const toolsOf = ({ groups, shells }: Model, { group }: Options): Tool[] =>
  (group === undefined ? [...groups, ...shells] : groups.filter(({ name }) => name === group)).flatMap((list) => list.tools);

/** The tools that the command means. */
const toolsFound = (model: Model, options: Options, tools: readonly string[]): Tool[] =>
  toolsOf(model, options).filter(({ name, package: attribute }) => tools.includes(attribute) || tools.includes(name));

/** How often the spec is compiled. Each time, every list loses at least one of the tools. */
const MOST_ROUNDS = 20;

/**
 * The files without the tools. Step by step: an edit can need the text that the one before it left, and of equal entries of two files only
 * one is part of the spec at a time.
 */
async function withoutTools(
  system: System,
  options: Options,
  session: Session,
  before: CompiledSpec,
  tools: readonly string[],
): Promise<EditedTexts | Outcome> {
  let changed: EditedTexts = new Map();
  let compiled = before;
  let most = Number.POSITIVE_INFINITY;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const { model, source, texts } = compiled;
    const found = model ? toolsFound(model, options, tools) : [];
    if (found.length === 0 || !source) return changed;
    // A list that loses one tool in a round loses the others no faster: the rounds that are left are not enough for it.
    const left = mostInOneList(found);
    if (left === most - 1 && left > MOST_ROUNDS - round) break;
    most = left;
    const edits = editsOf(source, found);
    if (!Array.isArray(edits)) {
      const place = source.locate(edits.at, "value");
      const line = source.origin(edits.at).file.text.slice(0, place.start).split("\n").length;
      return refused(`\`${edits.package}\` is written in a way that can't be edited; remove it by hand: ${place.file}:${line}`);
    }
    changed = await edited(system, texts.keys(), changed, edits);
    const after = await compileSpec(overlaid(system, changed), options, session, false);
    if ("status" in after) return after;
    compiled = after;
  }
  return refused(`one list has ${quoted(tools)} more than ${MOST_ROUNDS} times; remove them by hand`);
}

/** How many of the tools are in that list that has most of them. */
function mostInOneList(found: readonly Tool[]): number {
  const counts = new Map<string, number>();
  for (const { at } of found) {
    const list = pathText(at.slice(0, -1));
    counts.set(list, (counts.get(list) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

/**
 * Edits that do not depend on each other: of each list, the first of the tools, and all of them where each has lines of its own and others
 * stay. Behind an alias there is no edit; where there is none at all, the answer is the tool.
 */
function editsOf(source: Source, found: readonly Tool[]): Fix[] | Tool {
  const lists = new Map<string, { readonly entries: number; readonly edits: Fix[] }>();
  let stuck: Tool | undefined;
  for (const tool of found) {
    const { file, path } = source.origin(tool.at);
    const items = valueAt(file, path.slice(0, -1));
    const key = `${file.file}\0${pathText(path.slice(0, -1))}`;
    const before = lists.get(key);
    if (before && !isOwnLines(before.edits, file.text)) continue;
    const edit = itemRemoval(source, tool.at);
    if (!edit) stuck ??= tool;
    else if (!before) lists.set(key, { entries: Array.isArray(items) ? items.length : 0, edits: [edit] });
    else if (before.edits.length + 1 < before.entries && isOwnLines([edit], file.text)) before.edits.push(edit);
  }
  const all = [...lists.values()].flatMap(({ edits }) => edits);
  return stuck && all.length === 0 ? stuck : all;
}

/** Whether an edit takes whole lines and nothing else; of several, the first says it for all. */
function isOwnLines([edit]: readonly Fix[], text: string): boolean {
  if (!edit || edit.also || edit.text !== "") return false;
  const { start, end } = edit.range;
  return (start === 0 || text[start - 1] === "\n") && (end === text.length || text[end - 1] === "\n");
}
