import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { type JoinedMachine, joinedMachine, joinMachines } from "../support/joined-machines.ts";
import { ACCOUNT_TOOLS, generated } from "../support/machine.ts";
import { hasAll, needs } from "../support/tools.ts";
import { until } from "../support/until.ts";

/*
 * A distributed build between two machines: two sets of namespaces (network, mounts, processes) joined by a veth pair, each with its
 * own /etc, /root, /run and /nix, so that the machine that runs the test is not changed. Their Nix is configured by flakewright's
 * output for machines without NixOS and its apply-nix-config.sh. The test does by hand what a spec can't contain, as ARCHITECTURE.md
 * describes: the key pair, the account on the builder, its ssh server.
 */

const test = suite("distributed build");
const programs = [
  "root",
  "nix",
  "nix-build",
  "nix-daemon",
  "nix-store",
  "ip",
  "sshd",
  "ssh-keygen",
  "unshare",
  "nsenter",
  ...ACCOUNT_TOOLS,
];
const withMachines = needs(test, programs);

const SYSTEM = process.arch === "arm64" ? "aarch64-linux" : "x86_64-linux";
const ADDRESSES = { first: "10.231.7.1", second: "10.231.7.2" };
/** A feature that only the second machine has. */
const FEATURE = "flakewright-test";

const base = {
  version: 1,
  nixpkgs: "nixos-24.05",
  groups: { dev: { packages: ["jq"] } },
  substituters: [],
  buildUsers: { roles: [{ role: "one" }, { role: "two" }] },
};
const sandboxOff = { code: "sandbox-off", why: "the builder of the test is this machine's /bin/sh" };

const firstSpec = (publicHostKey: string) =>
  stringify({
    ...base,
    name: "first",
    settings: { sandbox: false },
    trustedUsers: ["root"],
    builders: [
      {
        host: ADDRESSES.second,
        user: "nixremote",
        systems: [SYSTEM],
        features: ["big-parallel", FEATURE],
        sshKey: "/etc/nix/builder_key",
        ...(publicHostKey === "" ? {} : { publicHostKey }),
      },
    ],
    lint: [sandboxOff],
  });

const secondSpec = stringify({
  ...base,
  name: "second",
  settings: { sandbox: false, "extra-system-features": [FEATURE] },
  trustedUsers: ["root", "nixremote"],
  lint: [sandboxOff, { code: "trusted-user-is-root", why: "builds come in through it" }],
});

/** One derivation for any machine, one for the sender only, and one that needs the feature and reads the sender's result. */
const EXPRESSION = `{ run }:
let
  make = name: attributes: script: derivation ({
    name = "\${name}-\${run}";
    system = "${SYSTEM}";
    builder = "/bin/sh";
    args = [ "-c" "read -r machine </etc/machine-name; \${script}" ];
  } // attributes);
in
rec {
  any = make "any" { } "echo any on $machine >$out";
  own = make "own" { preferLocalBuild = true; } "echo own on $machine >$out";
  special = make "special" { requiredSystemFeatures = [ "${FEATURE}" ]; }
    "read -r before <\${own}; echo $before, special on $machine >$out";
}
`;

let first: JoinedMachine;
let second: JoinedMachine;

/** Installs a spec's output with its own script. */
async function configure({ folder, must }: JoinedMachine, spec: string): Promise<void> {
  const out = join(folder, "out");
  generated(spec, out);
  await must(`${out}/apply-nix-config.sh`);
}

/** Builds attributes of the expression on the first machine. A new `run` makes new derivations. */
const build = (run: string, ...attributes: string[]) =>
  first.sh(`nix-build /root/default.nix --no-out-link --argstr run ${run} ${attributes.map((name) => `-A ${name}`).join(" ")}`);

const contents = async ({ must }: JoinedMachine, paths: string) =>
  (await must(`cat ${paths.trim().split("\n").join(" ")}`)).trimEnd().split("\n");

/** The outputs of a run in a machine's store. */
const has = async ({ sh }: JoinedMachine, name: string) => (await sh(`ls -d /nix/store/*-${name}`)).status === 0;

/** Creates a key pair and returns the public key. */
function publicKey(file: string): string {
  const { status, stderr } = spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", file], {
    encoding: "utf8",
  });
  assert.is(status, 0, stderr);
  return readFileSync(`${file}.pub`, "utf8").trim();
}

const base64 = (text: string) => Buffer.from(`${text}\n`).toString("base64");
let hostKey: string;

test.before(async () => {
  if (!hasAll(programs)) return;
  first = await joinedMachine("first");
  second = await joinedMachine("second");
  await joinMachines([first, ADDRESSES.first], [second, ADDRESSES.second]);

  hostKey = base64(publicKey(join(second.folder, "etc/ssh/host_key")));
  await configure(first, firstSpec(hostKey));
  await configure(second, secondSpec);
  writeFileSync(join(first.folder, "root/default.nix"), EXPRESSION);

  // By hand, as ARCHITECTURE.md says: a key for the sender, and its public half for the account on the builder.
  const builderKey = publicKey(join(first.folder, "etc/nix/builder_key"));
  writeFileSync(join(second.folder, "etc/ssh/builder_keys"), `${builderKey}\n`);
  writeFileSync(
    join(second.folder, "etc/ssh/sshd_config"),
    `ListenAddress ${ADDRESSES.second}
HostKey /etc/ssh/host_key
AllowUsers nixremote
AuthenticationMethods publickey
AuthorizedKeysFile /etc/ssh/builder_keys
UsePAM no
PidFile none
`,
  );
  await second.must(`
    set -e
    useradd --system --user-group --no-create-home --home-dir /var/empty --shell /bin/sh --password '*' nixremote
    setsid nix-daemon </dev/null >/run/nix-daemon.log 2>&1 &
    $(command -v sshd) -E /run/sshd.log`);
  await until("the builder's daemon and ssh server listen", async () => {
    const { stdout } = await second.sh("test -S /nix/var/nix/daemon-socket/socket && cat /run/sshd.log");
    return stdout.includes("Server listening");
  });
});

withMachines(
  "a build that only the second machine can do runs there with an input of the first, and its result is copied back",
  async () => {
    const { status, stdout, stderr } = await build("one", "any", "own", "special");
    assert.is(status, 0, stderr);
    assert.equal(await contents(first, stdout), ["any on second", "own on first", "own on first, special on second"]);
    assert.match(stderr, new RegExp(`building '.*-special-one\\.drv' on 'ssh-ng://nixremote@${ADDRESSES.second}'`));
    assert.ok(await has(second, "special-one"));
  },
);

withMachines("without a connection to the second machine, the first says so and builds what it can", async () => {
  const unreachable = new RegExp(`cannot build on 'ssh-ng://nixremote@${ADDRESSES.second}'`);
  await second.must("ip link set veth0 down");
  try {
    const any = await build("two", "any");
    assert.is(any.status, 0, any.stderr);
    assert.match(any.stderr, unreachable);
    assert.equal(await contents(first, any.stdout), ["any on first"]);

    const special = await build("two", "special");
    assert.is.not(special.status, 0);
    assert.match(special.stderr, unreachable);
    assert.match(special.stderr, new RegExp(FEATURE), "the message names the feature that no other machine has");
    assert.ok(await has(first, "own-two"), "inputs that the first machine can build are built");
    assert.not.ok(await has(first, "special-two"));
  } finally {
    await second.must("ip link set veth0 up");
  }
  await until("the machines are joined again", async () => (await build("two", "special")).status === 0);
});

withMachines("a machine with another host key or an unknown host key is refused", async () => {
  const other = base64(publicKey(join(first.folder, "root/another_key")));
  for (const [run, key] of [
    ["three", other],
    ["four", ""],
  ] as const) {
    await configure(first, firstSpec(key));
    const { status, stderr } = await build(run, "special");
    assert.is.not(status, 0);
    assert.match(stderr, /Host key verification failed/);
    assert.ok(await has(first, `own-${run}`));
    assert.not.ok(await has(second, `own-${run}`), "nothing was sent");
  }
  await configure(first, firstSpec(hostKey));
  assert.is((await build("three", "special")).status, 0, "with the right key it works again");
});

test.run();
