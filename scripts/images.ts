import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/*
 * `npm run images [-- terminal catalogue]` makes the pictures of README in docs/images/: what `flakewright check` prints on a terminal,
 * as SVG, and the catalogue page of out/, as PNG. It needs dist/, `script` (of util-linux) and `chromium`.
 */

const root = fileURLToPath(new URL("../", import.meta.url));
const images = join(root, "docs/images");

/** A spec with three mistakes that are common and short to explain: the one of the picture of a terminal. */
export const SPEC = `version: 1
name: multi-cloud-k8s
nixpkgs: nixos-26.05

groups:
  k8s:
    packages: [kubectl, helm, clusterctl]
  cloud:
    packages: [awscli2, terraform]

settings:
  experimental-features: [nix-command, flakes]
  max-job: auto
`;

/** What `flakewright check` prints for the spec on a terminal, with its colour codes. */
function terminalOutput(): string {
  const folder = mkdtempSync(join(tmpdir(), "flakewright-images-"));
  try {
    mkdirSync(join(folder, "spec"));
    mkdirSync(join(folder, "out"));
    writeFileSync(join(folder, "spec/platform.yaml"), SPEC);
    // With a lock file, nixpkgs counts as pinned.
    writeFileSync(join(folder, "out/flake.lock"), "{}");
    const command = `node ${join(root, "dist/flakewright.js")} check`;
    // `script` runs the command in a pseudo-terminal, which is what turns colours on.
    const { stdout, error } = spawnSync("script", ["--quiet", "--return", "--command", command, "/dev/null"], {
      cwd: folder,
      encoding: "utf8",
    });
    if (error) throw error;
    return stdout.replaceAll("\r", "");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Colours of a dark terminal by ANSI code, readable on BACKGROUND. */
const COLOURS: Readonly<Record<string, string>> = { "1;31": "#ff7b72", "1;33": "#e3b341", "36": "#56d4dd" };
const BACKGROUND = "#0d1117";
const TEXT = "#e6edf3";
const PROMPT = "#7ee787";
const CHARACTER_WIDTH = 8.43;
const LINE_HEIGHT = 20;
const PADDING = 20;

const xml = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** One line as SVG text: each run of one colour is a span. */
function svgLine(line: string, index: number): string {
  let colour: string | undefined;
  const spans = line.split(/(\u001b\[[\d;]*m)/).flatMap((part) => {
    const code = /^\u001b\[([\d;]*)m$/.exec(part)?.[1];
    if (code === undefined) return part === "" ? [] : [colour ? `<tspan fill="${colour}">${xml(part)}</tspan>` : xml(part)];
    colour = COLOURS[code];
    return [];
  });
  return `  <text x="${PADDING}" y="${PADDING + LINE_HEIGHT * (index + 1) - 5}">${spans.join("")}</text>\n`;
}

/** A terminal with a command and its output, as SVG. */
function terminalSvg(command: string, output: string): string {
  const lines = output.trimEnd().split("\n");
  const plain = lines.map((line) => line.replace(/\u001b\[[\d;]*m/g, ""));
  const width = Math.ceil(Math.max(...plain.map((line) => line.length)) * CHARACTER_WIDTH) + 2 * PADDING;
  const height = (lines.length + 1) * LINE_HEIGHT + 2 * PADDING;
  const prompt = `  <text x="${PADDING}" y="${PADDING + LINE_HEIGHT - 5}"><tspan fill="${PROMPT}">$</tspan> ${xml(command)}</text>\n`;
  const body = lines.map((line, index) => svgLine(line, index + 1));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
  <title>${xml(command)}: diagnostics with the lines they are about</title>
  <style>
    text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: ${TEXT}; white-space: pre }
  </style>
  <rect width="100%" height="100%" rx="8" fill="${BACKGROUND}"/>
${prompt}${body.join("")}</svg>
`;
}

/** The upper part of out/catalog.html, as PNG. */
async function catalogueImage(): Promise<void> {
  const { chromium } = await import("playwright-core");
  const path = spawnSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).stdout.trim();
  const browser = await chromium.launch({ executablePath: path, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage({ viewport: { width: 1000, height: 720 }, colorScheme: "light" });
    await page.goto(pathToFileURL(join(root, "out/catalog.html")).href);
    await page.screenshot({ path: join(images, "catalogue.png") });
  } finally {
    await browser.close();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const words = process.argv.slice(2);
  const isSelected = (part: string) => words.length === 0 || words.includes(part);
  mkdirSync(images, { recursive: true });
  if (isSelected("terminal")) writeFileSync(join(images, "terminal.svg"), terminalSvg("flakewright check", terminalOutput()));
  if (isSelected("catalogue")) await catalogueImage();
}
