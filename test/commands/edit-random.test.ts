import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse } from "yaml";
import { add } from "../../generator/commands/add.ts";
import type { Options } from "../../generator/commands/outcome.ts";
import { remove } from "../../generator/commands/remove.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { editedSpec, type Files, TOOLS } from "../support/edited-spec.ts";
import { optionsFor } from "../support/options.ts";
import { tempFolder } from "../support/temp.ts";

/*
 * `add` and `remove` on specs as people write them: comments, blank lines, quotes, both styles of lists, anchors, line ends and a byte order
 * mark stay. EDIT_SEED=random draws other specs, EDIT_RUNS=500 makes 2,000 edits.
 */

const step = fc.tuple(fc.constantFrom("add", "add", "remove"), fc.constantFrom(...TOOLS, "helm", "kubeclt"), fc.boolean());
const seed = process.env["EDIT_SEED"] ?? "1";
const numRuns = Number(process.env["EDIT_RUNS"] ?? "50");
const EDITS = 4;

const test = suite("add and remove on random specs");

test(`${numRuns * EDITS} edits: what belongs to something else keeps its bytes, and the result compiles or nothing was written`, async () => {
  let written = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(editedSpec, fc.array(step, { minLength: EDITS, maxLength: EDITS }), async (files, steps) => {
      const folder = tempFolder();
      mkdirSync(join(folder, "spec"));
      for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, "spec", name), text);
      const now = (): Files =>
        Object.fromEntries(Object.keys(files).map((name) => [name, readFileSync(join(folder, "spec", name), "utf8")]));
      const options: Options = optionsFor("spec/platform.yaml");
      for (const [command, tool, isSecond] of steps) {
        const before = now();
        const group = isSecond ? "two" : "one";
        const { status } = await (command === "add" ? add : remove)(nodeSystem(folder, {}), { ...options, group }, [tool]);
        const after = now();
        if (status !== 0) {
          refused++;
          assert.equal(after, before, `${command} ${tool} was refused and wrote`);
          const isThere = toolsOf(valuesOf(before), group).includes(tool);
          const isWrong = tool === "helm" || tool === "kubeclt";
          assert.ok(command === "add" ? isThere || isWrong : !isThere, `${command} ${tool} was refused\n${textsOf(before)}`);
          continue;
        }
        written++;
        for (const name of Object.keys(files)) assertKept(before[name] ?? "", after[name] ?? "", command, tool);
        assertMeaning(valuesOf(before), valuesOf(after), command, tool, group, `${textsOf(before)}\n=>\n${textsOf(after)}`);
      }
    }),
    { numRuns, endOnFailure: true, includeErrorInReport: true, ...(seed === "random" ? {} : { seed: Number(seed) }) },
  );
  assert.ok(written > numRuns && refused > numRuns / 5, `${written} written, ${refused} refused`);
});

type Value = { groups: Record<string, { packages: readonly unknown[] }> };

const textsOf = (files: Files): string => Object.values(files).join("\n---\n");
const valuesOf = (files: Files): Value[] => Object.values(files).map((text) => parse(text) as Value);
const nameOf = (item: unknown): string => (typeof item === "string" ? item : (item as { package: string }).package);
const toolsOf = (values: readonly Value[], group: string): string[] =>
  values.flatMap(({ groups }) => groups[group]?.packages ?? []).map(nameOf);

/** Exactly one entry of one list came or went, and of its alias. */
function assertMeaning(
  before: readonly Value[],
  after: readonly Value[],
  command: string,
  tool: string,
  group: string,
  texts: string,
): void {
  const want = structuredClone(before) as Value[];
  for (const { groups } of want)
    for (const name of [group, ...(group === "one" ? ["three"] : [])]) {
      const found = groups[name];
      if (!found) continue;
      found.packages =
        command === "add" ? [...found.packages, tool] : found.packages.filter((item: unknown) => nameOf(item) !== tool);
    }
  assert.equal(after, want, texts);
}

/** Comments stay in their order and on the line of their value; so do line ends, the byte order mark, quotes and blank lines. */
function assertKept(before: string, after: string, command: string, tool: string): void {
  const about = `${command} ${tool}\n${before}\n=>\n${after}`;
  // What was said of a tool goes with it; another group can have the same tool.
  const goes = ({ text }: Comment) => command === "remove" && text.includes(`of ${tool}`);
  const [left, now] = [before, after].map((text) => comments(text).filter((one) => !goes(one))) as [Comment[], Comment[]];
  if (command === "remove" && before !== after && after.split(`of ${tool}`).length === before.split(`of ${tool}`).length)
    assert.ok(!before.includes(`${tool} # of ${tool}`) || after.includes(tool), about);
  assert.equal(
    now.map(({ text }) => text),
    left.map(({ text }) => text),
    about,
  );
  for (const [index, { value }] of now.entries()) {
    const was = left[index]?.value ?? "";
    // A comma can come or go, an empty list takes the place of its lines, and the tool can leave the line or join it.
    const plain = (text: string) =>
      text
        .replace(/\[\]/, "")
        .replace(/[\s,]+$/, "")
        .replace(new RegExp(`(?:, *)?["']?\\b${tool}["']?$`), "")
        .replace(/[\s,]+$/, "");
    if (was.includes(tool) || value.includes(tool)) continue;
    assert.is(plain(value), plain(was), about);
  }
  assert.is(after.startsWith("\ufeff"), before.startsWith("\ufeff"), about);
  if (before.includes("\r\n")) assert.not.match(after, /[^\r]\n/, about);
  else assert.not.match(after, /\r/, about);
  const [oldLines, newLines] = [before, after].map((text) => new Set(text.split(/\r?\n/)));
  const changed = [...(newLines ?? [])].filter((line) => !oldLines?.has(line));
  // The key of a list that became empty or was empty, the entry, and the line before it, which got a comma.
  assert.ok(changed.length <= 2, `${changed.length} lines changed\n${about}`);
}

interface Comment {
  /** What is before it on its line, without white space at the end. */
  readonly value: string;
  readonly text: string;
}

function comments(text: string): Comment[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const plain = line.replaceAll(/"[^"#]*#[^"]*"/g, (quoted) => quoted.replaceAll("#", "·"));
    const at = /(?:^|[ \t])#/.exec(plain);
    if (!at) return [];
    const start = at.index + at[0].length - 1;
    return [{ value: line.slice(0, start).trimEnd(), text: line.slice(start) }];
  });
}

test.run();
