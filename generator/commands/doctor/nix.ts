import { join } from "node:path";
import { type Examined, finding, fine, found, type Machine } from "./machine.ts";

export interface NixVersion {
  readonly major: number;
  readonly minor: number;
}

export const isBefore = (version: NixVersion, major: number, minor: number): boolean =>
  version.major < major || (version.major === major && version.minor < minor);

/** The oldest Nix that the outputs are written for. */
const OLDEST = { major: 2, minor: 8 };

/** Is Nix there, and new enough? Its version is undefined when there is none. */
export async function examineNix({ system, root, sudo }: Machine): Promise<[NixVersion | undefined, Examined]> {
  const run = await system.spawn("nix", ["--version"]);
  const line = run.stdout.split("\n")[0] ?? "";
  const written = /(\d+)\.(\d+)[^\s)]*\)?\s*$/.exec(line);
  if (run.status !== 0 || !written) {
    const isDebian = (await system.kind(join(root, "etc/debian_version"))) !== undefined;
    const install = isDebian ? `${sudo}apt-get install nix-bin` : "sh <(curl -L https://nixos.org/nix/install) --daemon";
    return [undefined, found(finding("machine-no-nix", "nix", "there is no `nix` on PATH", install))];
  }
  const version = { major: Number(written[1]), minor: Number(written[2]) };
  if (!isBefore(version, OLDEST.major, OLDEST.minor)) return [version, fine(line)];
  const message = `${run.stdout.trim()} is older than ${OLDEST.major}.${OLDEST.minor}, the oldest that flakewright writes for`;
  return [version, found(finding("machine-nix-too-old", "nix", message, `${sudo}nix upgrade-nix`))];
}
