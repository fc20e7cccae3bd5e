import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { compile } from "../../../generator/compile.ts";
import { jsonText } from "../../../generator/output/printers/json.ts";
import { factsOf, templates } from "../../support/spec.ts";

/* What bots read: renovate.json5 and .github/dependabot.yml, and the input of the project template. */

const test = suite("updates");

const base = { version: 1, name: "demo", nixpkgs: "nixos-26.05", groups: { k8s: { packages: ["kubectl"] } } };

function outputs(spec: object, folder = "out", file = "spec/platform.yaml"): Map<string, string> {
  const context = { locked: true, today: "2026-09-01", facts: factsOf, folder, pins };
  const { files, diagnostics } = compile(Buffer.from(stringify({ ...base, ...spec })), file, context, templates);
  if (!files) throw new Error(JSON.stringify(diagnostics));
  return new Map(files.map(({ path, text }) => [path, text]));
}
const pin = { attribute: "kubectl", version: "1.29.4", rev: "0123456789abcdef0123456789abcdef01234567", date: "2024-04-21" };
const pins = {
  file: "platform.pins.json",
  content: { index: { source: "a folder", revisions: 1, newest: pin.rev }, pins: new Map([["kubectl@1.29", pin]]) },
};

interface Renovate {
  readonly schedule: readonly string[];
  readonly minimumReleaseAge?: string;
  readonly lockFileMaintenance: { readonly enabled: boolean; readonly schedule: readonly string[] };
  readonly nix: { readonly enabled: boolean };
  readonly customManagers: readonly {
    readonly managerFilePatterns: readonly string[];
    readonly matchStrings: readonly string[];
    readonly extractVersionTemplate?: string;
    readonly datasourceTemplate: string;
  }[];
  readonly packageRules: readonly { matchFileNames: readonly string[]; matchUpdateTypes: readonly string[]; enabled: boolean }[];
}
function renovate(spec: object, folder?: string, file?: string): Renovate {
  const text = outputs({ updates: "renovate", ...spec }, folder, file).get("renovate.json5") ?? "";
  return JSON.parse(text.replace(/^\/\/.*\n/gm, ""));
}

const dependabot = (updates: object, folder?: string) =>
  parse(outputs({ updates: { bot: "dependabot", ...updates } }, folder).get(".github/dependabot.yml") ?? "");

test("without `updates` there is no file of a bot", () => {
  const paths = [...outputs({}).keys()];
  assert.equal(
    paths.filter((path) => /renovate|dependabot/.test(path)),
    [],
  );
});

test("Dependabot moves flake.lock where it is, and nothing else", () => {
  assert.equal(dependabot({}), {
    version: 2,
    updates: [
      {
        "package-ecosystem": "nix",
        directory: "/out",
        schedule: { interval: "weekly" },
        ignore: [{ "dependency-name": "*", versions: [">= 1"] }],
      },
    ],
  });
  const [entry] = dependabot({ every: "month", minimumAge: "7d" }, "").updates;
  assert.equal([entry.directory, entry.schedule, entry.cooldown], ["/", { interval: "monthly" }, { "default-days": 7 }]);
  assert.is(dependabot({ every: "day" }, 'a "b": c/${{ x }}').updates[0].schedule.interval, "daily");
});

test("Renovate moves flake.lock on schedule, whatever it leaves alone", () => {
  const config = renovate({ updates: { bot: "renovate", every: "day", minimumAge: "3d" }, ci: "gitlab" });
  assert.equal([config.nix, config.lockFileMaintenance], [{ enabled: true }, { enabled: true, schedule: ["* 0-5 * * *"] }]);
  assert.is(config.minimumReleaseAge, "3 days");
  assert.is(renovate({}).minimumReleaseAge, undefined);
  const [rule] = config.packageRules;
  assert.equal(rule?.matchFileNames, ["out/**", ".gitlab-ci.yml"]);
  assert.is(rule?.enabled, false);
  assert.not(rule?.matchUpdateTypes.includes("lockFileMaintenance"));
});

test("in a repository's root only the generated files are left alone", () => {
  assert.equal(renovate({ ci: "github" }, "").packageRules[0]?.matchFileNames, [
    "flake.nix",
    "template/**",
    ".github/workflows/nix.yml",
  ]);
  assert.equal(renovate({}, "a[b]*").packageRules[0]?.matchFileNames, ["a\\[b\\]\\*/**"]);
});

/** What the managers of a configuration find in a text: each name with its value, as Renovate's regex manager does. */
function found({ customManagers }: Renovate, text: string): string[] {
  return customManagers.flatMap(({ matchStrings }) =>
    matchStrings.flatMap((pattern) =>
      [...text.matchAll(new RegExp(pattern, "g"))].map(
        ({ groups }) => `${groups?.["depName"] ?? "nixpkgs"} ${groups?.["currentValue"]}`,
      ),
    ),
  );
}

const VERSIONED = { groups: { k8s: { packages: [{ package: "kubectl", version: "1.29" }] } } };

const TEXTS: readonly (readonly [text: string, wanted: readonly string[]])[] = [
  ["version: 1\nnixpkgs: nixos-26.05 # c\n", ["nixpkgs nixos-26.05"]],
  ["nixpkgs: 'nixos-26.05-small'\r\n", ["nixpkgs nixos-26.05-small"]],
  ["nixpkgs: github:NixOS/nixpkgs/nixpkgs-26.05-darwin", ["nixpkgs nixpkgs-26.05-darwin"]],
  ['nixpkgs:\n  unfree: [a]\n\n  # c\n  url: "github:nixos/nixpkgs/nixos-26.05"\n', ["nixpkgs nixos-26.05"]],
  ["nixpkgs: { unfree: [a], url: github:NixOS/nixpkgs/nixos-26.05 }\n", ["nixpkgs nixos-26.05"]],
  // An input holds a tool at another version on purpose.
  ["nixpkgs: nixos-unstable\ninputs:\n  old:\n    url: github:NixOS/nixpkgs/nixos-24.05\n", []],
  ["inputs: { old: github:NixOS/nixpkgs/nixos-24.05 }\n", []],
  ["nixpkgs:\n  unfree: true\ninputs:\n  url: github:NixOS/nixpkgs/nixos-24.05\n", []],
  ["nixpkgs: nixos-26.05.1\n", []],
  ['  - { package: kubectl, version: "1.29" }\n', ["kubectl 1.29"]],
  ["  - { version: '2', name: x, package: jq }\n", ["jq 2"]],
  ["  - package: talosctl # c\n    name: talos\n    # held back\n    version: 1.13.2\n", ["talosctl 1.13.2"]],
  ['  - version: "1.13"\n    package: talosctl\n', ["talosctl 1.13"]],
  ['  - package: a\n  - package: b\n    version: "3.1.0-rc1"\n', ["b 3.1.0-rc1"]],
  ["version: 1\ngroups: { a: { packages: [kubectl] } }\n", []],
  ['  - { package: python3Packages.ansible, version: "2.1" }\n', []],
];

for (const [text, wanted] of TEXTS)
  test(`Renovate finds ${wanted.join() || "nothing"} in ${JSON.stringify(text)}`, () => {
    assert.equal(found(renovate(VERSIONED), text), wanted);
  });

test("a version keeps the form that the spec has", () => {
  const forms = renovate(VERSIONED).customManagers.flatMap(({ extractVersionTemplate }) => extractVersionTemplate ?? []);
  assert.equal(
    forms.map((form) => new RegExp(form).exec("1.30.2")?.groups?.["version"]),
    ["1", "1.30"],
  );
});

test("patterns have what RE2 has: no lookaround, no references back", () => {
  for (const { matchStrings } of renovate(VERSIONED).customManagers)
    for (const pattern of matchStrings) assert.not.match(pattern, /\(\?<?[=!]|\\[1-9]|\\k</);
});

test("a nixpkgs that no release moves has no manager", () => {
  for (const nixpkgs of ["nixos-unstable", "0123456789abcdef0123456789abcdef01234567", "path:/srv/nixpkgs", "26.05"])
    assert.equal(renovate({ nixpkgs }).customManagers, []);
});

test("only the files of the spec are read", () => {
  const [pattern = ""] = renovate({}, "out", "/home/x/spec/my.platform.yaml").customManagers[0]?.managerFilePatterns ?? [];
  const regex = new RegExp(pattern.slice(1, -1));
  assert.ok(regex.test("spec/my.platform.yaml") && regex.test("infra/spec/my.platform.yaml"));
  assert.not(regex.test("spec/my-platform.yaml") || regex.test("myspec/my.platform.yaml"));
});

test("JSON is on lines of its own, and hides nothing", () => {
  assert.is(jsonText({ a: "\u202e\u2028\u0085" }, 2), '{\n    "a": "\\u202e\\u2028\\u0085"\n  }');
  for (const text of ["\u202e", "// x", "*/", '"', "\\"]) assert.equal(JSON.parse(jsonText([text], 0)), [text]);
});

const TEMPLATES: readonly (readonly [repository: string | undefined, folder: string, url: string])[] = [
  [undefined, "out", "flake:demo"],
  ["github:acme/platform", "out", "github:acme/platform?dir=out"],
  ["github:acme/platform", "", "github:acme/platform"],
  ["github:acme/platform?dir=nix", "out", "github:acme/platform?dir=nix"],
  ["git+https://git.example.net/platform?ref=main", "a b/out", "git+https://git.example.net/platform?ref=main&dir=a%20b/out"],
];

for (const [repository, folder, url] of TEMPLATES)
  test(`the template takes the platform from ${url}`, () => {
    const text = outputs(repository === undefined ? {} : { repository }, folder).get("template/flake.nix") ?? "";
    assert.ok(text.includes(`inputs.platform.url = "${url}";`), text);
  });

test.run();
