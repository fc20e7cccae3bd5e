import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type JoinedMachine, joinedMachine, joinMachines } from "../support/joined-machines.ts";
import { ACCOUNT_TOOLS, generated, type Ran } from "../support/machine.ts";
import { copyFixture } from "../support/nix.ts";
import { tempFolder } from "../support/temp.ts";
import { hasAll, needs, tool } from "../support/tools.ts";
import { until } from "../support/until.ts";

/*
 * The activation of an `os: linux` host over ssh between two machines. What runs is the generated profile, made by deploy-rs's own
 * `activate.custom` where FLAKEWRIGHT_DEPLOY_RS names its source, and activated by its own program where FLAKEWRIGHT_DEPLOY_RS_ACTIVATE does; else
 * by stand-ins with the same steps. The test does over ssh what the program `deploy` does there: copy, activate, wait, confirm.
 */

const test = suite("activation over ssh");
const programs = [
  "root",
  "nix",
  "nix-store",
  "busybox",
  "ip",
  "ssh",
  "sshd",
  "ssh-keygen",
  "unshare",
  "nsenter",
  ...ACCOUNT_TOOLS,
];
const withMachines = needs(test, programs);

const ADDRESSES = { laptop: "10.231.8.1", worker: "10.231.8.2" };
const PROFILE = "/nix/var/nix/profiles/flakewright";
const SYSTEM = process.arch === "arm64" ? "aarch64-linux" : "x86_64-linux";

const spec = (nixpkgs: string, deployRs: string, cores: number) => `
version: 1
name: fleet
nixpkgs: { url: "path:${nixpkgs}" }
inputs: { deploy-rs: { flake: "path:${deployRs}", follows: [nixpkgs] } }
systems: [${SYSTEM}]
groups: { k8s: { packages: [kubectl] } }
substituters: []
settings: { experimental-features: [nix-command, flakes] }
buildUsers: { roles: [{ role: one }] }
deployer: deploy-rs
hosts:
  worker: { os: linux, system: ${SYSTEM}, settings: { cores: ${cores} }, deploy: { target: ${ADDRESSES.worker} } }
`;

/** The steps of deploy-rs's program, for a machine without it. */
const STAND_IN = `#!/bin/bash
set -u
trap '' HUP
command=$1 closure=$2 profile='' temp='' seconds=30 magic=no auto=no dry=no
shift 2
while [ $# -gt 0 ]; do
  case $1 in
    --profile-path) profile=$2; shift ;;
    --temp-path) temp=$2; shift ;;
    --confirm-timeout) seconds=$2; shift ;;
    --magic-rollback) magic=yes ;;
    --auto-rollback) auto=yes ;;
    --dry-activate) dry=yes ;;
  esac
  shift
done
canary=$temp/deploy-rs-canary-$(basename "$closure" | cut -d - -f 1)
if [ "$command" = wait ]; then
  until [ -e "$canary" ]; do sleep 0.1; done
  exit 0
fi
undo() {
  nix-env -p "$profile" --rollback
  last=$(nix-env -p "$profile" --list-generations | tail -n 1 | awk '{ print $1 }')
  nix-env -p "$profile" --delete-generations "$last"
  (cd "$profile" && PROFILE=$profile ./deploy-rs-activate)
  exit 1
}
if [ $dry = yes ]; then cd "$closure" && exec env PROFILE="$closure" DRY_ACTIVATE=1 ./deploy-rs-activate; fi
nix-env -p "$profile" --set "$closure" || exit 1
if ! (cd "$profile" && PROFILE=$profile ./deploy-rs-activate); then
  [ $auto = no ] || undo
  exit 1
fi
[ $magic = yes ] || exit 0
: >"$canary"
for ((n = 0; n < seconds * 10; n++)); do
  [ -e "$canary" ] || exit 0
  sleep 0.1
done
undo
`;

/** A flake with deploy-rs's functions for the fixture nixpkgs, and `activate` in place of the one that it would build. */
function deployRs(nixpkgs: string): string {
  const folder = join(tempFolder(), "deploy-rs");
  mkdirSync(folder);
  const own = tool("deployRsActivate");
  if (own) copyFileSync(own, join(folder, "activate"));
  else writeFileSync(join(folder, "activate"), STAND_IN);
  chmodSync(join(folder, "activate"), 0o755);
  const source = tool("deployRs");
  if (source) cpSync(join(source, "flake.nix"), join(folder, "upstream.nix"));
  writeFileSync(join(folder, "interface.json"), "{ }");
  const upstream = `let
      overlay = ((import ./upstream.nix).outputs {
        self = { };
        inherit nixpkgs;
        utils.lib = { defaultSystems = [ ]; eachSystem = _: _: { }; };
      }).overlays.default;
      made = overlay final pkgs;
      final = pkgs // { deploy-rs = made.deploy-rs // { deploy-rs = program; }; };
    in made.deploy-rs.lib`;
  const standIn = `let
      file = destination: text: pkgs.writeTextFile { name = "activation"; executable = true; inherit destination text; };
      custom.__functor = self: base: activate: pkgs.buildEnv {
        name = "activatable-\${base.name}";
        paths = [
          base
          (file "/deploy-rs-activate" "#!\${pkgs.runtimeShell}\\nset -euo pipefail\\nif [ \\"\${DRY}\\" = 1 ]; then \${self.dryActivate}; else \${activate}; fi\\n")
          (file "/activate-rs" "#!\${pkgs.runtimeShell}\\nexec \${program}/bin/activate \\"$@\\"\\n")
        ];
      };
      DRY = "\${"$"}{DRY_ACTIVATE:-}";
    in { activate = { inherit custom; }; }`;
  writeFileSync(
    join(folder, "flake.nix"),
    `{
  inputs.nixpkgs.url = "path:${nixpkgs}";
  outputs = { nixpkgs, ... }: let
    pkgs = nixpkgs.legacyPackages.${SYSTEM};
    program = pkgs.runCommand "deploy-rs" { } "mkdir -p $out/bin; cp \${./activate} $out/bin/activate; chmod +x $out/bin/activate";
  in { lib.${SYSTEM} = ${source ? upstream : standIn}; };
}
`,
  );
  return folder;
}

let laptop: JoinedMachine;
let worker: JoinedMachine;
let nixpkgs: string;
let deploy: string;

const nix = "nix --extra-experimental-features 'nix-command flakes' --option sandbox false --option build-users-group ''";
const ssh = (command: string): Promise<Ran> => laptop.sh(`ssh root@${ADDRESSES.worker} ${JSON.stringify(command)}`);
const conf = async () => (await worker.must("cat /etc/nix/nix.conf")).match(/^cores = .*$/m)?.[0];
const generations = async () =>
  (await worker.must(`nix-env -p ${PROFILE} --list-generations`))
    .trim()
    .split("\n")
    .map((line) => line.trim().split(" ")[0])
    .join(" ");

/** The profile of the host, built on the laptop and copied to the worker; `change` edits the output first. */
async function pushed(cores: number, change: (out: string) => void = () => {}): Promise<string> {
  const out = generated(spec(nixpkgs, deploy, cores));
  change(out);
  const built = await laptop.must(
    `${nix} build --no-link --json 'path:${out}#deploy.nodes.worker.profiles.flakewright.path' | grep -Eo '/nix/store/[0-9a-z]{32}-activatable-host-worker' | tail -n 1`,
  );
  const closure = built.trim();
  assert.match(closure, /activatable-host-worker$/);
  await laptop.must(`${nix} copy --no-check-sigs --to ssh://root@${ADDRESSES.worker} ${closure}`);
  return closure;
}

const activation = (closure: string, options = "--magic-rollback --auto-rollback", seconds = 30) =>
  `${closure}/activate-rs activate ${closure} --profile-path ${PROFILE} --temp-path /tmp/deploy --confirm-timeout ${seconds} ${options}`;
const canary = (closure: string) => `/tmp/deploy/deploy-rs-canary-${closure.slice("/nix/store/".length).split("-")[0]}`;

/** What `deploy` does: activate, wait for the activation over a connection of its own, and confirm over a third. */
async function activate(closure: string): Promise<Ran> {
  const running = ssh(activation(closure));
  const waited = await ssh(`${closure}/activate-rs wait ${closure} --temp-path /tmp/deploy`);
  assert.is(waited.status, 0, waited.stderr);
  assert.is((await ssh(`rm ${canary(closure)}`)).status, 0);
  return running;
}

test.before(async () => {
  if (!hasAll(programs)) return;
  laptop = await joinedMachine("laptop");
  worker = await joinedMachine("worker");
  await joinMachines([laptop, ADDRESSES.laptop], [worker, ADDRESSES.worker]);
  nixpkgs = copyFixture();
  deploy = deployRs(nixpkgs);
  // A folder that both see would hide what is not copied: each has a /tmp of its own, and the worker's has nothing of the laptop's.
  await worker.must("mount -t tmpfs tmpfs /tmp && mkdir /tmp/deploy");
  // By hand, as ARCHITECTURE.md says: keys.
  for (const file of [join(worker.folder, "etc/ssh/host_key"), join(laptop.folder, "root/key")])
    assert.is(spawnSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]).status, 0);
  copyFileSync(join(laptop.folder, "root/key.pub"), join(worker.folder, "etc/ssh/keys"));
  mkdirSync(join(laptop.folder, "root/.ssh"), { mode: 0o700 });
  writeFileSync(
    join(laptop.folder, "root/.ssh/known_hosts"),
    `${ADDRESSES.worker} ${readFileSync(join(worker.folder, "etc/ssh/host_key.pub"), "utf8")}`,
  );
  writeFileSync(
    join(laptop.folder, "root/.ssh/config"),
    "IdentityFile /root/key\nConnectTimeout 5\nServerAliveInterval 2\nServerAliveCountMax 2\n",
  );
  writeFileSync(
    join(worker.folder, "etc/ssh/sshd_config"),
    `ListenAddress ${ADDRESSES.worker}
HostKey /etc/ssh/host_key
PermitRootLogin prohibit-password
AuthorizedKeysFile /etc/ssh/keys
StrictModes no
UsePAM no
PidFile none
SetEnv PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
`,
  );
  await worker.must("mkdir -p /etc/nix && echo 'cores = 1' >/etc/nix/nix.conf && $(command -v sshd) -E /run/sshd.log");
  await until("the ssh server", async () => (await worker.sh("grep listening -i /run/sshd.log")).status === 0);
});

let second = "";

withMachines("a plan changes nothing; the activation applies, and a second one changes nothing", async () => {
  const first = await pushed(2);
  const plan = await ssh(activation(first, "--dry-activate"));
  assert.is(plan.status, 0, plan.stderr);
  assert.match(plan.stdout, /write \/etc\/nix\/nix\.conf[\s\S]*dry run: nothing was changed/);
  assert.is(await conf(), "cores = 1");
  assert.is.not((await worker.sh(`test -e ${PROFILE}`)).status, 0);

  const applied = await activate(first);
  assert.is(applied.status, 0, applied.stderr);
  assert.match(applied.stdout, /^write \/etc\/nix\/nix\.conf$/m);
  assert.is(await conf(), "cores = 2");
  assert.match(await worker.must("getent passwd nixbld1"), /one builds/);
  assert.is((await worker.must(`${PROFILE}/bin/kubectl`)).trim(), "kubectl 1.30.1");
  assert.is(await generations(), "1");

  const state = () => worker.must("stat -c '%n %Y %i' /etc/nix/nix.conf /etc/passwd /etc/group");
  const before = await state();
  const again = await activate(first);
  assert.is(again.status, 0, again.stderr);
  assert.not.match(again.stdout, /^(write|create|name|put back)/m);
  assert.is(await state(), before);
  assert.is(await generations(), "1");
});

withMachines("a nix.conf that the worker's Nix refuses fails the activation, and the old one stays", async () => {
  second = await pushed(3);
  assert.is((await activate(second)).status, 0);
  assert.is(await conf(), "cores = 3");
  const broken = await pushed(4, (out) => {
    const file = join(out, "machines/worker/etc/nix/nix.conf");
    writeFileSync(file, readFileSync(file, "utf8").replace("cores = 4", "cores = many"));
  });
  const refused = await ssh(activation(broken));
  assert.is.not(refused.status, 0);
  assert.match(refused.stderr, /refuses the configuration; nothing was changed/);
  assert.is(await conf(), "cores = 3");
  assert.is(await generations(), "1 2");
  assert.is((await worker.must(`readlink -f ${PROFILE}`)).trim(), second);
});

withMachines("a line that the deployment cuts is undone by the worker itself", async () => {
  const cutting = await pushed(5);
  const running = ssh(activation(cutting, "--magic-rollback --auto-rollback", 6));
  await until("the activation waits", async () => (await worker.sh(`test -e ${canary(cutting)}`)).status === 0);
  assert.is(await conf(), "cores = 5");
  await worker.must("ip link set veth0 down");
  assert.is.not((await ssh(`rm ${canary(cutting)}`)).status, 0, "the confirmation does not arrive");
  await until("the worker undoes it", async () => (await conf()) === "cores = 3");
  await until("the old profile is back", async () => (await worker.must(`readlink -f ${PROFILE}`)).trim() === second);
  assert.is(await generations(), "1 2");
  await worker.must("ip link set veth0 up");
  assert.is.not((await running).status, 0);

  // Joined again, the next deployment works.
  await until("the machines are joined again", async () => (await ssh("true")).status === 0);
  assert.is((await activate(await pushed(6))).status, 0);
  assert.is(await conf(), "cores = 6");
});

test.run();
