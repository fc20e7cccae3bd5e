import { suite } from "uvu";
import * as assert from "uvu/assert";
import { positions } from "../generator/report/positions.ts";
import { cpuRatio } from "./support/growth.ts";
import { compileText } from "./support/spec.ts";

/*
 * A spec of 2,000 lines with 50 mistakes of all kinds. Each mistake is one line. Exactly these 50 are reported, and they cost
 * little more CPU than one.
 */
const KEY = "6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
const PACKAGES = [
  "kubectl",
  "kubernetes-helm",
  "awscli2",
  "azure-cli",
  "git",
  "curl",
  "wget",
  "jq",
  "gnupg",
  "age",
  "nmap",
  "k9s",
  "htop",
];

/** The valid lines. A marker such as `@3` at the end of a line names it for a mistake and is removed. */
function rightLines(): string[] {
  const lines = ["version: 1", "name: demo", "nixpkgs: 0123456789abcdef0123456789abcdef01234567 @0", "groups:"];
  for (let group = 0; group < 90; group++) {
    lines.push(`  group-${group}:`, `    title: Group ${group} @${100 + group}`, "    packages:");
    for (let tool = 0; tool < 4; tool++) {
      const name = PACKAGES[(group + tool) % PACKAGES.length];
      lines.push(`      - package: ${name} @${1000 + group * 10 + tool}`, `        description: Tool ${tool} of group ${group}`);
    }
  }
  lines.push("shells:");
  for (let shell = 0; shell < 60; shell++) {
    lines.push(
      `  shell-${shell}:`,
      `    groups: [group-${shell}, group-${shell + 1}] @${2000 + shell}`,
      "    env:",
      `      LEVEL: "${shell}" @${2500 + shell}`,
    );
  }
  lines.push(
    "settings:",
    "  experimental-features: [nix-command, flakes]",
    "  max-jobs: 4 @1",
    "  keep-failed: true @2",
    "  cores: 2 @3",
    "  sandbox: true @4",
    "  log-lines: 25 @5",
  );
  lines.push("substituters:");
  for (let cache = 0; cache < 40; cache++)
    lines.push(
      `  - url: https://cache-${cache}.example.org @${3000 + cache}`,
      `    publicKey: cache-${cache}.example.org-1:${KEY} @${3500 + cache}`,
    );
  lines.push("trustedUsers:", "  - root", "  # nobody else @6");
  lines.push("buildUsers:", "  firstUid: 30001 @7", "  roles:");
  for (let role = 0; role < 40; role++) lines.push(`    - role: role-${role} @${4000 + role}`, `      groups: [group-${role}]`);
  lines.push("users:");
  for (let user = 0; user < 60; user++)
    lines.push(`  user-${user}:`, "    settings:", "      log-lines: 50", `      max-jobs: 2 @${5000 + user}`);
  lines.push("volumes:");
  for (let volume = 0; volume < 60; volume++)
    lines.push(
      `  volume-${volume}:`,
      `    mount: /volumes/${volume} @${6000 + volume}`,
      `    groups: [group-${volume}]`,
      "    settings:",
      `      cores: 2 @${6500 + volume}`,
    );
  lines.push("builders:");
  for (let builder = 0; builder < 40; builder++)
    lines.push(
      `  - host: builder-${builder}.example.net`,
      `    maxJobs: 4 @${7000 + builder}`,
      `    publicHostKey: c3NoLWVkMjU1MTkgQUFBQS4uLg== @${7500 + builder}`,
    );
  return lines;
}

/** A marker, the invalid line that replaces the marked one, and the expected code. */
const MISTAKES: readonly (readonly [at: number, wrong: string, code: string])[] = [
  [1000, "      - package: helm", "package-wrong-name"],
  [1011, "      - package: aws", "package-wrong-name"],
  [1022, "      - package: az", "package-wrong-name"],
  [1033, "      - package: kubeclt", "package-unknown"],
  [1040, "      - package: teraform-docs", "package-unknown"],
  [1051, "      - package: awscli22", "package-unknown"],
  [1062, "      - package: zzqqxxyy", "package-unknown"],
  [1073, "      - package: vault", "package-unfree"],
  [1080, "      - package: consul", "package-unfree"],
  [1091, "      - package: openssl_1_1", "package-insecure"],
  [1102, "      - package: iotop", "package-unavailable"],
  [1113, "      - package: sysstat", "package-unavailable"],
  [1121, "      - package: htop", "package-duplicate"],
  [1131, "      - pakage: wget", "schema-unknown-key"],
  [1142, "      - package: kubectl@1.29", "schema-value"],
  [110, "    titel: Group 10", "schema-unknown-key"],
  [120, "    title: 20", "schema-type"],
  [130, "    title: [x]", "schema-type"],
  [2000, "    groups: [group-0, group-nought]", "reference-unknown"],
  [2010, "    groups: [grupo-10, group-11]", "reference-unknown"],
  [2020, "    groups: group-20", "schema-type"],
  [2530, "      LEVEL: 30", "schema-type"],
  [2540, "      2LEVEL: x", "name-invalid"],
  [2550, "      API_TOKEN: correct-horse", "secret-in-spec"],
  [1, "  max-jbos: 4", "setting-unknown"],
  [2, "  keep-failed: sometimes", "setting-type"],
  [3, "  build-cores: 2", "setting-renamed"],
  [4, "  sandbox: false", "sandbox-off"],
  [5, "  json-log-path: /var/log/nix.json", "setting-too-new"],
  [3000, "  - url: http://cache-0.example.org", "substituter-insecure-url"],
  [7020, "    maxJobs: many", "schema-type"],
  [3020, "  - url: https://ada:correct-horse@cache-20.example.org", "secret-in-spec"],
  [3505, `    publicKey: ${KEY}`, "public-key-invalid"],
  [3515, "    publicKey: cache-15.example.org-1:AAAA", "public-key-invalid"],
  [3525, "    # no key", "substituter-without-key"],
  [6, "  - ada", "trusted-user-is-root"],
  [7, "  firstUid: 995", "uid-conflict"],
  [4001, "    - role: role-0", "name-conflict"],
  [4002, "    - role: Role 2", "name-invalid"],
  [5000, "      max-jobs: many", "setting-type"],
  [5010, "      max-jobs: 400", "jobs-exceed-build-users"],
  [5020, "      experimental-features: [nix-command]", "user-settings-drop-features"],
  [5030, "      build-users: [nixbld1]", "setting-unknown"],
  [6000, "    mount: volumes/0", "schema-value"],
  [6010, "    mout: /volumes/10", "schema-unknown-key"],
  [6520, "      cores: two", "setting-type"],
  [6530, "      extra-cores: 2", "setting-unknown"],
  [7000, "    maxJobs: 0", "schema-value"],
  [7510, "    # no key", "builder-without-host-key"],
  [7520, "    publicHostKey: bm90aGluZyBvZiB0aGUga2luZA==", "host-key-invalid"],
];

const plain = (line: string) => line.replace(/ @\d+$/, "");
const lines = rightLines();
const right = `${lines.map(plain).join("\n")}\n`;
const at = new Map(
  lines.flatMap((line, index) => (/ @(\d+)$/.exec(line) ? [[Number(/ @(\d+)$/.exec(line)?.[1]), index] as const] : [])),
);
const wrongLines = lines.map(plain);
for (const [marker, wrong] of MISTAKES) wrongLines[at.get(marker) ?? assert.unreachable(`no line ${marker}`)!] = wrong;
const wrong = `${wrongLines.join("\n")}\n`;

const large = suite("a large spec");

large("without the mistakes there is no diagnostic", () => {
  assert.ok(lines.length >= 2000, `${lines.length} lines`);
  assert.equal(compileText(right).diagnostics, []);
});

large("each of the 50 mistakes is reported on its own line, and nothing else", () => {
  assert.is(MISTAKES.length, 50);
  const find = positions(wrong);
  const expected = MISTAKES.map(([marker, text, code]) => {
    const own = (at.get(marker) ?? 0) + 1;
    // A missing key is reported at the map that lacks it.
    const line = text.trim() !== "# no key" ? own : code === "builder-without-host-key" ? own - 2 : own - 1;
    return `${line} ${code}`;
  });
  const found = compileText(wrong).diagnostics.map((d) => `${find(d.range.start).line} ${d.code}`);
  assert.equal(found.sort(), expected.sort());
});

large("50 mistakes cost little more CPU than one", () => {
  // Compared with a spec that has one mistake, because a valid spec is also rendered, which costs more than any mistakes.
  const one = right.replace("max-jobs: 4", "max-jobs: 4\n  keep-outputs: maybe");
  const ratio = cpuRatio(
    () => void compileText(one),
    () => void compileText(wrong),
    7,
  );
  console.log(`50 mistakes take ${ratio.toFixed(2)} times the CPU of one`);
  assert.ok(ratio < 3, `${ratio.toFixed(2)} times the CPU of one`);
});

large.run();
