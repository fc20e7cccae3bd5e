import {
  type CodeAction,
  CodeActionKind,
  DiagnosticSeverity,
  type Diagnostic as EditorDiagnostic,
  type TextEdit,
} from "vscode-languageserver/node";
import { explanationOf } from "../lint/rules.ts";
import type { Diagnostic, Fix } from "../report/diagnostic.ts";
import { addTo } from "../report/lists-by-key.ts";
import type { EditedSpec, Workspace } from "./workspace.ts";

/** More in one file than an editor shows well. */
const MOST = 1000;

/** The diagnostics of a spec, by the URI of the file that each is in; a file without any has an empty list. */
export async function diagnosticsByFile(workspace: Workspace, spec: EditedSpec): Promise<Map<string, EditorDiagnostic[]>> {
  const found = new Map<string, EditorDiagnostic[]>();
  for (const path of spec.files) found.set((await workspace.document(path)).uri, []);
  const located = locator(workspace);
  for (const one of spec.compiled?.diagnostics ?? []) {
    const { uri, range } = await located({ file: one.file, ...one.range });
    const here = found.get(uri) ?? [];
    if (here.length >= MOST) continue;
    const related = await Promise.all(
      (one.related ?? []).map(async ({ message, range: place }) => ({ message, location: await located(place) })),
    );
    const source = explanationOf(one.code)?.source;
    const diagnostic: EditorDiagnostic = {
      range,
      severity: one.severity === "error" ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
      code: one.code,
      source: "flakewright",
      message: one.hint === undefined ? one.message : `${one.message}\n${one.hint}`,
      ...(related.length > 0 ? { relatedInformation: related } : {}),
      ...(source === undefined ? {} : { codeDescription: { href: source } }),
    };
    here.push(diagnostic);
    found.set(uri, here);
  }
  return found;
}

/** `Workspace.location` for many places: each file is read once. */
function locator(workspace: Workspace): Workspace["location"] {
  const documents = new Map<string, ReturnType<Workspace["document"]>>();
  return async (place) => {
    const path = workspace.absolute(place.file);
    const reading = documents.get(path) ?? workspace.document(path);
    documents.set(path, reading);
    const document = await reading;
    return {
      uri: document.uri,
      range: { start: document.positionAt(place.start), end: document.positionAt(place.end) },
    };
  };
}

/** The fixes of the diagnostics that touch a range of a file, each as an action. */
export async function fixActions(
  workspace: Workspace,
  spec: EditedSpec,
  path: string,
  touches: (start: number, end: number) => boolean,
): Promise<CodeAction[]> {
  const actions: CodeAction[] = [];
  for (const one of spec.compiled?.diagnostics ?? []) {
    if (!one.fix || workspace.absolute(one.file) !== path || !touches(one.range.start, one.range.end)) continue;
    actions.push({
      title: one.hint ?? one.message,
      kind: CodeActionKind.QuickFix,
      isPreferred: explanationOf(one.code)?.certainFix === true,
      diagnostics:
        (await diagnosticsByFile(workspace, { ...spec, compiled: only(spec, one) })).get((await workspace.document(path)).uri) ??
        [],
      edit: { changes: await changesOf(workspace, [one.fix, ...(one.fix.also ?? [])]) },
    });
  }
  return actions;
}

const only = (spec: EditedSpec, one: Diagnostic): EditedSpec["compiled"] =>
  spec.compiled && { ...spec.compiled, diagnostics: [one] };

/** Edits by the URI of the file that each changes. */
export async function changesOf(workspace: Workspace, edits: readonly Fix[]): Promise<Record<string, TextEdit[]>> {
  const changes = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const { uri, range } = await workspace.location(edit.range);
    addTo(changes, uri, { range, newText: edit.text });
  }
  return Object.fromEntries(changes);
}
