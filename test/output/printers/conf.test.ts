import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Machine, machinesProblem } from "../../../generator/knowledge/machines-file.ts";
import { confProblem } from "../../../generator/knowledge/nix-conf.ts";
import { confLine, machinesLine, sysusersLine } from "../../../generator/output/printers/conf.ts";
import { tempFolder } from "../../support/temp.ts";
import { needs } from "../../support/tools.ts";

/** How to ask Nix for its settings: `config show` is the newer name of `show-config`. */
const SHOW = [["config", "show"], ["show-config"]];

/** A nix.conf as Nix reads it, by setting. */
function settingsOf(conf: string): { values: Record<string, { value: unknown }>; stderr: string } {
  const folder = tempFolder();
  writeFileSync(join(folder, "nix.conf"), conf);
  const env = { ...process.env, NIX_CONF_DIR: folder, NIX_USER_CONF_FILES: "", NIX_CONFIG: "" };
  for (const words of [...SHOW]) {
    const run = spawnSync("nix", ["--extra-experimental-features", "nix-command", ...words, "--json"], { env, encoding: "utf8" });
    if (run.status === 0) return { values: JSON.parse(run.stdout), stderr: run.stderr };
    if (SHOW.length === 1) throw new Error(run.stderr);
    SHOW.shift();
  }
  throw new Error("unreachable");
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(..."'\"\\$`!#~*?;=-%,:@ \t\n\r", "$(id)", "  "),
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join("").replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, ""));

const conf = suite("nix.conf");

for (const [name, value, line] of [
  ["max-jobs", "auto", "max-jobs = auto"],
  ["max-jobs", 4, "max-jobs = 4"],
  ["min-free", 1e21, "min-free = 1000000000000000000000"],
  ["sandbox", true, "sandbox = true"],
  ["experimental-features", ["nix-command", "flakes"], "experimental-features = nix-command flakes"],
  ["substituters", [], "substituters ="],
  ["access-tokens", { "github.com": "x", "gitlab.com": "y" }, "access-tokens = github.com=x gitlab.com=y"],
] as const) {
  conf(`${name} ${JSON.stringify(value)} is "${line}"`, () => assert.is(confLine(name, value), line));
}

for (const [value, words] of [
  ["a # b", /comment/],
  ["a\nsandbox = false", /line break/],
  ["a  b", /white space/],
  [" a", /white space/],
  [["a b"], /entry/],
  [[""], /entry/],
  [{ "a b": "c" }, /entry/],
] as const) {
  conf(`${JSON.stringify(value)} is refused`, () => {
    assert.match(confProblem(value) ?? "", words);
    assert.throws(() => confLine("hook", value), words);
  });
}

needs(conf, ["nix"])("Nix reads back every value that is not refused", () => {
  fc.assert(
    fc.property(hostile, fc.array(hostile, { maxLength: 6 }), fc.array(hostile, { maxLength: 2 }), (text, long, short) => {
      const lines = Object.entries({
        "user-agent-suffix": text,
        "bash-prompt": ` ${text}`.trim(),
        "allowed-users": long,
        substituters: short,
      }).filter(([, value]) => confProblem(value) === undefined);
      const read = settingsOf(lines.map(([name, value]) => `${confLine(name, value)}\n`).join(""));
      assert.is(read.stderr, "");
      for (const [name, value] of lines) assert.equal(read.values[name]?.value, value, name);
    }),
    { numRuns: 30, examples: [["/a b$(id)'\"\\", ["-x", "$(id)", "%h", "@wheel", "*"], []]] },
  );
});
conf.run();

const sysusers = suite("sysusers.d");
const gecos = hostile.map((text) => text.replace(/[:\t\n\r]+/g, " ").trim()).filter((text) => text !== "-");
needs(sysusers, ["systemd-sysusers"])("is read back by systemd-sysusers", () => {
  fc.assert(
    fc.property(fc.array(gecos, { minLength: 1, maxLength: 6 }), (texts) => {
      const root = tempFolder();
      mkdirSync(join(root, "etc/sysusers.d"), { recursive: true });
      const lines = [
        sysusersLine({ type: "g", name: "nixbld", gid: 30000 }),
        ...texts.map((text, n) =>
          sysusersLine({ type: "u", name: `nixbld${n + 1}`, uid: 30001 + n, group: "nixbld", gecos: text }),
        ),
        ...texts.map((_, n) => sysusersLine({ type: "m", name: `nixbld${n + 1}`, group: "nixbld" })),
      ];
      writeFileSync(join(root, "etc/sysusers.d/nix.conf"), `${lines.join("\n")}\n`);
      const run = spawnSync("systemd-sysusers", [`--root=${root}`], { encoding: "utf8" });
      assert.is(run.status, 0, run.stderr);
      assert.is(
        readFileSync(join(root, "etc/passwd"), "utf8"),
        texts.map((text, n) => `nixbld${n + 1}:x:${30001 + n}:30000:${text}:/var/empty:/usr/sbin/nologin\n`).join(""),
      );
      assert.is(
        readFileSync(join(root, "etc/group"), "utf8"),
        `nixbld:x:30000:${texts.map((_, n) => `nixbld${n + 1}`).join(",")}\n`,
      );
    }),
    { numRuns: 25, examples: [[['AWS "q" \\b it\'s $(id) 50% %h café #x ,y', "-lead", "\\", "'", "a\\nb"]]] },
  );
});
sysusers.run();

const machines = suite("the machines file");
const arm: Machine = {
  host: "arm.example.net",
  protocol: "ssh-ng",
  user: "nixremote",
  systems: ["aarch64-linux", "armv7l-linux"],
  maxJobs: 8,
  speedFactor: 2,
  features: ["big-parallel", "kvm"],
  mandatoryFeatures: [],
  sshKey: "/etc/nix/builder_ed25519",
  publicHostKey: "c3NoLWVkMjU1MTkgQUFBQS4uLg==",
};
machines("has eight fields, `-` for an empty one", () => {
  assert.is(
    machinesLine(arm),
    "ssh-ng://nixremote@arm.example.net aarch64-linux,armv7l-linux /etc/nix/builder_ed25519 8 2 big-parallel,kvm - c3NoLWVkMjU1MTkgQUFBQS4uLg==",
  );
  assert.is(
    machinesLine({
      ...arm,
      systems: ["x86_64-linux"],
      sshKey: undefined,
      publicHostKey: undefined,
      features: [],
      mandatoryFeatures: ["gpu"],
    }),
    "ssh-ng://nixremote@arm.example.net x86_64-linux - 8 2 - gpu -",
  );
});
for (const [what, change] of [
  ["a blank", { sshKey: "/etc/my key" }],
  ["a second entry", { host: "a;ssh://evil" }],
  ["a comment", { user: "a#" }],
  ["a comma", { features: ["a,b"] }],
  ["an ssh option", { user: "-oProxyCommand=id" }],
  ["no system", { systems: [] }],
] as const) {
  machines(`${what} is refused`, () => {
    assert.type(machinesProblem({ ...arm, ...change }), "string");
    assert.throws(() => machinesLine({ ...arm, ...change }));
  });
}
machines.run();
