import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Ajv } from "ajv";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { explanationOf } from "../../generator/lint/rules.ts";
import type { Diagnostic } from "../../generator/report/diagnostic.ts";
import { toGithub } from "../../generator/report/github.ts";
import { toJson } from "../../generator/report/json.ts";
import type { Report } from "../../generator/report/report.ts";
import { toSarif } from "../../generator/report/sarif.ts";
import { toText } from "../../generator/report/text.ts";
import { flakewright } from "../support/cli.ts";
import { head } from "../support/diagnostic-rows.ts";
import { compileText } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";

const formats = suite("formats");

/** The official schema of SARIF 2.1.0, from Microsoft's test matchers. */
const require = createRequire(import.meta.url);
const schema = JSON.parse(readFileSync(require.resolve("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json"), "utf8"));
// For this schema, draft 4 and draft 2020 differ only in the name of the identifier.
const { $schema: _, id: __, ...rest } = schema;
const isSarif = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(rest);

interface SarifLog {
  readonly runs: readonly {
    readonly results: readonly Record<string, unknown>[];
    readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
  }[];
}

function sarif(report: Report): SarifLog {
  const log: unknown = JSON.parse(toSarif(report, "1.2.3", explanationOf));
  assert.ok(isSarif(log), JSON.stringify(isSarif.errors, null, 1));
  return log as SarifLog;
}

const text = "version: 1\nname: demo\nx: y\n";
const one = (d: Partial<Diagnostic>): Report => ({
  diagnostics: [
    { code: "schema-value", severity: "error", message: "m", file: "spec.yaml", range: { start: 11, end: 15 }, ...d },
  ],
  files: [],
  sources: new Map([["spec.yaml", text]]),
});

const bad = `version: 1
name: demo
groups:
  k8s: { packages: [kubectl, helm, kubectl] }
settings:
  build-users: [nixbld1]
  max-jobs: 3
  experimental-features: [nix-command, flakes]
users:
  ada: { settings: { experimental-features: [nix-command] } }
trustedUsers: [root, ada]
`;

formats("SARIF follows the official schema: nothing, everything, fixes, related places, files without text", () => {
  assert.equal(sarif({ diagnostics: [], files: [], sources: new Map() }).runs[0]?.results, []);
  const { diagnostics, texts } = compileText(bad, false);
  assert.ok(diagnostics.length >= 5);
  const log = sarif({ diagnostics, files: [], sources: texts });
  const results = log.runs[0]?.results ?? [];
  assert.equal(
    results.map((result) => result["ruleId"]),
    diagnostics.map((d) => d.code),
  );
  for (const result of results) assert.is(log.runs[0]?.tool.driver.rules[Number(result["ruleIndex"])]?.id, result["ruleId"]);
  const helm = results.find((result) => result["ruleId"] === "package-wrong-name");
  assert.equal(helm?.["fixes"], [
    {
      description: { text: "did you mean `kubernetes-helm`?" },
      artifactChanges: [
        {
          artifactLocation: { uri: "spec.yaml" },
          replacements: [
            {
              deletedRegion: { startLine: 4, startColumn: 30, endLine: 4, endColumn: 34 },
              insertedContent: { text: "kubernetes-helm" },
            },
          ],
        },
      ],
    },
  ]);
  assert.ok(results.some((result) => result["relatedLocations"]));
  const elsewhere = sarif(one({ file: "/tmp/a b/ü%.yaml", code: "output-drift" })).runs[0]?.results[0] as {
    locations: { physicalLocation: unknown }[];
  };
  assert.equal(elsewhere.locations[0]?.physicalLocation, { artifactLocation: { uri: "file:///tmp/a%20b/%C3%BC%25.yaml" } });
});

formats("the schema refuses an invalid report", () => {
  const log = JSON.parse(toSarif(one({}), "", explanationOf));
  log.runs[0].results[0].level = "fatal";
  assert.not.ok(isSarif(log));
});

formats("GitHub: one line a diagnostic, and no text can end the line or the property", () => {
  assert.is(toGithub(one({})), "::error file=spec.yaml,line=2,endLine=2,col=1,endColumn=5,title=schema-value::m\n");
  assert.is(
    toGithub(one({ severity: "warning", message: "100% of a:b,c\r\nd::error::", hint: "x\ny", file: "a,b:c%d\n.yaml" })),
    "::warning file=a%2Cb%3Ac%25d%0A.yaml,title=schema-value::100%25 of a:b,c%0D%0Ad::error::%0Ahint: x%0Ay\n",
  );
  // GitHub ignores columns of a range with several lines.
  assert.is(toGithub(one({ range: { start: 0, end: 14 } })), "::error file=spec.yaml,line=1,endLine=2,title=schema-value::m\n");
});

formats("the command line prints each format on stdout, and nothing else", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "bad.yaml"), bad);
  const run = (...args: string[]) => flakewright(folder, ["check", "bad.yaml", ...args]);
  const { diagnostics } = compileText(bad, false);
  const github = run("--format", "github");
  assert.equal([github.status, github.stderr], [1, ""]);
  assert.is(github.stdout.trimEnd().split("\n").length, diagnostics.length);
  assert.match(github.stdout, /^::(?:error|warning) file=bad\.yaml,line=\d+,/);
  const log = run("--format", "sarif");
  assert.equal([log.status, log.stderr], [1, ""]);
  assert.ok(isSarif(JSON.parse(log.stdout)), JSON.stringify(isSarif.errors));
  const json = run("--format", "json");
  assert.equal([json.status, json.stderr, JSON.parse(json.stdout).diagnostics.length], [1, "", diagnostics.length]);
  const text = run();
  assert.equal([text.status, text.stdout], [1, ""]);
  assert.match(text.stderr, "did you mean `kubernetes-helm`?");
});

const HALF = `${"Q".repeat(43)}z${"R".repeat(42)}==`;
const SECRETS: readonly [what: string, spec: string, secret: string][] = [
  ["a token in a map", "settings:\n  access-tokens: { github.com: s3cr3t-of-mine }", "s3cr3t-of-mine"],
  ["a token in text", "settings:\n  access-tokens: github.com=s3cr3t-of-mine", "s3cr3t-of-mine"],
  ["a token in a list", "settings:\n  access-tokens: [github.com=s3cr3t-of-mine]", "s3cr3t-of-mine"],
  ["a known form anywhere", "description: see glpat-abcdefghij0123456789", "glpat-abcdefghij0123456789"],
  ["a key", "settings:\n  ghp_0123456789abcdefghijklmnopqrstuvwxyz: 1", "ghp_0123456789abcdefghijklmnopqrstuvwxyz"],
  ["a value of the wrong kind", "ci: ghp_0123456789abcdefghijklmnopqrstuvwxyz", "ghp_0123456789abcdefghijklmnopqrstuvwxyz"],
  ["text that messages cut short", `nixpkgs: "ghp_${"0123456789".repeat(10)} x"`, "ghp_01234567890123456789"],
  [
    "a password in a URL that is wrong too",
    "substituters:\n  - url: http://ada:correct-horse@cache.example.org",
    "correct-horse",
  ],
  ["a query", "inputs:\n  x: https://example.org/x.tar.gz?token=abcdefghijkl", "abcdefghijkl"],
  ["a signing key's secret half", `substituters:\n  - url: https://c.example.org\n    publicKey: c-1:${HALF}`, HALF],
  ["the same, nameless", `settings:\n  trusted-public-keys: ["${HALF}"]`, HALF],
  [
    "the same, cut off",
    `substituters:\n  - url: https://c.example.org\n    publicKey: c-1:${HALF.slice(0, 80)}`,
    HALF.slice(0, 80),
  ],
  [
    "a private key in a hook",
    "shells:\n  k8s:\n    hook: |\n      cat <<EOF\n      -----BEGIN OPENSSH PRIVATE KEY-----\n      b3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n      -----END OPENSSH PRIVATE KEY-----\n      EOF",
    "b3BlbnNzaC1rZXktdjEAAAAABG5vbmU",
  ],
  [
    "a private key for a host key",
    `builders:\n  - host: a.example\n    publicHostKey: ${Buffer.from("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n").toString("base64")}`,
    Buffer.from("-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n").toString("base64").slice(8),
  ],
  ["an assignment in a hook", "shells:\n  k8s:\n    hook: export AWS_SECRET_ACCESS_KEY='wJalrXUtnFEMI/K7MDENG'", "wJalrXUtnFEMI"],
  ["a variable", "shells:\n  k8s:\n    env: { GITHUB_TOKEN: correct-horse }", "correct-horse"],
  ["a comment", "# ghp_0123456789abcdefghijklmnopqrstuvwxyz", "ghp_0123456789abcdefghijklmnopqrstuvwxyz"],
  ["an escaped text", 'description: "\\x67hp_0123456789abcdefghijklmnopqrstuvwxyz"', "hp_0123456789abcdefghijklmnopqrstuvwxyz"],
  [
    "a netrc line",
    "shells:\n  k8s:\n    hook: echo machine a.example login ada password correct-horse >> ~/.netrc",
    "correct-horse",
  ],
  [
    "a netrc line folded",
    "shells:\n  k8s:\n    hook: echo machine a.example login ada\n      password correct-horse >> ~/.netrc",
    "correct-horse",
  ],
  [
    "a private key folded",
    "description: >\n  -----BEGIN OPENSSH\n  PRIVATE KEY-----\n  c2VjcmV0LW9mLW1pbmU\n  -----END OPENSSH PRIVATE KEY-----",
    "c2VjcmV0LW9mLW1pbmU",
  ],
  ["an age identity", `description: AGE-SECRET-KEY-1${"Q".repeat(58)}`, `AGE-SECRET-KEY-1${"Q".repeat(58)}`],
  ["a signed token", `description: eyJ${"a".repeat(20)}.eyJ${"b".repeat(20)}.${"c".repeat(20)}`, `eyJ${"a".repeat(20)}`],
];

for (const [what, lines, secret] of SECRETS)
  formats(`no format shows ${what}`, () => {
    const spec = `version: 1\nname: demo\ngroups:\n  k8s: { packages: [kubectl] }\n${lines}\n`;
    for (const broken of [spec, `${spec}\t[broken: {yaml\n`]) {
      const { diagnostics, texts, files } = compileText(broken);
      const shown = texts.get("spec.yaml") ?? "";
      assert.is(files, undefined);
      if (broken === spec)
        assert.ok(
          diagnostics.some((d) => d.code === "secret-in-spec"),
          JSON.stringify(diagnostics),
        );
      assert.is(shown.length, broken.length);
      const report = { diagnostics, files: [], sources: new Map([["spec.yaml", shown]]) };
      const all = [
        shown,
        toText(report, false),
        toText(report, true),
        toJson(report),
        toGithub(report),
        toSarif(report, "", explanationOf),
      ];
      // In a text that is not YAML, secrets are found by their form, not by their place.
      const byForm = broken === spec || /^(gh|glpat|AGE|eyJ|b3B|LS0)/.test(secret);
      for (const output of all) if (byForm) assert.not.ok(output.includes(secret), output);
    }
  });

formats("text that only looks like a secret is not reported", () => {
  for (const lines of [
    "settings:\n  access-tokens: {}",
    "shells:\n  k8s:\n    env: { TOKEN_FILE: /run/secrets/token, DB_PASSWORD: '', API_KEY: '${API_KEY}', MAX_TOKEN: '1' }",
    'shells:\n  k8s:\n    hook: |\n      export TOKEN=$(pass show token)\n      export PASSWORD="$PASSWORD" SECRET=/run/secret GITHUB_TOKEN=${GITHUB_TOKEN:-}',
    "inputs:\n  x: git+ssh://git@github.com/a/b?rev=0123456789abcdef0123456789abcdef01234567",
    "substituters:\n  - url: https://cache.nixos.org/\n    publicKey: cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
    `shells:\n  k8s:\n    env: { HASH: "sha512:${HALF}" }`,
    "inputs:\n  x: git+https://some-very-long-organisation@dev.azure.com/x?rev=0123456789abcdef0123456789abcdef01234567",
    "description: 'the password is in the vault, at https://vault.example.org:8200/ui'",
    "builders:\n  - host: a.example\n    sshKey: /etc/nix/builder_ed25519\n    publicHostKey: c3NoLWVkMjU1MTkgQUFBQS4uLg==",
  ])
    assert.not.ok(
      compileText(`version: 1\nname: demo\ngroups: { k8s: { packages: [kubectl] } }\n${lines}\n`).diagnostics.some(
        (d) => d.code === "secret-in-spec",
      ),
      lines,
    );
});

formats("of thousands of findings the text shows 50, errors first, and counts the others; every other format has all", () => {
  const warning = (at: number): Diagnostic => ({
    ...(one({}).diagnostics[0] as Diagnostic),
    severity: "warning",
    range: { start: at % 20, end: 20 },
    message: `w${at}`,
  });
  const error = (at: number): Diagnostic => ({ ...warning(at), severity: "error", message: `e${at}` });
  const many: Report = {
    ...one({}),
    diagnostics: [...Array.from({ length: 2000 }, (_, at) => warning(at)), ...Array.from({ length: 30 }, (_, at) => error(at))],
  };
  const shown = toText(many, false);
  assert.is(shown.match(/^spec\.yaml:/gm)?.length, 50);
  assert.is(shown.match(/ error /g)?.length, 30);
  assert.ok(shown.indexOf("w19") < shown.indexOf("e0"), "in the order of the spec");
  assert.match(shown, /\nand 1980 more findings: `--format json` prints all\n$/);
  assert.is(JSON.parse(toJson(many)).diagnostics.length, 2030);
  assert.is(sarif(many).runs[0]?.results.length, 2030);
  assert.is(toGithub(many).trimEnd().split("\n").length, 2030);
  const few: Report = { ...many, diagnostics: many.diagnostics.slice(0, 50) };
  assert.not.match(toText(few, false), /more finding/);
});

formats("on a terminal, lines break at spaces and not inside of a command", () => {
  const hint = "run `nix flake lock --update-input nixpkgs` in the output folder and commit flake.lock beside the spec";
  const report = one({ message: "a sentence that is longer than the forty columns of this terminal", hint });
  const lines = toText(report, false, 40).split("\n");
  assert.equal(
    lines.filter((line) => !/\d* \|/.test(line)),
    [
      "spec.yaml:2:1 error schema-value",
      "  a sentence that is longer than the",
      "  forty columns of this terminal",
      "  hint: run",
      "        `nix flake lock --update-input nixpkgs`",
      "        in the output folder and commit",
      "        flake.lock beside the spec",
      "",
    ],
  );
  assert.ok(toText(report, false).includes(`  hint: ${hint}\n`), "a pipe gets whole lines");
});

formats("a frame has the line without its line end; other control characters are visible", () => {
  const frame = (text: string) => {
    const { diagnostics } = one({ range: { start: 0, end: 1 }, file: "a.yaml" });
    const lines = toText({ diagnostics, files: [], sources: new Map([["a.yaml", text]]) }, false).split("\n");
    return lines.find((line) => line.includes("1 | "));
  };
  assert.is(frame("a: 1\r\nb: 2\r\n"), "  1 | a: 1");
  assert.is(frame("a\r: \u001b\r\n"), "  1 | a\u240d: \u241b");
});

formats(
  "text has no command for a CI service and no control character for a terminal, wherever a text or a name of a file is from",
  () => {
    for (const hostile of [
      "::error file=x::y",
      "\n::stop-commands::x",
      "\n  ::add-mask::x",
      "##[error]x",
      "##vso[task.complete]x",
      "##teamcity[buildStop]x",
      "\u001b[2Jx",
      "\u009b2Jx",
      "a\u202eb",
    ]) {
      const related = [{ message: hostile, range: { file: hostile, start: 0, end: 1 } }];
      for (const report of [
        one({ message: hostile, hint: hostile, related }),
        { ...one({ file: `a${hostile}` }), sources: new Map([[`a${hostile}`, `version: 1\n${hostile}\n`]]) },
        { ...one({ range: { start: 11, end: 13 } }), sources: new Map([["spec.yaml", `version: 1\n${hostile} ${hostile}\n`]]) },
      ])
        assert.not.match(toText(report, false), /^\s*::|##\w*\[|[\u001b\u009b\u202e]/m, JSON.stringify(hostile));
    }
  },
);

formats("names of the spec and of the output folder can't give a CI service a command either", () => {
  const folder = tempFolder();
  const name = "spec\n::error::x.yaml";
  writeFileSync(join(folder, name), `${head}groups: { k8s: { packages: [git] } }\n`);
  for (const command of ["generate", "check", "diff", "generate"]) {
    const { stdout, stderr } = flakewright(folder, [command, name, "--out", "out\n##[error]\u001b[2J"]);
    assert.not.match(stderr, /^\s*::|##\[|\u001b/m);
    if (command === "generate") assert.not.match(stdout, /^\s*::|##\[|\u001b/m);
  }
});

formats("a diff can't give a CI service a command: not in a line that stays, and not in the text of `generate`", () => {
  const folder = tempFolder();
  writeFileSync(join(folder, "spec.yaml"), `${head}groups: { k8s: { packages: [git] } }\n`);
  assert.is(flakewright(folder, ["generate", "spec.yaml"]).status, 0);
  const file = join(folder, "out/flake.nix");
  const hostile = [
    "::error::x",
    "  ::add-mask::x",
    "##[error]x",
    "# ##vso[task.complete]x",
    "##teamcity[buildStop]x",
    "section_start:1:x\r\u001b[0K",
    "\r::error::x",
  ];
  writeFileSync(file, `${hostile.join("\n")}\n${readFileSync(file, "utf8")}`);
  for (const command of ["diff", "generate"]) {
    const { stdout, stderr } = flakewright(folder, [command, "spec.yaml"]);
    assert.match(stdout, /^-\S*::error::x$/m, command);
    assert.not.match(stdout + stderr, /^\s*::|##\w*\[|[\r\u001b]/m, command);
  }
});

formats("JSON and SARIF can't give a CI service a command, and say the same", () => {
  const folder = tempFolder();
  const name = "##[error]x ##vso[task.complete]x ##teamcity[x].yaml";
  writeFileSync(join(folder, name), `${head}grups: {}\n"##[error]y": 1\n`);
  for (const [format, ...command] of [
    ["json", "check", name],
    ["sarif", "check", name],
  ] as const) {
    const { stdout } = flakewright(folder, [...command, "--format", format]);
    assert.not.match(stdout, /##\w*\[/, format);
    assert.match(JSON.stringify(JSON.parse(stdout)), /##\[error\]/, format);
  }
});

formats.run();
