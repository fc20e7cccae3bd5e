import { dirname, join, relative } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Compiled, compile } from "../generator/compile.ts";
import { openFacts } from "../generator/knowledge/packages.ts";
import { pinsText, readPins } from "../generator/knowledge/pins.ts";
import { explanationOf } from "../generator/lint/rules.ts";
import { toSarif } from "../generator/report/sarif.ts";
import { toText } from "../generator/report/text.ts";
import { mutatedSpecs } from "./support/mutations.ts";
import { system, templates } from "./support/spec.ts";

/*
 * Trees of included files and pins files, spoilt in any way: flakewright answers with files or with diagnostics, each in a file that is
 * there. By default 400 of each under a fixed seed; INCLUDE_RUNS=20000 is the long mode.
 */
const RUNS = Number(process.env["INCLUDE_RUNS"] || 400);
const SEED = Number(process.env["FUZZ_SEED"] || 20261125);

const facts = openFacts((await system.readFile("generator/knowledge/packages.tsv"))?.toString("latin1") ?? "");
const fuzz = suite("fuzz of included files and pins");

const NAMES = ["spec.yaml", "a.yaml", "b/c.yaml", "b/d.yaml", "e f.yaml", "$(id).yaml"];
const PLACES = [
  "trustedUsers[0]",
  "groups",
  "groups.k8s.packages[1]",
  "settings.cores",
  "lint[0]",
  "",
  "[0]",
  "groups..k8s",
  "__proto__",
];

/** Mostly a file behind the including one, so that many trees are whole; a number stands for it. */
const include = fc.oneof(
  { weight: 12, arbitrary: fc.nat(3) },
  { weight: 2, arbitrary: fc.record({ skip: fc.nat(3), without: fc.array(fc.constantFrom(...PLACES), { maxLength: 2 }) }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      "spec.yaml",
      "./a.yaml",
      "../a.yaml",
      "nothing.yaml",
      "/etc/passwd",
      "github:a/b",
      "a\nb",
      null,
      {},
      [],
      { file: 1 },
      { file: "a.yaml", without: "groups" },
    ),
  },
);

/** A part of a spec that is right by itself, or a spoilt spec. */
const fragment = fc.oneof(
  {
    weight: 20,
    arbitrary: fc
      .record(
        {
          trustedUsers: fc.array(fc.constantFrom("root", "ada", "bob", "*"), { maxLength: 3 }),
          shells: fc.constant({}),
          groups: fc.dictionary(
            fc.constantFrom("k8s", "web", "constructor"),
            fc.record({ packages: fc.array(fc.constantFrom("jq", "kubectl", { package: "git", name: "g" }), { maxLength: 3 }) }),
            { maxKeys: 2 },
          ),
          settings: fc.record({ cores: fc.integer({ min: 1, max: 3 }) }),
          nixpkgs: fc.constantFrom("nixos-26.05", "nixos-unstable", {
            url: "github:NixOS/nixpkgs/nixos-26.05",
            unfree: ["vault"],
          }),
          lint: fc.array(
            fc.record({ code: fc.constant("trusted-user-is-root"), at: fc.constantFrom(...PLACES), why: fc.constant("y") }),
            {
              maxLength: 2,
            },
          ),
          requires: fc.constantFrom(">=0.1", ">=0.1", ">=0.1", ">=0.1", ">=9", "x"),
          description: fc.constantFrom("one", "two", `ghp_${"a1B2".repeat(9)}`),
        },
        { requiredKeys: [] },
      )
      .map((value) => JSON.stringify(value).slice(1, -1)),
  },
  { weight: 1, arbitrary: mutatedSpecs.map((bytes) => Buffer.from(bytes).toString("latin1")) },
);

const tree = fc.array(fc.tuple(fc.array(include, { maxLength: 3 }), fragment), { minLength: 1, maxLength: NAMES.length });

function filesOf(parts: readonly (readonly [readonly unknown[], string])[]): Map<string, Buffer> {
  const behind = (at: number, skip: number): string[] => {
    const name = at + 1 + skip < parts.length ? NAMES[at + 1 + skip] : undefined;
    return name === undefined ? [] : [relative(dirname(NAMES[at] ?? ""), name)];
  };
  return new Map(
    parts.map(([includes, part], at) => {
      const head = at === 0 ? '"version": 1, "name": "demo", ' : "";
      const list = includes.flatMap((one) => {
        if (typeof one === "number") return behind(at, one);
        const { skip, without } = (one ?? {}) as { skip?: number; without?: string[] };
        return skip === undefined ? [one] : behind(at, skip).map((file) => ({ file, without }));
      });
      const isJson = part === "" || part.startsWith('"');
      const text = isJson ? `{${head}"include": ${JSON.stringify(list)}${part === "" ? "" : `, ${part}`}}` : part;
      return [NAMES[at] ?? "", Buffer.from(text)];
    }),
  );
}

function compiled(files: ReadonlyMap<string, Buffer>, more: object = {}): Compiled {
  const includes = {
    root: "/spec.yaml",
    load(path: string, from: string) {
      const file = join(dirname(from), path);
      const bytes = files.get(file);
      return bytes ? { file, path: `/${file}`, bytes } : "does not exist";
    },
  };
  const bytes = files.get("spec.yaml") ?? Buffer.from("");
  return compile(bytes, "spec.yaml", { locked: true, facts: () => facts, includes, version: "0.1.0", ...more }, templates);
}

function judge({ files, diagnostics, texts }: Compiled): void {
  const errors = diagnostics.filter((d) => d.severity === "error");
  if ((files === undefined) !== errors.length > 0) throw new Error("files in spite of errors, or neither");
  for (const d of diagnostics) {
    if (!explanationOf(d.code)) throw new Error(`${d.code} is not in the catalogue`);
    const places = [{ ...d.range, file: d.file }, ...(d.related ?? []).map((one) => one.range), ...(d.fix ? [d.fix.range] : [])];
    for (const { file, start, end } of places) {
      const length = texts.get(file)?.length ?? -1;
      if (!(start >= 0 && start <= end && end <= length)) throw new Error(`${d.code} is outside ${file}`);
    }
  }
  const report = { diagnostics, files: [], sources: texts };
  const shown = `${toText(report, true)}${toSarif(report, "1", explanationOf)}`;
  if (shown.includes("ghp_a1B2a1B2")) throw new Error("a secret is shown");
}

function check<T>(property: fc.IProperty<T>): void {
  const details = fc.check(property, { numRuns: RUNS, seed: SEED });
  assert.not.ok(details.failed, `${details.counterexample && JSON.stringify(details.counterexample)} ${details.errorInstance}`);
}

fuzz(`${RUNS} trees of files are compiled or explained`, () => {
  const codes = new Set<string>();
  let whole = 0;
  check(
    fc.property(tree, (parts) => {
      const result = compiled(filesOf(parts));
      judge(result);
      if (result.files && result.included.length > 0) whole++;
      for (const d of result.diagnostics) codes.add(d.code);
    }),
  );
  // Otherwise the trees would try nothing.
  for (const code of ["include-missing", "include-cycle", "include-conflict", "requires-newer", "secret-in-spec"])
    assert.ok(codes.has(code), `no tree had ${code}`);
  assert.ok(whole > RUNS / 100, `only ${whole} trees compiled`);
});

const rev = "0123456789abcdef0123456789abcdef01234567";
const goodPins = pinsText({
  index: { source: "a folder", revisions: 3, newest: rev },
  pins: new Map([["kubectl@1.29", { attribute: "kubectl", version: "1.29.4", rev, date: "2024-04-21" }]]),
});
const pinned = Buffer.from(
  'version: 1\nname: demo\nnixpkgs: nixos-26.05\ngroups: { k8s: { packages: [{ package: kubectl, version: "1.29" }] } }\n',
);

fuzz(`${RUNS} spoilt pins files are refused in words, or are as they were`, () => {
  const edit = fc.tuple(
    fc.nat(),
    fc.nat(40),
    fc.constantFrom("", "0", '"', "}", "${x}", "\n", "\0", "9".repeat(40), "null", "[]"),
  );
  check(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      let text = goodPins;
      for (const [at, length, put] of edits) {
        const start = at % (text.length + 1);
        text = text.slice(0, start) + put + text.slice(start + length);
      }
      const content = readPins(text);
      const result = compiled(new Map([["spec.yaml", pinned]]), { pins: { file: "spec.pins.json", content } });
      judge(result);
      if (typeof content === "string")
        assert.equal(
          result.diagnostics.map((d) => d.code),
          ["version-unresolved"],
        );
      else if (result.files) assert.is(pinsText(content), goodPins);
    }),
  );
});

fuzz.run();
