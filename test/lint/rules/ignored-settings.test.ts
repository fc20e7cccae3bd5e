import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, codes, settings } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: ignored settings");

const user = (lines: string, trusted = "root") =>
  `${base}trustedUsers: [${trusted}]\nusers:\n  ada:\n    settings:\n      max-silent-time: 60\n      ${lines}\n`;

codeRows(test, [
  {
    code: "setting-ignored",
    says: "the daemon does not trust `ada`, so it ignores `sandbox`",
    bad: user("⟦sandbox⟧: false"),
    good: user("cores: 2"),
  },
  {
    code: "setting-ignored",
    says: "the daemon does not trust `ada`, so it ignores `extra-trusted-public-keys`",
    bad: user('⟦extra-trusted-public-keys⟧: ["cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="]'),
    good: user("connect-timeout: 5"),
  },
  {
    code: "setting-ignored",
    says: "the daemon reads `trusted-users` from the system's nix.conf alone",
    bad: user("⟦trusted-users⟧: [ada]"),
    good: user("keep-going: true"),
  },
  {
    code: "setting-ignored",
    says: "`auto-optimise-store` can corrupt a store on macOS (`aarch64-darwin`): it is left out of what macOS reads",
    bad: `systems: [aarch64-darwin]\n${settings("⟦auto-optimise-store⟧: true")}`,
    good: `systems: [x86_64-linux]\n${settings("auto-optimise-store: true")}`,
  },
]);

test("who may be trusted gets no word about it, and a cache that the system allows is no finding", () => {
  for (const spec of [
    user("sandbox: true", "root, '@wheel'"),
    `${user("extra-substituters: [https://cache.example.org]")}settings:\n  trusted-substituters: [https://cache.example.org/]\n  trusted-public-keys: ["cache.example.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="]\n`,
  ])
    assert.not.ok(codes(compileText(spec).diagnostics).includes("setting-ignored"), spec);
});

test("a platform of Macs alone has no auto-optimise-store in the files that they read", () => {
  const { files } = compileText(
    `systems: [aarch64-darwin]\n${settings("auto-optimise-store: true\nmax-jobs: 1", "volumes: { v: { mount: /v } }\n")}`,
  );
  for (const path of ["etc/nix/nix.conf", "volumes/v/nix.conf"]) {
    const text = files?.find((file) => file.path === path)?.text ?? "";
    assert.match(text, /^max-jobs = 1$/m);
    assert.not.match(text, /auto-optimise-store/);
  }
});

test("a nix.conf without experimental-features does not switch flakes off", () => {
  const conf = (spec: string) => compileText(spec).files?.find((file) => file.path === "etc/nix/nix.conf")?.text ?? "";
  assert.match(conf(settings("max-jobs: 1")), /^extra-experimental-features = nix-command flakes$/m);
  assert.not.match(conf(settings("experimental-features: [nix-command]")), /extra-experimental-features/);
});

test.run();
