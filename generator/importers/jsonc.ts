import { type Node, type ParseError, type ParseOptions, parseTree, printParseErrorCode, visit } from "jsonc-parser";
import type { Range } from "../report/diagnostic.ts";
import { SyntaxFault } from "./syntax-fault.ts";

/** JSON with comments and trailing commas, as devbox reads it; members keep their order and every node its place. */
export type JsonNode =
  | { readonly kind: "literal"; readonly value: null | boolean | number | string; readonly range: Range }
  | { readonly kind: "array"; readonly items: readonly JsonItem[]; readonly range: Range; readonly trailing: readonly string[] }
  | {
      readonly kind: "object";
      /** All of them, also those whose key stands twice. */
      readonly members: readonly JsonMember[];
      readonly range: Range;
      /** The comments after the last one; at the root, those before and after the whole too. */
      readonly trailing: readonly string[];
    };

interface JsonItem {
  readonly node: JsonNode;
  /** The comments before it, and after it on the same line, without their marks. */
  readonly comments: readonly string[];
}

export interface JsonMember extends JsonItem {
  readonly key: string;
}

/** How deep arrays and objects may nest: the parser is recursive. */
const MAX_DEPTH = 100;

const OPTIONS: ParseOptions = { allowTrailingComma: true };

/** Throws a {@link SyntaxFault} at the first character that does not fit. */
export function parseJsonc(written: string): JsonNode {
  // JSON has no byte order mark; a space in its place keeps all offsets.
  const text = written.replace(/^\ufeff/, " ");
  const comments: Comment[] = [];
  const closing: string[] = [];
  const open = (bracket: string, offset: number) => {
    if (closing.push(bracket) > MAX_DEPTH)
      throw new SyntaxFault(`nested deeper than ${MAX_DEPTH} levels`, { start: offset, end: offset + 1 });
  };
  visit(
    text,
    {
      onObjectBegin: (offset) => open("}", offset),
      onObjectEnd: () => void closing.pop(),
      onArrayBegin: (offset) => open("]", offset),
      onArrayEnd: () => void closing.pop(),
      onComment: (offset, length) => void comments.push({ offset, text: commentText(text.slice(offset, offset + length)) }),
      onError(error, offset, length) {
        const [start, end] = [Math.min(offset, text.length), Math.min(offset + length, text.length)];
        throw new SyntaxFault(faultMessage(error, closing.at(-1)), { start, end });
      },
    },
    OPTIONS,
  );
  return commented(parseTree(text, [], OPTIONS)!, text, comments);
}

/** `closing`: the bracket that ends the innermost array or object at that place. */
function faultMessage(error: ParseError["error"], closing: string | undefined): string {
  switch (printParseErrorCode(error)) {
    case "ValueExpected":
      return "expected a value";
    case "PropertyNameExpected":
      return "expected a key in double quotes";
    case "ColonExpected":
      return "expected `:`";
    case "CommaExpected":
      return `expected \`,\` or \`${closing}\``;
    case "CloseBraceExpected":
      return "`}` is missing";
    case "CloseBracketExpected":
      return "`]` is missing";
    case "EndOfFileExpected":
      return "unexpected text after the end of the document";
    case "UnexpectedEndOfComment":
      return "unterminated comment";
    case "UnexpectedEndOfString":
      return "unterminated string";
    case "UnexpectedEndOfNumber":
      return "invalid number";
    case "InvalidUnicode":
      return "invalid escape in a string: `\\u` takes four hexadecimal digits";
    case "InvalidEscapeCharacter":
      return "invalid escape in a string";
    case "InvalidCharacter":
      return "a string can't contain a tab or another control character: write an escape such as `\\t`";
    default:
      return "unexpected text: JSON puts keys and text in double quotes";
  }
}

interface Comment {
  readonly offset: number;
  readonly text: string;
}

/** A comment without its marks. */
const commentText = (comment: string): string =>
  (comment.startsWith("//") ? comment.slice(2) : comment.slice(2, -2).replace(/^\s*\*/gm, "")).trim();

/** The parser's tree with each comment at the entry it is about. */
function commented(tree: Node, text: string, comments: readonly Comment[]): JsonNode {
  let next = 0;
  const takeWhile = (isTaken: (comment: Comment) => boolean): string[] => {
    const from = next;
    while (next < comments.length && isTaken(comments[next]!)) next++;
    return comments.slice(from, next).flatMap((comment) => comment.text || []);
  };
  const takeBefore = (offset: number) => takeWhile((comment) => comment.offset < offset);

  const entry = (node: Node, following: number): JsonItem => {
    const before = takeBefore(node.offset);
    const converted = convert(node);
    const end = node.offset + node.length;
    const after = takeWhile(({ offset }) => offset < following && !text.slice(end, offset).includes("\n"));
    return { node: converted, comments: [...before, ...after] };
  };
  const convert = (node: Node): JsonNode => {
    const end = node.offset + node.length;
    const range = { start: node.offset, end };
    const children = node.children ?? [];
    const following = (index: number) => children[index + 1]?.offset ?? end;
    if (node.type === "array") {
      const items = children.map((child, index) => entry(child, following(index)));
      return { kind: "array", items, range, trailing: takeBefore(end) };
    }
    if (node.type === "object") {
      const members = children.map((child, index) => {
        const [key, value] = child.children as [Node, Node];
        return { key: String(key.value), ...entry(value, following(index)) };
      });
      return { kind: "object", members, range, trailing: takeBefore(end) };
    }
    return { kind: "literal", value: node.value, range };
  };

  const header = takeBefore(tree.offset);
  const root = convert(tree);
  const rest = takeBefore(text.length);
  return root.kind === "literal" ? root : { ...root, trailing: [...header, ...root.trailing, ...rest] };
}

/** The member of that name; the last one, as JSON readers take it. */
export function member(node: JsonNode | undefined, key: string): JsonMember | undefined {
  return node?.kind === "object" ? node.members.findLast((m) => m.key === key) : undefined;
}

export const asString = (node: JsonNode | undefined): string | undefined =>
  node?.kind === "literal" && typeof node.value === "string" ? node.value : undefined;

/** A list of strings, or one string as a list of one; what is neither is left out. */
export function asStrings(node: JsonNode | undefined): string[] {
  if (node?.kind === "array") return node.items.flatMap((item) => asString(item.node) ?? []);
  const one = asString(node);
  return one === undefined ? [] : [one];
}
