import { join } from "node:path";
import { dayOfLock, lockedInput } from "../knowledge/flake-lock.ts";
import { compareVersions } from "../knowledge/package-versions.ts";
import type { Facts } from "../knowledge/packages.ts";
import { DEFAULT_RELEASE, knownRelease, nixpkgsRef, pointedBy } from "../knowledge/releases.ts";
import type { Model, PackageSet, Tool } from "../model/model.ts";
import type { System } from "../system/system.ts";
import { counted, countOf, type Options, type Outcome, outcome, printed } from "./outcome.ts";
import { compileSpec, openSession, todayOf } from "./session.ts";
import { textTable } from "./text-table.ts";

/** How old a locked or named commit may be before it is called old, in days: a month is the pace of most teams' updates. */
const OLD_DAYS = 60;

/** One line of the list. */
interface Row {
  readonly what: string;
  readonly now: string;
  readonly newest: string;
  /** What to do about it. */
  readonly advice: string;
}

/**
 * `outdated`: the nixpkgs, inputs and pinned tools of the spec for which flakewright knows something newer. Offline: releases and versions
 * are those of the bundled facts, or of the spec's index where that is newer. Status 0, with `--strict` 1 when something is old.
 */
export async function outdated(system: System, options: Options): Promise<Outcome> {
  const session = await openSession(system, options);
  const compiled = await compileSpec(system, options, session, false);
  if ("status" in compiled) return compiled;
  const { model, diagnostics } = compiled;
  if (!model) return outcome(compiled, options, [], [], 1, countOf(diagnostics));
  const lock = (await system.readFile(join(options.out, "flake.lock")))?.toString() ?? "";
  const today = todayOf(system);
  const newest = session.facts.bundled();
  const factsOf = (set: PackageSet) => session.facts(set.url, set.name);
  const rows = [...setsOf(model).flatMap((set) => ageOf(set, lock, today)), ...(newest ? toolRows(model, factsOf, newest) : [])];
  const day = newest?.day ? [`versions are those of nixpkgs of ${newest.day}, the newest that flakewright knows`] : [];
  if (rows.length === 0) return { ...printed(""), data: { outdated: [] }, notes: day, summary: "nothing is known to be newer" };
  return {
    ...printed(
      textTable(
        ["what", "now", "newest", ""],
        rows.map(({ what, now, newest, advice }) => [what, now, newest, advice]),
      ),
    ),
    data: { outdated: rows },
    notes: day,
    summary: `${counted(rows.length, "thing")} could be newer`,
    status: options.strict ? 1 : 0,
  };
}

/** The package sets that the spec names itself: nixpkgs and `inputs`. */
const setsOf = (model: Model): readonly PackageSet[] => [model.nixpkgs, ...model.inputs.filter((input) => !input.isPin)];

/** A release with a successor, or a commit that is old. */
function ageOf(set: PackageSet, lock: string, today: string): Row[] {
  const ref = set.kind === "nixpkgs" ? nixpkgsRef(set.url) : undefined;
  const pointed = ref === undefined ? undefined : pointedBy(ref);
  const rows: Row[] = [];
  if (pointed?.kind === "release" && pointed.release < DEFAULT_RELEASE) {
    const end = knownRelease(pointed.release)?.end;
    const support =
      end === undefined ? "no longer supported" : end < today ? `unsupported since ${end}` : `supported until ${end}`;
    const advice = set.name === "nixpkgs" ? "flakewright upgrade" : `write ${DEFAULT_RELEASE} in \`inputs\``;
    rows.push({ what: set.name, now: `${pointed.release} (${support})`, newest: DEFAULT_RELEASE, advice });
  }
  const day = dayOfLock(lockedInput(lock, set.name, set.url));
  const age = day === undefined ? 0 : Math.floor((Date.parse(today) - Date.parse(day)) / 86_400_000);
  if (age <= OLD_DAYS) return rows;
  const [now, advice] =
    pointed?.kind === "commit"
      ? [`a commit of ${day}`, "name a newer commit, or a branch"]
      : [`locked on ${day}`, `nix flake update ${set.name}`];
  return [...rows, { what: set.name, now, newest: `${age} days later`, advice }];
}

/** Tools whose version is known, by a pin or by an index of their own nixpkgs, and is older than the newest known one. */
function toolRows(model: Model, factsOf: (set: PackageSet) => Facts | undefined, newest: Facts): Row[] {
  const tools = new Map<string, Tool>();
  for (const one of [...model.groups, ...model.shells].flatMap((owner) => owner.tools))
    if (one.from.kind === "nixpkgs") tools.set(`${one.package} ${one.from.name}`, one);
  return [...tools.values()]
    .flatMap((tool): Row[] => {
      const own = factsOf(tool.from);
      const now = tool.version ?? (own?.exact ? own.find(tool.package)?.version : undefined);
      const known = newestVersion(tool.package, [newest, ...(own?.exact ? [own] : [])]);
      if (!now || !known || compareVersions(now, known) >= 0) return [];
      return [{ what: tool.package, now, newest: known, advice: adviceOf(tool, model) }];
    })
    .sort((a, b) => (a.what < b.what ? -1 : 1));
}

const newestVersion = (attribute: string, sources: readonly Facts[]): string | undefined =>
  sources
    .flatMap((facts) => facts.find(attribute)?.version || [])
    .sort(compareVersions)
    .at(-1);

function adviceOf({ version, from }: Tool, model: Model): string {
  if (version !== undefined) return "change its `version`, then flakewright pin";
  if (from.name !== model.nixpkgs.name) return `comes from the input ${from.name}`;
  return "comes with a newer nixpkgs";
}
