import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Compiled, compile } from "../../generator/compile.ts";
import { type Facts, openFacts } from "../../generator/knowledge/packages.ts";
import { momentOf } from "../../generator/knowledge/releases.ts";
import { readSizes } from "../../generator/knowledge/sizes.ts";
import { loadTemplates } from "../../generator/output/templates.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { tempFolder } from "./temp.ts";

export const repository = fileURLToPath(new URL("../../", import.meta.url));
export const system = nodeSystem(repository, process.env);
export const templates = await loadTemplates(system);

const factsText = (await system.readFile(join(repository, "generator/knowledge/packages.tsv")))?.toString("latin1") ?? "";
const opened = new Map<string, Facts>();

/** The bundled facts about a nixpkgs, opened once: what they build for nearest names takes longer than to compile a spec. */
export function factsOf(nixpkgs?: string): Facts {
  const moment = nixpkgs === undefined ? undefined : momentOf(nixpkgs);
  const key = JSON.stringify(moment ?? null);
  const facts = opened.get(key) ?? openFacts(factsText, moment);
  opened.set(key, facts);
  return facts;
}

/** What a policy is judged by: a nixpkgs of 2026-05-01, and 3 GiB of the group k8s, measured with the lock file. */
const lock = "abc";
export const MEASURED = {
  dayOf: () => "2026-05-01",
  lock,
  sizes: readSizes(JSON.stringify({ version: 1, system: "x86_64-linux", lock, closure: { k8s: 3 * 2 ** 30 } })),
};

/** Compiles a spec's text as the command line does, with a lock file beside the output. */
export function compileText(text: string, locked = true, file = "spec.yaml", measured = {}): Compiled {
  const context = { locked, today: "2026-09-01", ...measured };
  return compile(Buffer.from(text), file, { ...context, facts: factsOf, bundled: () => factsOf() }, templates);
}

/** Compiles a spec of several files; the first is the spec itself. `links` are symlinks among them: name → the file behind it. */
export function compileFiles(
  files: Readonly<Record<string, string>>,
  { links = {}, locked = true, version }: { links?: Record<string, string>; locked?: boolean; version?: string } = {},
): Compiled {
  const [root = "", text = ""] = Object.entries(files)[0] ?? [];
  return compile(
    Buffer.from(text),
    root,
    {
      locked,
      facts: () => factsOf(),
      includes: {
        root: `/${root}`,
        load(written, from) {
          const file = isAbsolute(written) ? written : join(dirname(from), written);
          const real = links[file] ?? file;
          const included = files[real];
          return included === undefined ? "does not exist" : { file, path: `/${real}`, bytes: Buffer.from(included) };
        },
      },
      ...(version ? { version } : {}),
    },
    templates,
  );
}

/** Removes `⟦…⟧` from a text and returns the marked range as offsets. */
export function cursor(marked: string): { text: string; start: number; end: number } {
  const start = marked.indexOf("⟦");
  const end = marked.indexOf("⟧") - 1;
  if (start === -1 || end < start) throw new Error(`no ⟦…⟧ in:\n${marked}`);
  return { text: marked.replace("⟦", "").replace("⟧", ""), start, end };
}

/** Compiles a spec into a new folder. */
export function written(spec: string): string {
  const { files, diagnostics } = compileText(spec);
  if (!files) throw new Error(`does not compile: ${JSON.stringify(diagnostics)}`);
  const folder = tempFolder();
  for (const { path, text, mode } of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode });
  }
  return folder;
}
