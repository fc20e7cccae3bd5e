import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Test } from "uvu";

/*
 * What the tests find on the machine. A test that needs a program is skipped, saying so, where there is none; with `CI=1` its
 * absence fails, for CI installs everything except what no Debian package holds.
 */

/** Begins a line which tells the runner why a test was skipped. */
export const SKIP_MARK = "skip: ";

/** Things that CI may lack: no Debian package has them, so whoever has them says where. */
const BY_VARIABLE = {
  /** A real nixpkgs 24.05: a folder. */
  nixpkgs: "FLAKEWRIGHT_NIXPKGS",
  /** colmena's source: a folder. */
  colmena: "FLAKEWRIGHT_COLMENA",
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
 * The absolute path of a program (or, for `nixpkgs`, of the folder), or undefined when the machine has none. Debian keeps
 * daemons such as sshd in sbin folders that an ordinary user's PATH lacks, so those are searched too.
 */
export function tool(name: string): string | undefined {
  if (named(name)) {
    const path = process.env[BY_VARIABLE[name]];
    if (path) return exists(path) ? path : undefined;
    if (name !== "nixfmt") return undefined;
  }
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return folders
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find(executable);
}

/** Why `name` can't be used, or undefined when it can. `root` is asked for like a program. */
function lack(name: string): string | undefined {
  if (name === "root") return process.getuid?.() === 0 ? undefined : "not run as root";
  if (tool(name)) return undefined;
  return named(name) ? `no ${name} here (set ${BY_VARIABLE[name]})` : `no ${name} on this machine`;
}

type Register = (name: string, handler: () => void | Promise<void>) => void;

/**
 * `test` itself if every tool is there; otherwise a function of the same shape which skips the test and prints the reason, or,
 * with `CI=1`, registers it as failing.
 * @param tools names for `tool()`, or `root`
 */
export function needs(test: Test, tools: readonly string[]): Register {
  const lacking = tools.filter((name) => lack(name) !== undefined);
  if (lacking.length === 0) return test;
  const reason = lacking.map(lack).join(", ");
  if (process.env.CI && !lacking.some(named)) {
    return (name) =>
      test(name, () => {
        throw new Error(`${reason}, and CI skips nothing that it could install`);
      });
  }
  return () => {
    test.skip();
    console.log(`${SKIP_MARK}${reason}`);
  };
}
