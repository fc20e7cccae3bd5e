import { join } from "node:path";
import { readHistory } from "../knowledge/package-history.ts";
import type { Facts } from "../knowledge/packages.ts";
import { type Pin, type Pins, pinKey, pinsPath, pinsText, readPins } from "../knowledge/pins.ts";
import { isSpecPath } from "../knowledge/spec-file.ts";
import { type Found, fewestRevisions, VersionIndex } from "../knowledge/version-index.ts";
import type { AskedVersion } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import { boundedNearest } from "../report/bounded-search.ts";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import { addTo } from "../report/lists-by-key.ts";
import { nearestNames } from "../report/suggestions.ts";
import { quoted } from "../report/words.ts";
import type { System } from "../system/system.ts";
import { fetchReference } from "./index-packages/fetch.ts";
import { counted, countOf, type Options, type Outcome, printed, refused } from "./outcome.ts";
import { compileSpec, openSession } from "./session.ts";

/** Where versions are looked up unless `--index` says otherwise. */
const PUBLIC_INDEX = "github:fzakaria/nixpkgs-multiverse";

/**
 * Finds the commits of nixpkgs that have the versions that the spec asks for, the fewest that will do, and writes the pins file.
 * With names, only these tools are looked up; the others stay where they are.
 *
 * @param operands Names of tools, and among them the path of a spec in place of the usual one.
 */
export async function pin(system: System, { spec, ...rest }: Options, operands: readonly string[]): Promise<Outcome> {
  const tools = operands.filter((operand) => !isSpecPath(operand));
  const options = { ...rest, spec: operands.find(isSpecPath) ?? spec };
  if (options.spec === "-") return refused("`pin` needs a file: the pins are written beside it");
  const session = await openSession(system, options);
  const compiled = await compileSpec(system, options, session, false);
  if ("status" in compiled) return compiled;
  const { model, source } = compiled;
  const report = { diagnostics: compiled.diagnostics, files: [], sources: compiled.texts };
  if (!model || !source) return { report, output: "", notes: [], summary: countOf(report.diagnostics), status: 1 };
  const file = pinsPath(options.spec);
  const asked = model.versions;
  if (asked.length === 0) return { ...printed(""), notes: [`no tool of ${options.spec} has a \`version\``] };
  const chosen = chosenOf(asked, tools);
  if (typeof chosen === "string") return refused(chosen);

  const written = (await system.readFile(file))?.toString();
  const before = written === undefined ? undefined : readPins(written);
  const isPart = chosen.length < asked.length;
  if (isPart && typeof before === "string")
    return refused(`${file} can't be used: ${before}; \`flakewright pin\` without names writes it anew`, 1);
  const reference = options.index ?? PUBLIC_INDEX;
  const index = await openIndex(system, reference);
  if (typeof index === "string") return refused(index, 3);
  const name = { source: index.source, revisions: index.index.count, newest: index.index.revision(index.index.count - 1).rev };
  if (isPart && typeof before === "object" && before.index.source !== name.source)
    return refused(
      `${file} is of another index, ${before.index.source}; \`flakewright pin\` without names looks all up in this one`,
      1,
    );

  const kept = new Map<string, Pin>();
  if (isPart && typeof before === "object")
    for (const one of asked) {
      const key = pinKey(one.package, one.version);
      const known = before.pins.get(key);
      if (known && !chosen.includes(one)) kept.set(key, known);
    }
  const [pins, unknown] = lookUp(index.index, chosen, kept, source, session.facts(model.nixpkgs.url));
  if (unknown.length > 0) {
    const summary = `${countOf(unknown)}; ${file} ${written === undefined ? "is not written" : "stays as it was"}`;
    return { report: { ...report, diagnostics: unknown }, output: "", notes: [], summary, status: 1 };
  }
  const result: Pins = { index: name, pins: new Map([...kept, ...pins]) };
  const text = pinsText(result);
  const lines = [...pins].map(([key, one]) => `${key} is ${one.version}, in nixpkgs of ${one.date} (${one.rev.slice(0, 12)})\n`);
  const commits = new Set([...result.pins.values()].map((one) => one.rev)).size;
  const sum = `${counted(result.pins.size, "version")} in ${counted(commits, "commit")} of nixpkgs`;
  if (text === written) return { ...printed(lines.join("")), summary: `${file} is up to date (${sum})` };
  if (!options.dryRun) {
    const beside = `${file}.${system.randomId()}`;
    await system.writeFile(beside, text);
    await system.rename(beside, file);
  }
  return { ...printed(lines.join("")), summary: `${options.dryRun ? "would write" : "wrote"} ${file} (${sum})` };
}

/** The versions of the tools with these names; all without names. */
function chosenOf(asked: readonly AskedVersion[], tools: readonly string[]): readonly AskedVersion[] | string {
  if (tools.length === 0) return asked;
  const isNamed = (one: AskedVersion, tool: string) => one.package === tool || pinKey(one.package, one.version) === tool;
  for (const tool of tools) {
    if (asked.some((one) => isNamed(one, tool))) continue;
    const near = nearestNames(tool, [...new Set(asked.map((one) => one.package))]);
    return `no tool \`${tool}\` with a \`version\`${near.length > 0 ? `; did you mean ${quoted(near)}?` : ""}`;
  }
  return asked.filter((one) => tools.some((tool) => isNamed(one, tool)));
}

/** Opens the index in a folder or of a flake; a sentence when that is not possible. */
async function openIndex(system: System, reference: string): Promise<{ index: VersionIndex; source: string } | string> {
  let folder = reference;
  let source = "a folder";
  if ((await system.kind(join(reference, "revisions.json"))) === undefined) {
    const isFolder = (await system.kind(reference)) === "directory" || /^[./]/.test(reference);
    if (isFolder) return `${reference} is no index: it has no revisions.json`;
    if ((await system.spawn("nix", ["--version"])).status !== 0)
      return "Nix fetches the index, and there is no nix on PATH: https://nixos.org/download; or name a folder with --index";
    const fetched = await fetchReference(system, reference);
    if (typeof fetched === "string") return `${fetched}; \`--index\` also takes a folder`;
    folder = fetched.path;
    source = reference;
  }
  const read = async (path: string) => (await system.readFile(join(folder, path)))?.toString();
  const [revisions, versions, history] = [
    await read("revisions.json"),
    await read("index/versions.json"),
    await read("index/history.json"),
  ];
  if (revisions === undefined || versions === undefined)
    return `${reference} is no index: it has no ${revisions === undefined ? "revisions.json" : "index/versions.json"}`;
  const index = VersionIndex.read({ revisions, versions, history });
  return typeof index === "string" ? `${reference} is no index: ${index}` : { index, source };
}

/** The pins of versions, by `pinKey`, and what there is to say of those that are not there: `version-unknown`. */
function lookUp(
  index: VersionIndex,
  asked: readonly AskedVersion[],
  kept: ReadonlyMap<string, Pin>,
  source: Source,
  facts: Facts | undefined,
): [Map<string, Pin>, Diagnostic[]] {
  const unknown: Diagnostic[] = [];
  const found: { readonly key: string; readonly one: Found }[] = [];
  const names = otherNames(facts);
  const known = index.names();
  for (const { at, package: path, version } of asked) {
    const one = index.find(path, version, names.get(path));
    if ("version" in one) {
      found.push({ key: pinKey(path, version), one });
      continue;
    }
    const place = source.locate(one.known ? at : [...at.slice(0, -1), "package"], "value");
    const near = one.known ? one.near : boundedNearest(known, path, known);
    const message = one.known ? `nixpkgs never had a version ${version} of \`${path}\`` : `the index has no package \`${path}\``;
    const hint =
      near.length === 0
        ? "look for it at https://search.nixos.org/packages"
        : `the nearest ${one.known ? "versions" : "names"} are ${quoted(near)}`;
    unknown.push(diagnostic("version-unknown", message, place.file, place, { hint }));
  }
  const revs = new Set([...kept.values()].map((one) => one.rev));
  const fixed = Array.from({ length: index.count }, (_, offset) => offset).filter((offset) =>
    revs.has(index.revision(offset).rev),
  );
  const offsets = fewestRevisions(
    found.map(({ one }) => one),
    fixed,
  );
  const pins = found.map(({ key, one }, at): [string, Pin] => {
    const { rev, date } = index.revision(offsets[at] ?? one.last);
    return [key, { attribute: one.attribute, version: one.version, rev, date }];
  });
  return [new Map(pins), unknown];
}

/** Package → the names that it had before, and the one that it got. */
function otherNames(facts: Facts | undefined): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { attribute, history } of facts?.rows() ?? []) {
    const name = history === undefined ? undefined : readHistory(history, facts?.day ?? "").name;
    if (name === undefined) continue;
    addTo(names, attribute, name);
    addTo(names, name, attribute);
  }
  return names;
}
