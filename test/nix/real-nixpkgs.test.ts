import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluate, functionCalls, showConfig } from "../support/real-nixpkgs.ts";
import { repository, written } from "../support/spec.ts";
import { tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* The reference platform on a real nixpkgs of 2026, and the cost of its evaluation. */

const test = suite("real nixpkgs");
const real = needs(test, ["nix", "nixpkgs"]);

const out = join(repository, "out");
const host = "nixosConfigurations.builder.config";

real("all dev shells evaluate to a derivation on the three systems", async () => {
  for (const system of ["x86_64-linux", "aarch64-linux", "aarch64-darwin"]) {
    const shells = (await evaluate(
      out,
      `devShells.${system}`,
      "builtins.mapAttrs (_: shell: { path = shell.drvPath; inherit (shell) missing; })",
    )) as Record<string, { path: string; missing: { name: string; reason: string }[] }>;
    assert.equal(Object.keys(shells), [
      "aws",
      "cloud",
      "container",
      "default",
      "dev",
      "k8s",
      "monitoring",
      "network",
      "security",
    ]);
    for (const [name, shell] of Object.entries(shells)) {
      assert.match(shell.path, /\.drv$/);
      const absent = system === "aarch64-darwin" && ["monitoring", "default"].includes(name) ? ["iotop", "sysstat"] : [];
      const reason = "the spec has it for x86_64-linux, aarch64-linux only";
      assert.equal(
        shell.missing,
        absent.map((tool) => ({ name: tool, reason })),
        `${system} ${name}`,
      );
    }
  }
});

real("the host evaluates to a system with exactly the spec's lists, users and ids", async () => {
  assert.match((await evaluate(out, `${host}.system.build.toplevel.drvPath`)) as string, /nixos-system-builder-.*\.drv$/);
  const settings = (await evaluate(
    out,
    `${host}.nix.settings`,
    "s: { inherit (s) substituters trusted-public-keys trusted-users; }",
  )) as Record<string, string[]>;
  assert.equal(settings, {
    substituters: ["https://cache.nixos.org/", "https://nix-community.cachix.org/"],
    "trusted-public-keys": [
      "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=",
      "nix-community.cachix.org-1:mB9FSh9qf2dCimDSUo8Zy7bkq5CX+/rkCWyvRCYg3Fs=",
    ],
    "trusted-users": ["root", "usualsuspectx"],
  });
  const users = (await evaluate(
    out,
    `${host}.users`,
    'u: { gid = u.groups.nixbld.gid; users = map (n: { inherit (u.users.${n}) name description uid group; }) (builtins.filter (n: builtins.match "nixbld[0-9]+" n != null) (builtins.attrNames u.users)); }',
  )) as { gid: number; users: { name: string; description: string; uid: number; group: string }[] };
  assert.is(users.gid, 30000);
  const roles = [
    "AWS provider",
    "Azure provider",
    "GCP provider",
    "IBM provider",
    "DigitalOcean provider",
    "General Kubernetes",
    "Container runtime",
    "Networking",
    "Security",
    "Monitoring",
  ];
  const byUid = [...users.users].sort((a, b) => a.uid - b.uid);
  assert.equal(
    byUid,
    roles.map((role, i) => ({ description: `${role} builds`, group: "nixbld", name: `nixbld${i + 1}`, uid: 30001 + i })),
  );
});

real("its nix.conf gives no warning in a real Nix", async () => {
  // NixOS builds the file with a derivation; the text is a variable of that derivation.
  const text = (await evaluate(out, `${host}.environment.etc."nix/nix.conf".source`, "source: source.text")) as string;
  assert.match(text, /^substituters = https:\/\/cache\.nixos\.org\/ https:\/\/nix-community\.cachix\.org\/$/m);
  const { stdout, stderr } = await showConfig(text);
  assert.is(stderr, "");
  assert.equal(JSON.parse(stdout)["trusted-users"].value, ["root", "usualsuspectx"]);
});

real("a spec without cache.nixos.org gives a host without it", async () => {
  const folder = written(`version: 1
name: demo
groups: {}
substituters:
  - url: https://cache.example/
    publicKey: cache.example-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=
hosts:
  box: { system: x86_64-linux, stateVersion: "24.05" }
`);
  const settings = await evaluate(
    folder,
    "nixosConfigurations.box.config.nix.settings",
    "s: { inherit (s) substituters trusted-public-keys; }",
  );
  assert.equal(settings, {
    substituters: ["https://cache.example/"],
    "trusted-public-keys": ["cache.example-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY="],
  });
});

real("a shell costs at most 600 calls above its packages, however many groups there are", async () => {
  const floor = await functionCalls(
    tempTree({
      "flake.nix": `{
  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";
  outputs = inputs: let pkgs = import inputs.nixpkgs { system = "x86_64-linux"; config = { }; overlays = [ ]; };
    in { paths = map (package: package.drvPath) [ pkgs.kubectl pkgs.clusterctl pkgs.kubernetes-helm pkgs.talosctl ]; };
}
`,
    }),
    "paths",
  );
  const shell = "devShells.x86_64-linux.k8s.drvPath";
  const seven = await functionCalls(out, shell);
  console.log(`floor ${floor}, shell +${seven - floor}`);
  assert.ok(seven - floor <= 600, `${seven - floor} calls above the floor`);
  const k8s = "  k8s: { packages: [kubectl, clusterctl, kubernetes-helm, talosctl] }\n";
  const groups = (n: number) =>
    `version: 1\nname: demo\ngroups:\n${k8s}${Array.from({ length: n - 1 }, (_, i) => `  g${i}: { packages: [jq, git, curl] }\n`).join("")}`;
  const few = await functionCalls(written(groups(7)), shell);
  const many = await functionCalls(written(groups(1000)), shell);
  console.log(`7 groups ${few}, 1,000 groups ${many}`);
  assert.ok(many <= few * 1.01, `${many} calls with 1,000 groups, ${few} with 7`);
  const policy = await functionCalls(
    written(`${groups(7)}nixpkgs: { url: "github:NixOS/nixpkgs/nixos-26.05", unfree: [terraform] }\n`),
    shell,
  );
  assert.ok(policy - floor <= 600, `${policy - floor} calls with an unfree list`);
  const lived = await functionCalls(
    written(`${groups(7)}shells: { k8s: { env: { KUBECONFIG: { path: .kube/config }, PATH: { prepend: [bin] } } } }
commands: { deploy: { run: kubectl apply }, pods: { help: List the pods, run: kubectl get pods } }
`),
    shell,
  );
  console.log(`with a path, PATH and two commands +${lived - floor}`);
  assert.ok(lived - floor <= 700, `${lived - floor} calls with a path, PATH and two commands`);
});

real("an unfree tool is in the shell if the spec allows it, by name or with all others", async () => {
  const spec = (unfree: string) =>
    `version: 1\nname: demo\nnixpkgs: { url: "github:NixOS/nixpkgs/nixos-26.05", unfree: ${unfree} }\ngroups:\n  k8s: { packages: [kubectl, terraform] }\n`;
  assert.equal(await evaluate(written(spec("[terraform]")), "devShells.x86_64-linux.k8s.missing"), []);
  assert.equal(await evaluate(written(spec("true")), "devShells.x86_64-linux.k8s.missing"), []);
});

real("a host's own module can override what the spec sets by default", async () => {
  const folder = written('version: 1\nname: demo\ngroups: {}\nhosts:\n  box: { system: x86_64-linux, stateVersion: "24.05" }\n');
  cpSync(join(out, "hosts/builder.nix"), join(folder, "hosts/box.nix"));
  writeFileSync(
    join(folder, "hosts/box.nix"),
    '{ networking.hostName = "other"; fileSystems."/" = { device = "/dev/vda"; fsType = "ext4"; }; boot.loader.grub.device = "/dev/vda"; }\n',
  );
  assert.is(await evaluate(folder, "nixosConfigurations.box.config.networking.hostName"), "other");
  assert.match((await evaluate(folder, "nixosConfigurations.box.config.system.build.toplevel.drvPath")) as string, /\.drv$/);
});

test.run();
