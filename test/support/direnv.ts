import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as assert from "uvu/assert";
import type { Nix } from "./nix.ts";

/** How each shell loads what direnv exports, as its prompt hook does. */
const LOAD = {
  bash: { args: ["--norc", "-c"], load: 'eval "$(direnv export bash)"' },
  zsh: { args: ["-f", "-c"], load: 'eval "$(direnv export zsh)"' },
  fish: { args: ["--no-config", "-c"], load: "direnv export fish | source" },
} as const;

export interface UnderDirenv {
  readonly shell: keyof typeof LOAD;
  /** The folder whose .envrc is allowed. */
  readonly allowed: string;
  /** The folder that the shell is in. Default: the allowed one. */
  readonly folder?: string;
  /** In the language of the shell. */
  readonly commands: string;
  /** The text of ~/.config/direnv/direnvrc. */
  readonly direnvrc?: string;
}

/** Runs commands in a shell after direnv has loaded the folder. The home folder is beside the allowed one's project, `home`. */
export function underDirenv(
  nix: Nix,
  home: string,
  { shell, allowed, folder = allowed, commands, direnvrc = "" }: UnderDirenv,
): { stdout: string; stderr: string } {
  mkdirSync(join(home, ".config/direnv"), { recursive: true });
  const rc = join(home, ".config/direnv/direnvrc");
  // It is watched, too.
  if (!existsSync(rc)) writeFileSync(rc, direnvrc);
  const env = {
    ...process.env,
    ...nix.env,
    HOME: home,
    XDG_CONFIG_HOME: join(home, ".config"),
    XDG_DATA_HOME: join(home, ".local/share"),
  };
  execFileSync("direnv", ["allow", allowed], { env, stdio: "pipe" });
  const { args, load } = LOAD[shell];
  const { status, stdout, stderr } = spawnSync(shell, [...args, `${load}\n${commands}`], { cwd: folder, env, encoding: "utf8" });
  assert.is(status, 0, stderr);
  return { stdout, stderr };
}
