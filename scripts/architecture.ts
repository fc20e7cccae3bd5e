import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/*
 * `npm run architecture`: checks generator/ against the invariants of docs/architecture.md. A folder imports only the folders that
 * its row allows, a stage imports only types of another stage, and no files import each other in a circle.
 */

/** What each folder may import beside itself and npm packages. `.` stands for the files directly in generator/. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  report: [],
  knowledge: ["report"],
  system: [],
  read: ["report", "knowledge"],
  language: ["read", "report", "knowledge"],
  model: ["read", "language", "report", "knowledge"],
  lint: ["read", "language", "model", "report", "knowledge"],
  output: ["language", "model", "report", "knowledge", "system"],
  write: ["output", "report", "knowledge", "system"],
  importers: ["language", "output", "report", "knowledge", "system"],
  ".": ["read", "language", "model", "lint", "output", "report", "knowledge", "cli"],
  commands: ["read", "language", "model", "lint", "output", "write", "importers", "editor", "report", "knowledge", "system", "."],
  editor: ["read", "language", "model", "lint", "output", "report", "knowledge", "system", "commands", "."],
  cli: ["commands", "editor", "lint", "output", "report", "knowledge", "system"],
};

/** The stages of the compiler, in order: each imports only types of the others. */
const STAGES: readonly string[] = ["read", "language", "model", "lint", "output", "write"];

/** Files of a stage whose values other stages may import: the language's words, and which paths are outputs. */
const SHARED_DATA: readonly string[] = ["language/defaults.ts", "language/vocabulary.ts", "output/outputs.ts"];

/** The files directly in generator/. */
const TOP_FILES: readonly string[] = ["main.ts", "compile.ts"];

interface Import {
  /** Both relative to the root, with `/`. */
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

/** One sentence for each broken invariant of the folder `root` (a generator/); empty when there is none. */
export function architectureProblems(root: string): string[] {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .sort();
  const imports = files.flatMap((file) => importsOf(root, file));
  const problems = files
    .filter((file) => !file.includes("/") && !TOP_FILES.includes(file))
    .map((file) => `${file} belongs into a folder: only ${TOP_FILES.join(" and ")} are beside them`);
  for (const { from, to, typeOnly } of imports) {
    const [source, target] = [folderOf(from), folderOf(to)];
    if (source === target) continue;
    const allowed = MAY_IMPORT[source];
    if (!allowed) problems.push(`${from}: docs/architecture.md has no folder ${source}`);
    else if (!allowed.includes(target)) problems.push(`${from} imports ${to}: ${source}/ may not import ${target}/`);
    else if (!typeOnly && STAGES.includes(source) && STAGES.includes(target) && !SHARED_DATA.includes(to))
      problems.push(`${from} imports a value of ${to}: a stage imports only types of another stage`);
  }
  for (const circle of circles(files, imports)) problems.push(`these import each other in a circle: ${circle.join(" -> ")}`);
  return problems;
}

const folderOf = (file: string): string => (file.includes("/") ? (file.split("/")[0] ?? "") : ".");

function importsOf(root: string, file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export) ([^"';]*?)from "(\.[^"]+)"|\bimport\("(\.[^"]+)"\)/gms)) {
    const [, clause = "", fixed, lazy] = match;
    const target = fixed ?? lazy ?? "";
    const names = clause
      .replace(/[{}]/g, " ")
      .split(",")
      .map((name) => name.trim());
    const typeOnly =
      fixed !== undefined && (/^type\b/.test(clause.trim()) || names.filter(Boolean).every((name) => name.startsWith("type ")));
    const to = relative(root, resolve(root, dirname(file), target));
    // Data files and files outside generator/ belong to no folder of the table.
    if (to.endsWith(".ts") && !to.startsWith("..")) found.push({ from: file, to, typeOnly });
  }
  return found;
}

/** Import cycles, type imports included: files of a cycle can only be understood together. */
function circles(files: readonly string[], imports: readonly Import[]): string[][] {
  const targets = new Map(files.map((file) => [file, imports.filter(({ from }) => from === file).map(({ to }) => to)]));
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    const at = path.indexOf(file);
    if (at !== -1) {
      found.push([...path.slice(at), file]);
      return;
    }
    if (done.has(file)) return;
    for (const target of targets.get(file) ?? []) walk(target, [...path, file]);
    done.add(file);
  };
  for (const file of files) walk(file, []);
  return found;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = architectureProblems(fileURLToPath(new URL("../generator/", import.meta.url)));
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
  else console.log("generator/ follows docs/architecture.md");
}
