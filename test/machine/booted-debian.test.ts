import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BOOT_TOOLS, type BootedMachine, bootedMachine } from "../support/booted-machine.ts";
import { generated } from "../support/machine.ts";
import { needs, tool } from "../support/tools.ts";
import { until } from "../support/until.ts";

/*
 * apply-nix-config.sh on a Debian that systemd has booted, with Debian's own nix-setup-systemd. `npm run booted-debian` makes the Debian and
 * runs this; TRANSCRIPT=FILE keeps what was said.
 */

const test = suite("a booted Debian");
const booted = needs(test, BOOT_TOOLS);

const SPEC = `
version: 1
name: fleet
groups: {}
substituters: []
settings: { experimental-features: [nix-command, flakes], max-jobs: 3 }
trustedUsers: [root]
network: { proxy: http://proxy.example.net:3128, noProxy: [.example.net], caBundle: ./certs/company.pem }
buildUsers:
  roles: [${Array.from({ length: 11 }, (_, at) => `{ role: role-${at + 1} }`).join(", ")}]
builders: [{ host: arm.example.net, systems: [aarch64-linux], publicHostKey: c3NoLWVkMjU1MTkgQUFBQUMzTnphQzFsWkRJMU5URTVBQUFBSUV3M1Qwc1NZeUI0ZGt4TllYbEpiblpsYm5SbFpFdGxlUUFBIHJvb3RAYXJt }]
hosts:
  worker: { os: linux, settings: { max-jobs: 4 } }
`;

const APPLY = "/root/out/apply-nix-config.sh --host worker";

/** A build that waits until the file is removed, and says whom it runs as from outside: ps sees its user. */
const EXPRESSION = `{ run }: derivation {
  name = "build-\${run}"; system = builtins.currentSystem; builder = "\${/root/out/bin}/busybox";
  args = [ "sh" "-c" "\${/root/out/bin}/busybox sleep 3; echo built \${run} > $out" ];
}`;

/** Every file below /etc and /var/lib with its mode, owner and sum, but for the backups that the account tools keep. */
const SNAPSHOT = String.raw`find /etc /var/lib -xdev \( -path /var/lib/systemd -o -path /var/lib/dbus \) -prune -o ! -name '*-' ! -name '.pwd.lock' ! -name '.updated' -printf '%M %U:%G %p %l\n' -type f -exec sha256sum {} + | sort`;
/** Compares the machine with what it was. */
const COMPARE = `${SNAPSHOT} >/root/after; wc -l /root/before /root/after; cmp /root/before /root/after || diff /root/before /root/after`;

async function machineWithOutput(transcript?: string): Promise<BootedMachine> {
  const machine = await bootedMachine(tool("debianRoot") ?? "", transcript);
  const out = generated(SPEC);
  mkdirSync(join(out, "certs"));
  writeFileSync(join(out, "certs/company.pem"), "-----BEGIN CERTIFICATE-----\nTWFkZSB1cA==\n-----END CERTIFICATE-----\n");
  writeFileSync(join(out, "build.nix"), EXPRESSION);
  await machine.must("mkdir /root/out && useradd --create-home --groups nix-users alice");
  await machine.put(out, "/root/out");
  await machine.must("mkdir /root/out/bin && cp /usr/bin/busybox /root/out/bin/ && chmod -R a+rX /root /root/out");
  return machine;
}

/** Builds as alice, and returns the users that the builder ran as. */
async function build(machine: BootedMachine, run: string): Promise<string> {
  const done = machine.run(`nix-build --no-out-link /root/out/build.nix --argstr run ${run}`, "alice");
  const user = await until("the builder", async () => {
    const { stdout } = await machine.quietly("ps -eo user:32=,args=");
    return /^(\S+) +\S*busybox sleep 3$/m.exec(stdout)?.[1];
  });
  machine.note(`ps shows the builder as ${user}`);
  const { status, stdout, stderr } = await done;
  assert.is(status, 0, stderr);
  assert.is(await machine.must(`cat ${stdout.trim()}`), `built ${run}\n`);
  return user;
}

const daemon = async (machine: BootedMachine): Promise<string> =>
  (await machine.must("systemctl show nix-daemon.service --property=MainPID --value")).trim();
const environment = async (machine: BootedMachine): Promise<string> =>
  machine.must(`tr '\\0' '\\n' </proc/${await daemon(machine)}/environ | grep -i -E 'proxy|ssl' | sort || true`);

booted("apply, build, reboot, build, uninstall: byte for byte", async () => {
  const machine = await machineWithOutput(process.env["TRANSCRIPT"]);
  try {
    await machine.must(`${SNAPSHOT} >/root/before`);
    const first = await daemon(machine);
    assert.not.match(await environment(machine), /proxy/);

    const applied = await machine.must(APPLY);
    assert.match(applied, /^write \/etc\/nix\/nix\.conf$/m);
    assert.match(applied, /^write \/etc\/systemd\/system\/nix-daemon\.service\.d\/flakewright\.conf$/m);
    assert.match(applied, /^restarting nix-daemon\.service$/m);
    assert.is.not(await daemon(machine), first);
    assert.match(await environment(machine), /^https_proxy=http:\/\/proxy\.example\.net:3128$/m);
    assert.match(await environment(machine), /^NIX_SSL_CERT_FILE=\/etc\/nix\/ca-bundle\.crt$/m);
    await machine.must("systemctl cat nix-daemon.service | grep -A3 flakewright.conf");
    assert.match(await machine.must("nix config show max-jobs", "alice"), /^4$/m);
    const second = await daemon(machine);
    assert.not.match(await machine.must(APPLY), /^(write|restarting|create)/m);
    assert.is(await daemon(machine), second);

    assert.match(await build(machine, "one"), /^nixbld\d+$/);

    // After an update of /usr, systemd-sysusers reads its files at the next boot.
    await machine.must("touch /usr");
    await machine.reboot();
    await machine.must("systemctl show systemd-sysusers.service --property=ConditionResult,Result");
    assert.match(await environment(machine), /^https_proxy=http:\/\/proxy\.example\.net:3128$/m);
    assert.match(await build(machine, "two"), /^nixbld\d+$/);
    assert.not.match(await machine.must(APPLY), /^(write|restarting|create)/m);

    const third = await daemon(machine);
    await machine.must("/root/out/apply-nix-config.sh --uninstall");
    assert.is.not(await daemon(machine), third);
    assert.not.match(await environment(machine), /proxy/);
    assert.not.match(await machine.must(COMPARE), /^[<>]/m);
    assert.match(await build(machine, "three"), /^nixbld\d+$/);
  } finally {
    machine.stop();
  }
});

booted("a daemon that only the socket starts: not started by apply, and started with the drop-in", async () => {
  const machine = await machineWithOutput();
  try {
    await machine.must("systemctl disable nix-daemon.service && systemctl stop nix-daemon.service");
    assert.is((await machine.run("systemctl is-active nix-daemon.socket")).stdout.trim(), "active");
    const applied = await machine.run(APPLY);
    assert.is(applied.status, 0, applied.stderr);
    assert.not.match(applied.stdout, /restarting/);
    assert.is((await machine.run("systemctl is-active nix-daemon.service")).stdout.trim(), "inactive");
    assert.match(await build(machine, "socket"), /^nixbld\d+$/);
    assert.match(await environment(machine), /^https_proxy=http:\/\/proxy\.example\.net:3128$/m);

    // A lost account comes back at the boot.
    const lost = (await machine.must("getent passwd nixbld11")).trim();
    await machine.must("userdel nixbld11 && touch /usr");
    await machine.reboot();
    assert.is((await machine.must("getent passwd nixbld11")).trim(), lost);
    assert.match(await machine.must("getent group nixbld"), /nixbld11/);

    await machine.must("/root/out/apply-nix-config.sh --uninstall");
    assert.match(await build(machine, "uninstalled"), /^nixbld\d+$/);
    assert.not.match(await environment(machine), /proxy/);
    assert.is.not((await machine.run("getent passwd nixbld11")).status, 0);
  } finally {
    machine.stop();
  }
});

test.run();
