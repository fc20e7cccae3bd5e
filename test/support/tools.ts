import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Test } from "uvu";

/*
 * The tools that the tests find on the machine. A test that lacks one is skipped and says so. With `CI=1` it fails instead, unless no
 * Debian package has the tool.
 */

/** The prefix of a line that tells the runner why a test was skipped. */
export const SKIP_MARK = "skip: ";

/** What CI may lack because no Debian package has it: each is located by an environment variable. */
const BY_VARIABLE = {
  /** A real nixpkgs of 2026: a folder, in the store of FLAKEWRIGHT_NIX_CURRENT where that is set. */
  nixpkgs: "FLAKEWRIGHT_NIXPKGS",
  /** A real nixpkgs 24.05: a folder. */
  nixpkgsOld: "FLAKEWRIGHT_NIXPKGS_OLD",
  /** nix-darwin's source: a folder, as nixpkgs. */
  nixDarwin: "FLAKEWRIGHT_NIX_DARWIN",
  /** deploy-rs's source: a folder. Beside it may be those of its inputs, for a machine without a network. */
  deployRs: "FLAKEWRIGHT_DEPLOY_RS",
  /** deploy-rs's own `activate`: a program that runs without libraries. */
  deployRsActivate: "FLAKEWRIGHT_DEPLOY_RS_ACTIVATE",
  /** Home Manager's source: a folder, as nixpkgs. */
  homeManager: "FLAKEWRIGHT_HOME_MANAGER",
  /** colmena's source: a folder. */
  colmena: "FLAKEWRIGHT_COLMENA",
  /** nix-direnv's source: a folder. */
  nixDirenv: "FLAKEWRIGHT_NIX_DIRENV",
  /** The root folder of a Debian 13 with systemd and nix-setup-systemd, which `.ci/debian-root` makes. */
  debianRoot: "FLAKEWRIGHT_DEBIAN_ROOT",
  /** nixfmt 1.x (RFC 166); Debian's `nixfmt` is the older style. */
  nixfmt: "FLAKEWRIGHT_NIXFMT",
} as const;

function named(name: string): name is keyof typeof BY_VARIABLE {
  return Object.hasOwn(BY_VARIABLE, name);
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * The absolute path of a program (for `nixpkgs`: of the folder); undefined when the machine has none. Debian keeps daemons such as
 * sshd in sbin folders, which are not on a user's PATH, so these are searched as well.
 */
export function tool(name: string): string | undefined {
  if (named(name)) {
    const path = process.env[BY_VARIABLE[name]];
    // The store of another root is not visible here.
    const isElsewhere = path?.startsWith("/nix/store/") && Boolean(process.env["FLAKEWRIGHT_NIX_CURRENT"]);
    if (path) return isElsewhere || exists(path) ? path : undefined;
    if (name !== "nixfmt") return undefined;
  }
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(executable);
}

/** Why `name` can't be used; undefined when it can. `root` is a valid name. */
function lack(name: string): string | undefined {
  if (name === "root") return process.getuid?.() === 0 ? undefined : "not run as root";
  if (tool(name)) return undefined;
  return named(name) ? `no ${name} here (set ${BY_VARIABLE[name]})` : `no ${name} on this machine`;
}

/** Whether all these tools exist, for a hook that prepares tests with `needs()`. */
export const hasAll = (tools: readonly string[]): boolean => tools.every((name) => lack(name) === undefined);

type Register = (name: string, handler: () => void | Promise<void>) => void;

/**
 * Returns `test` if all tools are present. Otherwise returns a function of the same type that skips the test and prints the reason,
 * or, with `CI=1`, registers it as failing.
 * @param tools names for `tool()`, or `root`
 */
export function needs(test: Test, tools: readonly string[]): Register {
  const lacking = tools.filter((name) => lack(name) !== undefined);
  if (lacking.length === 0) return test;
  const reason = lacking.map(lack).join(", ");
  if (process.env.CI && !lacking.some(named)) {
    return (name) =>
      test(name, () => {
        throw new Error(`${reason}, but CI=1 allows no missing tool that CI can install`);
      });
  }
  return () => {
    test.skip();
    console.log(`${SKIP_MARK}${reason}`);
  };
}
