import type { ErrorCode, YAMLError } from "yaml";

/*
 * Our own sentence and hint for each error of the `yaml` library. The library's messages never reach a user: they use terms of YAML's
 * grammar and of the library's own API.
 */

export interface YamlErrorText {
  readonly message: string;
  readonly hint: string;
}

/** One cause of an error code. */
interface Cause {
  /** Matches the library's message for this cause. Without it, the cause is the general one: the last of its code. */
  readonly when?: RegExp;
  /** `{}` becomes the text at the error's range, in backquotes. */
  readonly message: string;
  readonly hint: string;
}

/** The causes of one code; the last one has no `when`. */
type Causes = readonly [...Cause[], Cause];

const UNSUPPORTED_TAG: Causes = [
  { message: "unsupported tag {}", hint: "delete the tag: a spec has only maps, lists and plain values" },
];

/*
 * The library tells several causes of one code apart only by its message. If an update of the library changes a message, the general cause
 * applies. The type requires an entry for every code that the library has.
 */
const CAUSES: Readonly<Record<ErrorCode, Causes>> = {
  ALIAS_PROPS: [
    { message: "an alias (`*name`) can't have an anchor or a tag", hint: "delete the `&…` or `!…` before the alias" },
  ],
  BAD_ALIAS: [
    {
      when: /^Anchor cannot/,
      message: "`&` needs the name of an anchor",
      hint: "put text that starts with `&` in quotes",
    },
    {
      when: /ends? in|ending in/,
      message: "the name of an anchor or alias can't end in `:`",
      hint: "put a space before the `:`",
    },
    { message: "`*` needs the name of an anchor", hint: 'put text that starts with `*` in quotes: "*"' },
  ],
  BAD_COLLECTION_TYPE: UNSUPPORTED_TAG,
  BAD_DIRECTIVE: [
    { message: "invalid YAML directive {}", hint: "delete the line: a spec needs no directives, which start with `%`" },
  ],
  BAD_DQ_ESCAPE: [
    {
      message: "invalid escape sequence in double-quoted text",
      hint: "write `\\\\` for a backslash, or use single quotes, where a backslash is an ordinary character",
    },
  ],
  BAD_INDENT: [
    {
      when: /end with a \]/,
      message: "`]` is missing: the list that starts with `[` is not closed",
      hint: "add the `]`, and indent each line of the list more than its key; put text that contains `[` in quotes",
    },
    {
      when: /end with a \}/,
      message: "`}` is missing: the map that starts with `{` is not closed",
      hint: "add the `}`, and indent each line of the map more than its key; put text that contains `{` in quotes",
    },
    {
      when: /^Block scalar/,
      message: "a line of the text after `|` or `>` is not indented with spaces like its first line",
      hint: "indent all lines of the text equally with spaces, and more than the key",
    },
    {
      when: /sequence items/,
      message: "the items of this list are not indented equally",
      hint: "start all items of one list at the same column",
    },
    {
      message: "the indentation of this line does not match the keys above it",
      hint: "start all keys of one map at the same column, and indent the lines of a value more than its key",
    },
  ],
  BAD_PROP_ORDER: [
    {
      message: "an anchor (`&name`) or tag (`!name`) must come after {}",
      hint: "delete the anchor or tag, or move it to the value",
    },
  ],
  BAD_SCALAR_START: [{ message: "text can't start with {} without quotes", hint: "put the text in quotes" }],
  BLOCK_AS_IMPLICIT_KEY: [
    {
      when: /sequence/,
      message: "a list item where a key of the map is expected",
      hint: "start all items of one list at the same column, not further left than their key",
    },
    {
      message: "a map can't start on the line of its key",
      hint: "put text that contains `: ` in quotes, start a map on the next line, and indent the keys of one map equally",
    },
  ],
  BLOCK_IN_FLOW: [
    {
      message: "`[…]` and `{…}` can't contain a list or map written on lines of its own",
      hint: "separate entries with commas, and write inner lists as `[a, b]` and inner maps as `{key: value}`",
    },
  ],
  DUPLICATE_KEY: [{ message: "duplicate key {}", hint: "delete one of them" }],
  IMPOSSIBLE: [{ message: "invalid YAML", hint: "check the indentation and the quotes of this line and the one before" }],
  KEY_OVER_1024_CHARS: [
    { message: "a key is longer than 1024 characters", hint: "shorten the key, or put the whole text in quotes if it is no key" },
  ],
  MISSING_CHAR: [
    {
      when: /closing 'quote/,
      message: "the closing `'` is missing",
      hint: "close the quotes; inside single quotes, write '' for an apostrophe",
    },
    {
      when: /closing "quote/,
      message: 'the closing `"` is missing',
      hint: 'close the quotes; inside double quotes, write \\" for a quote',
    },
    { when: /end with a \]/, message: "`]` is missing: the list that starts with `[` is not closed", hint: "add the `]`" },
    { when: /end with a \}/, message: "`}` is missing: the map that starts with `{` is not closed", hint: "add the `}`" },
    {
      when: /map keys need/,
      message: "`:` and a value are missing after this key",
      hint: "write `key: value`, with a space after the colon; start an item of a list with `- `",
    },
    {
      when: /^Missing , /,
      message: "a comma is missing between two entries of `[…]` or `{…}`",
      hint: "separate the entries with commas",
    },
    { when: /space after :/, message: "a space is missing after `:`", hint: "write `key: value`" },
    {
      when: /^Comments/,
      message: "a space is missing before `#`",
      hint: "put a space before a comment, and quotes around text that contains `#`",
    },
    {
      when: /without - indicator/,
      message: "`- ` is missing before this item of the list",
      hint: "start each item of the list with `- `",
    },
    {
      when: /^Tags and anchors/,
      message: "a space is missing after an anchor or a tag",
      hint: "put text that starts with `&` or `!` in quotes",
    },
    {
      when: /block sequence props/,
      message: "a list can't start on the line of its anchor or tag",
      hint: "start the list on the next line",
    },
    {
      when: /directives-end(?:\/| indicator)/,
      message: "`---` is missing after a line that starts with `%`",
      hint: "delete the line that starts with `%`: a spec needs no directives",
    },
    {
      when: /^Block collection/,
      message: "a map or list can't start on the line of `---`",
      hint: "start it on the next line, or delete the `---`",
    },
    {
      when: /^Block scalars/,
      message: "an empty line before this text has more spaces than the text is indented by",
      hint: "delete the spaces of the empty line",
    },
    {
      message: "a character is missing, such as a quote, a comma or a bracket",
      hint: "check the indentation and the quotes of this line and the one before",
    },
  ],
  MULTILINE_IMPLICIT_KEY: [
    {
      message: "a key can't have more than one line",
      hint: "check each line for a missing `:` or a missing space after it; start an item of a list with `- `",
    },
  ],
  MULTIPLE_ANCHORS: [{ message: "a value can't have two anchors (`&name`)", hint: "delete one of them" }],
  MULTIPLE_DOCS: [
    {
      message: "the file contains more than one YAML document",
      hint: "delete this line and everything after it: a spec is one document",
    },
  ],
  MULTIPLE_TAGS: [{ message: "a value can't have two tags (`!name`)", hint: "delete the tags: a spec needs none" }],
  NON_STRING_KEY: [{ message: "a key must be text", hint: "put the key in quotes" }],
  RESOURCE_EXHAUSTION: [{ message: "the YAML is nested too deeply", hint: "a spec needs no more than six levels" }],
  TAB_AS_INDENT: [{ message: "a tab is used as indentation", hint: "indent with spaces" }],
  TAG_RESOLVE_FAILED: UNSUPPORTED_TAG,
  UNEXPECTED_TOKEN: [
    {
      when: /^Unexpected (?:,|empty item)/,
      message: "a comma without an entry before it",
      hint: "delete the comma",
    },
    {
      when: /block-seq-ind/,
      message: "a list can't start on the line of its key",
      hint: "start the list on the next line, or write `[a, b]`; put text that starts with `- ` in quotes",
    },
    { when: /flow-seq-end/, message: "`]` without a `[` before it", hint: "delete the `]`, or put the text in quotes" },
    { when: /flow-map-end/, message: "`}` without a `{` before it", hint: "delete the `}`, or put the text in quotes" },
    {
      when: /^Block scalar header/,
      message: "unexpected text {} after `|` or `>`",
      hint: "start the text on the next line; put text that starts with `|` or `>` in quotes",
    },
    {
      when: /at node end/,
      message: "unexpected text {} after the end of the value",
      hint: "put the whole value in quotes, or start it on a line of its own",
    },
    {
      message: "unexpected {}",
      hint: "check the indentation and the quotes of this line and the one before",
    },
  ],
};

/**
 * The sentence and the hint for an error.
 *
 * @param error An error or warning of the `yaml` library.
 * @param found The text of the spec at the error's range.
 */
export function yamlErrorText(error: Pick<YAMLError, "code" | "message">, found: string): YamlErrorText {
  const causes: readonly Cause[] = CAUSES[error.code] ?? CAUSES.IMPOSSIBLE;
  const cause = causes.find(({ when }) => !when || when.test(error.message)) ?? { message: "invalid YAML", hint: "" };
  return { message: cause.message.replace("{}", () => shown(found)), hint: cause.hint };
}

/** The first line of a text in backquotes, cut after 40 characters. */
function shown(text: string): string {
  const [line = ""] = text.trim().split(/[\r\n]/);
  return `\`${line.length > 40 ? `${line.slice(0, 39)}…` : line}\``;
}
