import { chmodSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ACCOUNT_TOOLS, generated } from "../support/machine.ts";
import { MACHINE_TOOLS, type PrivateMachine, privateMachine } from "../support/private-machine.ts";
import { repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";
import { until } from "../support/until.ts";

/*
 * Debian's nix-daemon with the reference platform's nix.conf, on a private machine. The builder is busybox in Nix's sandbox; each
 * build sleeps until the test kills its `sleep`.
 */

const ROLES = [
  "AWS provider builds",
  "Azure provider builds",
  "GCP provider builds",
  "IBM provider builds",
  "DigitalOcean provider builds",
  "General Kubernetes builds",
  "Container runtime builds",
  "Networking builds",
  "Security builds",
  "Monitoring builds",
];

const users = (count: number): string[] => Array.from({ length: count }, (_, n) => `nixbld${n + 1}`);

/** A folder that every user of the machine can read. */
function publicFolder(): string {
  const folder = tempFolder();
  chmodSync(folder, 0o755);
  return folder;
}

/** An expression with the attributes `b1`, `b2`, …: derivations that sleep. */
function sleepers(folder: string, count: number): string {
  mkdirSync(join(folder, "bin"), { recursive: true });
  copyFileSync(tool("busybox")!, join(folder, "bin/busybox"));
  chmodSync(join(folder, "bin/busybox"), 0o755);
  const file = join(folder, "sleepers.nix");
  writeFileSync(
    file,
    `builtins.listToAttrs (map (n: {
  name = "b\${toString n}";
  value = derivation {
    name = "b\${toString n}";
    system = builtins.currentSystem;
    builder = "\${${folder}/bin}/busybox";
    args = [ "sh" "-c" "\${${folder}/bin}/busybox sleep 1000; \${${folder}/bin}/busybox ls / > $out; \${${folder}/bin}/busybox id -u >> $out" ];
    allowSubstitutes = false;
  };
}) (builtins.genList (n: n + 1) ${count}))
`,
  );
  return file;
}

/** The sleeping builders: process and user. */
async function asleep(machine: PrivateMachine): Promise<{ process: string; user: string }[]> {
  const { stdout } = await machine.run(["ps", "-eo", "pid=,user:32=,args="]);
  return stdout.split("\n").flatMap((line) => {
    const [process, user, command, ...args] = line.trim().split(/\s+/);
    return process && user && command?.endsWith("/busybox") && args[0] === "sleep" ? [{ process, user }] : [];
  });
}

const byNumber = (a: string, b: string): number => Number(a.replace(/\D/g, "")) - Number(b.replace(/\D/g, ""));

async function startDaemon(machine: PrivateMachine): Promise<void> {
  machine.start(["nix-daemon"]);
  await until(
    "the daemon's socket",
    async () => (await machine.run(["test", "-S", "/nix/var/nix/daemon-socket/socket"])).status === 0,
  );
}

const DAEMON = { env: { NIX_REMOTE: "daemon" } };

const test = suite("a daemon with the reference platform's nix.conf");
const onMachine = needs(test, [...MACHINE_TOOLS, "nix-daemon", "nix-build", "nix", "busybox", "ps", "pgrep", ...ACCOUNT_TOOLS]);

for (const start of ["Debian's own build users", "no build users"]) {
  onMachine(`runs ten builds at once under the ten roles, and an eleventh after them; from ${start}`, async () => {
    const machine = await privateMachine();
    try {
      const folder = publicFolder();
      const out = generated(readFileSync(join(repository, "spec/platform.yaml"), "utf8"), publicFolder());
      await machine.must(["useradd", "--create-home", "--groups", "nix-users", "alice"]);
      if (start === "no build users") {
        const members = (await machine.must(["getent", "group", "nixbld"])).trim().split(":")[3]!.split(",");
        for (const user of members) await machine.must(["userdel", user]);
        await machine.must(["groupdel", "nixbld"]);
      }
      await machine.must([join(out, "apply-nix-config.sh")]);
      const conf = await machine.must(["cat", "/etc/nix/nix.conf"]);
      assert.is(conf, readFileSync(join(out, "etc/nix/nix.conf"), "utf8"));
      assert.match(conf, /^sandbox = true$/m);
      await startDaemon(machine);

      const build = machine.start(["nix-build", sleepers(folder, 11), "--no-out-link", "--max-jobs", "11", "--keep-going"], {
        ...DAEMON,
        user: "alice",
        cwd: "/home/alice",
      });
      let ended = false;
      void build.done.then(() => (ended = true));
      const ten = await until("ten builders", async () => {
        if (ended) throw new Error((await build.done).stderr);
        const found = await asleep(machine);
        return found.length >= 10 ? found : undefined;
      });
      assert.equal(ten.map(({ user }) => user).sort(byNumber), users(10));
      const names = (await machine.must(["getent", "passwd", ...users(10)])).trim().split("\n");
      assert.equal(
        names.map((line) => line.split(":")[4]),
        ROLES,
      );
      if (start === "no build users")
        assert.equal(
          names.map((line) => Number(line.split(":")[2])),
          ROLES.map((_, n) => 30001 + n),
        );

      // The eleventh build waits and does not fail.
      await new Promise((wake) => setTimeout(wake, 2000));
      assert.is((await asleep(machine)).length, 10);
      assert.not(ended);
      const freed = ten[3]!;
      await machine.must(["kill", freed.process]);
      const eleventh = await until("the eleventh builder", async () =>
        (await asleep(machine)).find(({ process }) => !ten.some((one) => one.process === process)),
      );
      assert.is(eleventh.user, freed.user);

      // Another spec is applied while they run. No service manager runs this daemon, so the test restarts it; the builds continue.
      const daemon = async () => (await machine.run(["pgrep", "-o", "-x", "nix-daemon"])).stdout.trim();
      const before = await daemon();
      const other = generated(
        readFileSync(join(repository, "spec/platform.yaml"), "utf8").replace("max-jobs: auto\n  # More", "max-jobs: 3\n  # More"),
        publicFolder(),
      );
      const applied = await machine.run([join(other, "apply-nix-config.sh")]);
      assert.is(applied.status, 0, applied.stderr);
      assert.match(applied.stdout, /write \/etc\/nix\/nix\.conf\n/);
      assert.match(applied.stderr, "neither systemd nor launchd runs the Nix daemon here: if one runs, restart it");
      assert.is(await daemon(), before);
      await machine.must(["kill", before]);
      await until("the end of the daemon", async () => (await machine.run(["test", "-e", `/proc/${before}`])).status !== 0);
      machine.start(["nix-daemon"]);
      await until("the new daemon", async () => (await daemon()) !== "");

      for (const { process } of await asleep(machine)) await machine.must(["kill", process]);
      const ran = await build.done;
      assert.is(ran.status, 0, ran.stderr);
      const results = ran.stdout.trim().split("\n");
      assert.is(results.length, 11);
      // The builder's sandbox has no /home, /root or /var.
      for (const result of results)
        assert.match(await machine.must(["cat", result]), /^build\ndev\netc\nnix\nproc\ntmp\n[0-9]+\n$/);
      const later = await machine.run(["nix", "--extra-experimental-features", "nix-command", "store", "ping"], {
        ...DAEMON,
        user: "alice",
      });
      assert.is(later.status, 0, later.stderr);
    } finally {
      machine.stop();
    }
  });
}

/** A systemctl that records its arguments. `known`: the unit exists; `active`: the daemon runs. */
const systemctl = (log: string, known: boolean, active: boolean): string => `#!/bin/sh
echo "$*" >>'${log}'
case $1 in
  cat) ${known} ;;
  is-active) ${active} ;;
esac
`;

for (const { title, known, active, args, asked, says } of [
  {
    title: "systemd runs the daemon: it is restarted",
    known: true,
    active: true,
    args: [],
    asked: ["cat nix-daemon.service", "is-active --quiet nix-daemon.service", "restart nix-daemon.service"],
    says: undefined,
  },
  {
    title: "systemd will start it when it is needed: nothing to restart",
    known: true,
    active: false,
    args: [],
    asked: ["cat nix-daemon.service", "is-active --quiet nix-daemon.service"],
    says: undefined,
  },
  {
    title: "systemd does not know it: a restart is due",
    known: false,
    active: false,
    args: [],
    asked: ["cat nix-daemon.service"],
    says: /^note: neither systemd nor launchd runs the Nix daemon here: if one runs, restart it; until then it keeps its old settings$/m,
  },
  {
    title: "--no-restart: a restart is due",
    known: true,
    active: true,
    args: ["--no-restart"],
    asked: [],
    says: /^note: the running daemon keeps its old settings until it is restarted$/m,
  },
] as const)
  needs(test, [...MACHINE_TOOLS, "useradd", "nix"])(title, async () => {
    const machine = await privateMachine();
    try {
      const [folder, log] = [publicFolder(), join(publicFolder(), "log")];
      writeFileSync(join(folder, "systemctl"), systemctl(log, known, active), { mode: 0o755 });
      writeFileSync(log, "");
      await machine.must(["mount", "-t", "tmpfs", "tmpfs", "/run"]);
      await machine.must(["mkdir", "-p", "/run/systemd/system"]);
      const out = generated(readFileSync(join(repository, "spec/platform.yaml"), "utf8"), publicFolder());
      const apply = () =>
        machine.run([join(out, "apply-nix-config.sh"), ...args], { env: { PATH: `${folder}:${process.env["PATH"]}` } });
      const first = await apply();
      assert.is(first.status, 0, first.stderr);
      assert.equal(readFileSync(log, "utf8").split("\n").slice(0, -1), [...asked]);
      if (says) assert.match(first.stderr, says);
      else assert.not.match(first.stderr, /restart/);
      // A second run changes nothing and restarts nothing.
      const second = await apply();
      assert.not.match(`${second.stdout}${second.stderr}`, /restart/);
      assert.is(readFileSync(log, "utf8").split("\n").length - 1, asked.length);
    } finally {
      machine.stop();
    }
  });
test.run();

const trust = suite("who and what the daemon trusts");
const withCaches = needs(trust, [...MACHINE_TOOLS, "nix-daemon", "nix-build", "nix-store", "nix", "busybox", ...ACCOUNT_TOOLS]);

withCaches("only listed keys, only trusted users, only allowed users", async () => {
  const machine = await privateMachine();
  try {
    const folder = publicFolder();
    for (const user of ["alice", "carol", "mallory"])
      await machine.must(["useradd", "--create-home", "--groups", "nix-users", user]);
    for (const key of ["listed", "unlisted"]) {
      await machine.must([
        "nix-store",
        "--generate-binary-cache-key",
        `${key}-1`,
        join(folder, `${key}.secret`),
        join(folder, `${key}.public`),
      ]);
    }
    const key = (name: string): string => readFileSync(join(folder, `${name}.public`), "utf8").trim();
    const cache = (name: string): string => `file://${folder}/${name}`;

    sleepers(folder, 1);
    // Three caches with one path each, which the machine's own store lacks.
    const paths: Record<string, string> = {};
    const nixCommand = ["nix", "--extra-experimental-features", "nix-command"];
    for (const [name, signature] of [
      ["signed", `?secret-key=${folder}/listed.secret`],
      ["foreign", `?secret-key=${folder}/unlisted.secret`],
      ["unsigned", ""],
    ] as const) {
      // Built by a derivation: a content-addressed path needs no signature.
      writeFileSync(
        join(folder, `${name}.nix`),
        `derivation { name = "${name}"; system = builtins.currentSystem; builder = "\${${folder}/bin}/busybox"; args = [ "sh" "-c" "echo ${name} > $out" ]; }`,
      );
      paths[name] = (
        await machine.must([
          "nix-build",
          "--no-out-link",
          join(folder, `${name}.nix`),
          "--option",
          "build-users-group",
          "",
          "--option",
          "substitute",
          "false",
        ])
      ).trim();
      await machine.must([...nixCommand, "copy", "--to", `${cache(name)}${signature}`, paths[name]!]);
    }
    for (const path of Object.values(paths)) await machine.must(["nix-store", "--delete", path]);

    const out = generated(
      `
version: 1
name: trust
groups: {}
settings: { experimental-features: [nix-command] }
substituters:
${["signed", "foreign", "unsigned"].map((name) => `  - { url: "${cache(name)}", publicKey: "${key("listed")}" }`).join("\n")}
trustedUsers: [root, carol]
allowedUsers: [alice, carol]
buildUsers: { roles: [{ role: a }] }
lint: [{ code: trusted-user-is-root, why: the test needs one }]
`,
      publicFolder(),
    );
    await machine.must([join(out, "apply-nix-config.sh")]);
    await startDaemon(machine);

    const realise = (user: string, name: string, ...options: string[]) =>
      machine.run(["nix-store", "--realise", paths[name]!, ...options], { ...DAEMON, user, cwd: `/home/${user}` });
    const here = async (name: string) => (await machine.run(["test", "-e", paths[name]!])).status === 0;

    const signed = await realise("alice", "signed");
    assert.is(signed.status, 0, signed.stderr);
    assert.is(await machine.must(["cat", paths["signed"]!]), "signed\n");

    for (const name of ["foreign", "unsigned"]) {
      const refused = await realise("alice", name);
      assert.is.not(refused.status, 0);
      assert.match(
        refused.stderr,
        /is not signed by any of the keys in 'trusted-public-keys'|lacks a signature by a trusted key/,
      );
      assert.not(await here(name));
    }

    // A key that only the caller trusts: the daemon accepts it from trusted users only.
    const own = ["--option", "extra-trusted-public-keys", key("unlisted"), "--option", "extra-substituters", cache("foreign")];
    const untrusted = await realise("alice", "foreign", ...own);
    assert.is.not(untrusted.status, 0);
    assert.not(await here("foreign"));
    const trusted = await realise("carol", "foreign", ...own);
    assert.is(trusted.status, 0, trusted.stderr);
    assert.ok(await here("foreign"));

    const outsider = await machine.run([...nixCommand, "store", "ping", "--store", "daemon"], {
      user: "mallory",
      cwd: "/home/mallory",
    });
    assert.is.not(outsider.status, 0);
    // Depending on timing, the client reads the daemon's message or fails to write to the closed connection.
    assert.match(outsider.stderr, /user 'mallory' is not allowed to connect|closed|reset|Broken pipe|end-of-file/);
    const insider = await machine.run([...nixCommand, "store", "ping", "--store", "daemon"], {
      user: "alice",
      cwd: "/home/alice",
    });
    assert.is(insider.status, 0, insider.stderr);
  } finally {
    machine.stop();
  }
});
trust.run();
