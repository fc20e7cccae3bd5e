import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { dirname, join } from "node:path";
import { type Answer, answer } from "./answer.ts";
import { IMPORTED, largestSize, NAMED_SIZES } from "./attack-sizes.ts";
import { ATTACKS, type Attack, isImport, isSpec } from "./attacks.ts";
import { BASE } from "./rule-attacks.ts";

/*
 * Each attack with the built program at each size, as a whole process. An hour or two in total: what is measured is kept in a file, from which
 * another run goes on.
 */

/** What an attack costs at one size. */
export interface Point extends Answer {
  /** Bytes, about. */
  readonly size: number;
  /** Whether the input is too large to be read: the answer is its refusal. */
  readonly isRefused: boolean;
}

/** An attack at all its sizes, the smallest first. */
export interface Row {
  readonly attack: Attack;
  readonly points: readonly Point[];
  /**
   * By how much faster than its size the CPU above the start of the program grows, at most, between two consecutive sizes that are read; 1 is
   * linear.
   */
  readonly growth: number;
}

/** All that was measured, and where. */
export interface Table {
  readonly rows: readonly Row[];
  /** The CPU time of a small spec, seconds. */
  readonly floor: number;
  /** The date, the machine and its load. */
  readonly machine: string;
}

/** Linear × 1.3, the most that growth may be. */
export const MOST_GROWTH = 1.3;
/** The most CPU, in seconds, and memory, in MiB, for any input. */
export const [MOST_SECONDS, MOST_MEMORY] = [10, 1024];

/** Above the start of the program, a fifth of a second is noise on a busy machine. */
const NOISE = 0.2;
/** How often an attack is measured again that seems to grow too fast: the least counts, because what else the machine does only adds. */
const ROUNDS = 4;

function growthOf(points: readonly Point[], floor: number): number {
  const read = points.filter(({ isRefused }) => !isRefused);
  const ratios = read.slice(1).map((large, at) => {
    const small = read[at] as Point;
    return ((large.cpu - floor) / Math.max(small.cpu - floor, NOISE)) * (small.size / large.size);
  });
  return Math.max(0, ...ratios);
}

/** The sizes at which an attack is measured: 64 KiB, 256 KiB, 1 MiB and 8 MiB, and the largest that is read. */
const sizesOf = (attack: Attack): readonly number[] => [...new Set([...NAMED_SIZES, largestSize(attack)])].sort((a, b) => a - b);

/** A file that is too large to import is refused by its length, whatever it has: measured once for each importer and size. */
const refusals = new Map<string, Point>();

function pointOf(bundle: string, attack: Attack, size: number): Point {
  if (!isImport(attack) || size <= IMPORTED) return newPoint(bundle, attack, size);
  const key = `${attack.file} ${size}`;
  const known = refusals.get(key) ?? newPoint(bundle, attack, size);
  refusals.set(key, known);
  return known;
}

function newPoint(bundle: string, attack: Attack, size: number): Point {
  const said = answer(bundle, attack, size);
  return { ...said, size, isRefused: said.says === "yaml-limit" || (isImport(attack) && size > IMPORTED) };
}

/** The smallest size of an attack that is looked for, in bytes. */
const SMALLEST = 4 * 1024;

/** The points, and the largest one that is read where other limits than that of lines refuse a smaller one. */
function withLargest(bundle: string, attack: Attack, points: readonly Point[]): readonly Point[] {
  const refused = points.find(({ isRefused }) => isRefused);
  if (!refused || refused.size > largestSize(attack)) return points;
  let least = refused.size;
  let found: Point | undefined = points.findLast((one) => !one.isRefused);
  let most = found?.size ?? SMALLEST;
  let searched: Point | undefined;
  while (least - most > least / 16) {
    const middle = pointOf(bundle, attack, (least + most) >> 1);
    if (middle.isRefused) least = middle.size;
    else {
      most = middle.size;
      searched = middle;
    }
  }
  found = searched ?? found;
  return found === undefined || points.includes(found) ? points : [...points, found].sort((a, b) => a.size - b.size);
}

type Measured = Record<string, readonly Point[]>;

/** The less of two times of one size. */
const least = (one: Point, other: Point): Point => ({
  ...one,
  cpu: Math.min(one.cpu, other.cpu),
  memory: Math.max(one.memory, other.memory),
});

/** Tells one build of the program from another. */
function fingerprint(bundle: string): string {
  const hash = createHash("sha256");
  for (const name of readdirSync(dirname(bundle)).sort())
    if (name.endsWith(".js")) hash.update(readFileSync(join(dirname(bundle), name)));
  return hash.digest("hex").slice(0, 16);
}

type State = { readonly program?: string; readonly measured?: Measured };

/** What a file keeps. JSON has no infinite number, which a killed run takes. */
const readState = (file: string): State =>
  existsSync(file)
    ? JSON.parse(readFileSync(file, "utf8"), (_, value) => (value === null ? Number.POSITIVE_INFINITY : value))
    : {};

/** What is measured, and how. */
export interface AttackOptions {
  /** The attacks whose file or name contains it. */
  readonly word: string;
  /** `2/3`: the second of each three attacks, so that three processes share the work. */
  readonly part: string;
  /** A JSON file that keeps what is measured; a later run with the same program goes on from it. With others behind commas, from all. */
  readonly state: string | undefined;
  /** Nothing is measured: the table has what the files keep. */
  readonly isKept: boolean;
}

/** Measures attacks with the program at `bundle`. */
export function attackTable(bundle: string, { word, part, state, isKept }: AttackOptions): Table {
  const program = fingerprint(bundle);
  const [own, ...others] = state?.split(",") ?? [];
  const kept = (state?.split(",") ?? []).map(readState).filter((one) => one.program === program);
  const measured: Measured = Object.assign({}, ...kept.map((one) => one.measured));
  const save = () => {
    if (own === undefined || others.length > 0) return;
    writeFileSync(`${own}.new`, JSON.stringify({ program, measured }));
    renameSync(`${own}.new`, own);
  };
  const nothing: Attack = { name: "", file: "spec.yaml", text: () => BASE };
  const { says } = answer(bundle, nothing, 0);
  if (says !== "output-drift") throw new Error(`the program can't check a spec of ten lines: ${says}`);
  const floor = Math.min(...[1, 2, 3, 4, 5].map(() => answer(bundle, nothing, 0).cpu));
  const [at = 1, parts = 1] = part.split("/").map(Number);
  const asked = ATTACKS.filter(({ name, file }) => `${file} ${name}`.includes(word)).filter(
    ({ name: attack }, index) => index % parts === at - 1 && (!isKept || attack in measured),
  );
  const rows = asked.map((attack, index): Row => {
    const measure = (): readonly Point[] => sizesOf(attack).map((size) => pointOf(bundle, attack, size));
    let points = measured[attack.name] ?? withLargest(bundle, attack, measure());
    for (let round = 1; round < ROUNDS && !(attack.name in measured) && growthOf(points, floor) > MOST_GROWTH; round++)
      points = points.map((one) => least(one, pointOf(bundle, attack, one.size)));
    measured[attack.name] = points;
    save();
    const row = { attack, points, growth: growthOf(points, floor) };
    console.log(`${index + 1}/${asked.length} ${attack.name}: ${lineOf(row)}`);
    return row;
  });
  const [{ model = "" } = {}] = cpus();
  const load = loadavg().map((one) => one.toFixed(1));
  const machine = `${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${model.trim()}, Node ${process.version}, load ${load.join(", ")}`;
  return { rows, floor, machine };
}

const seconds = (value: number) => value.toFixed(2);
const kibibytes = (size: number) => Math.round(size / 1024);

/** A row in one line, for the log. */
function lineOf({ points, growth }: Row): string {
  const all = points.map(({ size, cpu, isRefused }) => `${kibibytes(size)} KiB ${seconds(cpu)} s${isRefused ? " refused" : ""}`);
  return `${all.join(", ")}; ${peakOf(points)} MiB; growth ${seconds(growth)}`;
}

const peakOf = (points: readonly Point[]): number => Math.round(Math.max(...points.map(({ memory }) => memory)));

/** Whether a row is above the limits. */
export const isAbove = ({ points, growth }: Row): boolean =>
  growth > MOST_GROWTH || points.some(({ cpu, memory }) => cpu > MOST_SECONDS || memory > MOST_MEMORY);

/** The last point that is read. */
export const largestOf = ({ points }: Row): Point => points.findLast(({ isRefused }) => !isRefused) ?? (points.at(-1) as Point);

/** A row of the page. */
function cellsOf(row: Row): readonly string[] {
  const { attack, points, growth } = row;
  const largest = largestOf(row);
  const named = NAMED_SIZES.map((size) => {
    const point = points.find((one) => one.size === size);
    if (!point) return "";
    return point.isRefused ? `refused: ${seconds(point.cpu)}` : seconds(point.cpu);
  });
  return [
    attack.name,
    ...named,
    `${kibibytes(largest.size)} KiB: ${seconds(largest.cpu)}`,
    `${peakOf(points)}`,
    seconds(growth),
    largest.says,
  ];
}

const escaped = (cell: string) => cell.replaceAll("|", "\\|");

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escaped).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The page docs/attacks.md. */
export function attackPage({ rows, floor, machine }: Table): string {
  const head = ["attack", ...NAMED_SIZES.map(nameOfSize), "the largest size that is read", "peak MiB", "growth", "answer there"];
  const kinds = [
    ["Specs", rows.filter(({ attack }) => isSpec(attack))],
    ["Files to import", rows.filter(({ attack }) => isImport(attack))],
    ["Other files", rows.filter(({ attack }) => !isImport(attack) && !isSpec(attack))],
  ] as const;
  const above = rows.filter(isAbove);
  const slowest = [...rows].sort((a, b) => largestOf(b).cpu - largestOf(a).cpu).slice(0, 15);
  const parts = kinds
    .filter(([, some]) => some.length > 0)
    .map(([title, some]) => `## ${title}\n\n${markdownTable(head, some.map(cellsOf))}\n`);
  return `# Attacks, and what each costs

Written by \`npm run bench -- attacks --page docs/attacks.md\`. What the limits are: [Limits](limits.md).

CPU seconds of the built program with that of its child processes, as a whole process, at each size; "refused" is the answer that the file is too
large, \`yaml-limit\` or of an import, with its time; that of an import is measured once for each importer. A file to import has at most ${IMPORTED / 1024} KiB here. The start of the program, a spec of ten lines, takes ${seconds(floor)} s.

Growth is the most between two consecutive sizes that are read: how many times the CPU above the start of the program, divided by how many times
the size. 1 is linear. A time below ${NOISE} s counts as ${NOISE} s. What seems to grow by more than ${MOST_GROWTH} is measured up to ${ROUNDS} times, and the least counts.

Measured: ${machine}.

${rows.length === ATTACKS.length ? "All" : `${rows.length} of`} ${ATTACKS.length} attacks; ${above.length === 0 ? "none" : above.map(({ attack }) => attack.name).join(", ")} above ${MOST_SECONDS} s, ${MOST_MEMORY} MiB or growth ${MOST_GROWTH}.

## The slowest

${markdownTable(head, slowest.map(cellsOf))}

## Growth

${markdownTable(
  ["growth at most", "attacks"],
  [0.25, 0.5, 0.75, 1, MOST_GROWTH].map((most, at, all) => [
    `${most}`,
    `${rows.filter(({ growth }) => growth <= most && growth > (all[at - 1] ?? -1)).length}`,
  ]),
)}

${parts.join("\n")}`;
}

function nameOfSize(size: number): string {
  return size < 1024 * 1024 ? `${kibibytes(size)} KiB` : `${Math.round(size / 1024 / 1024)} MiB`;
}
