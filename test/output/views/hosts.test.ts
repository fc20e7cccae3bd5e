import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, group } from "../../support/diagnostic-rows.ts";
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
    /`desk` \(aarch64-darwin, macOS, nix-darwin 6\): groups shell — `darwin-rebuild switch --flake \.#desk`/,
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

test.run();
