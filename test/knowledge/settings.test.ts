import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  allSettings,
  canonicalSettingValue,
  experimentalFeatures,
  findSetting,
  type NixVersion,
  type Setting,
  settingValueProblem,
} from "../../generator/knowledge/settings.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

const test = suite("settings");

const setting = (name: string): Setting => {
  const found = findSetting(name);
  if (found?.setting.name !== name) throw new Error(`no setting ${name}`);
  return found.setting;
};

test("132 settings, sorted, each with a description and supported versions", () => {
  const names = allSettings().map((one) => one.name);
  assert.is(names.length, 132);
  assert.equal(names, [...new Set(names)].sort());
  for (const one of allSettings()) {
    assert.match(one.description, /^[A-Z].{20,}\.$|^Text .*\.$/, one.name);
    assert.ok(one.versions.length > 0, one.name);
    assert.ok(
      one.appendableIn.every((version) => one.versions.includes(version)),
      one.name,
    );
    if (one.renamedTo) assert.ok(findSetting(one.renamedTo), one.name);
    if (one.experimentalFeature) assert.ok(experimentalFeatures().some((feature) => feature.name === one.experimentalFeature));
    // Descriptions appear in editors: they mention no setting that does not exist.
    for (const [, word] of one.description.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)) {
      assert.ok(findSetting(word!) || NOT_SETTINGS.has(word!), `${one.name}: ${word}`);
    }
  }
});

const NOT_SETTINGS = new Set(["nix-command", "big-parallel"]);

test("a setting is found by its name, its aliases and its extra- name", () => {
  const rows: [string, string | undefined, string | undefined][] = [
    ["max-jobs", "max-jobs", "name"],
    ["build-max-jobs", "max-jobs", "alias"],
    ["extra-substituters", "substituters", "extra"],
    ["extra-binary-caches", "substituters", "extra"],
    ["extra-platforms", "extra-platforms", "name"],
    ["extra-extra-platforms", "extra-platforms", "extra"],
    // A setting in Nix 2.8, an alias today.
    ["commit-lockfile-summary", "commit-lock-file-summary", "alias"],
    ["extra-cores", undefined, undefined],
    ["extra-external-builders", undefined, undefined],
    ["extra-", undefined, undefined],
    ["build-users", undefined, undefined],
    ["toString", undefined, undefined],
    ["Max-Jobs", undefined, undefined],
  ];
  for (const [name, found, via] of rows) {
    assert.is(findSetting(name)?.setting.name, found, name);
    assert.is(findSetting(name)?.via, via, name);
  }
});

test("a valid value has one canonical form", () => {
  const rows: [string, Parameters<typeof canonicalSettingValue>[1], unknown][] = [
    ["keep-outputs", "yes", true],
    ["keep-outputs", 0, false],
    ["sandbox", "true", true],
    ["sandbox", "relaxed", "relaxed"],
    ["max-jobs", "8", 8],
    ["max-jobs", "auto", "auto"],
    ["download-buffer-size", "64M", "64M"],
    ["max-free", "9223372036854775807", "9223372036854775807"],
    ["experimental-features", "nix-command  flakes\n", ["nix-command", "flakes"]],
    ["experimental-features", ["flakes"], ["flakes"]],
    ["access-tokens", "a=b c=d", ["a=b", "c=d"]],
    ["access-tokens", { a: "b" }, { a: "b" }],
    ["external-builders", [], "[]"],
    ["store", "daemon", "daemon"],
    // An invalid value is not changed: the diagnostic shows it.
    ["max-jobs", "lots", "lots"],
    ["keep-outputs", ["x"], ["x"]],
  ];
  for (const [name, value, want] of rows) assert.equal(canonicalSettingValue(setting(name), value), want, name);
});

test("the message of an invalid value", () => {
  const rows: [string, unknown, RegExp][] = [
    ["max-jobs", "lots", /^`max-jobs` must be a whole number or `auto`, not `lots`$/],
    ["max-jobs", [4], /not a list$/],
    ["keep-outputs", "on", /^`keep-outputs` must be true or false, not `on`: write true$/],
    ["keep-outputs", "Off", /: write false$/],
    ["keep-outputs", null, /^`keep-outputs` has no value$/],
    ["sandbox", "maybe", /^`sandbox` must be true, false or `relaxed`, not `maybe`$/],
    ["cores", "2K", /does not support units in Nix 2.8: write 2048$/],
    ["store", 5, /put 5 in quotes$/],
    ["lint-url-literals", "warm", /did you mean `warn`\?$/],
    ["experimental-features", ["flaks"], /did you mean `flakes`\?$/],
    ["substituters", true, /^`substituters` must be a list, not true or false: write \[true\]$/],
    ["substituters", ["https://a", "cache.nixos.org"], /^entry 2 of `substituters` must be a URL/],
    ["trusted-users", ["a b"], /^entry 1 of `trusted-users` contains a space/],
  ];
  for (const [name, value, want] of rows) assert.match(settingValueProblem(setting(name), value) ?? "(nothing)", want);
});

test("no message shows a value that may be secret", () => {
  for (const [name, value] of [
    ["access-tokens", { "github.com": "s3cret value" }],
    ["access-tokens", ["s3cret"]],
    ["access-tokens", { "github.com": "s3cret#" }],
    ["substituters", ["https://user:s3cret@host/{"]],
    ["store", "https://user:s3cret@host/{"],
    ["trusted-public-keys", ["s3cret key"]],
    ["impure-env", { A: "s3cret\n" }],
  ] as const) {
    const problem = settingValueProblem(setting(name), value);
    assert.ok(problem, name);
    assert.not.match(problem!, /s3cret/);
  }
});

/*
 * Every setting with valid and invalid values, compared with a real Nix. A value is valid when Nix reads a nix.conf with it without
 * a warning, and shows the same value.
 */

interface Case {
  readonly value: unknown;
  /** `refused`: Nix fails. `lost`: Nix warns, or reads another value. `ours`: Nix accepts it, flakewright does not. */
  readonly verdict: "right" | "refused" | "lost" | "ours";
  /** Versions that accept a refused value: flakewright refuses what any supported Nix refuses. */
  readonly takenBy?: readonly NixVersion[];
}

const right = (...values: unknown[]): Case[] => values.map((value) => ({ value, verdict: "right" }));
const refused = (...values: unknown[]): Case[] => values.map((value) => ({ value, verdict: "refused" }));
const lost = (...values: unknown[]): Case[] => values.map((value) => ({ value, verdict: "lost" }));
/** Values that Nix accepts and flakewright refuses; each use says why. */
const ours = (...values: unknown[]): Case[] => values.map((value) => ({ value, verdict: "ours" }));
const newestRefuses = (...values: unknown[]): Case[] =>
  values.map((value) => ({ value, verdict: "refused", takenBy: ["2.8", "2.26"] }));

const LIMITS = {
  u32: ["0", "4294967295", "4294967296"],
  u64: ["0", "18446744073709551615", "18446744073709551616"],
  i64: ["-9223372036854775808", "9223372036854775807", "9223372036854775808"],
} as const;

function cases(one: Setting): Case[] {
  switch (one.type) {
    case "boolean":
      return one.also
        ? [...right(true, false, "true", ...one.also), ...refused("yes", 1, "0", "Relaxed", "")]
        : [...right(true, false, "true", "false", "yes", "no", "1", 0), ...refused("on", "TRUE", 2, "", "true false")];
    case "integer":
      return integerCases(one);
    case "string":
      return stringCases(one);
    case "list":
      return listCases(one);
    case "map":
      return [
        ...right({}, { a: "b" }, { "a.b": "c=d", e: "" }, "a=b c=d", ["a=b", "c=d"]),
        ...lost({ "a b": "c" }, { a: "b c" }, { a: "b#c" }, { "a=b": "c" }),
        ...(one.name === "sandbox-paths" ? right(["/dev/kvm?", "/bin/sh=/bin/busybox"]) : lost(["word"])),
        ...(one.name === "sandbox-paths" ? [] : lost("a=b word")),
        // Nix accepts a token without a host and a variable without a name, and ignores both.
        ...ours({ "": "b" }),
      ];
  }
}

function integerCases(one: Setting): Case[] {
  const [least, most, over] = LIMITS[one.range!];
  const all = [...right(0, 7, "+5", "007", least, most), ...refused(over, 1.5, "", "x", "0x10", "1e3", "4 5", "1KB", "1P")];
  if (least === "0") all.push(...refused(-1));
  if (one.also) return [...all, ...right(...one.also), ...refused("Auto", "1K")];
  all.push(...refused("auto"));
  if (one.versions.includes("2.8")) return [...all, { value: "1K", verdict: "refused", takenBy: ["2.26", "2.34"] }];
  // The product overflows in Nix: 4G of a 32-bit setting reads as 0.
  return [...all, ...right("2K", "3m", "1G"), ...lost(`${most}k`)];
}

function stringCases(one: Setting): Case[] {
  const newlines = refused("/a\nb");
  if (one.values) return [...right(...one.values), ...refused("", "x", one.values[0]!.toUpperCase()), ...newlines];
  const spaces = lost("/a  b", " /a", "/a ", "/a\tb", "/a\rb", "/a#b", "/a # b");
  switch (one.form) {
    case "path":
      return [...right("/abs/path", "/with space"), ...newestRefuses("", "x", "rel/path", "~/x"), ...spaces, ...newlines];
    case "optional-path":
      return one.versions.length === 1 || one.name === "diff-hook"
        ? [...right("", "/abs/path"), ...refused("x", "rel/path", "~/x"), ...spaces, ...newlines]
        : [...right("", "/abs/path"), ...newestRefuses("x", "rel/path", "~/x"), ...spaces, ...newlines];
    case "non-empty":
      return [...right("x", "a/b c"), ...refused(""), ...lost("a  b", "a#b"), ...newlines];
    case "store":
      return [...right("", ...STORES), ...newestRefuses(...NO_STORES), ...lost("daemon#x"), ...newlines];
    default:
      return [
        ...right("", "x", "a b", "=", "= x", '"q"', "é", "a\u00a0b"),
        // Nix takes it, but no editor shows it at an end of the value.
        ...ours("\u00a0"),
        ...lost(" x", "x ", "a  b", "a\tb", "a#b", "#"),
        ...newlines,
      ];
  }
}

const STORES = [
  ...[
    "auto",
    "daemon",
    "local",
    "/abs",
    "./rel",
    "rel/path",
    "~/x",
    "https://cache.nixos.org/",
    "http://a:80/b",
    "s3://b?region=x",
  ],
  ...["ssh://u@h", "ssh-ng://h:22", "file:///x", "x+y://z", "local?root=/x", "daemon?x=1", "/x?y=1", "https://[::1]:80/x", "x:y"],
];
const NO_STORES = [
  "x",
  "cache.nixos.org",
  "https://é",
  "https://a%zz",
  "1x://y",
  "https://[::1",
  "~",
  "https://a/{b}",
  "https://a|b",
];

function listCases(one: Setting): Case[] {
  // Only the machine knows whether the plugin file exists and is one.
  if (one.form === "path") return [...right([]), ...refused(["rel/plugin.so"])];
  if (one.form === "json") {
    const builder = '{"systems":["a-linux"],"program":"/x","args":[]}';
    return [...right("[]", `[${builder}]`), ...refused("", "x", "{}", "null", '[{"systems":["a"],"program":"/x"}]', ["x"])];
  }
  const words = one.form === "store" ? ["https://b", "https://a"] : ["/b", "a"];
  const known = experimentalFeatures()
    .filter((feature) => feature.versions.length === 3)
    .map((feature) => feature.name);
  const entries = one.form === "feature" ? known : words;
  const [a = ""] = entries;
  return [
    ...right([], entries, entries.join("  "), `${entries.join("\t")} `),
    ...(one.form === "feature" ? [] : lost([`${a}#c`], [a, ""], [`${a} ${entries[1]}`], `${a} #x`)),
    ...refused([`${a}\nb`]),
    ...(one.form === "store"
      ? [...right(...STORES.map((store) => [store])), ...newestRefuses(...NO_STORES.map((no) => [no]))]
      : []),
    ...(one.form === "feature" ? lost(["flake"], ["nix-command", "no-such"]) : []),
    ...(one.form === "program" ? [{ value: ["rel"], verdict: "refused", takenBy: ["2.26", "2.34"] } as const] : []),
  ];
}

test("flakewright gives every verdict of the table", () => {
  const wrong: string[] = [];
  for (const one of allSettings()) {
    for (const { value, verdict } of cases(one)) {
      const problem = settingValueProblem(one, value);
      if ((problem === undefined) !== (verdict === "right"))
        wrong.push(`${one.name} ${JSON.stringify(value)}: ${problem} (${verdict})`);
    }
    // Values of the wrong type, which nix.conf can't express.
    for (const value of [undefined, null, one.type === "map" ? true : { a: { b: 1 } }, [["x"]], Number.NaN]) {
      if (settingValueProblem(one, value) === undefined) wrong.push(`${one.name} takes ${JSON.stringify(value)}`);
    }
  }
  assert.equal(wrong, []);
});

const run = promisify(execFile);
const folder = tempFolder();
let runs = 0;

interface Answer {
  readonly ok: boolean;
  readonly warnings: string;
  readonly values: ReadonlyMap<string, string>;
}

/** How a Nix reads a nix.conf. */
async function ask(nix: string, version: NixVersion, conf: string): Promise<Answer> {
  const dir = join(folder, String(++runs));
  mkdirSync(dir);
  writeFileSync(join(dir, "nix.conf"), conf);
  const args = version === "2.8" ? ["show-config"] : ["config", "show"];
  args.push("--extra-experimental-features", "nix-command");
  const env = { PATH: process.env.PATH, HOME: dir, NIX_CONF_DIR: dir, NIX_USER_CONF_FILES: "", NIX_STATE_DIR: join(dir, "var") };
  const result = await run(nix, args, { env, cwd: dir, maxBuffer: 2 ** 24 }).then(
    ({ stdout, stderr }) => ({ ok: true, stdout, stderr }),
    ({ stderr }: { stderr: string }) => ({ ok: false, stdout: "", stderr }),
  );
  const lines = result.stdout.split("\n").map((line): [string, string] => {
    const [name = "", ...rest] = line.split(" = ");
    return [name.replace(/ =$/, ""), rest.join(" = ")];
  });
  // Unrelated to the value: Nix opens the log of json-log-path at once, and a setting's name may be deprecated.
  const warnings = result.stderr.replaceAll(/^(error \(ignored\): opening log file|warning: '[a-z-]+' is deprecated).*\n/gm, "");
  return { ok: result.ok, warnings, values: new Map(lines) };
}

/** A value as a nix.conf line has it, without escaping what nix.conf can't express. */
function written(value: unknown): string {
  if (Array.isArray(value)) return value.join(" ");
  if (typeof value === "object" && value !== null)
    return Object.entries(value)
      .map(([key, item]) => `${key}=${item}`)
      .join(" ");
  return String(value);
}

/** Values that Nix shows differently from how they were written. */
function shownOtherwise(one: Setting, version: NixVersion, value: unknown): boolean {
  if (["pure-eval", "experimental-features", "build-hook"].includes(one.name)) return true;
  if (one.also?.includes(String(value))) return one.name === "max-jobs";
  // 2.34 shows stores in a canonical form. It shows an empty optional path as unset or as its default.
  return (version === "2.34" && one.form === "store") || (one.form === "optional-path" && value === "");
}

/** Whether Nix shows the value: words in any order, because many lists are sets; numbers without sign and leading zeros. */
function sameMeaning(one: Setting, value: unknown, seen: string): boolean {
  const asWords = (text: string) => [...new Set(text.split(" "))].sort().join(" ").trim();
  const isWords = one.type === "list" || one.type === "map";
  if (one.form === "json") return JSON.stringify(sorted(JSON.parse(seen))) === JSON.stringify(sorted(JSON.parse(String(value))));
  if (one.type === "boolean") return String(canonicalSettingValue(one, value as never)) === seen;
  if (one.type === "integer") return integer(String(value)) === BigInt(seen);
  if (!isWords) return seen === value;
  // Nix splits at the first `=`: the entry `a=b: c` becomes `a: b=c`.
  if (!Array.isArray(value) && typeof value === "object" && Object.keys(value ?? {}).some((key) => key.includes("=")))
    return false;
  // An entry with a space becomes two, so entries are compared one by one.
  const entries =
    typeof value === "string"
      ? value.split(/\s+/)
      : Array.isArray(value)
        ? value
        : Object.entries(value as object).map(([k, v]) => `${k}=${v}`);
  const distinct = new Set(entries.filter((entry) => typeof value !== "string" || entry !== ""));
  return (
    asWords(seen) === asWords([...distinct].join(" ")) &&
    new Set(seen.trim() === "" ? [] : seen.trim().split(" ")).size === distinct.size
  );
}

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === "object" && value !== null
      ? Object.entries(value)
          .sort()
          .map(([key, item]) => [key, sorted(item)])
      : value;

function integer(text: string): bigint {
  const [, sign, digits = "0", unit = ""] = /^([+-]?)([0-9]+)([KMGT]?)$/i.exec(text) ?? [];
  return (sign === "-" ? -1n : 1n) * BigInt(digits) * 2n ** BigInt(10 * ["", "K", "M", "G", "T"].indexOf(unit.toUpperCase()));
}

async function versionOf(nix: string): Promise<NixVersion | undefined> {
  const { stdout } = await run(nix, ["--version"]);
  return (["2.8", "2.26", "2.34"] as const).find((version) => stdout.includes(` ${version}.`));
}

const PARALLEL = 4;

/**
 * Each refused value needs a run of Nix, so a run of the tests checks one or two invalid values of each setting, different ones for
 * each setting. With FLAKEWRIGHT_NIXES set it checks all.
 */
const THOROUGH = Boolean(process.env.FLAKEWRIGHT_NIXES);

async function disagreements(nix: string, version: NixVersion): Promise<string[]> {
  const features = experimentalFeatures().filter((feature) => feature.versions.includes(version));
  const needed = new Set(allSettings().map((one) => one.experimentalFeature));
  needed.add("external-builders").add("flakes");
  const enable = features.filter((feature) => needed.has(feature.name)).map((feature) => feature.name);
  const preamble = `experimental-features = ${enable.join(" ")}\n`;
  const found: string[] = [];
  const complain = (one: Setting, value: unknown, what: string) =>
    found.push(`Nix ${version}: ${one.name} = ${JSON.stringify(written(value))}: ${what}`);

  const mine = allSettings()
    .filter((one) => one.versions.includes(version))
    .map((one) => ({ one, all: cases(one) }));
  const isRefused = (item: Case) => item.verdict === "refused" && !item.takenBy?.includes(version);
  const conf = (one: Setting, value: unknown) =>
    `${one.name === "experimental-features" ? "" : preamble}${one.name} = ${written(value)}\n`;

  // All accepted values share one nix.conf; each refused value needs its own.
  const jobs: (() => Promise<void>)[] = [];
  const taken = mine.map(({ one, all }) => ({ one, all: all.filter((item) => !isRefused(item)) }));
  for (let round = 0; taken.some(({ all }) => round < all.length); round++) {
    const now = taken.flatMap(({ one, all }) => all.slice(round, round + 1).map((item) => ({ one, item })));
    const shared = now.filter(({ one }) => one.name !== "experimental-features");
    jobs.push(async () => {
      const text = `${preamble}${shared.map(({ one, item }) => `${one.name} = ${written(item.value)}\n`).join("")}`;
      const answer = await ask(nix, version, text);
      if (!answer.ok) found.push(`Nix ${version}, round ${round}: ${answer.warnings}`);
      for (const { one, item } of answer.ok ? shared : []) {
        if (shownOtherwise(one, version, item.value)) continue;
        const seen = answer.values.get(one.name) ?? "(not shown)";
        const same = sameMeaning(one, item.value, seen) && !answer.warnings.includes(`'${one.name}'`);
        if (same === (item.verdict === "lost")) complain(one, item.value, `reads as ${JSON.stringify(seen)}`);
      }
    });
    for (const { one, item } of now.filter((each) => !shared.includes(each))) {
      jobs.push(async () => {
        const answer = await ask(nix, version, conf(one, item.value));
        if (!answer.ok || (answer.warnings === "") === (item.verdict === "lost")) complain(one, item.value, answer.warnings);
      });
    }
  }
  const refusals = mine.flatMap(({ one, all }, row) => {
    const wrong = all.filter(isRefused);
    const chosen = THOROUGH
      ? wrong
      : wrong.filter((_, column) => column === row % wrong.length || column === (row + 6) % wrong.length);
    return chosen.map((item) => ({ one, item }));
  });
  for (const { one, item } of refusals) {
    jobs.push(async () => {
      if ((await ask(nix, version, conf(one, item.value))).ok) complain(one, item.value, "Nix takes it");
    });
  }
  await Promise.all(
    Array.from({ length: PARALLEL }, async () => {
      for (let job = jobs.pop(); job; job = jobs.pop()) await job();
    }),
  );
  return found;
}

/** All names, aliases and `extra-` names in one nix.conf: an unknown name is only a warning. */
async function nameDisagreements(nix: string, version: NixVersion): Promise<string[]> {
  const base = [...new Set(["build-users", ...allSettings().flatMap((one) => [one.name, ...one.aliases])])];
  const lines = new Map<string, { known: boolean; value: unknown }>();
  for (const name of base) {
    const here = allSettings().find((one) => one.versions.includes(version) && [one.name, ...one.aliases].includes(name));
    const value = here ? cases(here).find((item) => item.verdict === "right")?.value : "";
    lines.set(name, { known: here !== undefined, value });
    // An empty `extra-` line adds nothing, so it can follow any value.
    const appendable = here?.appendableIn.includes(version) ?? false;
    if (!lines.has(`extra-${name}`)) lines.set(`extra-${name}`, { known: appendable, value: "" });
  }
  const conf = [...lines].map(([name, { value }]) => `${name} = ${written(value)}\n`).join("");
  const answer = await ask(nix, version, conf);
  if (!answer.ok) return [answer.warnings];
  return [...lines].flatMap(([name, { known }]) => {
    const knows = !answer.warnings.includes(`unknown setting '${name}'`);
    return knows === known ? [] : [`Nix ${version} ${knows ? "knows" : "does not know"} ${name}`];
  });
}

/** More Nix programs to compare with than the one on PATH, separated by colons. */
const NIXES = [tool("nix"), ...(process.env.FLAKEWRIGHT_NIXES ?? "").split(":")].filter((path): path is string => Boolean(path));

for (const nix of NIXES.length > 0 ? NIXES : ["nix"]) {
  needs(test, ["nix"])(`${nix} accepts and refuses the same values`, async () => {
    const version = await versionOf(nix);
    assert.ok(version, "the facts do not cover this version of Nix");
    assert.equal(await disagreements(nix, version!), []);
  });

  needs(test, ["nix"])(`${nix} knows the names and experimental features of the facts`, async () => {
    const version = await versionOf(nix);
    assert.ok(version);
    assert.equal(await nameDisagreements(nix, version!), []);
    const features = experimentalFeatures();
    const { warnings } = await ask(nix, version!, `experimental-features = ${features.map((one) => one.name).join(" ")}\n`);
    for (const feature of features) {
      assert.is(warnings.includes(`'${feature.name}'`), !feature.versions.includes(version!), feature.name);
    }
  });
}

test.run();
