import { suite } from "uvu";
import * as assert from "uvu/assert";
import { assertAdvice } from "../support/advice.ts";
import { head, KEY } from "../support/diagnostic-rows.ts";
import { applyFixes } from "../support/fixes.ts";
import { compileText, cursor } from "../support/spec.ts";

/*
 * What people type who know other tools and not this language: one finding each, at its place, and a hint that means what they meant.
 */

const test = suite("typical mistakes");

/**
 * The spec below `version`, `name` and `nixpkgs`, with the expected place marked (`groups: {}` is added where it has none), the code, what the
 * hint says, and the spec after the fix, which must compile.
 */
type Row = readonly [bad: string, code: string, hint: RegExp, fixed?: string];

const packages = (entry: string): string => `groups: { a: { packages: [${entry}] } }`;
const env = (value: string): string => `shells: { default: { env: { A: ${value} } } }`;
const host = (more: string): string => `groups: { a: {} }\nhosts: { h: { stateVersion: "26.05", ${more} } }`;

const ROWS: readonly Row[] = [
  // Text that YAML reads as something else is taken as it was written.
  [env("⟦1.10⟧"), "schema-type", /"1\.10"/, env('"1.10"')],
  [env("⟦1.0⟧"), "schema-type", /"1\.0"/, env('"1.0"')],
  [env("⟦0644⟧"), "schema-type", /"0644"/, env('"0644"')],
  [env("⟦08⟧"), "schema-type", /"08"/, env('"08"')],
  [env("⟦0x1F⟧"), "schema-type", /"0x1F"/, env('"0x1F"')],
  [env("⟦1e3⟧"), "schema-type", /"1e3"/, env('"1e3"')],
  [env("⟦True⟧"), "schema-type", /"True"/, env('"True"')],
  ["hosts: { h: { stateVersion: ⟦26.05⟧ } }", "schema-type", /"26\.05"/, 'hosts: { h: { stateVersion: "26.05" } }'],
  ["hosts: { h: { stateVersion: ⟦25.10⟧ } }", "schema-type", /a release in quotes/],
  // Lists.
  ["groups: { a: { packages: ⟦kubectl k9s⟧ } }", "schema-type", /\[kubectl, k9s\]/, packages("kubectl, k9s")],
  ["groups: { a: { packages: ⟦'kubectl, k9s'⟧ } }", "schema-type", /\[kubectl, k9s\]/, packages("kubectl, k9s")],
  ["groups: { a: { packages: ⟦jq⟧ } }", "schema-type", /\[jq\]/, packages("jq")],
  [
    "groups:\n  a:\n    packages:\n      ⟦-kubectl\n      -k9s⟧",
    "schema-type",
    /space after the `-`/,
    "groups:\n  a:\n    packages:\n      - kubectl\n      - k9s",
  ],
  ["trustedUsers: ⟦root⟧", "schema-type", /\[root\]/, "trustedUsers: [root]"],
  [host("groups: ⟦a⟧"), "schema-type", /\[a\]/, host("groups: [a]")],
  // Versions.
  [packages("{ package: jq, version: ⟦latest⟧ }"), "schema-value", /without `version`/],
  [packages("{ package: jq, version: ⟦1.7⟧ }"), "schema-type", /"1\.7"/],
  [`${packages('{ package: jq, version: ⟦"1.7"⟧, from: x }')}\ninputs: { x: path:/srv/nixpkgs }`, "schema-value", /delete one/],
  ["commands: { deploy: { run: ⟦' '⟧ } }", "schema-value", /write what it runs/],
  // A map or list inside, which has no text form.
  ['groups: { a: { packages: ⟦{ ":": [{ package: jq }] }⟧ } }', "schema-type", /list/],
  ["groups: ⟦[{ name: { a: {} } }]⟧", "schema-type", /./],
  // true and false.
  ["gc: { automatic: ⟦yes⟧ }", "schema-type", /`true`/, "gc: { automatic: true }"],
  ["gc: { automatic: ⟦Off⟧ }", "schema-type", /`false`/, "gc: { automatic: false }"],
  ['gc: { automatic: ⟦"true"⟧ }', "schema-type", /`true`/, "gc: { automatic: true }"],
  // Maps.
  ["groups: { a: ⟦[jq]⟧ }", "schema-type", /packages: \[jq\]/, packages("jq")],
  ["volumes: { aws: ⟦/volumes/aws⟧ }", "schema-type", /mount: \/volumes/, "volumes: { aws: { mount: /volumes/aws } }"],
  ["builders: [⟦arm.example.net⟧]", "schema-type", /host: arm\.example\.net/],
  [host("deploy: ⟦h.example.net⟧"), "schema-type", /target: h\.example/, host("deploy: { target: h.example.net }")],
  ["buildUsers: ⟦[{ role: aws }]⟧", "schema-type", /roles: \[/, "buildUsers: { roles: [{ role: aws }] }"],
  ["gc: ⟦true⟧", "schema-type", /automatic: true/, "gc: { automatic: true }"],
  ["groups: { ⟦a⟧: }", "schema-type", /such as `\{ packages: \[…\] \}`/],
  // Systems.
  ["systems: [⟦linux⟧]", "schema-value", /x86_64-linux.*aarch64-linux/],
  ["systems: [⟦amd64⟧]", "schema-value", /x86_64-linux/, "systems: [x86_64-linux]"],
  ["systems: [⟦linux/arm64⟧]", "schema-value", /aarch64-linux/, "systems: [aarch64-linux]"],
  ["systems: [⟦macos⟧]", "schema-value", /aarch64-darwin/, "systems: [aarch64-darwin]"],
  ["systems: [⟦x86_64-unknown-linux-gnu⟧]", "schema-value", /x86_64-linux/, "systems: [x86_64-linux]"],
  ["systems: [⟦darwin-arm64⟧]", "schema-value", /aarch64-darwin/, "systems: [aarch64-darwin]"],
  // Packages as other tools name them.
  [packages("⟦'nixpkgs#kubectl'⟧"), "schema-value", /`kubectl`/, packages("kubectl")],
  [packages("⟦'kubectl '⟧"), "schema-value", /space/, packages("kubectl")],
  [packages("⟦“kubectl”⟧"), "schema-value", /quotation marks/, packages("kubectl")],
  [packages("⟦homebrew/core/jq⟧"), "schema-value", /`jq`/, packages("jq")],
  [packages("⟦kubectl@1.29⟧"), "schema-value", /version: "1\.29"|from/],
  [packages("⟦kubectl=1.29.4⟧"), "schema-value", /version: "1\.29\.4"|from/],
  [packages("⟦jq@latest⟧"), "schema-value", /`jq`/, packages("jq")],
  [packages("⟦aqua:helm/helm⟧"), "schema-value", /`kubernetes-helm`/, packages("kubernetes-helm")],
  [packages("⟦docker compose⟧"), "schema-value", /`docker-compose`/, packages("docker-compose")],
  [packages("⟦jq yq-go⟧"), "schema-value", /`jq`, `yq-go`/],
  // Names.
  ["groups: { ⟦ünï⟧: {} }", "name-invalid", /`uni`/],
  ["groups: { ⟦K8s Tools⟧: {} }", "name-invalid", /`k8s-tools`/],
  // Keys that other tools have.
  ["⟦unfree⟧: [terraform]", "schema-unknown-key", /nixpkgs\.unfree/],
  ["⟦services⟧: { nginx: {} }", "schema-unknown-key", /hosts\/NAME\.nix/],
  ["⟦env⟧: { A: b }", "schema-unknown-key", /shells\.default\.env/],
  ["⟦packages⟧: [jq]", "schema-unknown-key", /groups/],
  ["groups: { a: { ⟦hook⟧: echo } }", "schema-unknown-key", /shells\.default\.hook/],
  ["⟦caches⟧: []", "schema-unknown-key", /substituters/],
  ["⟦platforms⟧: []", "schema-unknown-key", /systems/],
  ["⟦secrets⟧: {}", "schema-unknown-key", /keep secrets outside/],
  [host("⟦address⟧: 10.0.0.1"), "schema-unknown-key", /deploy\.target/],
];

/** More of the kind: what people write who have just read another tool's manual, or only the start of ours. */
const MORE: readonly Row[] = [
  // Lists and maps in each other's place.
  [
    "groups:\n  a:\n    packages:\n      ⟦kubectl:\n      k9s:⟧",
    "schema-type",
    /\[kubectl, k9s\]/,
    "groups:\n  a:\n    packages:\n      [kubectl, k9s]",
  ],
  ["groups: { a: { packages: ⟦{ jq: latest, yq-go: '*' }⟧ } }", "schema-type", /\[jq, yq-go\]/, packages("jq, yq-go")],
  [
    "groups:\n  ⟦- name: a\n    packages: [jq]⟧",
    "schema-type",
    /a: \{ packages: \[ "jq" \] \}/,
    'groups:\n  { a: { packages: [ "jq" ] } }',
  ],
  ["groups: { a: ⟦jq⟧ }", "schema-type", /packages: \[jq\]/, packages("jq")],
  [packages("⟦[jq]⟧"), "schema-type", /`jq`/, packages("jq")],
  [packages("⟦{ name: jq }⟧").replace("⟦{ name", "{ ⟦name⟧").replace("}⟧", "}"), "schema-missing-key", /`package: jq`/],
  ["shells: ⟦[default]⟧", "schema-type", /\{ default: \{\} \}/, "shells: { default: {} }"],
  ["shells: { default: { env: ⟦[A=b]⟧ } }", "schema-type", /\{ A: b \}/, env("b")],
  ["shells: { default: { env: ⟦'A=1.10'⟧ } }", "schema-type", /\{ A: "1\.10" \}/, env('"1.10"')],
  ["shells: { default: { hook: ⟦[echo hi]⟧ } }", "schema-type", /`echo hi`/, "shells: { default: { hook: echo hi } }"],
  ["commands: { build: ⟦make⟧ }", "schema-type", /run: make/, "commands: { build: { run: make } }"],
  ["settings: ⟦[max-jobs = 4]⟧", "schema-type", /max-jobs: "4"/, 'settings: { max-jobs: "4" }'],
  ["gc: ⟦weekly⟧", "schema-type", /automatic: true, dates: weekly/, "gc: { automatic: true, dates: weekly }"],
  [
    "volumes: ⟦[{ name: aws, mount: /volumes/aws }]⟧",
    "schema-type",
    /aws: \{ mount:/,
    'volumes: { aws: { mount: "/volumes/aws" } }',
  ],
  ["users: ⟦[ada]⟧", "schema-type", /\{ ada: \{\} \}/, "users: { ada: {} }"],
  ["builders: ⟦{ host: arm.example.net }⟧", "schema-type", /\[\{ host: arm/, "builders: [{ host: arm.example.net }]"],
  ["nixpkgs: ⟦[nixos-26.05]⟧", "schema-type", /`nixos-26\.05`/, "nixpkgs: nixos-26.05"],
  ["ci: ⟦[github, gitlab]⟧", "schema-type", /forges: \[github, gitlab\]/, "ci: { forges: [github, gitlab] }"],
  // The right key under another name.
  [packages("jq, { ⟦attr⟧: yq-go }"), "schema-unknown-key", /write `package`/, packages("jq, { package: yq-go }")],
  ["groups: { a: { ⟦tools⟧: [jq] } }", "schema-unknown-key", /write `packages`/, packages("jq")],
  ["commands: { build: { ⟦script⟧: make } }", "schema-unknown-key", /write `run`/, "commands: { build: { run: make } }"],
  [
    "commands: { build: { run: make, ⟦desc⟧: x } }",
    "schema-unknown-key",
    /write `help`/,
    "commands: { build: { run: make, help: x } }",
  ],
  [
    'inputs: { old: { ⟦url⟧: "github:NixOS/nixpkgs/nixos-24.05" } }',
    "schema-unknown-key",
    /write `flake`/,
    'inputs: { old: { flake: "github:NixOS/nixpkgs/nixos-24.05" } }',
  ],
  [
    "volumes: { aws: { ⟦path⟧: /volumes/aws } }",
    "schema-unknown-key",
    /write `mount`/,
    "volumes: { aws: { mount: /volumes/aws } }",
  ],
  [host("deploy: { ⟦host⟧: h.example.net }"), "schema-unknown-key", /write `target`/, host("deploy: { target: h.example.net }")],
  [
    `substituters: [{ url: "https://cache.example.org", ⟦key⟧: "${KEY}" }]`,
    "schema-unknown-key",
    /write `publicKey`/,
    `substituters: [{ url: "https://cache.example.org", publicKey: "${KEY}" }]`,
  ],
  ["buildUsers: { roles: [{ ⟦name⟧: aws }] }", "schema-unknown-key", /write `role`/, "buildUsers: { roles: [{ role: aws }] }"],
  [
    "gc: { automatic: true, ⟦schedule⟧: weekly }",
    "schema-unknown-key",
    /write `dates`/,
    "gc: { automatic: true, dates: weekly }",
  ],
  [
    "nixpkgs: { ⟦branch⟧: 'github:NixOS/nixpkgs/nixos-26.05' }",
    "schema-unknown-key",
    /write `url`/,
    "nixpkgs: { url: 'github:NixOS/nixpkgs/nixos-26.05' }",
  ],
  ["ci: { ⟦github⟧: true }", "schema-unknown-key", /write `forges: \[github\]`/],
  ["groups: {}\n⟦group⟧: { a: { packages: [jq] } }", "schema-unknown-key", /`groups` is there already/],
  ["⟦system⟧: x86_64-linux", "schema-unknown-key", /write `systems: \[x86_64-linux\]`/],
  ["users: { ada: { ⟦max-jobs⟧: 2 } }", "schema-unknown-key", /under `settings`/],
  ["⟦stateVersion⟧: '26.05'", "schema-unknown-key", /hosts: \{ NAME/],
  ["⟦devShells⟧: {}", "schema-unknown-key", /write `shells`/, "shells: {}"],
  // Values in another tool's form.
  ["gc: { automatic: true, olderThan: ⟦30⟧ }", "schema-type", /`30d`/, "gc: { automatic: true, olderThan: 30d }"],
  ["gc: { automatic: true, olderThan: ⟦2 weeks⟧ }", "schema-value", /`14d`/, "gc: { automatic: true, olderThan: 14d }"],
  [host("deploy: { target: ⟦root@h.example.net⟧ }"), "schema-value", /`h\.example\.net`, with `user: root`/],
  [
    host("deploy: { target: ⟦ssh://h.example.net⟧ }"),
    "schema-value",
    /`h\.example\.net`/,
    host("deploy: { target: h.example.net }"),
  ],
  [host("modules: [⟦web.nix⟧]"), "schema-value", /`\.\/web\.nix`/, host("modules: [./web.nix]")],
  ["volumes: { aws: { mount: ⟦volumes/aws⟧ } }", "schema-value", /`\/volumes\/aws`/, "volumes: { aws: { mount: /volumes/aws } }"],
  [
    "hosts: { h: { os: ⟦ubuntu⟧, system: x86_64-linux } }",
    "schema-value",
    /`linux`/,
    "hosts: { h: { os: linux, system: x86_64-linux } }",
  ],
  ["allowedUsers: [⟦'%admin'⟧]", "schema-value", /`"@admin"`/, 'allowedUsers: ["@admin"]'],
  ["images: { a: { name: ⟦Registry/CI:latest⟧ } }", "schema-value", /`registry\/ci`/, "images: { a: { name: registry/ci } }"],
  ["requires: ⟦0.1⟧", "schema-type", /`">=0\.1"`/, 'requires: ">=0.1"'],
  [
    "inputs: { old: ⟦nixos-24.05⟧ }",
    "schema-value",
    /github:NixOS\/nixpkgs\/nixos-24\.05/,
    "inputs: { old: github:NixOS/nixpkgs/nixos-24.05 }",
  ],
  ["nixpkgs: ⟦<nixpkgs>⟧", "schema-value", /github:NixOS\/nixpkgs\/nixos-26\.05/, "nixpkgs: github:NixOS/nixpkgs/nixos-26.05"],
  [
    "nixpkgs: { url: 'github:NixOS/nixpkgs/nixos-26.05', unfree: ⟦'*'⟧ }",
    "schema-type",
    /`true`/,
    "nixpkgs: { url: 'github:NixOS/nixpkgs/nixos-26.05', unfree: true }",
  ],
  [packages("⟦./tools/mine⟧"), "schema-value", /`commands`/],
  [packages("⟦https://github.com/derailed/k9s⟧"), "schema-value", /flakewright search k9s/],
  ["shells: { default: { env: { ⟦my-var⟧: x } } }", "name-invalid", /`my_var`/, "shells: { default: { env: { my_var: x } } }"],
  ["systems: ⟦[]⟧", "schema-value", /add one/],
  ["systems: ⟦all⟧", "schema-type", /\[x86_64-linux\]/],
  // Keys of later features, in another tool's words.
  [packages('{ package: jq, version: ⟦"1.7.x"⟧ }'), "schema-value", /"1\.7"/],
  [
    "shells: { default: { env: { PATH: ⟦[bin]⟧ } } }",
    "schema-type",
    /prepend/,
    "shells: { default: { env: { PATH: { prepend: [bin] } } } }",
  ],
  ["network: { caBundle: ⟦certs/company.pem⟧ }", "schema-value", /`\.\/certs/, "network: { caBundle: ./certs/company.pem }"],
  ["network: { caBundle: ⟦/etc/ssl/certs/⟧ }", "schema-value", /one file/],
  [
    "ci: { forges: [github], cache: { cachix: ⟦'https://acme.cachix.org'⟧ } }",
    "schema-value",
    /`acme`/,
    "ci: { forges: [github], cache: { cachix: acme } }",
  ],
  ["ci: ⟦github-actions⟧", "schema-value", /`github`/, "ci: github"],
  ["ci: ⟦gitlab-ci⟧", "schema-value", /`gitlab`/, "ci: gitlab"],
  [
    "groups: { a: {} }\npolicy: { closure: { a: ⟦2G⟧ } }",
    "schema-value",
    /`2GiB`/,
    "groups: { a: {} }\npolicy: { closure: { a: 2GiB } }",
  ],
  [
    "groups: { a: {} }\npolicy: { closure: { a: ⟦500 mb⟧ } }",
    "schema-value",
    /`500MB`/,
    "groups: { a: {} }\npolicy: { closure: { a: 500MB } }",
  ],
  ["updates: { bot: renovate, every: ⟦weekly⟧ }", "schema-value", /`week`/, "updates: { bot: renovate, every: week }"],
  [
    "repository: ⟦https://github.com/acme/platform⟧",
    "schema-value",
    /`github:acme\/platform`/,
    "repository: github:acme/platform",
  ],
  [
    "repository: ⟦https://git.example.net/platform⟧",
    "schema-value",
    /`git\+https:/,
    "repository: git+https://git.example.net/platform",
  ],
  ["repository: ⟦acme/platform⟧", "schema-value", /`github:acme\/platform`/, "repository: github:acme/platform"],
  ["users: { ada: { ⟦groups⟧: [a] } }", "schema-unknown-key", /known keys here: settings/],
  [host("modules: [⟦/etc/nixos/configuration.nix⟧]"), "schema-value", /copy the file/],
  ["nixpkgs: { overlays: [⟦'github:acme/overlay'⟧] }", "schema-value", /from: INPUT/],
  // A wrong value of which two stages could complain.
  ["buildUsers: { ⟦count⟧: 32 }", "schema-unknown-key", /known keys here: .*roles/],
  ["buildUsers: { ⟦rolls⟧: [{ role: aws }] }", "schema-unknown-key", /`roles`/, "buildUsers: { roles: [{ role: aws }] }"],
  ["settings: { max-jobs: 2 }\nbuildUsers: { roles: [{ role: aws }, ⟦azure⟧] }", "schema-type", /./],
  ["network: { proxy: ⟦squid⟧, noProxy: [.example.net] }", "proxy-address", /http:\/\/squid:3128/],
  ["network: { ⟦prox⟧: 'http://p.example.net:3128', noProxy: [.example.net] }", "schema-unknown-key", /`proxy`/],
  ["nixpkgs: ⟦my branch⟧\ngroups: { a: { packages: [terraform] } }", "schema-value", /./],
  [
    `nixpkgs: { url: 'github:NixOS/nixpkgs/nixos-26.05', ⟦unfre⟧: [terraform] }\n${packages("terraform")}`,
    "schema-unknown-key",
    /`unfree`/,
  ],
  ["groups: ⟦[k8s]⟧\nshells: { aws: { groups: [k8s] } }", "schema-type", /./],
  ["groups: { ⟦K8S⟧: { packages: [jq] } }\nshells: { aws: { groups: [k8s] } }", "name-invalid", /`k8s`/],
  ["inputs: ⟦path:/srv/nixpkgs⟧\ngroups: { a: { packages: [{ package: jq, from: x }] } }", "schema-type", /./],
  ["groups: { a: { packages: [jq] } }\nshells: { x: { groups: [⟦b⟧] }, y: { groups: [b, a] } }", "reference-unknown", /`a`/],
  ["systems: [⟦linux⟧]\nci: { forges: [github], systems: [x86_64-linux] }", "schema-value", /x86_64-linux/],
  ["hosts: { mac: { ⟦sytem⟧: aarch64-darwin, stateVersion: 6 } }", "schema-unknown-key", /`system`/],
  [
    "hosts: { h: { ⟦stateversion⟧: '26.05' } }",
    "schema-unknown-key",
    /`stateVersion`/,
    "hosts: { h: { stateVersion: '26.05' } }",
  ],
  ["substituters: [{ url: 'https://cache.example.org', publicKey: ⟦7⟧ }]", "schema-type", /./],
  ["shells: { default: { env: { A: { ⟦count⟧: 3 } } } }", "schema-unknown-key", /path/],
  ["settings: { experimental-features: [⟦$HOME/x⟧] }", "setting-type", /./],
  ["settings: { max-jobs: [⟦{ a: 1 }⟧] }", "schema-type", /./],
  ["ci: { forges: [github], runners: { ⟦linux⟧: 3 } }", "schema-value", /x86_64-linux/],
  ["settings: { sandbox: false }\nlint: [{ code: sandbox-off, why: ⟦32⟧ }]", "schema-type", /"32"/],
];

for (const [bad, code, hint, fixed] of [...ROWS, ...MORE]) {
  const whole = (text: string) =>
    `${/^nixpkgs:/m.test(text) ? head.replace(/nixpkgs:.*\n/, "") : head}${/^groups:/m.test(text) ? "" : "groups: {}\n"}${text}\n`;
  test(bad.replaceAll("\n", " ⏎ "), () => {
    const { text, start, end } = cursor(whole(bad));
    const compiled = compileText(text);
    const { diagnostics, files } = compiled;
    assert.is(files, undefined, "it compiles");
    const [one, ...others] = diagnostics;
    assert.equal(others, [], "one mistake is one finding");
    assert.equal([one?.code, one?.range.start, one?.range.end], [code, start, end], JSON.stringify(one));
    assert.match(one?.hint ?? "", hint);
    if (one) assertAdvice(text, compiled, one, compileText);
    if (fixed === undefined) return;
    // A hint at a key gives its name, and no fix.
    const followed = one?.fix
      ? applyFixes(text, diagnostics)
      : text.slice(0, start) + /`([^`]+)`/.exec(one?.hint ?? "")?.[1] + text.slice(end);
    assert.is(followed, whole(fixed));
    const after = compileText(whole(fixed));
    assert.ok(after.files, JSON.stringify(after.diagnostics));
  });
}

test("a misspelt code of `lint` is one warning, and not what it accepts as well", () => {
  const { diagnostics } = compileText(
    `${head}groups: {}\nsettings: { sandbox: false }\nlint: [{ code: sandbox-of, why: a test }]\n`,
  );
  assert.equal(
    diagnostics.map(({ code, hint }) => [code, hint]),
    [["lint-unused", "did you mean `sandbox-off`?"]],
  );
});

test("a family of licences has its newest members as the hint", () => {
  for (const written of ["GPL", "GPLv3", "gpl-3"]) {
    const { diagnostics } = compileText(`${head}groups: {}\npolicy: { licenses: { deny: [${written}] } }\n`);
    assert.match(diagnostics[0]?.hint ?? "", /^did you mean `GPL-3\.0-/, written);
  }
});

test("an unknown name is one finding, with the other places that have it", () => {
  const { diagnostics } = compileText(`${head}groups: { a: {} }\nshells: { x: { groups: [b] }, y: { groups: [b, a] } }\n`);
  assert.equal(
    diagnostics.map(({ code, related }) => [code, related?.map(({ message }) => message)]),
    [["reference-unknown", ["also here"]]],
  );
});

test("groups under another name are the only finding", () => {
  const { diagnostics } = compileText("version: 1\nname: demo\ngroup: { a: { packages: [jq] } }\n", false);
  assert.equal(
    diagnostics.map(({ code, hint }) => [code, hint]),
    [["schema-unknown-key", "did you mean `groups`?"]],
  );
});

test.run();
