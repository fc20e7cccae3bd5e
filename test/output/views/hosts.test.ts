import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codes, group, HOST_KEY } from "../../support/diagnostic-rows.ts";
import { compileText, repository } from "../../support/spec.ts";

/* Hosts of three kinds: what each becomes, and what a spec without a kind does not get. */

const test = suite("hosts of three kinds");

const example = readFileSync(join(repository, "spec/examples/fleet.yaml"), "utf8");
const generate = (spec: string) => new Map((compileText(spec).files ?? []).map(({ path, text }) => [path, text]));
const names = (text: string | undefined) => [...(text ?? "").matchAll(/^ {2}([a-z0-9-]+) = host \{$/gm)].map(([, name]) => name);

test("each host of the example is of its own kind", () => {
  const files = generate(example);
  assert.equal(names(files.get("nix/hosts.nix")), ["arm", "db", "web"]);
  assert.equal(names(files.get("nix/darwin-hosts.nix")), ["desk", "laptop"]);
  assert.match(files.get("nix/packages.nix") ?? "", /host-worker-1 = environment/);
  assert.not(files.has("hosts/worker-1.nix"));
  assert.not.match(files.get("hosts/desk.nix") ?? "", /fileSystems/);
  const document = files.get("ARCHITECTURE.md") ?? "";
  assert.match(
    document,
    /`desk` \(aarch64-darwin, macOS, nix-darwin 6\): groups shell; its own max-jobs — `darwin-rebuild switch --flake \.#desk`/,
  );
  assert.match(document, /`worker-1` \(x86_64-linux, Linux\).*apply-nix-config\.sh --host worker-1/);
});

test("a spec whose only host is a Mac has no NixOS system, and gives it a nix-darwin of its release", () => {
  const files = generate(`version: 1\nname: demo\nnixpkgs: nixos-25.11\n${group}hosts: { mac: { system: aarch64-darwin } }\n`);
  assert.not(files.has("nix/hosts.nix"));
  const flake = files.get("flake.nix") ?? "";
  assert.not.match(flake, /nixosConfigurations/);
  assert.match(flake, /url = "github:nix-darwin\/nix-darwin\/nix-darwin-25\.11";\n +inputs\.nixpkgs\.follows = "nixpkgs";/);
});

test("without a Mac there is no nix-darwin", () => {
  const files = generate(`${base}hosts: { box: { stateVersion: "26.05" }, worker: { os: linux } }\n`);
  assert.not.match(files.get("flake.nix") ?? "", /nix-darwin|darwinConfigurations/);
  assert.not(files.has("nix/darwin-hosts.nix"));
});

test("the spec's own nix-darwin is used", () => {
  const files = generate(
    `${base}inputs: { nix-darwin: { flake: "github:acme/nix-darwin", follows: [nixpkgs] } }\nhosts: { mac: { os: darwin, stateVersion: 6 } }\n`,
  );
  assert.is((files.get("flake.nix") ?? "").match(/nix-darwin\//g)?.length ?? 0, 0);
  assert.match(files.get("flake.nix") ?? "", /github:acme\/nix-darwin/);
});

test("`os` alone gives a host a system that fits", () => {
  const text = generate(`${base}systems: [x86_64-linux, x86_64-darwin]\nhosts: { mac: { os: darwin, stateVersion: 6 } }\n`);
  assert.match(text.get("nix/darwin-hosts.nix") ?? "", /system = "x86_64-darwin"/);
});

test("a host's settings are above the top-level ones, and no other host has them", () => {
  const files = generate(`${base}settings: { max-jobs: 1 }
trustedUsers: [root]
hosts:
  a: { stateVersion: "26.05", settings: { max-jobs: 16, trusted-users: [root, dba] } }
  b: { stateVersion: "26.05" }
  mac: { os: darwin, stateVersion: 6, settings: { max-jobs: 8, auto-optimise-store: true } }
  w1: { os: linux, settings: { max-jobs: 3 } }
  w2: { os: linux }
`);
  const nixos = files.get("nix/hosts.nix") ?? "";
  assert.match(nixos, /max-jobs = override 16;\n\s+trusted-users = wholeList \[/);
  assert.is(nixos.match(/override 16/g)?.length, 1);
  const darwin = files.get("nix/darwin-hosts.nix") ?? "";
  assert.match(darwin, /settings\.max-jobs = override 8;\n\s+optimise\.automatic = override true;/);
  assert.not.match(darwin, /auto-optimise-store|wholeList/);
  assert.match(files.get("machines/w1/etc/nix/nix.conf") ?? "", /^max-jobs = 3$/m);
  assert.not(files.has("machines/w2/etc/nix/nix.conf"));
  assert.match(files.get("etc/nix/nix.conf") ?? "", /^max-jobs = 1$/m);
});

test("a Linux host that is a builder trusts its senders, and does not build for itself", () => {
  const files = generate(
    `${base}hosts: { w: { os: linux } }\nbuilders: [{ host: w, features: [kvm], publicHostKey: ${HOST_KEY} }, { host: b.example.net, publicHostKey: ${HOST_KEY} }]\n`,
  );
  assert.match(files.get("machines/w/etc/nix/nix.conf") ?? "", /^extra-trusted-users = nixremote$/m);
  assert.match(files.get("machines/w/etc/nix/nix.conf") ?? "", /^extra-system-features = kvm$/m);
  assert.not.match(files.get("machines/w/etc/nix/machines") ?? "", /@w /);
  // Nix 2.8 ends an entry at a semicolon, in comments too.
  assert.not.match(files.get("machines/w/etc/nix/machines") ?? "", /;/);
  assert.match(files.get("machines/w/etc/nix/machines") ?? "", /@b\.example\.net /);
});

test("apply-nix-config.sh takes a host's name only where the spec has such hosts", () => {
  const script = (spec: string) => generate(spec).get("apply-nix-config.sh") ?? "";
  assert.match(script(`${base}hosts: { w: { os: linux } }\n`), /--host NAME/);
  assert.not.match(script(`${base}settings: { max-jobs: 1 }\n`), /--host/);
});

/** The steps of a host in ARCHITECTURE.md. */
const steps = (spec: string, host: string) =>
  (generate(spec).get("ARCHITECTURE.md") ?? "")
    .split(`\n\`${host}\`:\n`)[1]
    ?.match(/^- \[ \] .*$|(?<=\n)`/gm)
    ?.join("\n")
    .split("\n`")[0] ?? "";

test("what a person does by hand is listed for each host, and no more", () => {
  assert.match(steps(example, "arm"), /nixos-anywhere -- --flake \.#arm --target-host root@arm\.example\.net --ssh-port 2222`/);
  assert.not.match(steps(example, "arm"), /becomes root|trusted-users/);
  assert.match(steps(example, "db"), /nixos-generate-config --show-hardware-config/);
  assert.not.match(steps(example, "db"), /nixos-anywhere|deployments/);
  assert.match(steps(example, "desk"), /nix-darwin-26\.05#darwin-rebuild -- switch --flake \.#desk/);
  assert.match(steps(example, "worker-1"), /ops becomes root without a password/);
  assert.match(steps(example, "worker-1"), /adduser USER nix-users/);
  assert.match(steps(example, "worker-1"), "put them on PATH");
  assert.not.match(steps(example, "db"), /nix-users|certificate authorities/);
  assert.match(steps(`${example}network: { caBundle: /etc/ssl/company.pem }\n`, "db"), /everyone: `\/etc\/ssl\/company\.pem`/);
  assert.not.match(steps(`${example}network: { caBundle: ./certs/company.pem }\n`, "db"), /everyone/);
  assert.match(steps(example, "worker-1"), /trusted-users/);
  const trusted = example.replace("settings: { max-jobs: auto }", "settings: { max-jobs: auto, extra-trusted-users: [ops] }");
  assert.not.match(steps(trusted, "worker-1"), /trusted-users/);
  assert.not.match(generate(base).get("ARCHITECTURE.md") ?? "", /By hand/);
});

for (const [title, line, code] of [
  ["a wrong type", "max-jobs: [1]", "setting-type"],
  ["an unknown name", "max-jbos: 1", "setting-unknown"],
  ["no sandbox", "sandbox: false", "sandbox-off"],
] as const)
  test(`settings of a host are checked: ${title}`, () => {
    const { diagnostics } = compileText(`${base}hosts: { w: { os: linux, settings: { ${line} } } }\n`);
    assert.equal(codes(diagnostics), [code]);
  });

test.run();
