import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { hostileText } from "../support/arbitrary-spec.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { repository, written } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* Generated flakes, evaluated and built by a real Nix on the fixture nixpkgs. */

const test = suite("generated flake");
const withNix = needs(test, FIXTURE_TOOLS);
const SYSTEMS = ["x86_64-linux", "aarch64-linux", "aarch64-darwin"];
const platform = readFileSync(join(repository, "spec/platform.yaml"), "utf8");

let nix: Nix;
let reference: string;
test.before(() => {
  nix = privateNix();
  reference = written(platform);
});

withNix("nix flake check passes on the reference platform", async () => {
  const { status, stderr } = await nix.check(reference);
  assert.is(status, 0, stderr);
});

withNix("every output evaluates on every system of the spec", async () => {
  for (const system of SYSTEMS) {
    for (const output of ["devShells", "packages", "checks"]) {
      const paths = (await nix.evalFlake(reference, `${output}.${system}`, {
        apply: "builtins.mapAttrs (_: drv: drv.drvPath)",
      })) as Record<string, string>;
      assert.ok(Object.values(paths).every((path) => path.endsWith(".drv")));
      const names = Object.keys(paths);
      if (output === "devShells")
        assert.equal(names, ["aws", "cloud", "container", "default", "dev", "k8s", "monitoring", "network", "security"]);
      if (output === "packages") assert.ok(["default", "k8s", "volume-aws"].every((name) => names.includes(name)));
      if (output === "checks") assert.ok(["shell-default", "role-aws", "role-monitoring"].every((name) => names.includes(name)));
    }
    assert.match((await nix.evalFlake(reference, `formatter.${system}.name`)) as string, /nixfmt/);
  }
  const modules = (await nix.evalFlake(reference, "nixosModules", { apply: "builtins.attrNames" })) as string[];
  for (const name of ["default", "nix-settings", "build-users", "tool-groups"]) assert.ok(modules.includes(name), name);
  assert.match(
    (await nix.evalFlake(reference, "nixosConfigurations.builder.config.system.build.toplevel.drvPath")) as string,
    /\.drv$/,
  );
});

withNix("the template is a project that works in the platform's shells", async () => {
  assert.match((await nix.evalFlake(reference, "templates.default.description")) as string, /multi-cloud-k8s/);
  const inputs = { platform: reference, "platform/nixpkgs": await nix.fixture() };
  const { status, stdout, stderr } = await nix.develop(join(reference, "template"), "k8s", ["kubectl"], { inputs });
  assert.is(status, 0, stderr);
  assert.match(stdout, /^kubectl /);
});

withNix("nix develop .#k8s -c kubectl runs the tool", async () => {
  const { status, stdout, stderr } = await nix.develop(reference, "k8s", ["kubectl"]);
  assert.is(status, 0, stderr);
  assert.match(stdout, /^kubectl /);
});

withNix("a shell with `env` and `hook` sets its variables and runs its hook; the default shell has every group", async () => {
  const folder = written(`version: 1
name: demo
groups:
  k8s: { packages: [kubectl] }
  dev: { packages: [jq] }
shells:
  k8s:
    packages: [eksctl]
    env: { AWS_PROFILE: "dev $HOME" }
    hook: |
      echo "hook: $AWS_PROFILE"
`);
  const refined = await nix.develop(folder, "k8s", ["sh", "-c", 'kubectl; eksctl; echo "$AWS_PROFILE"']);
  assert.is(refined.status, 0, refined.stderr);
  assert.match(refined.stdout, /^hook: dev \$HOME\nkubectl .*\neksctl .*\ndev \$HOME\n$/);
  const all = await nix.develop(folder, "default", ["sh", "-c", "kubectl; jq"]);
  assert.match(all.stdout, /^kubectl .*\njq /);
});

withNix("a shell names the tools that this system lacks and starts without them", async () => {
  const folder = written(
    `version: 1
name: demo
groups:
  mixed:
    packages:
      - jq
      - mas
      - package: no-such-package-anywhere
        name: it's "gone" $(touch /tmp/flakewright-was-here)
      - package: kubectl
        systems: [aarch64-darwin]
`,
  );
  const { status, stdout, stderr } = await nix.develop(folder, "mixed", ["jq"]);
  assert.is(status, 0, stderr);
  assert.match(stdout, /^jq /);
  assert.ok(
    stderr.includes(`flakewright: it's "gone" $(touch /tmp/flakewright-was-here) is left out: no such attribute in nixpkgs`),
    stderr,
  );
  assert.match(stderr, /kubectl is left out: the spec has it for aarch64-darwin only/);
  const darwin = await nix.evalFlake(folder, "devShells.aarch64-darwin.mixed.missing");
  assert.not((darwin as string[]).includes("kubectl"));
  assert.match((await nix.evalFlake(folder, "packages.x86_64-linux.mixed.drvPath")) as string, /\.drv$/);
});

withNix("nix build .#k8s builds a profile with the tools", async () => {
  const profile = await nix.build(reference, "k8s");
  for (const program of ["kubectl", "helm", "talosctl", "clusterctl"])
    assert.ok(readFileSync(join(profile, "bin", program)).length > 0, program);
});

withNix("nix profile install . installs the tools of all groups", async () => {
  assert.match((await nix.evalFlake(reference, "packages.aarch64-darwin.default.name")) as string, /^multi-cloud-k8s$/);
  const profile = join(tempFolder(), "profile");
  const inputs = ["--no-write-lock-file", "--override-input", "nixpkgs", `path:${await nix.fixture()}`];
  await nix.must(["profile", "install", "--profile", profile, `path:${reference}`, ...inputs]);
  for (const program of ["kubectl", "podman", "jq", "nmap", "htop"])
    assert.ok(readFileSync(join(profile, "bin", program)).length > 0, program);
});

withNix("a platform without groups has every output all the same", async () => {
  const folder = written("version: 1\nname: empty\ngroups: {}\n");
  assert.match((await nix.evalFlake(folder, "packages.x86_64-linux.default.drvPath")) as string, /-empty\.drv$/);
  assert.match((await nix.evalFlake(folder, "devShells.x86_64-linux.default.drvPath")) as string, /\.drv$/);
});

withNix("the host has the spec's settings, users and tools", async () => {
  const config = (attribute: string, apply = "x: x") =>
    nix.evalFlake(reference, `nixosConfigurations.builder.config.${attribute}`, { apply });
  assert.equal(await config("nix.settings.substituters"), ["https://cache.nixos.org/", "https://nix-community.cachix.org/"]);
  assert.equal(await config("nix.settings.trusted-users"), ["root", "usualsuspectx"]);
  assert.is(await config("users.users.nixbld1.description"), "AWS provider builds");
  assert.is(await config("users.users.nixbld10.uid"), 30010);
  const tools = (await config("environment.systemPackages", "map (tool: tool.pname or tool.name)")) as string[];
  assert.ok(tools.some((tool) => tool.startsWith("kubectl")));
});

for (const [title, ids, { uids, group, gid, words }] of [
  ["NixOS's own ids are not written", "", { uids: [30001, 30002], group: "nixbld", gid: 30000, words: [] }],
  ["other uids are", "firstUid: 30002", { uids: [30002, 30003], group: "nixbld", gid: 30000, words: ["uid"] }],
  ["another gid is", "gid: 31000", { uids: [30001, 30002], group: "nixbld", gid: 31000, words: ["gid"] }],
  [
    "another group has its id, its members and its setting",
    "group: builders, gid: 31000, firstUid: 31001",
    { uids: [31001, 31002], group: "builders", gid: 31000, words: ["build-users-group", "extraGroups", "gid", "group", "uid"] },
  ],
] as const)
  withNix(`build users of a host: ${title}`, async () => {
    const folder = written(`version: 1
name: demo
groups: {}
buildUsers: { ${ids === "" ? "" : `${ids}, `}roles: [{ role: aws, description: AWS builds }, { role: idle }] }
hosts:
  box: { system: x86_64-linux, stateVersion: "26.05" }
`);
    const module = readFileSync(join(folder, "modules/build-users.nix"), "utf8");
    assert.equal([...new Set(module.match(/\b(build-users-group|extraGroups|gid|group|uid)(?= =)/g) ?? [])].sort(), [...words]);
    const apply = `users: {
      ids = map (name: users.users.\${name}.uid) [ "nixbld1" "nixbld2" ];
      texts = map (name: users.users.\${name}.description) [ "nixbld1" "nixbld2" ];
      of = map (name: users.users.\${name}.group) [ "nixbld1" "nixbld2" ];
      also = users.users.nixbld2.extraGroups;
      inherit (users.groups.${group}) gid;
      count = builtins.length (builtins.filter (name: builtins.match "nixbld.*" name != null) (builtins.attrNames users.users));
    }`;
    assert.equal(await nix.evalFlake(folder, "nixosConfigurations.box.config.users", { apply }), {
      ids: [...uids],
      texts: ["AWS builds", "idle builds"],
      of: [group, group],
      also: group === "nixbld" ? ["nixbld"] : ["nixbld", group],
      gid,
      count: 2,
    });
  });

withNix("a tool with `from` comes from its own package set, the others from nixpkgs", async () => {
  const old = await nix.fixture({ kubectl: "1.29.0" });
  const folder = written(`version: 1
name: demo
inputs:
  k8s-1-29: github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567
groups:
  k8s:
    packages:
      - package: kubectl
        from: k8s-1-29
  new: { packages: [kubectl] }
hosts:
  box: { system: x86_64-linux, groups: [k8s] }
`);
  const inputs = { "k8s-1-29": old };
  assert.match((await nix.develop(folder, "k8s", ["kubectl"], { inputs })).stdout, /1\.29\.0/);
  assert.not.match((await nix.develop(folder, "new", ["kubectl"], { inputs })).stdout, /1\.29\.0/);
  const tools = await nix.evalFlake(folder, "nixosConfigurations.box.config.environment.systemPackages", {
    inputs,
    apply: "map (tool: tool.version or null)",
  });
  assert.ok((tools as string[]).includes("1.29.0"));
});

withNix("any string is kept: titles, descriptions, names, variables and hooks, read back by nix eval", async () => {
  const texts = fc
    .sample(hostileText, { numRuns: 300, seed: 7 })
    .concat(["''${x}", "'${x}", "$${x}", "\\${x}", "$", "$$", "\\", '"', "", "\u{1f600}", "a\r\nb\tc"]);
  const spec = {
    version: 1,
    name: "demo",
    description: texts[0],
    groups: Object.fromEntries(
      texts.map((text, i) => [
        `g${i}`,
        { title: text, packages: [{ package: "jq", description: text, name: text.replace(/[\n\r\t]/g, " ") || "jq" }] },
      ]),
    ),
    shells: Object.fromEntries(texts.map((text, i) => [`g${i}`, { env: { TEXT: text }, hook: text }])),
    buildUsers: { roles: texts.map((text, i) => ({ role: `r${i}`, description: text })) },
  };
  const folder = written(stringify(spec));
  const shells = (await nix.evalFlake(folder, "devShells.x86_64-linux", {
    apply: "builtins.mapAttrs (_: s: { inherit (s) env hook; title = s.meta.description; })",
  })) as Record<string, { env: { TEXT: string }; hook: string; title: string }>;
  const roles = (await nix.evalFlake(folder, "checks.x86_64-linux", {
    apply: "builtins.mapAttrs (_: c: c.meta.description)",
  })) as Record<string, string>;
  const tools = (await nix.eval(`import ${folder}/nix/tool-groups.nix { nixpkgs = { }; }`)) as Record<string, { name: string }[]>;
  for (const [i, text] of texts.entries()) {
    const shell = shells[`g${i}`];
    assert.is(shell?.title, text);
    assert.is(shell?.env.TEXT, text);
    assert.is(shell?.hook, text);
    assert.is(roles[`role-r${i}`], text || `r${i}`);
    assert.is(tools[`g${i}`]?.[0]?.name, text.replace(/[\n\r\t]/g, " ") || "jq");
  }
});

withNix("any string is kept in the bash of nix develop: variables and hooks", async () => {
  const texts = fc
    .sample(hostileText, { numRuns: 120, seed: 11 })
    .concat(["'", "''", "\\'", "$'\\n'", "a\nb", "-n", "${x}", "\u{1f600}"]);
  // The hook is code: a here-document with a quoted delimiter prints its text unchanged.
  const hooks = fc.sample(hostileText, { numRuns: 40, seed: 13 }).map((text) => text.replace(/\r/g, ""));
  const spec = {
    version: 1,
    name: "demo",
    groups: {},
    shells: {
      texts: {
        env: Object.fromEntries(texts.map((text, i) => [`TEXT_${i}`, text])),
        hook: hooks
          .map((text, i) => `HOOK_${i}=$(cat <<'END_${i}_OF_TEXT'\n${text}.\nEND_${i}_OF_TEXT\n)\nexport HOOK_${i}\n`)
          .join(""),
      },
    },
  };
  const { status, stdout, stderr } = await nix.develop(written(stringify(spec)), "texts", [
    process.execPath,
    "-e",
    "console.log(JSON.stringify(process.env))",
  ]);
  assert.is(status, 0, stderr);
  const env = JSON.parse(stdout.slice(stdout.indexOf("{"))) as Record<string, string>;
  for (const [i, text] of texts.entries()) assert.is(env[`TEXT_${i}`], text);
  for (const [i, text] of hooks.entries()) assert.is(env[`HOOK_${i}`], `${text}.`);
});

test.run();
