import { dirname, join, relative } from "node:path";
import { createTwoFilesPatch } from "diff";
import { type Compiled, compile } from "./compile.ts";
import { type Diagnostic, diagnostic, type FileChange, hasErrors, inOrder, type Report } from "./diagnostics.ts";
import type { Host } from "./host.ts";
import { type Facts, openFacts } from "./knowledge/packages.ts";
import { lockedInput } from "./lock.ts";
import { remember } from "./memo.ts";
import { readIndex } from "./package-index.ts";
import type { Templates } from "./render.ts";
import { loadTemplates } from "./templates.ts";
import { apply, type Comparison, compare, isDone, type KnownHashes } from "./write.ts";

/** What a command answers: `report` for every format, `output` as the text form of its result. */
export interface Outcome {
  readonly report: Report;
  /** Text for stdout. */
  readonly output: string;
  /** Whether `output` is what was asked for, whatever the format and however quiet. */
  readonly isResult?: true;
  /** A result as data: what `--format json` prints of it in place of the text. */
  readonly data?: unknown;
  /** Sentences for people, on stderr. */
  readonly notes: readonly string[];
  /** 0 done, 1 the spec has errors or `check` found drift, 2 wrong usage, 3 the machine failed us. */
  readonly status: 0 | 1 | 2 | 3;
}

/** What a command has beside its answer, when it runs for long. */
export interface Terminal {
  /** Prints an outcome now; as JSON, on one line. */
  show(outcome: Outcome): void;
  /** From the call on, Ctrl-C and SIGTERM abort the signal instead of ending the process. */
  interruption(): AbortSignal;
  /** Draws how far a long work is, where somebody looks at a terminal. */
  progress(done: number, total: number, what: string): void;
}

export interface Options {
  readonly spec: string;
  readonly out: string;
  readonly force: boolean;
  readonly dryRun: boolean;
  /** Warnings fail too. */
  readonly strict: boolean;
  /** The folder of the bundled package facts. */
  readonly knowledge: string;
  /** For `doctor`: the root folder of another machine. */
  readonly root?: string | undefined;
  /** For `index`: another nixpkgs than the spec's. */
  readonly nixpkgs?: string | undefined;
  /** Which build of flakewright this is; undefined when it runs from its sources, where nothing may be remembered. */
  readonly build: string | undefined;
}

/** An outcome that is one text. */
export const printed = (output: string): Outcome => ({
  report: { diagnostics: [], files: [], sources: new Map() },
  output,
  isResult: true,
  notes: [],
  status: 0,
});

/** What a process that generates again and again keeps between two runs. */
export interface Warm {
  readonly templates: Templates;
  readonly facts: FactsOf;
  readonly known: KnownHashes;
}

export async function warmUp(host: Host, options: Options): Promise<Warm> {
  return { templates: await loadTemplates(host), facts: await factsReader(host, options), known: new Map() };
}

/** Compiles and writes. */
export async function generate(host: Host, options: Options): Promise<Outcome> {
  const [done, remember] = await generateWarm(host, options, await warmUp(host, options));
  await remember();
  return done;
}

const nothing = async (): Promise<void> => {};

/** `generate` with what an earlier run left, and what makes the next one quick: it can wait until the outcome is shown. */
export async function generateWarm(host: Host, options: Options, warm: Warm): Promise<[Outcome, () => Promise<void>]> {
  const compiled = await compileSpec(host, options, warm);
  if ("status" in compiled) return [compiled, nothing];
  const { files } = compiled;
  if (!files || failed(compiled.diagnostics, options)) return [outcome(compiled, options, [], [], 1), nothing];
  const work = options.dryRun ? compare : apply;
  const comparison = await work(host, options.out, files, options.force, warm.known);
  const diagnostics = [...compiled.diagnostics, ...inOrder(comparison.diagnostics)];
  const { spec, out, build } = options;
  const isClean = !options.dryRun && diagnostics.length === 0 && comparison.kept.length === 0;
  const stopped = hasErrors(comparison.diagnostics);
  const changed = stopped ? [] : comparison.changes.filter((change) => change.change !== "unchanged");
  const lines = changed.map((change) => `${change.change} ${join(options.out, change.path)}\n`).join("");
  const notes = comparison.kept.map(
    (path) => `${join(options.out, path)} is no longer generated, but was edited: it stays where it is`,
  );
  if (!options.dryRun && changed.some((change) => change.change === "created") && (await inGit(host, options.out)))
    notes.push(`a flake in a Git repository sees only tracked files: git add -N ${options.out}`);
  const done: Outcome = {
    report: { diagnostics, files: stopped ? [] : filesOf(comparison), sources: sourcesOf(compiled, options) },
    output: stopped ? diffText(comparison, options) : lines,
    notes,
    status: stopped ? 1 : 0,
  };
  return [done, build && isClean ? () => remember(host, { spec, out, build }, files) : nothing];
}

/** The same without writing; drift is an error. */
export async function check(host: Host, options: Options): Promise<Outcome> {
  const compiled = await compileSpec(host, options);
  if ("status" in compiled) return compiled;
  if (!compiled.files) return outcome(compiled, options, [], [], 1);
  const comparison = await compare(host, options.out, compiled.files, false);
  const edited = new Set(comparison.diagnostics.map((d) => d.file));
  const changed = comparison.changes.filter(({ path, change }) => change !== "unchanged" && !edited.has(join(options.out, path)));
  const isNew =
    changed.length > 0 && changed.length === comparison.changes.length && changed.every((one) => one.change === "created");
  const drift = isNew
    ? [driftAt(options.out, `holds none of the ${changed.length} files that the spec generates`)]
    : changed.map(({ path, change }) => driftAt(join(options.out, path), `would be ${change}`));
  if (drift.length === 0 && comparison.diagnostics.length === 0 && !isDone(comparison))
    drift.push(driftAt(join(options.out, ".flakewright.json"), "would be updated"));
  const found = inOrder([...comparison.diagnostics, ...drift]);
  const status = found.length > 0 || failed(compiled.diagnostics, options) ? 1 : 0;
  return outcome(compiled, options, found, filesOf(comparison), status);
}

const driftAt = (file: string, message: string): Diagnostic =>
  diagnostic(
    "output-drift",
    `${file} ${message}`,
    file,
    { start: 0, end: 0 },
    { hint: "run `flakewright generate` and commit the result" },
  );

/** What `generate` would change, as a unified diff. */
export async function diff(host: Host, options: Options): Promise<Outcome> {
  const compiled = await compileSpec(host, options);
  if ("status" in compiled) return compiled;
  if (!compiled.files) return outcome(compiled, options, [], [], 1);
  const comparison = await compare(host, options.out, compiled.files, true);
  return {
    report: {
      diagnostics: [...compiled.diagnostics, ...comparison.diagnostics],
      files: filesOf(comparison),
      sources: sourcesOf(compiled, options),
    },
    output: diffText(comparison, options),
    notes: [],
    status: hasErrors(comparison.diagnostics) || failed(compiled.diagnostics, options) ? 1 : 0,
  };
}

function diffText(comparison: Comparison, { out }: Options): string {
  let text = "";
  for (const { path, change, before, after } of comparison.changes) {
    if (change === "unchanged" || before === after) continue;
    const name = join(out, path);
    const from = before === undefined ? "/dev/null" : `a/${name}`;
    const to = after === undefined ? "/dev/null" : `b/${name}`;
    text += createTwoFilesPatch(from, to, before ?? "", after ?? "", undefined, undefined, {
      headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
    });
  }
  return text;
}

const failed = (diagnostics: readonly Diagnostic[], options: Options): boolean =>
  hasErrors(diagnostics) || (options.strict && diagnostics.length > 0);

const filesOf = (comparison: Comparison): FileChange[] => comparison.changes.map(({ path, change }) => ({ path, change }));

const sourcesOf = (compiled: Compiled, options: Options): Map<string, string> => new Map([[options.spec, compiled.text]]);

function outcome(
  compiled: Compiled,
  options: Options,
  more: readonly Diagnostic[],
  files: readonly FileChange[],
  status: Outcome["status"],
): Outcome {
  return {
    report: { diagnostics: [...compiled.diagnostics, ...more], files, sources: sourcesOf(compiled, options) },
    output: "",
    notes: [],
    status,
  };
}

/** Reads and compiles the spec; a missing file is wrong usage. */
export async function compileSpec(host: Host, options: Options, warm?: Warm): Promise<Compiled | Outcome> {
  const bytes = await host.readFile(options.spec);
  if (!bytes) {
    return {
      report: { diagnostics: [], files: [], sources: new Map() },
      output: "",
      notes: [`there is no spec at ${options.spec}; \`flakewright init\` writes a first one`],
      status: 2,
    };
  }
  const locked = (await host.kind(join(options.out, "flake.lock"))) === "file";
  const { facts, templates } = warm ?? (await warmUp(host, options));
  return compile(bytes, options.spec, { locked, facts }, templates);
}

/**
 * The facts of a spec's nixpkgs, by its flake reference: an index of the very revision that the lock holds for it, or else the
 * bundled ones. Without a reference, of the nixpkgs that the lock holds.
 */
export type FactsOf = (nixpkgs?: string) => Facts | undefined;

/** The facts are read at once and parsed only when a rule asks for one. */
export async function factsReader(host: Host, options: Options): Promise<FactsOf> {
  const lock = (await host.readFile(join(options.out, "flake.lock")))?.toString() ?? "";
  const locked = lockedInput(lock, "nixpkgs");
  const index = locked && (await readIndex(host, locked));
  const bundled = await host.readFile(join(options.knowledge, "packages.tsv"));
  const opened = new Map<Buffer, Facts>();
  const open = (text: Buffer | undefined): Facts | undefined => {
    const facts = text && (opened.get(text) ?? openFacts(text.toString("latin1")));
    if (text && facts) opened.set(text, facts);
    return facts;
  };
  return (nixpkgs) => open(index !== undefined && lockedInput(lock, "nixpkgs", nixpkgs) ? index : bundled);
}

/** Whether the folder lies in a Git work tree. */
async function inGit(host: Host, folder: string): Promise<boolean> {
  for (let at = join(host.cwd, relative(host.cwd, folder)); ; at = dirname(at)) {
    if ((await host.kind(join(at, ".git"))) !== undefined) return true;
    if (dirname(at) === at) return false;
  }
}
