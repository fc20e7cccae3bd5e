import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ExperimentalFeature, NixVersion, Setting } from "../generator/knowledge/settings.ts";

/*
 * npx tsx scripts/refresh-knowledge.ts NIX…
 *
 * Runs one Nix of each supported version and writes the settings and experimental features it knows into
 * generator/knowledge/settings.json. What Nix does not report (descriptions, types, forms, ranges, replacements) is kept. A new
 * setting gets an empty description and the type of its default, to be completed by hand.
 */

const FILE = fileURLToPath(new URL("../generator/knowledge/settings.json", import.meta.url));
const VERSIONS: readonly NixVersion[] = ["2.8", "2.26", "2.34"];

/** A setting as `nix config show --json` reports it. */
interface ReportedSetting {
  readonly defaultValue: unknown;
  readonly aliases: readonly string[];
  readonly experimentalFeature?: string | null;
}

type Knowledge = { settings: Setting[]; experimentalFeatures: ExperimentalFeature[] };
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const run = promisify(execFile);

/** Runs Nix with only the given nix.conf; its warnings are on stderr. */
async function runNix(nix: string, args: readonly string[], conf = ""): Promise<{ stdout: string; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), "refresh-knowledge-"));
  mkdirSync(join(folder, "var"));
  writeFileSync(join(folder, "nix.conf"), conf);
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    NIX_CONF_DIR: folder,
    NIX_USER_CONF_FILES: "",
    NIX_STATE_DIR: join(folder, "var"),
  };
  try {
    return await run(nix, [...args], { env, cwd: folder, maxBuffer: 2 ** 26 });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

class Nix {
  readonly path: string;
  readonly version: NixVersion;
  readonly #show: readonly string[];

  constructor(path: string, version: NixVersion) {
    this.path = path;
    this.version = version;
    this.#show = [...(version === "2.8" ? ["show-config"] : ["config", "show"]), "--extra-experimental-features", "nix-command"];
  }

  static async at(path: string): Promise<Nix> {
    const { stdout } = await runNix(path, ["--version"]);
    const version = VERSIONS.find((one) => stdout.includes(` ${one}.`));
    if (!version) throw new Error(`${path} is ${stdout.trim()}, not one of the versions ${VERSIONS.join(", ")}`);
    return new Nix(path, version);
  }

  async settings(): Promise<Map<string, ReportedSetting>> {
    const { stdout } = await runNix(this.path, [...this.#show, "--json"]);
    return new Map(Object.entries(JSON.parse(stdout) as Record<string, ReportedSetting>));
  }

  /** The settings that have an `extra-` form: Nix warns of those that have none. */
  async appendable(names: readonly string[]): Promise<Set<string>> {
    const { stderr } = await runNix(this.path, this.#show, names.map((name) => `extra-${name} =\n`).join(""));
    return new Set(names.filter((name) => !stderr.includes(`unknown setting 'extra-${name}'`)));
  }

  /** The experimental features that this Nix lists; Nix 2.8 can't list them. */
  async listedFeatures(): Promise<string[]> {
    if (this.version === "2.8") return [];
    return Object.keys(JSON.parse((await runNix(this.path, ["__dump-xp-features"])).stdout));
  }

  /** The features that this Nix accepts without a warning. */
  async features(names: readonly string[]): Promise<Set<string>> {
    const { stderr } = await runNix(this.path, this.#show, `experimental-features = ${names.join(" ")}\n`);
    return new Set(names.filter((name) => !stderr.includes(`'${name}'`)));
  }
}

function typeOf(value: unknown): Setting["type"] {
  if (Array.isArray(value)) return "list";
  if (typeof value === "number") return "integer";
  if (typeof value === "boolean") return "boolean";
  return typeof value === "object" && value !== null ? "map" : "string";
}

/** Whether JSON.parse kept a value exactly: it rounds integers above 2^53, such as the default of `max-free`. */
const isExact = (value: unknown): boolean => typeof value !== "number" || Number.isSafeInteger(value);

async function refresh(nixes: readonly Nix[], before: Knowledge): Promise<Knowledge> {
  const reported = new Map(await Promise.all(nixes.map(async (nix) => [nix.version, await nix.settings()] as const)));
  const names = [...new Set([...reported.values()].flatMap((one) => [...one.keys()]))].sort();
  const appendable = new Map(await Promise.all(nixes.map(async (nix) => [nix.version, await nix.appendable(names)] as const)));
  const settings = names.map((name): Setting => {
    const versions = VERSIONS.filter((version) => reported.get(version)?.has(name));
    const newest = reported.get(versions.at(-1)!)!.get(name)!;
    const old = before.settings.find((one) => one.name === name);
    const setting: Mutable<Setting> = old
      ? { ...old }
      : { name, type: typeOf(newest.defaultValue), aliases: [], versions, appendableIn: [], description: "" };
    if (old?.default !== undefined && isExact(newest.defaultValue))
      setting.default = newest.defaultValue as NonNullable<Setting["default"]>;
    setting.aliases = [...newest.aliases].sort();
    setting.versions = versions;
    setting.appendableIn = versions.filter((version) => appendable.get(version)?.has(name));
    if (newest.experimentalFeature) setting.experimentalFeature = newest.experimentalFeature;
    return setting;
  });
  const listed = await Promise.all(nixes.map((nix) => nix.listedFeatures()));
  const features = [...new Set([...before.experimentalFeatures.map((one) => one.name), ...listed.flat()])].sort();
  const accepted = new Map(await Promise.all(nixes.map(async (nix) => [nix.version, await nix.features(features)] as const)));
  const experimentalFeatures = features.map((name) => ({
    ...before.experimentalFeatures.find((one) => one.name === name),
    name,
    versions: VERSIONS.filter((version) => accepted.get(version)?.has(name)),
  }));
  return { settings, experimentalFeatures };
}

const nixes = await Promise.all(process.argv.slice(2).map((path) => Nix.at(path)));
if (VERSIONS.some((version) => nixes.filter((nix) => nix.version === version).length !== 1)) {
  throw new Error(`usage: refresh-knowledge.ts NIX…, one Nix program of each version ${VERSIONS.join(", ")}`);
}
const after = await refresh(nixes, JSON.parse(readFileSync(FILE, "utf8")));
// One line a setting, so that a diff shows which ones changed.
const lines = (all: readonly object[]) => all.map((one) => `    ${JSON.stringify(one)}`).join(",\n");
const { settings, experimentalFeatures } = after;
writeFileSync(
  FILE,
  `{\n  "settings": [\n${lines(settings)}\n  ],\n  "experimentalFeatures": [\n${lines(experimentalFeatures)}\n  ]\n}\n`,
);
console.log(`wrote ${FILE}; complete the new settings by hand, then run test/knowledge/settings.test.ts`);
