import { addition, appendix, insertion } from "../lint/edits.ts";
import type { Source } from "../read/source.ts";
import type { Fix } from "../report/diagnostic.ts";
import { valueAt } from "../report/spec-path.ts";
import { quoted } from "../report/words.ts";
import type { System } from "../system/system.ts";
import { editSpec } from "./edited-spec.ts";
import { invalid, type Options, type Outcome, refused } from "./outcome.ts";
import { compileSpec, openSession } from "./session.ts";

/** Findings about a tool that its author must decide about before it is written. */
const STOPS = ["package-wrong-name", "package-removed", "package-renamed", "package-unknown", "package-duplicate"];

/** `add TOOL…`: writes tools into a group, where the group stands; comments and layout stay. */
export async function add(system: System, options: Options, tools: readonly string[]): Promise<Outcome> {
  const session = await openSession(system, options);
  const compiled = await compileSpec(system, options, session, false);
  if ("status" in compiled) return compiled;
  const { source } = compiled;
  if (!source) return invalid(compiled);
  const groups = Object.keys((valueAt(source, ["groups"]) as object | undefined) ?? {});
  const group = options.group ?? (groups.length === 1 ? groups[0] : undefined);
  if (group === undefined)
    return refused(
      groups.length === 0 ? "the spec has no group: name one with --group" : `which group? --group ${groups.join(", ")}`,
    );
  const entries = tools.map((tool) => entryOf(tool, options));
  const edits = editsFor(source, group, entries, groups.includes(group));
  if (edits === undefined)
    return refused(`the tools of \`${group}\` are written in a way that can't be edited; add them by hand`);
  return editSpec(system, options, session, compiled, edits, STOPS, `added ${quoted(tools)} to the group \`${group}\``);
}

/** A tool as an entry of a list. */
function entryOf(tool: string, { from, toolVersion }: Options): string {
  const details = [
    ...(from === undefined ? [] : [`from: ${text(from)}`]),
    ...(toolVersion === undefined ? [] : [`version: "${toolVersion}"`]),
  ];
  return details.length === 0 ? text(tool) : `{ package: ${[text(tool), ...details].join(", ")} }`;
}

/** A word as YAML: quoted where it could be something else. */
const text = (word: string): string => (/^[A-Za-z_][A-Za-z0-9_.+-]*$/.test(word) ? word : JSON.stringify(word));

function editsFor(source: Source, group: string, entries: readonly string[], exists: boolean): Fix[] | undefined {
  const list = `[${entries.join(", ")}]`;
  if (!exists) {
    const lines = `  ${group}:\n    packages: ${list}\n`;
    if (valueAt(source, ["groups"]) === undefined) return [appendix(source, `groups:\n${lines}`)];
    const edit = addition(source, ["groups"], group, `{ packages: ${list} }`);
    return edit ? [edit] : undefined;
  }
  const at = ["groups", group, "packages"];
  if (valueAt(source, at) === undefined) {
    const edit = addition(source, ["groups", group], "packages", list);
    return edit ? [edit] : undefined;
  }
  const edit = insertion(source, at, entries);
  return edit ? [edit] : undefined;
}
