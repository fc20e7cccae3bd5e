import { spawnSync } from "node:child_process";
import * as fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { checkBash } from "../../generator/commands/bash.ts";
import { compileSpec } from "../../generator/commands/session.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import type { System } from "../../generator/system/system.ts";
import { cursor, system } from "../support/spec.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* hook-syntax: the code of a spec, read by the installed bash. */

const test = suite("code in bash");
const withBash = needs(test, ["bash"]);

const head = "version: 1\nname: demo\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\ngroups: {}\n";

async function compiled(text: string, env: Record<string, string | undefined> = process.env) {
  const folder = tempTree({ "spec.yaml": text });
  const result = await compileSpec(nodeSystem(folder, env), { spec: "spec.yaml", out: "out", knowledge: folder } as never);
  if (!("diagnostics" in result)) throw new Error("not compiled");
  return result;
}

for (const [name, marked, says] of [
  ["in a block", "shells:\n  default:\n    hook: |\n      echo a\n      ⟦for i in 1 2; done⟧\n      echo b\n", "`done'"],
  ["at its end", "shells:\n  default:\n    hook: |\n      if true; then\n        ⟦echo hi⟧\n\n", "end of file"],
  ["in one line", "shells: { default: { hook: ⟦'if true; then echo hi'⟧ } }\n", "end of file"],
  [
    "a here-document that nothing ends",
    "shells:\n  default:\n    hook: |\n      echo a\n      ⟦cat <<END⟧\n      b\n",
    "here-document",
  ],
  ["a backslash at the end", "shells: { default: { hook: ⟦'echo a \\'⟧ } }\n", "backslash"],
  ["in a command", 'commands:\n  a:\n    run: |-\n      ⟦echo "x⟧\n', "looking for matching"],
  ["another language", 'commands:\n  a:\n    run: |\n      ⟦#!/usr/bin/env python3⟧\n      print("hi")\n', "it runs in bash"],
] as const)
  withBash(`${name}: reported at the line of the text`, async () => {
    const { text, start, end } = cursor(head + marked);
    const { diagnostics, files } = await compiled(text);
    assert.equal(
      diagnostics.map(({ code, range }) => [code, text.slice(range.start, range.end)]),
      [["hook-syntax", text.slice(start, end)]],
    );
    assert.ok(diagnostics[0]?.message.includes(says), diagnostics[0]?.message);
    assert.is(files, undefined);
  });

for (const code of [
  "shopt -s extglob\ncase a in !(b)) echo x ;; esac",
  "#!/usr/bin/env bash\necho hi",
  "echo a\\\\",
  "echo a # b\\",
  "cat <<'END'\nif (\nEND",
  '[[ $1 =~ ^(a|b)$ ]] && echo "${1@Q}" |& cat',
])
  withBash(`no finding: ${JSON.stringify(code)}`, async () => {
    assert.is((await checkBash(system, [code], new Map()))(code), undefined);
  });

const WORDS = [
  ...'a|if|fi|for|in|do|done|case|esac|then|function|time|coproc|echo|A=b|x:y|~/.kube|$A|${A}|${A:-~/b}|${A|\'it s\'|"a $B"|"a'.split(
    "|",
  ),
  ..."'|#|#!|{|}|(|)|[[|!|&|;|<|<<E|\\|`|$(|é|\t|[|*|?|%|@".split("|"),
];

withBash("each text about which bash is not asked is one that bash reads", async () => {
  const asked = new Set<string>();
  const recording: System = {
    ...system,
    async spawn(_, args) {
      for (const argument of args) asked.add(argument);
      return { status: 0, stdout: "", stderr: "" };
    },
  };
  const word = fc.constantFrom(...WORDS);
  const line = fc.tuple(word, fc.array(fc.tuple(fc.constantFrom("", " ", " "), word), { maxLength: 3 }));
  const texts = fc
    .sample(fc.array(line, { maxLength: 2 }), 1500)
    .map((lines) => lines.map(([first, rest]) => first + rest.flat().join("")).join("\n"));
  const plain = ['echo "cluster: ${KUBECONFIG:-~/.kube/config}"', "export A=b\n# a (\n\n  kubectl use-context 'my cluster'\n"];
  const check = await checkBash(recording, [...texts, ...plain], new Map());
  assert.equal(
    plain.filter((text) => asked.has(text)),
    [],
  );
  const known = [...new Set(texts)].filter((text) => !asked.has(text) && check(text) === undefined);
  assert.ok(known.length > 20, `${known.length} texts`);
  for (const text of known) {
    const { status, stderr } = spawnSync("bash", ["-n", "-c", text], { encoding: "utf8" });
    assert.equal([status, stderr], [0, ""], JSON.stringify(text));
  }
});

withBash("many texts in one process are judged as each is alone", async () => {
  const word = fc.constantFrom(...WORDS);
  const line = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(" "));
  const texts = [...new Set(fc.sample(fc.array(line, { minLength: 1, maxLength: 3 }), 300).map((lines) => lines.join("\n")))];
  const check = await checkBash(system, texts, new Map());
  for (const text of texts) {
    if (text.endsWith("\\") || text.startsWith("#!")) continue;
    const { status, stderr } = spawnSync("bash", ["-n", "-c", text], { encoding: "utf8" });
    assert.is(check(text) !== undefined, status !== 0 || stderr !== "", JSON.stringify(text));
  }
});

withBash("of three hundred pieces of code, those with a fault are found, and each is explained or said to be one", async () => {
  const codes = Array.from({ length: 300 }, (_, at) => (at % 3 === 0 ? `if ${at}` : `echo ${at}`));
  const check = await checkBash(system, codes, new Map());
  const faults = codes.filter((code) => check(code));
  assert.equal(
    faults,
    codes.filter((code) => code.startsWith("if")),
  );
  assert.match(check("if 0")?.message ?? "", "unexpected end of file");
  assert.is(check("if 297")?.message, "a syntax error");
});

for (const [name, code, says] of [
  ["brackets that exhaust bash's stack", "$(".repeat(50_000), "bash ends"],
  ["backslashes", `${"\\".repeat(60_001)}`, "backslash"],
  ["a long line of comments", `${"#".repeat(120_000)}\n\\`, "backslash"],
] as const)
  withBash(`${name}: reported`, async () => {
    assert.match((await checkBash(system, [code], new Map()))(code)?.message ?? "", says);
  });

withBash("a hook or a command that is too long for an argument is reported, and bash is not asked", async () => {
  const long = "x".repeat(300_000);
  const { diagnostics } = await compiled(`${head}shells: { default: { hook: ${long} } }\ncommands: { a: { run: ${long} } }\n`);
  assert.equal(
    diagnostics.map(({ code, message }) => [code, message]),
    [
      ["env-too-long", "the shell `default` has 293 KiB of variables and hook, and a program takes at most 126 KiB"],
      ["schema-value", "the command `a` has 293 KiB of code, and at most 126 are read"],
    ],
  );
});

test("a spec has at most 5,000 pieces of code", async () => {
  const commands = Array.from({ length: 5001 }, (_, at) => `  c${at}: { run: echo ${at} }\n`).join("");
  const { diagnostics } = await compiled(`${head}commands:\n${commands}`, { PATH: "/nowhere" });
  assert.equal(
    diagnostics.map(({ code, message }) => [code, message]),
    [["yaml-limit", "the spec has more than 5000 pieces of code"]],
  );
});

withBash("reading code runs nothing", async () => {
  const folder = tempFolder();
  const here = nodeSystem(folder, { ...process.env, BASH_ENV: "rc" });
  await here.writeFile("rc", "touch ran");
  await checkBash(
    here,
    ["touch ran; if", "$(touch ran)", "if [[ $(touch ran) ]]; then", "set +n\ntouch ran", "touch ran", "extglob=1; touch ran"],
    new Map(),
  );
  assert.equal(await here.list("."), ["rc"]);
});

test("without bash, nothing is known", async () => {
  const { diagnostics, files } = await compiled(`${head}shells: { default: { hook: "if" } }\n`, { PATH: "/nowhere" });
  assert.equal(diagnostics, []);
  assert.ok(files);
});

test.run();
