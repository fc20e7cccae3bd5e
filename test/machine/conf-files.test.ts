import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Setting } from "../../generator/model/model.ts";
import { generated, NIXES, run } from "../support/machine.ts";
import { compileText, repository } from "../support/spec.ts";

/*
 * Every nix.conf of a spec, as apply-nix-config.sh and setup-nix-environment.sh install it for the machine's Nix, read by that Nix.
 */

/** Settings of many types, some newer than Debian's Nix 2.8, in all three places. */
const NEWER = `
version: 1
name: newer
groups: {}
settings:
  experimental-features: [nix-command, flakes, fetch-tree]
  auto-allocate-uids: false
  connect-timeout: 5
  download-attempts: 3
  http-connections: 50
  min-free: 1073741824
  sandbox: relaxed
  sandbox-paths: ["/bin/sh=/usr/bin/dash"]
  extra-platforms: [i686-linux]
  narinfo-cache-negative-ttl: 0
  use-xdg-base-directories: true
  warn-large-path-threshold: 1000000
  always-allow-substitutes: true
  max-substitution-jobs: 8
  log-lines: 25
  system-features: [kvm, big-parallel]
  user-agent-suffix: "it's $(id) \\"quoted\\" %h \\\\ -x"
  bash-prompt: "-n $HOME \`id\`"
substituters:
  - { url: "https://cache.nixos.org/", publicKey: "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" }
trustedUsers: [root, "@wheel"]
allowedUsers: ["*"]
users:
  alice: { settings: { extra-experimental-features: [pipe-operators, ca-derivations], max-jobs: auto, warn-dirty: false, use-xdg-base-directories: true } }
volumes:
  data: { mount: /data, settings: { max-jobs: 1, sandbox: true, fallback: true } }
lint:
  - { code: sandbox-off, why: the test reads it back }
  - { code: setting-too-new, why: the test is about them }
  - { code: trusted-user-is-root, why: the test reads it back }
`;

/** A setting's value in `nix config show --json`. */
function asNix({ name, value }: Setting, all: readonly Setting[]): unknown {
  const list = (of: readonly string[]): unknown => [...of];
  if (name.startsWith("extra-") && name !== "extra-platforms") return undefined; // It extends another setting, whose value is checked.
  if (Array.isArray(value)) {
    const extra = all.find((setting) => setting.name === `extra-${name}`)?.value;
    return list([...(value as readonly string[]), ...(Array.isArray(extra) ? (extra as readonly string[]) : [])]);
  }
  return value;
}

/** Values that Nix shows differently from how it reads them. */
const sorted = (value: unknown): unknown =>
  Array.isArray(value) ? value.map(String).sort() : value === true ? "true" : value === false ? "false" : String(value);

for (const { name, within, register } of NIXES) {
  const test = suite(`the generated nix.conf, read by ${name}`);
  const withNix = register(test, ["nix"]);

  for (const [which, spec] of [
    ["reference platform", readFileSync(join(repository, "spec/platform.yaml"), "utf8")],
    ["settings newer than some Nix", NEWER],
  ] as const) {
    withNix(`has the spec's values and no warning: ${which}`, async () => {
      const { model, diagnostics } = compileText(spec.replace(/^ +- \{ code: setting-too-new.*\n/m, ""));
      const out = generated(spec);
      const files: [string, readonly Setting[]][] = [
        ["etc/nix/nix.conf", model!.settings],
        ...model!.users.map((user): [string, readonly Setting[]] => [`users/${user.name}/nix.conf`, user.settings]),
        ...model!.volumes.map((volume): [string, readonly Setting[]] => [`volumes/${volume.name}/nix.conf`, volume.settings]),
      ];
      for (const [file, settings] of files) {
        const printed = await run([...within, join(out, "apply-nix-config.sh"), "--print", join(out, file)]);
        assert.is(printed.status, 0, printed.stderr);
        const leftOut = [...printed.stderr.matchAll(/would ignore (\S+): left out/g)].map((match) => match[1]!);
        assert.is(
          printed.stderr
            .trim()
            .split("\n")
            .filter((line) => line !== "" && !line.endsWith(": left out"))
            .join("\n"),
          "",
        );
        if (which === "reference platform") {
          assert.equal(leftOut, []);
          assert.is(printed.stdout, readFileSync(join(out, file), "utf8"));
        }
        // A warning of the compiler names each setting that was left out.
        for (const one of leftOut) {
          assert.ok(
            diagnostics.some((d) => /^setting-/.test(d.code) && (d.message.includes(one) || (d.hint ?? "").includes(one))),
            `${one} in ${file} is left out, and no diagnostic was about it`,
          );
        }
        const show = (words: readonly string[]) =>
          run([...within, "nix", "--extra-experimental-features", "nix-command", ...words], {
            env: { NIX_CONF_DIR: "/nonexistent", NIX_USER_CONF_FILES: "", NIX_CONFIG: printed.stdout },
          });
        const command = (await show(["config", "show"])).status === 0 ? ["config", "show"] : ["show-config"];
        const read = await show([...command, "--json"]);
        const text = (await show(command)).stdout;
        assert.is(read.status, 0, read.stderr);
        assert.is(read.stderr, "", `${file}: a warning`);
        const values = JSON.parse(read.stdout) as Record<string, { value: unknown }>;
        for (const setting of settings) {
          const want = asNix(setting, settings);
          if (want === undefined || leftOut.includes(setting.name)) continue;
          let got: unknown = values[setting.name]?.value;
          if (setting.name === "max-jobs" && want === "auto") {
            assert.ok(Number(got) >= 1);
            continue;
          }
          if (setting.name === "experimental-features") {
            // Nix 2.8 prints features as numbers in JSON. The flag above enables nix-command.
            const shown = /^experimental-features = (.*)$/m.exec(text)![1]!.split(" ");
            const known = (want as string[]).filter((feature) => !leftOut.includes(feature));
            for (const feature of known) assert.ok(shown.includes(feature), `${file}: ${feature}`);
            // The flag enables nix-command; in a current Nix, flakes enables fetch-tree.
            assert.equal(
              shown.filter((feature) => !known.includes(feature) && !["nix-command", "fetch-tree"].includes(feature)),
              [],
            );
            continue;
          }
          // A current Nix prints a map of maps in JSON.
          if (setting.name === "sandbox-paths") got = /^sandbox-paths = (.*)$/m.exec(text)![1]!.split(" ");
          if (setting.name === "extra-platforms" && Array.isArray(got))
            got = got.filter((one) => (want as string[]).includes(one));
          assert.equal(sorted(got), sorted(want), `${file}: ${setting.name}`);
        }
      }
    });
  }
  test.run();
}
