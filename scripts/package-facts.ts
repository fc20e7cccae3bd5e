import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { factsText, openFacts, type PackageFacts } from "../generator/knowledge/packages.ts";
import { RELEASES } from "../generator/knowledge/releases.ts";

/*
 * npx tsx scripts/package-facts.ts OLDEST.tsv NEWEST.tsv DAY [NAMES.json] writes generator/knowledge/packages.tsv.
 *
 * The first two are indexes of two nixpkgs, written by `flakewright index --nixpkgs path:TREE` into the cache folder. DAY is the date
 * of the newest tree. NAMES.json has the dates of old names, by name:
 *   { "status": "renamed" | "removed", "since"?: DAY, "sinceRelease"?: "25.05", "goneIn"?: ["25.11", …], "to"?: NAME, "works"?: true, "warns"?: true }
 * Without it, old names have no dates. generator/knowledge/README.md says how to add a release.
 */

interface Named {
  readonly status: "renamed" | "removed";
  readonly since?: string;
  readonly sinceRelease?: string;
  readonly goneIn?: readonly string[];
  readonly to?: string;
  readonly works?: true;
  readonly warns?: true;
}

/** Package sets of which only the names of packages are stored: those with command-line tools that all versions of a language have. */
const SETS = [
  "azure-cli-extensions",
  "beamPackages",
  "fishPlugins",
  "gnome",
  "grafanaPlugins",
  "gst_all_1",
  "jetbrains",
  "kdePackages",
  "kubernetes-helmPlugins",
  "linuxPackages",
  "llvmPackages",
  "luaPackages",
  "mate",
  "nagiosPlugins",
  "nerd-fonts",
  "nixVersions",
  "nodePackages",
  "nodePackages_latest",
  "ocamlPackages",
  "perlPackages",
  "phpPackages",
  "postgresqlPackages",
  "python3Packages",
  "rubyPackages",
  "terraform-providers",
  "tmuxPlugins",
  "xfce",
  "xorg",
];

const [oldestFile, newestFile, day, namesFile] = process.argv.slice(2);
if (oldestFile === undefined || newestFile === undefined || day === undefined)
  throw new Error("usage: package-facts.ts OLDEST.tsv NEWEST.tsv DAY [NAMES.json]");

const read = (file: string) => {
  const facts = openFacts(readFileSync(file, "latin1"));
  return { facts, rows: new Map(facts.rows().map((row) => [row.attribute, row])) };
};
const oldest = read(oldestFile);
const newest = read(newestFile);
const named: Readonly<Record<string, Named>> = namesFile === undefined ? {} : JSON.parse(readFileSync(namesFile, "utf8"));
const top = (rows: ReadonlyMap<string, PackageFacts>) => [...rows.keys()].filter((name) => !name.includes("."));

type Row = PackageFacts | undefined;
/** Whether the name works, also as an old name of a package. */
const works = (row: Row): row is PackageFacts => row !== undefined && !row.history?.startsWith("-");
const isPackage = (row: Row): row is PackageFacts => row !== undefined && row.history === undefined;
const nameOf = (row: Row): string | undefined => /(?:^| )=(\S+)/.exec(row?.history ?? "")?.[1];

/** The current name of a package, after all renames; undefined when there is no such package any more. */
function target(name: string | undefined): string | undefined {
  for (let [at, steps] = [name, 0]; at !== undefined && steps < 5; steps++) {
    const row = newest.rows.get(at);
    if (isPackage(row)) return at;
    at = named[at]?.to ?? nameOf(row);
  }
  return undefined;
}

/** The day since which a package has its name: when the old name was replaced, or `?` and a day on which it was replaced already. */
const came = new Map<string, string>();
for (const isCertain of [true, false]) {
  const days = new Map<string, string>();
  for (const { status, since, to, works: stillWorks } of Object.values(named)) {
    if (status !== "renamed" || since === undefined || to === undefined || (stillWorks ?? false) !== isCertain) continue;
    if ((days.get(to) ?? "9999") > since) days.set(to, since);
  }
  for (const [name, since] of days) if (!came.has(name)) came.set(name, isCertain ? since : `?${since}`);
}

const same = (a: PackageFacts, b: PackageFacts): boolean =>
  a.systems.join() === b.systems.join() && a.unfree === b.unfree && a.broken === b.broken && a.insecure === b.insecure;

function oldestCell(then: PackageFacts, now: PackageFacts): string | undefined {
  const isRestricted = then.unfree || then.insecure;
  const ownPname = isRestricted && then.pname !== now.pname ? (then.pname ?? "") : "";
  const ownVersion = then.insecure && then.version !== now.version ? then.version : "";
  if (same(then, now) && ownPname === "" && ownVersion === "") return undefined;
  const { systems } = newest.facts;
  const bits = systems.reduce((sum, system) => sum * 2 + (then.systems.includes(system) ? 1 : 0), 0);
  const flags = `${then.unfree ? "u" : ""}${then.broken ? "b" : ""}${then.insecure ? "i" : ""}`;
  return [bits.toString(16), flags, ownPname, ownVersion].join(",").replace(/,+$/, "");
}

const THROWN = RELEASES.at(-2)?.name ?? "";

function gone(name: string): string {
  const known = named[name];
  if (known?.since !== undefined) return `-${known.since}`;
  if (known?.sinceRelease !== undefined) return `-${known.sinceRelease}`;
  // nixpkgs keeps a name that throws for at least one release: what has no name at all was gone in that release.
  if (!known && !newest.rows.has(name)) return `-?${THROWN}`;
  const first = (known?.goneIn ?? []).find((release) => RELEASES.some((one) => one.name === release));
  return first === undefined ? "-?" : `-?${first}`;
}

function topRow(name: string): PackageFacts | undefined {
  const [then, now] = [oldest.rows.get(name), newest.rows.get(name)];
  const known = named[name];
  const isNew = !works(then);
  if (isPackage(now)) {
    const day = came.get(name);
    const history = isNew ? (day === undefined ? "+" : `+${day}`) : undefined;
    const before = then && works(then) ? oldestCell(then, now) : undefined;
    return { ...plain(now), ...(history ? { history } : {}), ...(before ? { oldest: before } : {}) };
  }
  const to = target(known?.to ?? nameOf(now));
  if (works(now)) {
    // An old name of something without a name of its own is as good as a package's.
    if (to === undefined) return { ...plain(now), ...(isNew ? { history: "+" } : {}) };
    const history = [isNew ? "+" : "", `@${known?.since ?? ""}`, known?.warns ? "!" : "", `=${to}`].filter(Boolean).join(" ");
    const before = isPackage(then) ? oldestCell(then, now) : undefined;
    return { ...plain(now), history, ...(before ? { oldest: before } : {}) };
  }
  // The name no longer works: it was removed before the oldest release, or after it.
  const wasGone = then !== undefined && !works(then);
  // What works without being in the index is no package, but a set or a function.
  if ((!now && !then && !known) || known?.works) return undefined;
  const byName = isPackage(then) ? undefined : nameOf(then);
  const replacement = to ?? target(byName);
  const isRenamed = known ? known.status === "renamed" : byName !== undefined;
  const history = [
    isNew && !wasGone ? "+" : "",
    wasGone ? `-?${oldest.facts.release}` : gone(name),
    !wasGone && works(then) && !isPackage(then) && replacement !== undefined ? `@${oldest.facts.release}` : "",
    replacement === undefined ? "" : `${isRenamed ? "=" : ">"}${replacement}`,
  ];
  return { ...plain(then && works(then) ? then : EMPTY), attribute: name, history: history.filter(Boolean).join(" ") };
}

const EMPTY: PackageFacts = {
  attribute: "",
  version: "",
  mainProgram: "",
  systems: [],
  unfree: false,
  broken: false,
  insecure: false,
};

/** A row without the columns that only an index has. */
function plain({ description: _, history: __, ...row }: PackageFacts): PackageFacts {
  return row;
}

/** The names in a package set, in the format of the facts. */
function signedNames(set: string): string[] {
  const namesOf = (rows: ReadonlyMap<string, PackageFacts>) =>
    new Set(
      [...rows].filter(([name, row]) => name.startsWith(`${set}.`) && works(row)).map(([name]) => name.slice(set.length + 1)),
    );
  const [then, now] = [namesOf(oldest.rows), namesOf(newest.rows)];
  return [...new Set([...then, ...now])]
    .filter((name) => !name.includes("."))
    .sort()
    .map((name) => (!then.has(name) ? `+${name}` : now.has(name) ? name : `-${name}`));
}

const rows = [...new Set([...top(oldest.rows), ...top(newest.rows), ...Object.keys(named)])].flatMap(
  (name) => topRow(name) ?? [],
);
const sets = new Map(SETS.map((set) => [set, signedNames(set)] as const).filter(([, names]) => names.length > 0));
const origin = { release: newest.facts.release, exact: false, systems: newest.facts.systems, day };
writeFileSync(fileURLToPath(new URL("../generator/knowledge/packages.tsv", import.meta.url)), factsText(origin, rows, sets));
console.log(`${rows.length} names, ${sets.size} package sets`);
