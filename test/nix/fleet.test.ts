import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { FIXTURE_TOOLS, privateNix } from "../support/nix.ts";
import { evaluate, functionCalls } from "../support/real-nixpkgs.ts";
import { written } from "../support/spec.ts";
import { tempTree } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

/* A fleet on a real nixpkgs 24.05: the content of each machine, its builders, and the hive that colmena reads. */

const test = suite("fleet");
const real = needs(test, ["nix", "nixpkgs"]);

const TOOLS: Readonly<Record<string, readonly string[]>> = { web: ["jq", "age"], data: ["skopeo"], build: ["kubectl"] };
const ROLES = {
  web: { count: 10, groups: ["web"] },
  data: { count: 6, groups: ["data"] },
  ci: { count: 4, groups: ["build", "web"] },
} as const;
type Role = keyof typeof ROLES;

const HOST_KEY = Buffer.from(
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIL0000000000000000000000000000000000000000000 root@ci",
).toString("base64");

const names = Object.entries(ROLES).flatMap(([role, { count }]) =>
  Array.from({ length: count }, (_, index) => `${role}-${index + 1}`),
);
const roleOf = (name: string) => name.split("-")[0] as Role;
const host = (name: string) => ({
  groups: ROLES[roleOf(name)].groups,
  stateVersion: "24.05",
  // Machines of one role have no deployment: nixos-rebuild deploys them.
  ...(roleOf(name) === "data" ? {} : { deploy: { target: `${name}.example.net`, user: "deployer", tags: [roleOf(name), "eu"] } }),
});

/** A spec with these hosts. Two of its builders are hosts of the fleet, one is not. */
const spec = (hosts: readonly string[]) =>
  stringify({
    version: 1,
    name: "fleet",
    description: "Twenty machines",
    nixpkgs: "nixos-24.05",
    systems: ["x86_64-linux"],
    groups: Object.fromEntries(Object.entries(TOOLS).map(([group, packages]) => [group, { packages }])),
    trustedUsers: ["root", "alice"],
    hosts: Object.fromEntries(hosts.map((name) => [name, host(name)])),
    builders: [
      { host: "ci-1", maxJobs: 4, speedFactor: 2, features: ["big-parallel"], sshKey: "/etc/nix/key", publicHostKey: HOST_KEY },
      { host: "ci-2", user: "builds", features: ["benchmark"], mandatoryFeatures: ["exotic"] },
      { host: "arm.example.net", protocol: "ssh", systems: ["aarch64-linux"] },
    ],
    lint: [{ code: "trusted-user-is-root", why: "alice administers the fleet" }],
  });

const withBuilderOutside = stringify({
  version: 1,
  name: "one",
  groups: { dev: { packages: ["jq"] } },
  hosts: { web: { stateVersion: "24.05" } },
  builders: [{ host: "arm.example.net" }],
});

interface Machine {
  readonly system: string;
  readonly tools: readonly string[];
  readonly builders: readonly string[];
  readonly distributed: boolean;
  readonly trusted: readonly string[];
  readonly accounts: readonly string[];
  readonly ssh: boolean;
  readonly features: readonly string[];
  readonly warnings: readonly string[];
}

/** Without the registry, which contains the flake's store path, equal machines of two flakes are the same derivation. */
const DESCRIBE = `machine: let
  inherit (machine.extendModules { modules = [ { nix.registry = machine.lib.mkForce { }; } ]; }) config;
in {
  system = config.system.build.toplevel.drvPath;
  tools = builtins.filter (name: builtins.elem name ${`[ ${Object.values(TOOLS)
    .flat()
    .map((name) => JSON.stringify(name))
    .join(" ")} ]`})
    (map machine.lib.getName config.environment.systemPackages);
  builders = map (builder: builder.hostName) config.nix.buildMachines;
  distributed = config.nix.distributedBuilds;
  trusted = config.nix.settings.trusted-users;
  accounts = builtins.filter (name: config.users.users ? \${name}) [ "nixremote" "builds" ];
  ssh = config.services.openssh.enable;
  features = config.nix.settings.extra-system-features or [ ];
  warnings = builtins.filter (machine.lib.hasPrefix "flakewright") config.warnings;
}`;

let folder: string;
test.before(() => {
  // Nix 2.8 with Debian's libgc can crash in a garbage collection, so the heap starts large.
  process.env["GC_INITIAL_HEAP_SIZE"] ??= "6G";
  folder = written(spec(names));
});

/** In batches: a process with twenty systems needs more memory than a small machine has. */
async function describe(flake: string, hosts: readonly string[]): Promise<Record<string, Machine>> {
  const found: Record<string, Machine> = {};
  for (let start = 0; start < hosts.length; start += 5) {
    const some = hosts.slice(start, start + 5);
    const apply = `all: builtins.mapAttrs (_: ${DESCRIBE}) { inherit (all) ${some.join(" ")}; }`;
    Object.assign(found, await evaluate(flake, "nixosConfigurations", apply));
  }
  return found;
}

real(
  "each of twenty machines has its own tools, builders and trust, and is the same derivation as in a spec of its own",
  async () => {
    const fleet = await describe(folder, names);
    assert.equal(Object.keys(fleet).length, 20);
    for (const [name, machine] of Object.entries(fleet)) {
      assert.match(machine.system, new RegExp(`-nixos-system-${name}-.*\\.drv$`));
      assert.equal(
        [...machine.tools].sort(),
        ROLES[roleOf(name)].groups.flatMap((group) => TOOLS[group] ?? []).sort(),
        `${name} has just the tools of its groups`,
      );
      const others = ["ci-1", "ci-2"].filter((builder) => builder !== name).map((builder) => `${builder}.example.net`);
      assert.equal(machine.builders, [...others, "arm.example.net"], `${name} sends builds to all builders but itself`);
      assert.ok(machine.distributed);
      const user = { "ci-1": "nixremote", "ci-2": "builds" }[name];
      assert.equal(machine.trusted, ["root", "alice", ...(user ? [user] : [])], name);
      assert.equal(machine.accounts, user ? [user] : [], name);
      assert.is(machine.ssh, user !== undefined, name);
      assert.equal(machine.features, { "ci-1": ["big-parallel"], "ci-2": ["benchmark", "exotic"] }[name] ?? []);
      assert.is(machine.warnings.length, user ? 1 : 0, `${name} says that no key may log in yet`);
    }
    const systems = Object.values(fleet).map(({ system }) => system);
    assert.is(new Set(systems).size, 20);

    // Builders are hosts of the spec and stay; all other hosts are removed.
    const alone = await describe(written(spec(["web-7", "ci-1", "ci-2"])), ["web-7", "ci-1"]);
    assert.equal(alone, { "web-7": fleet["web-7"], "ci-1": fleet["ci-1"] });
  },
);

real("a builder's own module wins over the spec's account, and its keys end the warning", async () => {
  const flake = written(spec(["ci-1", "ci-2"]));
  writeFileSync(
    join(flake, "hosts/ci-1.nix"),
    `{
  boot.isContainer = true;
  users.users.nixremote = {
    isNormalUser = true;
    openssh.authorizedKeys.keys = [ "ssh-ed25519 AAAA root@web-1" ];
  };
}
`,
  );
  const account = await evaluate(
    flake,
    "nixosConfigurations.ci-1",
    `machine: {
      inherit (machine.config.users.users.nixremote) isNormalUser isSystemUser group;
      warnings = builtins.filter (machine.lib.hasPrefix "flakewright") machine.config.warnings;
      system = machine.config.system.build.toplevel.drvPath;
    }`,
  );
  const { system, ...rest } = account as Record<string, unknown>;
  assert.match(String(system), /\.drv$/);
  assert.equal(rest, { isNormalUser: true, isSystemUser: false, group: "users", warnings: [] });
});

real("nix.conf and /etc/nix/machines of the machines are valid for Nix", async () => {
  const files = (await evaluate(
    folder,
    "nixosConfigurations",
    `all: {
      machines = all.web-1.config.environment.etc."nix/machines".text;
      shell = toString all.ci-1.config.users.users.nixremote.shell;
      system = all.ci-1.config.users.users.nixremote.isSystemUser;
      group = all.ci-1.config.users.users.nixremote.group;
    }`,
  )) as Record<string, string>;
  assert.equal(files["machines"]?.trimEnd().split("\n"), [
    `ssh-ng://nixremote@ci-1.example.net x86_64-linux /etc/nix/key 4 2 big-parallel - ${HOST_KEY}`,
    "ssh-ng://builds@ci-2.example.net x86_64-linux - 1 1 benchmark,exotic exotic -",
    "ssh://nixremote@arm.example.net aarch64-linux - 1 1 - - -",
  ]);
  assert.match(files["shell"] ?? "", /bash/);
  assert.is(files["system"], true);
  assert.is(files["group"], "nixremote");
});

const withColmena = needs(test, ["nix", "nixpkgs", "colmena"]);

withColmena("colmena's own evaluator reads the hive: nodes, tags, targets and the deployed systems", async () => {
  // colmena is an input as a tree: the inputs of its own flake are not fetched, and its outputs use the same nixpkgs.
  const probe = tempTree({
    "flake.nix": `{
  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-24.05";
    platform.url = "path:${folder}";
    platform.inputs.nixpkgs.follows = "nixpkgs";
    colmena.url = "path:${tool("colmena")}";
    colmena.flake = false;
  };
  outputs =
    { nixpkgs, platform, colmena, ... }:
    let
      colmenaFlake = (import "\${colmena}/flake.nix").outputs {
        self = colmenaFlake;
        inherit nixpkgs;
        stable = nixpkgs;
        flake-utils.lib.eachSystem = _: _: { };
        nix-github-actions.lib.mkGithubMatrix = _: { };
      };
    in
    {
      # What colmena makes of the raw hive, and what it reads from the evaluated one.
      probe.made = colmenaFlake.lib.makeHive platform.colmena;
      probe.taken = ((import "\${colmena}/src/nix/hive/flake.nix").outputs { self = null; hive.outputs = platform; }).processFlake;
      probe.nixos = platform.nixosConfigurations;
    };
}
`,
  });
  const deployed = names.filter((name) => roleOf(name) !== "data").sort();
  const found = (await evaluate(
    probe,
    "probe",
    `{ made, taken, ... }: let
      facts = hive: {
        nodes = builtins.attrNames hive.nodes;
        deployment = hive.deploymentConfig;
        selected = hive.deploymentConfigSelected [ "ci-1" ];
        meta = hive.metaConfig;
        introspected = hive.introspect ({ lib, pkgs, nodes }: builtins.attrNames nodes ++ [ nodes.ci-1.config.deployment.targetHost pkgs.system ]);
      };
    in { made = facts made; taken = facts taken; }`,
  )) as Record<"made" | "taken", { nodes: string[]; deployment: Record<string, Record<string, unknown>> }>;
  assert.equal(found.taken, found.made, "both forms have the same value for every option");
  assert.equal(found.made.nodes, deployed);
  for (const name of deployed) {
    const { targetHost, targetUser, tags } = found.made.deployment[name] ?? {};
    assert.equal(
      { targetHost, targetUser, tags },
      { targetHost: `${name}.example.net`, targetUser: "deployer", tags: [roleOf(name), "eu"] },
    );
  }
  const paths = (await evaluate(
    probe,
    "probe",
    `{ made, taken, nixos }: {
      made = made.evalSelectedDrvPaths [ "web-2" ];
      taken = taken.evalSelectedDrvPaths [ "web-2" ];
      nixos = nixos.web-2.config.system.build.toplevel.drvPath;
    }`,
  )) as { made: Record<string, string>; taken: Record<string, string>; nixos: string };
  assert.equal(paths.taken, { "web-2": paths.nixos }, "colmena deploys the system that nixos-rebuild would");
  assert.match(paths.made["web-2"] ?? "", /-nixos-system-web-2-.*\.drv$/);
});

real("deployment options don't evaluate a machine", async () => {
  const flake = written(spec(["web-1", "ci-1", "ci-2"]));
  const calls = await functionCalls(flake, "colmenaHive.deploymentConfig");
  assert.ok(calls < 2000, `${calls} calls`);
  writeFileSync(join(flake, "hosts/web-1.nix"), 'throw "evaluated"');
  const tags = await evaluate(flake, "colmenaHive.deploymentConfig", "hosts: hosts.web-1.tags");
  assert.equal(tags, ["web", "eu"]);
});

const withNix = needs(test, FIXTURE_TOOLS);

withNix("nix flake check passes on a fleet, and the hive's machines are those of nixosConfigurations", async () => {
  const nix = privateNix();
  for (const flake of [written(spec(["web-1", "ci-1", "ci-2"])), written(withBuilderOutside)]) {
    const { status, stderr } = await nix.check(flake);
    assert.is(status, 0, stderr);
  }
  const flake = written(spec(["web-1", "ci-1", "ci-2"]));
  const hive = await nix.evalFlake(flake, "colmenaHive", {
    apply: 'hive: { nodes = builtins.attrNames hive.nodes; systems = hive.evalSelectedDrvPaths [ "ci-1" ]; }',
  });
  const system = await nix.evalFlake(flake, "nixosConfigurations.ci-1.config.system.build.toplevel.drvPath");
  assert.equal(hive, { nodes: ["ci-1", "ci-2", "web-1"], systems: { "ci-1": system } });
  assert.equal(await nix.evalFlake(flake, "nixosConfigurations.ci-1.config.nix.settings.trusted-users"), [
    "root",
    "alice",
    "nixremote",
  ]);
});

test.run();
