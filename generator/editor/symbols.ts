import { type DocumentSymbol, SymbolKind } from "vscode-languageserver/node";
import type { TextDocument } from "vscode-languageserver-textdocument";
import { isMap, isScalar, type Node, parseDocument } from "yaml";
import { secretPlaces } from "../knowledge/secrets-in-text.ts";
import { type Mask, masker } from "../report/masking.ts";

/** The outline of a file: its top-level keys, and what the user named below them; a secret in the place of a name is masked. */
export function symbolsOf(document: TextDocument): DocumentSymbol[] {
  const text = document.getText();
  const { contents } = parseDocument(text, {
    version: "1.2",
    uniqueKeys: false,
    logLevel: "silent",
    prettyErrors: false,
  });
  const mask = masker(secretPlaces([{ file: "", text }]).map((place) => place.text)) ?? ((name) => name);
  return below(contents, document, mask, 2);
}

function below(node: unknown, document: TextDocument, mask: Mask, depth: number): DocumentSymbol[] {
  if (!isMap(node) || depth === 0) return [];
  return node.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || !key.range) return [];
    const end = (value as Node | null)?.range?.[1] ?? key.range[1];
    const range = (from: number, to: number) => ({ start: document.positionAt(from), end: document.positionAt(to) });
    return [
      {
        name: mask(String(key.value)) || "(empty)",
        kind: depth === 2 ? SymbolKind.Namespace : SymbolKind.Class,
        range: range(key.range[0], Math.max(end, key.range[1])),
        selectionRange: range(key.range[0], key.range[1]),
        children: below(value, document, mask, depth - 1),
      },
    ];
  });
}
