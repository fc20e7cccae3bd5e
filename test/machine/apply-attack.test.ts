import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BASE, snapshot } from "../support/image.ts";
import { applying, generated, run, WORKER_SPEC } from "../support/machine.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

/*
 * apply-nix-config.sh where the machine, the environment or somebody else is against it: it does its work, or it refuses in words and
 * leaves everything as it was. The first version fails these unless a test says otherwise.
 */

const image = (more: Record<string, string> = {}): string =>
  tempTree({ ...BASE, "etc/nix/nix.conf": "sandbox = false\n", ...more });

let out: string;
const script = () => join(out, "apply-nix-config.sh");
const { apply, must } = applying(() => out);
const conf = (root: string) => readFileSync(join(root, "etc/nix/nix.conf"), "utf8");

const test = suite("apply-nix-config.sh, attacked");
const onImage = needs(test, ["root", "nix", "useradd", "groupadd", "usermod"]);
test.before(() => {
  out = generated(WORKER_SPEC);
});

onImage("through a link in PATH it finds its own etc/", async () => {
  const root = image();
  await must(root);
  const applied = snapshot(root);
  const bin = tempFolder();
  mkdirSync(join(bin, "far"));
  symlinkSync(script(), join(bin, "far/apply"));
  symlinkSync("far/apply", join(bin, "apply"));
  const ran = await run(["apply", "--root", root], { env: { PATH: `${bin}:${process.env["PATH"]}` } });
  assert.is(ran.status, 0, ran.stderr);
  assert.equal(snapshot(root), applied);
});

onImage("a copy without etc/, or with half of it, stops and takes nothing off the machine", async () => {
  const root = image();
  await must(root);
  const applied = snapshot(root);
  const copy = tempFolder();
  copyFileSync(script(), join(copy, "apply-nix-config.sh"));
  for (const half of [undefined, "etc/nix/machines"]) {
    if (half) {
      mkdirSync(dirname(join(copy, half)), { recursive: true });
      copyFileSync(join(out, half), join(copy, half));
    }
    const ran = await run([join(copy, "apply-nix-config.sh"), "--root", root]);
    assert.is(ran.status, 1);
    assert.match(ran.stderr, /there is no etc\/.* beside this script/);
    assert.equal(snapshot(root), applied);
  }
});

/** What a shell may inherit. With `bash` the options are set by the caller. */
const ENVIRONMENTS: Record<string, { env?: Record<string, string | undefined>; bash?: string[]; shell?: string[] }> = {
  "an exported CDPATH": { env: { CDPATH: `/tmp:${process.cwd()}` } },
  noclobber: { bash: ["-o", "noclobber"] },
  "noclobber by SHELLOPTS": { env: { SHELLOPTS: "noclobber" } },
  noglob: { bash: ["-f"] },
  "noglob by SHELLOPTS": { env: { SHELLOPTS: "noglob" } },
  "posix mode": { bash: ["--posix"] },
  POSIXLY_CORRECT: { env: { POSIXLY_CORRECT: "1" } },
  allexport: { bash: ["-a"] },
  physical: { bash: ["-P"] },
  "no history": { bash: ["+H"] },
  nullglob: { bash: ["-O", "nullglob"] },
  failglob: { bash: ["-O", "failglob"] },
  nocasematch: { bash: ["-O", "nocasematch"] },
  extglob: { bash: ["-O", "extglob"] },
  "an odd IFS": { env: { IFS: "/e:" } },
  "GREP_OPTIONS with colour": { env: { GREP_OPTIONS: "--color=always", GREP_COLORS: "mt=01;31" } },
  "umask 077": { bash: ["-c", 'umask 077; exec "$0" "$@"'] },
  "umask 000": { bash: ["-c", 'umask 000; exec "$0" "$@"'] },
  "a closed stdout": { bash: ["-c", 'exec "$0" "$@" >&-'] },
  "a stdout that is gone": { bash: ["-c", '"$0" "$@" | true; exit ${PIPESTATUS[0]}'] },
  "a full stdout": { bash: ["-c", 'exec "$0" "$@" >/dev/full'] },
  "a closed stdin": { bash: ["-c", 'exec "$0" "$@" <&-'] },
  "no HOME": { env: { HOME: undefined } },
  "no TMPDIR": { env: { TMPDIR: "/nonexistent" } },
  "NIX_CONFIG with other settings": { env: { NIX_CONFIG: "max-jobs = many" } },
  "NIX_CONF_DIR elsewhere": { env: { NIX_CONF_DIR: "/nonexistent" } },
  "NIX_USER_CONF_FILES elsewhere": { env: { NIX_USER_CONF_FILES: "/etc/passwd" } },
  "another language": { env: { LC_ALL: "de_DE.UTF-8", LANGUAGE: "de" } },
  "a narrow terminal": { env: { COLUMNS: "1", TERM: "dumb" } },
  "no HOME, no PATH, no variables at all": { bash: ["-c", 'exec env -i "$BASH" "$0" "$@"'] },
  "a PATH with empty and relative entries": { env: { PATH: `:.:relative:${process.env["PATH"]}:` } },
  "a PATH without sbin": { env: { PATH: "/usr/bin:/bin" } },
  "bash functions under names of programs": {
    bash: [
      "-c",
      'for f in cd cp mv rm cat grep printf which; do eval "$f() { return 1; }"; export -f "${f?}"; done; exec "$BASH" "$0" "$@"',
    ],
  },
  "bash functions under names of builtins": {
    bash: [
      "-c",
      `for f in [ true test unset set exec command local return shift trap declare compgen eval : read exit; do
        builtin eval "$f() { builtin return 1; }"; builtin export -f "\${f?}"; done; builtin exec "$BASH" "$0" "$@"`,
    ],
  },
  "BASH_ENV with aliases that ask": {
    env: {
      BASH_ENV: join(
        tempTree({ rc: "shopt -s expand_aliases\nalias cp='cp -i' mv='mv -i' rm='rm -i' grep='grep --color=always'\n" }),
        "rc",
      ),
    },
  },
  "BASH_ENV that is not there": { env: { BASH_ENV: "/nonexistent/rc" } },
  "locals that inherit": { bash: ["-O", "localvar_inherit"] },
  "the last part of a pipe in the shell": { bash: ["-O", "lastpipe"] },
  "trace and verbose by SHELLOPTS": { env: { SHELLOPTS: "xtrace:verbose:nounset:errexit:pipefail", PS4: "+ $(exit 1)" } },
  "started by sh": { bash: ["-c", 'exec sh "$0" "$@"'] },
  "started by dash": { shell: ["dash"] },
  "started by busybox sh": { shell: ["busybox", "sh"] },
  "started by zsh": { shell: ["zsh"] },
  "a preloaded library that is not there": { env: { LD_PRELOAD: "/nonexistent.so" } },
  "few open files": { bash: ["-c", 'ulimit -n 32; exec "$0" "$@"'] },
  "ignored signals": { bash: ["-c", 'trap "" INT TERM HUP; exec "$0" "$@"'] },
  "variables of the script's own names": { env: { root: "/", state: "/", etc: "/", here: "/", dry: "yes", nix: "false" } },
};

/** A machine after a usual run. */
let applied: Promise<Record<string, string>> | undefined;
const usual = async (): Promise<Record<string, string>> => {
  const root = image();
  await must(root);
  return snapshot(root);
};

// Of these the first version fails CDPATH, noclobber, the stdouts, functions, aliases and the other shells.
for (const [name, { env = {}, bash, shell }] of Object.entries(ENVIRONMENTS))
  needs(test, ["root", "nix", "useradd", "groupadd", "usermod", ...(shell ? [shell[0] as string] : [])])(
    `${name}: the same machine as always`,
    async () => {
      applied ??= usual();
      const root = image();
      const command =
        bash?.[0] === "-c" ? ["bash", ...bash, script()] : [...(shell ?? (bash ? ["bash", ...bash] : [])), script()];
      const relative = name.includes("CDPATH") ? ["bash", `${out.split("/").at(-1)}/apply-nix-config.sh`] : command;
      const ran = await run([...relative, "--root", root], { env, cwd: dirname(out) });
      assert.is(ran.status, 0, ran.stderr);
      assert.equal(snapshot(root), await applied);
      const off = await run([...relative, "--root", root, "--uninstall"], { env, cwd: dirname(out) });
      assert.is(off.status, 0, off.stderr);
      assert.is(conf(root), "sandbox = false\n");
    },
  );

onImage(
  "a limit of the size of files, which kills what writes more: nix.conf stays whole, and the next run completes it",
  async () => {
    applied ??= usual();
    for (const blocks of [0, 1]) {
      const root = image();
      const ran = await run(["bash", "-c", `ulimit -f ${blocks}; exec "$0" "$@"`, script(), "--root", root]);
      if (ran.status !== 0) assert.is(conf(root), "sandbox = false\n");
      else assert.is.not(blocks, 0);
      await must(root);
      assert.equal(snapshot(root), await applied);
    }
  },
);

/** Every path that the script uses in an image, replaced by a link out of it. */
const LINKED = [
  "etc",
  "etc/nix",
  "etc/nix/nix.conf",
  "etc/nix/machines",
  "etc/nix/nix.conf.flakewright-new",
  "etc/sysusers.d",
  "etc/sysusers.d/nix-build-users.conf",
  "etc/passwd",
  "etc/group",
  "etc/shadow",
  "etc/gshadow",
  "var",
  "var/lib",
  "var/lib/flakewright",
  "var/lib/flakewright.new",
  "var/lib/flakewright.done",
  "var/lib/flakewright-saved",
  "var/lib/dpkg",
  "etc/login.defs",
  "etc/subuid",
  "etc/default",
  "etc/default/useradd",
  "etc/nix/nix.custom.conf",
];

// The first version holds at the files that it replaces by rename.
for (const [index, path] of LINKED.entries())
  onImage(`an image whose /${path} is a link out of it: nothing outside is read or changed`, async () => {
    const root = image({ "usr/bin/systemd-sysusers": "" });
    // Outside is what a machine has there.
    const outside = tempFolder();
    cpSync(image({ "etc/nix/machines": "x\n", "etc/sysusers.d/nix-build-users.conf": "x\n" }), outside, { recursive: true });
    mkdirSync(join(outside, "var/lib/flakewright/before"), { recursive: true });
    writeFileSync(join(outside, "etc/nix/nix.conf"), "outside = yes\n");
    const target = existsSync(join(outside, path)) ? join(outside, path) : join(outside, "etc/passwd");
    rmSync(join(root, path), { recursive: true, force: true });
    mkdirSync(dirname(join(root, path)), { recursive: true });
    // By turns absolute and with enough `..`.
    symlinkSync(index % 2 ? `${"../".repeat(20)}${target.slice(1)}` : target, join(root, path));
    const before = snapshot(outside);
    let isRefused = false;
    for (const args of [["--dry-run"], [], ["again"], ["--uninstall"], ["--report"]]) {
      // What is refused once is refused again.
      if (isRefused && args[0] === "again") continue;
      const ran = await apply(root, ...args.filter((one) => one !== "again"));
      isRefused = ran.status !== 0;
      assert.equal(snapshot(outside), before, args.join());
      assert.not.match(ran.stdout + ran.stderr, /outside = yes/);
      if (ran.status !== 0) assert.match(ran.stderr, /is a link|is not there/);
    }
  });

onImage("a link within the image is followed", async () => {
  // The first version does this too.
  const root = image();
  renameSync(join(root, "var"), join(root, "data"));
  symlinkSync("data", join(root, "var"));
  await must(root);
  assert.ok(existsSync(join(root, "data/lib/flakewright/journal")));
});

onImage("what an administrator changed is kept, by a second run and by --uninstall, and said", async () => {
  const root = image();
  await must(root);
  const changed = `${conf(root)}# mine\n`;
  writeFileSync(join(root, "etc/nix/nix.conf"), changed);
  const again = await must(root);
  assert.match(again.stderr, /nix\.conf was changed by somebody: a copy is kept as \/var\/lib\/flakewright-saved\/nix\.conf\.1/);
  assert.is(readFileSync(join(root, "var/lib/flakewright-saved/nix.conf.1"), "utf8"), changed);
  assert.not.match(conf(root), /mine/);
  writeFileSync(join(root, "etc/nix/machines"), "mine too\n");
  const off = await must(root, "--uninstall");
  assert.match(off.stderr, /machines was changed by somebody/);
  assert.is(readFileSync(join(root, "var/lib/flakewright-saved/machines.1"), "utf8"), "mine too\n");
  assert.equal(readdirSync(join(root, "var/lib/flakewright-saved")).sort(), ["machines.1", "nix.conf.1"]);
  assert.is(conf(root), "sandbox = false\n");
});

onImage("an empty state folder that is there already is no state, and stays", async () => {
  const root = image();
  mkdirSync(join(root, "var/lib/flakewright"));
  const before = snapshot(root);
  await must(root, "--uninstall");
  await must(root);
  assert.match((await must(root, "--report")).stdout, /^applied=demo$/m);
  await must(root, "--uninstall");
  assert.equal(snapshot(root), before);
  // One with files of somebody else is refused.
  writeFileSync(join(root, "var/lib/flakewright/theirs"), "");
  const refused = await apply(root);
  assert.is(refused.status, 1);
  assert.match(refused.stderr, /has files that are not this script's/);
  assert.is(conf(root), "sandbox = false\n");
});

onImage("an account that somebody made anew under a build user's name is left, with a word", async () => {
  for (const again of ["nixbld1:x:30001:1000::/home/nixbld1:/bin/bash", "nixbld1:x:1500:1000::/var/empty:/usr/sbin/nologin"]) {
    const root = image();
    await must(root);
    const users = join(root, "etc/passwd");
    writeFileSync(users, readFileSync(users, "utf8").replace(/^nixbld1:.*$/m, again));
    const off = await must(root, "--uninstall");
    assert.match(off.stderr, /user nixbld1 is another one than was created here/);
    assert.match(readFileSync(users, "utf8"), /^nixbld1:/m);
  }
});

needs(test, ["root", "nix", "useradd", "flock"])(
  "two at once: one waits for the other, and the machine is as after one",
  async () => {
    const usual = image();
    await must(usual);
    const root = image();
    const both = await Promise.all([apply(root), apply(root), apply(root)]);
    assert.equal(
      both.map(({ status }) => status),
      [0, 0, 0],
      both.map(({ stderr }) => stderr).join(),
    );
    assert.equal(snapshot(root), snapshot(usual));
    await Promise.all([apply(root, "--uninstall"), apply(root, "--uninstall")]);
    assert.is(conf(root), "sandbox = false\n");
    assert.not(existsSync(join(root, "var/lib/flakewright")));
  },
);

onImage("busybox's flock, which can't wait: one waits for the other all the same", async () => {
  applied ??= usual();
  const bin = tempTree({ flock: `#!/bin/sh\ncase $1 in -w) exit 1 ;; esac\nexec ${tool("flock")} "$@"\n` });
  chmodSync(join(bin, "flock"), 0o755);
  const env = { PATH: `${bin}:${process.env["PATH"]}` };
  const root = image();
  const both = await Promise.all([1, 2].map(() => run([script(), "--root", root], { env })));
  assert.equal(
    both.map(({ status }) => status),
    [0, 0],
    both.map(({ stderr }) => stderr).join(),
  );
  assert.equal(snapshot(root), await applied);
});

onImage("a build user or group that is root's is refused", async () => {
  for (const [path, line] of [
    ["etc/passwd", "nixbld1:x:0:0::/root:/usr/sbin/nologin\n"],
    ["etc/group", "nixbld:x:0:\n"],
  ] as const) {
    const root = image();
    appendFileSync(join(root, path), line);
    const ran = await apply(root);
    assert.is(ran.status, 1);
    assert.match(ran.stderr, /nixbld1? is root('s)? \([ug]id 0\)/);
    assert.is(conf(root), "sandbox = false\n");
    await must(root, "--uninstall");
    assert.is(readFileSync(join(root, path), "utf8"), `${BASE[path]}${line}`);
  }
});

onImage("two at once without flock, with a lock that a killed run left: the same", async () => {
  applied ??= usual();
  // Every program of PATH but flock, as on macOS.
  const bin = tempFolder();
  for (const folder of ["/usr/bin", "/bin", "/usr/local/bin"])
    if (existsSync(folder))
      for (const name of readdirSync(folder))
        if (name !== "flock" && !existsSync(join(bin, name))) symlinkSync(join(folder, name), join(bin, name));
  // Each run takes another time to remove a lock: what one removes late must not be the lock of another.
  const rm = join(bin, "rm");
  rmSync(rm);
  writeFileSync(rm, `#!/bin/bash\ncase "$*" in *flakewright.lock) sleep 0.$((RANDOM % 5)) ;; esac\nexec ${tool("rm")} "$@"\n`);
  chmodSync(rm, 0o755);
  const env = { PATH: bin };
  const root = image();
  mkdirSync(join(root, "var/lib/flakewright.lock"), { recursive: true });
  // The number of a process that has ended.
  const gone = (await run(["sh", "-c", "echo $$"])).stdout;
  writeFileSync(join(root, "var/lib/flakewright.lock/process"), gone);
  const both = await Promise.all([1, 2, 3].map(() => run([script(), "--root", root], { env })));
  assert.equal(
    both.map(({ status }) => status),
    [0, 0, 0],
    both.map(({ stderr }) => stderr).join(),
  );
  assert.equal(snapshot(root), await applied);
  // One of another kind: whichever is last has its way, wholly.
  await Promise.all([run([script(), "--root", root], { env }), run([script(), "--root", root, "--uninstall"], { env })]);
  const now = snapshot(root);
  const before = snapshot(image());
  assert.ok([before, await applied].some((one) => JSON.stringify(one) === JSON.stringify(now)));
});

/*
 * Full disks: the image's root, its /var apart, and /tmp, each a small tmpfs in a mount namespace. `FULL_DISKS` says how many sizes.
 * The first version holds against the first two.
 */
const FULL = Number(process.env["FULL_DISKS"] ?? 5);
const disks = needs(test, ["root", "nix", "useradd", "unshare", "mount"]);

disks(`${FULL} sizes of a full disk each for root and /var: applied, or refused in words and undone by --uninstall`, async () => {
  const source = image();
  const usual = image();
  await must(usual);
  let refused = 0;
  for (const which of ["root", "var"])
    for (let n = 0; n < FULL; n++) {
      const root = tempFolder();
      // In pages of 4 KiB: what the files of the image take, and from none to some more.
      const pages = 10 + Math.round((n * 24) / FULL);
      const small = `size=${4 * (which === "root" ? pages + 8 : Math.max(2, pages - 8))}k`;
      const at = which === "root" ? root : `${root}/var`;
      const command = `
set -eu
mount -t tmpfs -o mode=755,${which === "root" ? small : "size=4m"} tmpfs ${root}
${which === "var" ? `mkdir ${root}/var; mount -t tmpfs -o mode=755,${small} tmpfs ${root}/var` : ""}
cp -a ${source}/. ${root}/ || { echo "too small for the image"; exit 0; }
dd if=/dev/zero of=${at}/filler bs=4k 2>/dev/null || true
truncate -s -$((${n} * 4096)) ${at}/filler
status=0
${script()} --root ${root} >${root}.said 2>&1 || status=$?
echo "status $status"
cat ${root}.said
if [ $status = 0 ]; then cmp ${root}/etc/nix/nix.conf ${out}/etc/nix/nix.conf; fi
[ -s ${root}/etc/nix/nix.conf ]
mount -o remount,size=8m ${at}
rm ${at}/filler
${script()} --root ${root} --uninstall >/dev/null
diff -r ${source}/etc/nix ${root}/etc/nix
cmp ${source}/etc/passwd ${root}/etc/passwd
[ ! -e ${root}/etc/sysusers.d ]
${script()} --root ${root} >/dev/null
cmp ${root}/etc/nix/nix.conf ${out}/etc/nix/nix.conf
echo fine`;
      const ran = await run(["unshare", "--mount", "--propagation", "private", "bash", "-c", command]);
      const where = `${which}, ${small}, ${n} pages free: ${ran.stdout}${ran.stderr}`;
      assert.is(ran.status, 0, where);
      assert.match(ran.stdout, /fine$|too small/m, where);
      const status = Number(/^status (\d+)$/m.exec(ran.stdout)?.[1] ?? 0);
      if (status !== 0) {
        refused++;
        assert.match(ran.stdout, /No space left|could not be written|failed|cannot/, where);
      }
      rmSync(`${root}.said`, { force: true });
    }
  assert.ok(refused > 0, "no disk was full");
});

disks(`${FULL} sizes of a full /tmp: the same machine as always`, async () => {
  applied ??= usual();
  for (let n = 0; n < FULL; n++) {
    const root = image();
    // Of the pages and the files there is each time another number left; the script and the image are elsewhere.
    const command = `
set -eu
mkdir -p /run/kept && mount -t tmpfs tmpfs /run/kept
cp -a ${out} /run/kept/out; cp -a ${root} /run/kept/root
mount -t tmpfs -o size=64k,nr_inodes=${2 + (n >> 1)} tmpfs /tmp
dd if=/dev/zero of=/tmp/filler bs=1k count=${64 - (n >> 1)} 2>/dev/null || true
/run/kept/out/apply-nix-config.sh --root /run/kept/root
umount /tmp
cp -a /run/kept/root/. ${root}/`;
    const ran = await run(["unshare", "--mount", "--propagation", "private", "bash", "-c", command]);
    assert.is(ran.status, 0, ran.stderr);
    assert.equal(snapshot(root), await applied);
  }
});

disks("a full /tmp: nix.conf is written whole all the same", async () => {
  const root = image();
  const command = `
set -eu
mkdir -p /run/kept && mount -t tmpfs tmpfs /run/kept
cp -a ${out} /run/kept/out; cp -a ${root} /run/kept/root
cp ${out}/etc/nix/nix.conf /run/kept/expected
for n in $(seq 1000); do printf '# line %s of a text that no pipe holds: %060d\\n' $n 0; done >>/run/kept/expected
{ echo no-such-setting = 1; cat /run/kept/expected; } >/run/kept/out/etc/nix/nix.conf
mount -t tmpfs -o size=16k tmpfs /tmp
dd if=/dev/zero of=/tmp/filler bs=1k 2>/dev/null || true
/run/kept/out/apply-nix-config.sh --root /run/kept/root
cmp /run/kept/root/etc/nix/nix.conf /run/kept/expected && echo fine`;
  const ran = await run(["unshare", "--mount", "--propagation", "private", "bash", "-c", command]);
  assert.is(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, /fine/);
});

test("no here-string or here-document: bash puts their text into /tmp", () => {
  const text = readFileSync(script(), "utf8");
  assert.not.match(text.replace(/^.*'.*<<.*'.*$/gm, ""), /<</);
  chmodSync(script(), 0o755);
  assert.ok(tool("bash"));
});

test.run();
