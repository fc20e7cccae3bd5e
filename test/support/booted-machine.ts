import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Ran, run } from "./machine.ts";
import { tempFolder } from "./temp.ts";
import { until } from "./until.ts";

/**
 * A Debian that is booted: systemd is process 1 of namespaces of its own, with a hierarchy of control groups of its own and a network with
 * only loopback. What it writes goes into a folder of its own, which stays over a reboot. Needs root and cgroup v2.
 */
export interface BootedMachine {
  /** Runs a shell command as root, or as `user`. */
  run(command: string, user?: string): Promise<Ran>;
  /** Runs a shell command and returns its stdout; throws its output when it fails. */
  must(command: string, user?: string): Promise<string>;
  /** The same as `run`, and not in the transcript. */
  quietly(command: string): Promise<Ran>;
  /** A line for the transcript. */
  note(line: string): void;
  /** Copies the content of a folder of this machine into a folder of that one. */
  put(folder: string, inside: string): Promise<void>;
  /** `systemctl reboot`, and the next start. */
  reboot(): Promise<void>;
  stop(): void;
}

/** The tools that a test with it requires with `needs()`. */
export const BOOT_TOOLS = ["root", "debianRoot", "unshare", "nsenter", "mount", "mknod"] as const;

const BOOT = `
set -eu
lower=$1 state=$2 root=$2/root
mount -t overlay overlay -o lowerdir=$lower,upperdir=$state/upper,workdir=$state/work $root
mount -t proc proc $root/proc
mount -t sysfs -o ro sysfs $root/sys
mount -t cgroup2 cgroup2 $root/sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs $root/run
mount -t tmpfs -o mode=755 tmpfs $root/dev
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9 tty:5:0; do
  IFS=: read -r name major minor <<<"$node"
  mknod -m 666 $root/dev/$name c $major $minor
done
mkdir $root/dev/pts $root/dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts $root/dev/pts
ln -s pts/ptmx $root/dev/ptmx
ln -s /proc/self/fd $root/dev/fd
mount -t tmpfs tmpfs $root/dev/shm
mkdir -p $root/.outside
cd $root
pivot_root . .outside
umount -l /.outside
rmdir /.outside
hostname debian
exec env -i container=flakewright PATH=/usr/sbin:/usr/bin:/sbin:/bin /usr/lib/systemd/systemd
`;

const INSIDE = ["--mount", "--pid", "--net", "--uts", "--ipc", "--cgroup"];

/** The folder of the unified hierarchy of control groups. */
function unified(): string {
  const places = ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];
  const found = places.find((place) => existsSync(join(place, "cgroup.procs")) && existsSync(join(place, "cgroup.controllers")));
  if (!found) throw new Error("no cgroup v2 here");
  return found;
}

function removeGroup(group: string): void {
  for (const entry of readdirSync(group, { withFileTypes: true })) if (entry.isDirectory()) removeGroup(join(group, entry.name));
  rmdirSync(group);
}

/**
 * Boots the Debian in the folder `root`, which stays as it is.
 * @param transcript A file that gets each command and what it says.
 */
export async function bootedMachine(root: string, transcript?: string): Promise<BootedMachine> {
  const state = tempFolder();
  for (const name of ["upper", "work", "root"]) mkdirSync(join(state, name));
  const group = join(unified(), `flakewright-${process.pid}`);
  // The kernel's modules are this machine's.
  mkdirSync(join(state, "upper/etc/systemd/system"), { recursive: true });
  await run(["ln", "-s", "/dev/null", join(state, "upper/etc/systemd/system/systemd-modules-load.service")]);

  let outer: ChildProcess | undefined;
  let ended: Promise<void> = Promise.resolve();
  let first = 0;
  const stop = () => {
    outer?.kill("SIGKILL");
  };
  process.on("exit", () => {
    stop();
    try {
      removeGroup(group);
    } catch {
      // The last process of it may not be gone yet.
    }
  });

  const record = (text: string) => {
    if (transcript) appendFileSync(transcript, text);
  };

  async function start(): Promise<void> {
    mkdirSync(group, { recursive: true });
    const enter = `echo $$ >${group}/cgroup.procs && exec unshare ${INSIDE.join(" ")} --fork --kill-child --propagation private bash -c "$0" boot "$@"`;
    outer = spawn("bash", ["-c", enter, BOOT, root, state], { stdio: ["ignore", "ignore", "pipe"], detached: true });
    let said = "";
    outer.stderr?.on("data", (chunk) => (said += chunk));
    let isOver = false;
    ended = new Promise((done) =>
      outer?.on("close", () => {
        isOver = true;
        done();
      }),
    );
    const children = `/proc/${outer.pid}/task/${outer.pid}/children`;
    await until("systemd as process 1", () => {
      if (isOver) throw new Error(`the machine does not start: ${said}`);
      first = Number((existsSync(children) ? readFileSync(children, "utf8") : "").trim() || 0);
      return first > 0 && existsSync(`/proc/${first}/comm`) && readFileSync(`/proc/${first}/comm`, "utf8") === "systemd\n";
    });
    await until("the end of booting", async () =>
      /^(running|degraded)$/m.test((await inside("systemctl is-system-running")).stdout),
    );
    record(`# booted; process 1 is ${(await inside("cat /proc/1/comm")).stdout}`);
  }

  const inside = (command: string, user?: string): Promise<Ran> => {
    const as = user === undefined ? ["HOME=/root"] : ["HOME=/tmp", "runuser", "-u", user, "--"];
    return run([
      "nsenter",
      `--target=${first}`,
      ...INSIDE,
      "--root",
      "--wd=/",
      "--",
      "env",
      "-i",
      "--chdir=/",
      "LC_ALL=C.UTF-8",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ...as,
      "bash",
      "-c",
      command,
    ]);
  };

  const machine: BootedMachine = {
    async run(command, user) {
      const ran = await inside(command, user);
      const status = ran.status === 0 ? "" : `# exit status ${ran.status}\n`;
      record(`${user ?? "root"}@debian# ${command}\n${ran.stdout}${ran.stderr}${status}`);
      return ran;
    },
    async must(command, user) {
      const ran = await machine.run(command, user);
      if (ran.status !== 0) throw new Error(`${command}: exit status ${ran.status}\n${ran.stdout}${ran.stderr}`);
      return ran.stdout;
    },
    quietly: (command) => inside(command),
    note: (line) => record(`# ${line}\n`),
    async put(folder, name) {
      const target = `/proc/${first}/root${name}`;
      const { status, stderr } = await run(["cp", "-RT", folder, target]);
      if (status !== 0) throw new Error(stderr);
    },
    async reboot() {
      record("root@debian# systemctl reboot\n");
      await inside("systemctl reboot");
      await ended;
      await start();
    },
    stop,
  };
  if (transcript) writeFileSync(transcript, "");
  await start();
  return machine;
}
