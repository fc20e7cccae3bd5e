import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Ran, run } from "./machine.ts";
import { tempFolder } from "./temp.ts";
import { until } from "./until.ts";

/** A machine of its own in namespaces (network, mounts, processes), with its own /etc, /root, /run, /var/lib and /nix. Needs root. */
export interface JoinedMachine {
  readonly folder: string;
  /** Runs a shell command on the machine. */
  readonly sh: (command: string) => Promise<Ran>;
  /** Runs a shell command and returns its stdout; throws its output when it fails. */
  readonly must: (command: string) => Promise<string>;
  readonly pid: number;
  readonly keeper: ChildProcess;
}

const keepers: ChildProcess[] = [];
// When the first process of a process namespace ends, the kernel ends all others.
process.on("exit", () => {
  for (const keeper of keepers) keeper.kill("SIGKILL");
});

/** A machine with empty folders for its state. Its /etc is a copy of this machine's, without Nix's configuration. */
export async function joinedMachine(name: string): Promise<JoinedMachine> {
  const folder = tempFolder();
  const keeper = spawn(
    "unshare",
    ["--net", "--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc", "--propagation=private", "sleep", "infinity"],
    { stdio: "ignore" },
  );
  keeper.unref();
  keepers.push(keeper);
  const children = `/proc/${keeper.pid}/task/${keeper.pid}/children`;
  let pid = 0;
  await until(`${name} runs`, () => {
    pid = Number(readFileSync(children, "utf8").trim() || 0);
    return pid > 0 && readFileSync(`/proc/${pid}/comm`, "utf8") === "sleep\n";
  });
  const inside = ["nsenter", `--target=${pid}`, "--net", "--mount", "--pid", "--wd=/"];
  // No environment variable of the test may configure Nix on the machine.
  const env = { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root", LC_ALL: "C" };
  const sh: JoinedMachine["sh"] = (command) =>
    run([...inside, "env", "-i", ...Object.entries(env).map((e) => e.join("=")), "sh", "-c", command]);
  const must: JoinedMachine["must"] = async (command) => {
    const { status, stdout, stderr } = await sh(command);
    if (status !== 0) throw new Error(`on ${name}: ${command}\nexit status ${status}\n${stdout}${stderr}`);
    return stdout;
  };
  mkdirSync(join(folder, "etc"));
  await must(`
    set -e
    cp -a /etc/. ${folder}/etc/
    rm -rf ${folder}/etc/nix ${folder}/etc/ssh
    mkdir -p ${folder}/etc/ssh
    echo ${name} >${folder}/etc/machine-name
    for place in nix root run var/lib; do
      mkdir -p ${folder}/$place
      mount --bind ${folder}/$place /$place
    done
    mount --bind ${folder}/etc /etc
    mkdir /run/sshd
    ip link set lo up`);
  return { folder, sh, must, pid, keeper };
}

/** Joins two machines by a pair of network devices, `veth0` on each, with these addresses. */
export async function joinMachines(...ends: readonly [[JoinedMachine, string], [JoinedMachine, string]]): Promise<void> {
  const [[first], [second]] = ends;
  // Created in the first machine's network namespace with the other end in the second's, so that this machine never has it.
  const pair = `ip link add veth0 type veth peer name veth0 netns ${second.pid}`.split(" ");
  const made = spawnSync("nsenter", [`--target=${first.pid}`, "--net", ...pair], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(made.stderr);
  for (const [{ must }, address] of ends) await must(`ip address add ${address}/24 dev veth0 && ip link set veth0 up`);
}
