import { join } from "node:path";
import { allSecrets } from "../knowledge/secrets-in-text.ts";
import { hasErrors } from "../report/diagnostic.ts";
import { maskText } from "../report/masking.ts";
import type { System } from "../system/system.ts";
import { CHECKSUMS } from "../write/checksums.ts";
import { type Comparison, compare } from "../write/compare.ts";
import { failed, filesOf, type Options, type Outcome, outcome } from "./outcome.ts";
import { inOutputFolder } from "./output-folder.ts";
import { compileSpec } from "./session.ts";
import { unifiedDiff } from "./unified-diff.ts";

/** Prints what `generate` would change as a unified diff. */
export async function diff(system: System, options: Options): Promise<Outcome> {
  const compiled = await compileSpec(system, options);
  if ("status" in compiled) return compiled;
  if (!compiled.files) return outcome(compiled, options, [], [], 1);
  const { files } = compiled;
  const comparison = await inOutputFolder(options.out, () => compare(system, options.out, files, true));
  return {
    report: {
      diagnostics: [...compiled.diagnostics, ...comparison.diagnostics],
      files: filesOf(comparison),
      sources: compiled.texts,
    },
    output: diffText(comparison, options),
    isMasked: true,
    isDiff: true,
    notes: [],
    status: hasErrors(comparison.diagnostics) || failed(compiled.diagnostics, options) ? 1 : 0,
  };
}

/** The unified diff of all changes, in which no secret can be read that somebody has put into a file; `""` when there is none. */
export function diffText(comparison: Comparison, { out }: Options): string {
  let text = "";
  // The list of checksums changes with every other file: it comes last.
  const isList = ({ path }: { readonly path: string }) => Number(path === CHECKSUMS);
  const changes = [...comparison.changes].sort((a, b) => isList(a) - isList(b));
  for (const { path, change, before: found, after } of changes) {
    // Without this, a file with CRLF would differ in each line.
    const before = after?.includes("\r\n") ? found : found?.replaceAll("\r\n", "\n");
    if (change === "unchanged" || before === after) continue;
    const name = masked(join("/", out, path));
    const from = before === undefined ? "/dev/null" : `a${name}`;
    const to = after === undefined ? "/dev/null" : `b${name}`;
    const [old, now] = [masked(before ?? ""), masked(after ?? "")];
    if (old === now) text += `--- ${from}\n+++ ${to}\n@@ they differ only in what looks like a secret @@\n`;
    else text += unifiedDiff(from, to, old, now);
  }
  return text;
}

const masked = (text: string): string => maskText(text, allSecrets(text));
