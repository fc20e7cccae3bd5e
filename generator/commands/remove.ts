import { removal, replacement } from "../lint/edits.ts";
import type { Source } from "../read/source.ts";
import type { Fix } from "../report/diagnostic.ts";
import { type SpecPath, valueAt } from "../report/spec-path.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import type { System } from "../system/system.ts";
import { editSpec } from "./edited-spec.ts";
import { type Options, type Outcome, printed } from "./outcome.ts";
import { compileSpec } from "./session.ts";

/** `remove TOOL…`: takes tools out of a group, or of all groups and shells; comments and layout of the rest stay. */
export async function remove(system: System, options: Options, tools: readonly string[]): Promise<Outcome> {
  const compiled = await compileSpec(system, options);
  if ("status" in compiled) return compiled;
  const { model, source } = compiled;
  if (!model || !source) return { ...printed(""), report: { ...compiled, files: [], sources: compiled.texts }, status: 1 };
  const lists = [...model.groups, ...(options.group === undefined ? model.shells : [])].filter(
    ({ name }) => options.group === undefined || name === options.group,
  );
  const all = lists.flatMap((list) => list.tools);
  const found = all.filter(({ name, package: attribute }) => tools.includes(attribute) || tools.includes(name));
  const unknown = tools.filter((tool) => !found.some(({ name, package: attribute }) => [name, attribute].includes(tool)));
  if (unknown.length > 0) {
    const near = nearestNames(
      unknown[0] ?? "",
      all.map((tool) => tool.package),
    );
    const where = options.group === undefined ? "the spec" : `the group \`${options.group}\``;
    const note = `${where} has no tool ${quoted(unknown)}${near.length > 0 ? `; did you mean ${quoted(near)}?` : ""}`;
    return { ...printed(""), notes: [note], status: 2 };
  }
  const edits = editsFor(
    source,
    found.map(({ at }) => at),
  );
  return editSpec(system, options, edits, [], `removed ${quoted(tools)}`);
}

/** The removals of entries of lists; a list that loses all its entries becomes `[]`. */
function editsFor(source: Source, places: readonly SpecPath[]): Fix[] {
  const lists = new Map<string, { readonly list: SpecPath; readonly entries: SpecPath[] }>();
  for (const at of places) {
    const list = at.slice(0, -1);
    const known = lists.get(list.join("\0")) ?? { list, entries: [] };
    known.entries.push(at);
    lists.set(list.join("\0"), known);
  }
  return [...lists.values()].flatMap(({ list, entries }) => {
    const value = valueAt(source, list);
    if (Array.isArray(value) && value.length === entries.length) return [emptied(source, list)];
    return entries.flatMap((at) => removal(source, at) ?? []);
  });
}

/** An edit that leaves an empty list: the value alone, or all from the key's colon on where the list is a block. */
function emptied(source: Source, list: SpecPath): Fix {
  const { file, path } = source.origin(list);
  const key = file.locate(path, "key");
  const value = file.locate(path, "value");
  if (file.text[value.start] === "[") return replacement(source, list, "value", "[]");
  const colon = file.text.indexOf(":", key.end);
  return { range: { file: file.file, start: colon + 1, end: value.end }, text: " []" };
}
