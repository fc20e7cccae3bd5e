import { join } from "node:path";
import { compareVersions } from "../../knowledge/package-versions.ts";
import type { System } from "../../system/system.ts";

/** Programs of a Nix, by the ways in which it comes to a machine, and profiles, whose links lead nowhere outside of the image. */
const TRACES = [
  "usr/bin/nix",
  "usr/local/bin/nix",
  "bin/nix",
  "nix/var/nix/profiles/default",
  "nix/var/nix/profiles/system",
  "root/.nix-profile",
];

/**
 * What `nix --version` would print in the machine image at `root`, without running anything of it. `nix` without a version where there is a
 * Nix of an unknown one; undefined where there is none.
 */
export async function nixOfImage(system: System, root: string): Promise<string | undefined> {
  const versions = [
    ...(await system.list(join(root, "nix/store"))).map((name) => /^[0-9a-z]{32}-nix-(\d+\.\d+[0-9a-z.-]*)$/.exec(name)?.[1]),
    field(await text(system, join(root, "var/lib/dpkg/status")), /^Package: nix-bin$/m, /^Version: (\S+)$/m),
    field(await text(system, join(root, "lib/apk/db/installed")), /^P:nix$/m, /^V:(\S+)$/m),
    ...(await system.list(join(root, "var/lib/pacman/local"))).map((name) => /^nix-(\d+\.\d+\S*)$/.exec(name)?.[1]),
  ].flatMap((version) => (version === undefined ? [] : [/^\d+\.\d+(?:\.\d+)?/.exec(version)?.[0] ?? ""]));
  const newest = versions.sort(compareVersions).at(-1);
  if (newest) return `nix (Nix) ${newest}`;
  for (const path of TRACES) if ((await system.kind(join(root, path))) !== undefined) return "nix";
  return undefined;
}

const text = async (system: System, path: string): Promise<string> => (await system.readFile(path))?.toString() ?? "";

/** A field of the paragraph about one package in a package manager's list. */
function field(list: string, isPackage: RegExp, value: RegExp): string | undefined {
  return list
    .split("\n\n")
    .map((paragraph) => (isPackage.test(paragraph) ? value.exec(paragraph)?.[1] : undefined))
    .find((found) => found !== undefined);
}
