import { join } from "node:path";
import { dayOfLock, lockedInput } from "../../knowledge/flake-lock.ts";
import { type Moment, momentOf, NEWER_NIX_SINCE, NEWER_NIX_VERSION } from "../../knowledge/releases.ts";
import { readableWord as word } from "../../output/printers/shell.ts";
import type { System } from "../../system/system.ts";
import { nixOfImage } from "./image.ts";
import { type Examined, finding, fine, found, type Machine } from "./machine.ts";

export interface NixVersion {
  readonly major: number;
  readonly minor: number;
}

export const isBefore = (version: NixVersion, major: number, minor: number): boolean =>
  version.major < major || (version.major === major && version.minor < minor);

/** The oldest Nix that the outputs are written for. */
const OLDEST = { major: 2, minor: 8 };

/** Installs the newest Nix, also beside a distribution's own. */
const INSTALLER = "sh <(curl -L https://nixos.org/nix/install) --daemon";

/** A command for root, run in the image where the machine is one. */
const inPlace = ({ options, sudo }: Machine, command: string): string =>
  `${sudo}${options.root === undefined ? "" : `chroot ${word(options.root)} `}${command}`;

/** The command that installs the newest Nix. In an image no service manager runs that would start a daemon. */
const installer = (machine: Machine): string =>
  machine.options.root === undefined
    ? INSTALLER
    : inPlace(machine, "bash -c 'sh <(curl -L https://nixos.org/nix/install) --no-daemon'");

/** Whether the machine's distribution has a package of a Nix that the spec's nixpkgs takes: Debian 12 has 2.8, Debian 13 has 2.26. */
async function hasFittingPackage(machine: Machine): Promise<boolean> {
  const release = (await machine.system.readFile(join(machine.root, "etc/debian_version")))?.toString();
  if (release === undefined) return false;
  // Ubuntu's file has the Debian that it was made from: `bookworm/sid`.
  const isOld = /^(?:[1-9]|1[0-2])(?:\.|$)|^(?:buster|bullseye|bookworm)\b/m.test(release);
  return !isOld || (await nixpkgsMoment(machine)).from <= NEWER_NIX_SINCE;
}

/** The state of the spec's nixpkgs, by its reference or by the day of what flake.lock pins. */
async function nixpkgsMoment({ system, options, model }: Machine): Promise<Moment> {
  const { url } = model.nixpkgs;
  const lock = (await system.readFile(join(options.out, "flake.lock")))?.toString() ?? "";
  return momentOf(url, dayOfLock(lockedInput(lock, "nixpkgs", url)));
}

/** The first line of `nix --version`; undefined without a Nix. */
async function nixHere(system: System): Promise<string | undefined> {
  const run = await system.spawn("nix", ["--version"]);
  const line = run.stdout.split("\n")[0] ?? "";
  return run.status === 0 && /\d+\.\d+/.test(line) ? line : undefined;
}

/** Is Nix there, and new enough? Its version is undefined when there is none. */
export async function examineNix(machine: Machine): Promise<[NixVersion | undefined, Examined]> {
  const { system, options, root } = machine;
  const image = options.root;
  const line = image === undefined ? await nixHere(system) : await nixOfImage(system, image);
  const written = /(\d+)\.(\d+)[^\s)]*\)?\s*$/.exec(line ?? "");
  if (line === undefined) {
    const install = (await hasFittingPackage(machine))
      ? inPlace(machine, "apt-get install nix-setup-systemd")
      : installer(machine);
    const message = image === undefined ? "there is no `nix` on PATH" : `there is no Nix in the image ${image}`;
    return [undefined, found(finding("machine-no-nix", "nix", message, install))];
  }
  if (!written) return [undefined, fine(`the image ${root} has a Nix, of an unknown version`)];
  const version = { major: Number(written[1]), minor: Number(written[2]) };
  const [major, minor] = NEWER_NIX_VERSION;
  if (isBefore(version, major, minor)) {
    const nixpkgs = await nixpkgsMoment(machine);
    if (nixpkgs.from > NEWER_NIX_SINCE) {
      const message = `${nixpkgs.name} refuses ${line}: it needs ${major}.${minor} or newer, and no shell, package or host evaluates`;
      return [version, found(finding("nixpkgs-needs-newer-nix", "nix", message, installer(machine)))];
    }
  }
  if (!isBefore(version, OLDEST.major, OLDEST.minor)) return [version, fine(line)];
  const message = `${line} is older than ${OLDEST.major}.${OLDEST.minor}, the oldest that flakewright writes for`;
  return [version, found(finding("machine-nix-too-old", "nix", message, installer(machine)))];
}
