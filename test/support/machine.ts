import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Test } from "uvu";
import * as assert from "uvu/assert";
import { compileText } from "./spec.ts";
import { tempFolder } from "./temp.ts";
import { hasAll, needs, SKIP_MARK } from "./tools.ts";

/** Compiles a spec into a new folder; throws the diagnostics when it has errors. */
export function generated(spec: string, folder = tempFolder()): string {
  const { files, diagnostics } = compileText(spec);
  if (!files) throw new Error(diagnostics.map((d) => `${d.code}: ${d.message}`).join("\n"));
  for (const file of files) {
    const path = join(folder, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.text);
    chmodSync(path, file.mode);
  }
  return folder;
}

/** A spec with a build user, settings and a builder: each file of etc/ has something. */
export const WORKER_SPEC = `
version: 1
name: demo
groups: {}
settings: { experimental-features: [nix-command, flakes], max-jobs: 1, sandbox: true }
buildUsers:
  roles:
    - { role: aws, description: AWS provider builds }
builders:
  - { host: arm.example.net, systems: [aarch64-linux], sshKey: /etc/nix/builder }
`;

/** The programs that apply-nix-config.sh creates and removes build users with. A test that runs it as root requires them with `needs()`. */
export const ACCOUNT_TOOLS = ["useradd", "usermod", "userdel", "groupadd", "groupdel", "gpasswd"] as const;

export interface Ran {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs a command to its end. `env` is added to the test's own environment. */
export function run(
  command: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string | undefined>>; input?: string } = {},
): Promise<Ran> {
  return new Promise((done, fail) => {
    const [program = "", ...args] = command;
    const child = spawn(program, args, { cwd: options.cwd, env: { ...process.env, ...options.env } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.on("error", () => {}); // The process may end without reading its input.
    child.stdin.end(options.input ?? "");
    child.on("error", fail);
    child.on("close", (status, signal) => done({ status: status ?? (signal ? 128 : 1), stdout, stderr }));
  });
}

/** Runs apply-nix-config.sh of an output folder on an image; `must` fails the test unless it succeeds. */
export function applying(out: () => string) {
  const apply = (root: string, ...args: string[]): Promise<Ran> =>
    run([join(out(), "apply-nix-config.sh"), "--root", root, ...args]);
  const must = async (root: string, ...args: string[]): Promise<Ran> => {
    const ran = await apply(root, ...args);
    assert.is(ran.status, 0, ran.stderr);
    return ran;
  };
  return { apply, must };
}

/**
 * The Nix versions that the machine tests run with: the one on PATH (Debian's 2.8), and a current one in its own root folder.
 * FLAKEWRIGHT_NIX_CURRENT is a command that runs its arguments there and shares the temporary folder.
 */
export const NIXES: readonly {
  name: string;
  within: readonly string[];
  register: (test: Test, tools: readonly string[]) => ReturnType<typeof needs>;
  /** Whether tests that `register` with these tools run. */
  isThere: (tools: readonly string[]) => boolean;
}[] = [
  { name: "the Nix on PATH", within: [], register: needs, isThere: hasAll },
  {
    name: "a current Nix",
    within: (process.env.FLAKEWRIGHT_NIX_CURRENT ?? "").split(" ").filter((word) => word !== ""),
    register: (test, tools) => {
      if (process.env.FLAKEWRIGHT_NIX_CURRENT) return needs(test, tools);
      return () => {
        test.skip();
        console.log(
          `${SKIP_MARK}no current Nix here (set FLAKEWRIGHT_NIX_CURRENT to a command that runs its arguments where one is)`,
        );
      };
    },
    isThere: (tools) => Boolean(process.env.FLAKEWRIGHT_NIX_CURRENT) && hasAll(tools),
  },
];
