import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { attackPage, attackTable, isAbove, largestOf } from "./attack-table.ts";
import { evaluation } from "./evaluation.ts";
import { againstFloor, cost, median, scratch } from "./measure.ts";
import { packageVerdicts } from "./packages.ts";
import { largeSpec, specOfFiles } from "./spec.ts";
import { watchLatency } from "./watch.ts";

/*
 * `npm run bench [-- start scale watch editor evaluation packages attacks [WORD]] [--json FILE]` measures the bundle in dist/, relative to
 * `node -e 0` in the same run. Run it on an idle machine. It is no test: nothing fails on a figure.
 *
 * The attacks: `--state FILE` keeps what is measured, so that another run goes on from it; `--part 1/3` is a third of them, for one of three
 * processes; `--page docs/attacks.md` writes the page, `--state A,B,C` from several files,
 * `--kept` of no other attacks than those.
 */

const root = fileURLToPath(new URL("../../", import.meta.url));
const flakewright = join(root, "dist/flakewright.js");
const words = process.argv.slice(2);
/** Takes an option with a file out of the words. */
function option(name: string): string | undefined {
  const at = words.indexOf(name);
  return at === -1 ? undefined : words.splice(at, 2)[1];
}
const [jsonFile, state, pageFile, part = "1/1"] = ["--json", "--state", "--page", "--part"].map(option);
const keptAt = words.indexOf("--kept");
const isKept = keptAt !== -1 && words.splice(keptAt, 1).length > 0;
const PARTS = ["start", "scale", "watch", "editor", "evaluation", "packages", "attacks"];
/** The attacks take an hour or two: only when asked for. */
const isSelected = (part: string) => (words.length === 0 ? part !== "attacks" : words.includes(part));
const results: Record<string, unknown> = {};

function table(title: string, rows: readonly Record<string, string | number>[]): void {
  console.log(`\n${title}`);
  console.table(rows);
  results[title] = rows;
}

const round = (value: number, digits = 2) => Number(value.toFixed(digits));

if (isSelected("start")) {
  const rows = [
    ["generate, nothing to change", ["generate", "spec/platform.yaml"]],
    ["check", ["check", "spec/platform.yaml"]],
    ["schema", ["schema"]],
  ].map(([name, args]) => {
    const { cpu, memory, floorCpu, floorMemory, ratio } = againstFloor([flakewright, ...(args as string[])], 20, root);
    return {
      command: name as string,
      "CPU × node -e 0": round(ratio),
      "CPU s": round(cpu, 3),
      "node -e 0 s": round(floorCpu, 3),
      "peak MiB": round(memory, 1),
      "1.5 × node's + 40": round(floorMemory * 1.5 + 40, 1),
    };
  });
  table("Start-up: the reference platform, median of 20 alternating runs", rows);
  table(
    "Search: in the project of the reference platform, median of 20 runs, each beside one of node -e 0",
    ["kube", "a", "kubectl", "azure login", "zzzzqq"].map((word) => {
      const { wall, floorWall, cpu, floorCpu } = againstFloor([flakewright, "search", word], 20, root, [0, 1]);
      return {
        word,
        "wall ms": round(wall * 1000, 0),
        "node -e 0 wall ms": round(floorWall * 1000, 0),
        "CPU ms": round(cpu * 1000, 0),
        "node -e 0 CPU ms": round(floorCpu * 1000, 0),
      };
    }),
  );
}

if (isSelected("scale")) {
  const checkCommand = (packages: number): readonly string[] => {
    const spec = scratch(`check-${packages}.yaml`);
    const out = scratch(`check-${packages}`);
    writeFileSync(spec, largeSpec({ groups: packages / 10, packages, hosts: 3, caches: 3 }));
    cost([flakewright, "generate", spec, "--out", out, "--quiet"]);
    return [flakewright, "check", spec, "--out", out];
  };
  const [few, many] = [checkCommand(30), checkCommand(1000)];
  const ratios = Array.from({ length: 21 }, () => cost(many).cpu / cost(few).cpu);
  const [oneFile, hundredFiles] = [1, 100].map((count) => {
    const spec = scratch(`files-${count}.yaml`);
    const out = scratch(`files-${count}`);
    for (const [name, text] of specOfFiles(count)) writeFileSync(name === "spec.yaml" ? spec : scratch(name), text);
    cost([flakewright, "generate", spec, "--out", out, "--quiet"]);
    return [flakewright, "check", spec, "--out", out];
  });
  const includes = Array.from({ length: 9 }, () => cost(hundredFiles ?? []).cpu / cost(oneFile ?? []).cpu);
  table("Includes: check of 100 files of 100 lines against one of 10,000, median of 9 pairs", [
    { "CPU of 100 files × CPU of one": round(median(includes)) },
  ]);
  table("Scale: check of 1,000 packages against 30, median of 21 pairs", [{ "CPU of 1,000 × CPU of 30": round(median(ratios)) }]);
  const sizes = [1000, 2000, 5000, 10_000];
  const points = sizes.map((packages) => {
    const spec = scratch(`scale-${packages}.yaml`);
    writeFileSync(spec, largeSpec({ groups: packages / 10, packages, hosts: packages / 10, caches: packages / 50 }));
    const runs = [1, 2, 3, 4, 5].map((run) => {
      // A new folder for each run: ext4 is slow in a folder whose files were just deleted.
      const out = scratch(`scale-${packages}-${run}`);
      return { ...cost([flakewright, "generate", spec, "--out", out, "--quiet"]), floor: cost(["-e", "0"]) };
    });
    const cpu = median(runs.map((run) => run.cpu - run.floor.cpu));
    return { packages, groups: packages / 10, hosts: packages / 10, cpu, memory: median(runs.map((run) => run.memory)) };
  });
  // Least squares: the slope is the cost of a package, R² says how well a line fits.
  const mean = (pick: (point: (typeof points)[number]) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const mx = mean((p) => p.packages);
  const my = mean((p) => p.cpu);
  const slope =
    points.reduce((sum, p) => sum + (p.packages - mx) * (p.cpu - my), 0) /
    points.reduce((sum, p) => sum + (p.packages - mx) ** 2, 0);
  const residual = points.reduce((sum, p) => sum + (p.cpu - my - slope * (p.packages - mx)) ** 2, 0);
  const spread = points.reduce((sum, p) => sum + (p.cpu - my) ** 2, 0);
  table(
    `Scale: generate into an empty folder, CPU beyond node -e 0 (linear fit ${round(slope * 1e6, 1)} µs a package, R² ${round(1 - residual / spread, 4)})`,
    points.map(({ packages, groups, hosts, cpu, memory }) => ({
      packages,
      groups,
      hosts,
      "CPU s": round(cpu, 3),
      "µs a package": round((cpu / packages) * 1e6, 1),
      "peak MiB": round(memory, 1),
    })),
  );
}

if (isSelected("watch")) {
  const folder = scratch("watch");
  mkdirSync(folder);
  table("Watch: a one-line edit of the reference platform, from save to the last byte", [
    await watchLatency(folder, join(root, "spec/platform.yaml")),
  ]);
}

if (isSelected("editor")) {
  // It builds the bundle if it is old, which several processes of the attacks must not do at once.
  const { editorLatency } = await import("./editor.ts");
  const folder = scratch("editor");
  mkdirSync(folder);
  table("Editor: keystrokes in a platform of 300 tools with includes, over stdio, to the diagnostics", [
    await editorLatency(folder),
  ]);
}

if (isSelected("evaluation")) {
  const rows = evaluation(root, scratch("evaluation"));
  if (rows) table("Evaluation: devShells.x86_64-linux.k8s.drvPath on a real nixpkgs, function calls above the floor", rows);
  else console.log("\nEvaluation: skipped, because FLAKEWRIGHT_NIXPKGS is not set");
}

if (isSelected("packages")) {
  const rows = packageVerdicts();
  if (rows) table("Packages: verdicts on every attribute of two real nixpkgs", rows);
  else console.log("\nPackages: skipped, because FLAKEWRIGHT_NIXPKGS or FLAKEWRIGHT_NIXPKGS_OLD is not set");
}

if (isSelected("attacks")) {
  const [word = ""] = words.filter((one) => !PARTS.includes(one));
  const measured = attackTable(flakewright, { word, part, state, isKept });
  if (pageFile) writeFileSync(pageFile, attackPage(measured));
  const rows = measured.rows.filter(isAbove).map((row) => ({
    attack: row.attack.name,
    "largest KiB": round(largestOf(row).size / 1024, 0),
    "s at the largest": round(largestOf(row).cpu),
    growth: round(row.growth),
    answer: largestOf(row).says,
  }));
  table(`Attacks: ${rows.length} of ${measured.rows.length} above 10 s, 1,024 MiB, or a growth of 1.3`, rows);
}

if (jsonFile) writeFileSync(jsonFile, `${JSON.stringify(results, null, 2)}\n`);
