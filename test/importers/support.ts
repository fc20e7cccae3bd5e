import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { type ForeignFile, importConfigs, type KnownPackages } from "../../generator/importers/index.ts";
import { openForeignTools } from "../../generator/knowledge/foreign-tools.ts";
import type { Diagnostic } from "../../generator/report/diagnostic.ts";

export const fixtures = join(dirname(fileURLToPath(import.meta.url)), "../fixtures/nix-conf");

/** A few packages, so that the tables do not depend on the bundled facts. */
export const few: KnownPackages = {
  has: (attribute) =>
    [
      "kubectl",
      "terraform",
      "nodejs",
      "nodejs_18",
      "go",
      "go_1_22",
      "python3",
      "python310",
      "jq",
      "hello",
      "cowsay",
      "openssl",
    ].includes(attribute),
  isRemoved: () => false,
  replacementOf: () => undefined,
  programOf: () => "",
  isUnfree: (attribute) => attribute === "terraform",
  tools: openForeignTools("", ""),
};

export interface Result {
  readonly yaml: string;
  /** The spec as data. */
  readonly spec: Record<string, unknown>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Imports texts by path; `readable` are the files that includes can read. */
export async function imported(
  files: Record<string, string>,
  readable: Record<string, string> = {},
  known = few,
): Promise<Result> {
  const list: ForeignFile[] = Object.entries(files).map(([path, text]) => ({ path, text }));
  const [yaml, diagnostics] = await importConfigs(list, async (path) => readable[posix.normalize(path)], known);
  if (yaml === undefined) return { yaml: "", spec: {}, diagnostics };
  const document = parseDocument(yaml, { version: "1.2", schema: "core" });
  if (document.errors.length > 0) throw new Error(`not YAML: ${document.errors[0]?.message}\n${yaml}`);
  return { yaml, spec: document.toJS() as Record<string, unknown>, diagnostics };
}

/** All comments of a YAML text as one line, wherever they wrap. */
export const comments = (yaml: string): string =>
  yaml
    .split("\n")
    .flatMap((line) => /^\s*# ?(.*)$/.exec(line)?.[1] ?? [])
    .join(" ");
