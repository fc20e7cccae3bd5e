import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type ErrorCode, parseDocument } from "yaml";
import { readFile } from "../../generator/read/source.ts";
import { yamlErrorText } from "../../generator/report/yaml-errors.ts";

const test = suite("messages for errors of the yaml library");

/** For each code of the library: texts that have the error, each with our message. The type requires every code. */
const TEXTS: Readonly<Record<ErrorCode, readonly (readonly [text: string, message: string])[]>> = {
  ALIAS_PROPS: [["a: &x y\nb: &z *x\n", "an alias (`*name`) can't have an anchor or a tag"]],
  BAD_ALIAS: [
    ["a: [*]\n", "`*` needs the name of an anchor"],
    ["a: &\n", "`&` needs the name of an anchor"],
    ["a: &x: y\n", "the name of an anchor or alias can't end in `:`"],
    ["a: &x y\nb: [*x:]\n", "the name of an anchor or alias can't end in `:`"],
  ],
  BAD_COLLECTION_TYPE: [["a: !!set [b]\n", "unsupported tag `!!set`"]],
  BAD_DIRECTIVE: [
    ["%FOO bar\n---\na: 1\n", "invalid YAML directive `%FOO bar`"],
    ["%YAML 1.3\n---\na: 1\n", "invalid YAML directive `1.3`"],
    ["%TAG x\n---\na: 1\n", "invalid YAML directive `%TAG x`"],
  ],
  BAD_DQ_ESCAPE: [
    ['a: "C:\\Users"\n', "invalid escape sequence in double-quoted text"],
    ['a: "\\x1"\n', "invalid escape sequence in double-quoted text"],
  ],
  BAD_INDENT: [
    ["a: [x\nb: c\n", "`]` is missing: the list that starts with `[` is not closed"],
    ["a: {x: 1\nb: c\n", "`}` is missing: the map that starts with `{` is not closed"],
    ["a:\n  b: 1\n c: 2\n", "the indentation of this line does not match the keys above it"],
    ["- |\n\ta\n", "a line of the text after `|` or `>` is not indented with spaces like its first line"],
    ["|\n  a\n\t  b\n", "a line of the text after `|` or `>` is not indented with spaces like its first line"],
    ["- a: 1\n - b\n", "the items of this list are not indented equally"],
  ],
  BAD_PROP_ORDER: [["&a ? x\n", "an anchor (`&name`) or tag (`!name`) must come after `?`"]],
  BAD_SCALAR_START: [
    ["a: @b\n", "text can't start with `@` without quotes"],
    ["a: %b\n", "text can't start with `%` without quotes"],
    ["a: ,b\n", "text can't start with `,` without quotes"],
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    ["a: b: c\n", "a map can't start on the line of its key"],
    ["a: 1\n  b: 2\n", "a map can't start on the line of its key"],
    ["a:\n    b: 1\n   - c\n", "a list item where a key of the map is expected"],
  ],
  BLOCK_IN_FLOW: [
    ["a: [\n  - b\n]\n", "`[…]` and `{…}` can't contain a list or map written on lines of its own"],
    ["a: {x: 1 y: 2}\n", "`[…]` and `{…}` can't contain a list or map written on lines of its own"],
  ],
  DUPLICATE_KEY: [],
  IMPOSSIBLE: [],
  KEY_OVER_1024_CHARS: [
    [`${"x".repeat(1100)}: y\n`, "a key is longer than 1024 characters"],
    [`[${"x".repeat(1100)}: y]\n`, "a key is longer than 1024 characters"],
  ],
  MISSING_CHAR: [
    ["a: 'x\n", "the closing `'` is missing"],
    ['a: "x\nb: c\n', 'the closing `"` is missing'],
    ["[a\n", "`]` is missing: the list that starts with `[` is not closed"],
    ["{a: b\n", "`}` is missing: the map that starts with `{` is not closed"],
    ["a: 1\nb\nc: 2\n", "`:` and a value are missing after this key"],
    ["a: b\nc:d\n", "`:` and a value are missing after this key"],
    ["a: [b, 'c' 'd']\n", "a comma is missing between two entries of `[…]` or `{…}`"],
    ["a: [*x :-c]\n", "a space is missing after `:`"],
    ["- - a: b\n  c\n", "`- ` is missing before this item of the list"],
    ["a: |#c\n b\n", "a space is missing before `#`"],
    ['a: "x"#c\n', "a space is missing before `#`"],
    ["a: !!str%zz z\n", "a space is missing after an anchor or a tag"],
    ["&a - x\n", "a list can't start on the line of its anchor or tag"],
    ["%FOO\na: 1\n", "`---` is missing after a line that starts with `%`"],
    ["%\n", "`---` is missing after a line that starts with `%`"],
    ["--- a: b\n", "a map or list can't start on the line of `---`"],
    ["a: |\n     \n  b\n", "an empty line before this text has more spaces than the text is indented by"],
  ],
  MULTILINE_IMPLICIT_KEY: [
    ["a\nb: c\n", "a key can't have more than one line"],
    ["[a\n: b]\n", "a key can't have more than one line"],
  ],
  MULTIPLE_ANCHORS: [["a: &x &y z\n", "a value can't have two anchors (`&name`)"]],
  MULTIPLE_DOCS: [
    ["a: 1\n---\nb: 2\n", "the file contains more than one YAML document"],
    ["a: 1\n...\nb: 2\n", "the file contains more than one YAML document"],
  ],
  MULTIPLE_TAGS: [["a: !!str !!int z\n", "a value can't have two tags (`!name`)"]],
  NON_STRING_KEY: [],
  // Read as `yaml-limit`, see below.
  RESOURCE_EXHAUSTION: [],
  TAB_AS_INDENT: [["a:\n\tb: c\n", "a tab is used as indentation"]],
  TAG_RESOLVE_FAILED: [
    ["a: !secret z\n", "unsupported tag `!secret`"],
    ["a: !!seq {b: c}\n", "unsupported tag `!!seq`"],
    ["a: !<foo z\n", "unsupported tag `!<foo`"],
    ["a: !x!y z\n", "unsupported tag `!x!y`"],
  ],
  UNEXPECTED_TOKEN: [
    ["a: [x, , y]\n", "a comma without an entry before it"],
    ["[,]\n", "a comma without an entry before it"],
    ["a: - b\n", "a list can't start on the line of its key"],
    ["a: ]\n", "`]` without a `[` before it"],
    ["{a: b}}\n", "`}` without a `{` before it"],
    ["a: |x\n  b\n", "unexpected text `x` after `|` or `>`"],
    ["a: 'it's'\n", "unexpected text `s'` after the end of the value"],
    ["a: [b] c\n", "unexpected text `c` after the end of the value"],
    ["a\nb\n: c\n", "unexpected `:`"],
  ],
};

for (const [code, rows] of Object.entries(TEXTS))
  for (const [index, [text, message]] of rows.entries())
    test(`${code}: ${message} (${index})`, () => {
      const document = parseDocument(text, { merge: false, uniqueKeys: false, prettyErrors: false });
      const [error] = [...document.errors, ...document.warnings];
      assert.is(error?.code, code, "the row's text has the error it is for");
      const [, diagnostics] = readFile("spec.yaml", Buffer.from(text));
      assert.equal(
        diagnostics.map((one) => [one.code, one.message]),
        [["yaml-syntax", message]],
      );
      assert.ok(diagnostics[0]?.hint, "there is a hint");
    });

test("a code whose message an update of the library changes, and a code that it adds, have a sentence of ours", () => {
  for (const code of [...Object.keys(TEXTS), "CODE_OF_A_LATER_VERSION"]) {
    const { message, hint } = yamlErrorText({ code: code as ErrorCode, message: "Library wording" }, "x");
    assert.ok(message !== "" && hint !== "" && !/librar|undefined|\{\}/i.test(message + hint), message);
  }
});

test("maps nested deeper than the parser's stack exceed a limit", () => {
  const text = Array.from({ length: 1500 }, (_, depth) => `${" ".repeat(depth)}a:\n`).join("");
  const [{ source }, diagnostics] = readFile("spec.yaml", Buffer.from(text));
  assert.is(source, undefined);
  assert.equal(
    diagnostics.map((one) => [one.code, one.message]),
    [["yaml-limit", "nested deeper than 64 levels"]],
  );
});

test.run();
