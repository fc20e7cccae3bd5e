import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { type Ran, run } from "./machine.ts";

/**
 * A copy of this machine in namespaces: its own /etc, /var, /home and /root (overlays that are discarded in the end), an empty
 * /nix, its own processes and a network with only loopback. Needs root. /tmp is shared.
 */
export interface PrivateMachine {
  /** Runs a command in it to its end, as root or as `user`. */
  run(command: readonly string[], options?: RunOptions): Promise<Ran>;
  /** Runs a command and returns its stdout; throws its output when it fails. */
  must(command: readonly string[], options?: RunOptions): Promise<string>;
  /** Starts a command in it and returns at once. */
  start(command: readonly string[], options?: RunOptions): { readonly done: Promise<Ran> };
  /** Ends all its processes. */
  stop(): void;
}

export interface RunOptions {
  readonly user?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The tools that a test with it requires with `needs()`. */
export const MACHINE_TOOLS = ["root", "unshare", "nsenter", "mount", "runuser", "ip"] as const;

const SETUP = `
set -eu
own=/run/flakewright-test
mkdir -p $own
mount -t tmpfs tmpfs $own
for folder in etc var home root; do
  mkdir $own/$folder $own/$folder.work
  mount -t overlay overlay -o lowerdir=/$folder,upperdir=$own/$folder,workdir=$own/$folder.work /$folder
done
mount -t tmpfs -o mode=755 tmpfs /nix
mkdir -p -m 755 /nix/var/nix
ip link set lo up
echo ready
read -r _ || true
`;

export async function privateMachine(): Promise<PrivateMachine> {
  const outer: ChildProcess = spawn(
    "unshare",
    ["--mount", "--pid", "--net", "--fork", "--kill-child", "--mount-proc", "--propagation", "private", "bash", "-c", SETUP],
    { stdio: ["pipe", "pipe", "pipe"] },
  );
  const stop = () => void outer.kill("SIGKILL");
  process.on("exit", stop);
  await new Promise<void>((ready, fail) => {
    let said = "";
    outer.stderr?.on("data", (chunk) => (said += chunk));
    outer.stdout?.on("data", () => ready());
    outer.on("error", fail);
    outer.on("close", () => fail(new Error(`no namespaces: ${said}`)));
  });
  const inner = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, "utf8").trim();

  const machine: PrivateMachine = {
    run: (command, { user, cwd, env } = {}) => {
      const as = user === undefined ? [] : ["runuser", "-u", user, "--"];
      const home = user === undefined ? {} : { HOME: `/home/${user}`, USER: user };
      return run(
        [
          "nsenter",
          `--target=${inner}`,
          "--mount",
          "--pid",
          "--net",
          "--wd=/",
          "--",
          ...as,
          "env",
          `--chdir=${cwd ?? "/"}`,
          ...command,
        ],
        {
          env: { ...home, ...env },
        },
      );
    },
    must: async (command, options) => {
      const ran = await machine.run(command, options);
      if (ran.status !== 0) throw new Error(`${command.join(" ")}: exit status ${ran.status}\n${ran.stdout}${ran.stderr}`);
      return ran.stdout;
    },
    start: (command, options) => ({ done: machine.run(command, options) }),
    stop,
  };
  return machine;
}
