import { join } from "node:path";
import { lockedInput } from "../../knowledge/flake-lock.ts";
import { type Moment, momentOf, NEWER_NIX_SINCE, NEWER_NIX_VERSION } from "../../knowledge/releases.ts";
import type { System } from "../../system/system.ts";
import { nixOfImage } from "./image.ts";
import { type Examined, finding, fine, found, type Machine, word } from "./machine.ts";

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

/** The state of the spec's nixpkgs, by its reference or by the day of what flake.lock pins. */
async function nixpkgsMoment({ system, options, model }: Machine): Promise<Moment> {
  const { url } = model.nixpkgs;
  const lock = (await system.readFile(join(options.out, "flake.lock")))?.toString() ?? "";
  const seconds = lockedInput(lock, "nixpkgs", url)?.lastModified ?? 0;
  return momentOf(url, seconds > 86_400 ? new Date(seconds * 1000).toISOString().slice(0, 10) : undefined);
}

/** The first line of `nix --version`; undefined without a Nix. */
async function nixHere(system: System): Promise<string | undefined> {
  const run = await system.spawn("nix", ["--version"]);
  const line = run.stdout.split("\n")[0] ?? "";
  return run.status === 0 && /\d+\.\d+/.test(line) ? line : undefined;
}

/** Is Nix there, and new enough? Its version is undefined when there is none. */
export async function examineNix(machine: Machine): Promise<[NixVersion | undefined, Examined]> {
  const { system, options, root, sudo } = machine;
  const image = options.root;
  const line = image === undefined ? await nixHere(system) : await nixOfImage(system, image);
  const written = /(\d+)\.(\d+)[^\s)]*\)?\s*$/.exec(line ?? "");
  if (line === undefined) {
    const isDebian = (await system.kind(join(root, "etc/debian_version"))) !== undefined;
    const inImage = image === undefined ? "" : `chroot ${word(image)} `;
    const install = isDebian ? `${sudo}${inImage}apt-get install nix-bin` : INSTALLER;
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
      return [version, found(finding("nixpkgs-needs-newer-nix", "nix", message, INSTALLER))];
    }
  }
  if (!isBefore(version, OLDEST.major, OLDEST.minor)) return [version, fine(line)];
  const message = `${line} is older than ${OLDEST.major}.${OLDEST.minor}, the oldest that flakewright writes for`;
  return [version, found(finding("machine-nix-too-old", "nix", message, `${sudo}nix upgrade-nix`))];
}
