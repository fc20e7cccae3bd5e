import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { add } from "../../generator/commands/add.ts";
import type { Options } from "../../generator/commands/outcome.ts";
import { remove } from "../../generator/commands/remove.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { compileText, repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";

/* `add` and `remove` on specs as people write them: comments, blank lines, quotes and both styles of lists stay, byte for byte. */

const TOOLS = ["kubectl", "jq", "age", "sops", "k9s", "yq-go", "stern", "kustomize", "ripgrep", "fd", "bat", "shellcheck"];

const comment = fc.constantFrom("", " # why", "   # not above 1.33", " #", " # [a, b] { c }", " # - jq");
const between = fc.constantFrom("", "", "\n", "      # a heading\n", "\n      # - commented-out\n");

/** One entry of a list, in one of the forms that YAML has for it. */
const entry = (tool: string) =>
  fc.constantFrom(tool, `"${tool}"`, `'${tool}'`, `{ package: ${tool} }`, `{ package: "${tool}", description: "a, [b] # c" }`);

const blockList = (tools: readonly string[]) =>
  fc
    .tuple(...tools.map((tool) => fc.tuple(between, entry(tool), comment)))
    .map((rows) => `    packages:\n${rows.map(([before, text, after]) => `${before}      - ${text}${after}\n`).join("")}`);

const flowList = (tools: readonly string[]) =>
  fc
    .tuple(fc.constantFrom("[", "[ "), fc.constantFrom(", ", ","), comment, ...tools.map(entry))
    .map(([open, comma, after, ...texts]) => `    packages: ${open}${texts.join(comma)}${open === "[" ? "]" : " ]"}${after}\n`);

const longForms = (tools: readonly string[]) =>
  fc
    .tuple(...tools.map((tool) => fc.tuple(fc.constant(tool), comment)))
    .map(
      (rows) =>
        `    packages:\n${rows.map(([tool, after]) => `      - package: ${tool}${after}\n        description: "x"\n`).join("")}`,
    );

const group = (name: string, tools: readonly string[]) =>
  fc
    .tuple(fc.constantFrom("", "  # about it\n", "\n"), fc.oneof(blockList(tools), flowList(tools), longForms(tools)), comment)
    .map(([before, list, after]) => `${before}  ${name}:${after}\n    title: "${name} # no comment"\n${list}`);

/** A spec of two groups, and the tools of the first. */
const spec = fc
  .tuple(fc.shuffledSubarray(TOOLS, { minLength: 2, maxLength: 8 }), fc.boolean(), fc.boolean())
  .chain(([tools, crlf, ends]) => {
    const cut = Math.max(1, Math.floor(tools.length / 2));
    const [first, second] = [tools.slice(0, cut), tools.slice(cut)];
    return fc.tuple(group("one", first), group("two", second)).map(([one, two]) => {
      const text = `# the spec\nversion: 1\nname: demo   # its name\nnixpkgs: nixos-26.05\n\ngroups:\n${one}${two}\n# the end${ends ? "\n" : ""}`;
      return { text: crlf ? text.replaceAll("\n", "\r\n") : text, tools: first };
    });
  });

const step = fc.tuple(fc.constantFrom("add", "add", "remove"), fc.constantFrom(...TOOLS, "helm", "kubeclt"), fc.boolean());

const seed = process.env["EDIT_SEED"] ?? "1";

const test = suite("add and remove on random specs");

test("200 edits: the bytes outside the touched lines stay, and the result compiles or nothing was written", async () => {
  let written = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(spec, fc.array(step, { minLength: 4, maxLength: 4 }), async ({ text }, steps) => {
      const folder = tempFolder();
      mkdirSync(join(folder, "spec"));
      const path = join(folder, "spec/platform.yaml");
      writeFileSync(path, text);
      const system = nodeSystem(folder, {});
      const options: Options = {
        spec: "spec/platform.yaml",
        out: "out",
        force: false,
        dryRun: false,
        strict: false,
        knowledge: join(repository, "generator/knowledge"),
      };
      for (const [command, tool, isSecond] of steps) {
        const before = readFileSync(path, "utf8");
        const asked = { ...options, group: isSecond ? "two" : "one" };
        const { status } = await (command === "add" ? add : remove)(system, asked, [tool]);
        const after = readFileSync(path, "utf8");
        if (status !== 0) {
          refused++;
          assert.is(after, before, `${command} ${tool} was refused and wrote`);
          continue;
        }
        written++;
        assertOneChange(before, after, tool);
        const errors = compileText(after).diagnostics.filter(({ severity }) => severity === "error");
        assert.equal(errors, [], `${command} ${tool}\n${after}`);
      }
    }),
    // EDIT_SEED=random draws other specs.
    { numRuns: 50, endOnFailure: true, ...(seed === "random" ? {} : { seed: Number(seed) }) },
  );
  assert.ok(written > 40 && refused > 10, `${written} written, ${refused} refused`);
});

/** One place of the text changed, of a few lines, and it has to do with the tool. */
function assertOneChange(before: string, after: string, tool: string): void {
  const [old, now] = [before.split("\n"), after.split("\n")];
  while (old.length > 0 && old[0] === now[0]) for (const lines of [old, now]) lines.shift();
  while (old.length > 0 && now.length > 0 && old.at(-1) === now.at(-1)) for (const lines of [old, now]) lines.pop();
  // The key, a heading or blank line and the entry of at most two lines.
  assert.ok(Math.max(old.length, now.length) <= 4, `more than one place changed:\n${after}`);
  assert.ok(
    [...old, ...now].some((line) => line.includes(tool)),
    `nothing about ${tool} changed:\n${after}`,
  );
  // A line that changed, a list in brackets, keeps its comment.
  const [wrote = "", writes = ""] = [old[0], now[0]];
  if (old.length === 1 && now.length === 1 && /\]\s*#/.test(wrote))
    assert.is(writes.slice(writes.lastIndexOf("]")), wrote.slice(wrote.lastIndexOf("]")));
}

test.run();
