import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { tempFolder } from "./temp.ts";

/** An unpacked archive of `docker save`'s form, as dockerTools writes it. */
export interface UnpackedImage {
  readonly repoTags: readonly string[];
  readonly architecture: string;
  readonly config: {
    readonly Cmd: readonly string[];
    readonly Env: readonly string[];
    readonly User: string;
    readonly WorkingDir: string;
  };
  /** The paths in each layer, from the lowest. */
  readonly layers: readonly (readonly string[])[];
  /** A folder with the files of all layers, in which a program can be run with chroot. */
  readonly root: string;
}

function tar(...args: string[]): string[] {
  const { status, stdout, stderr } = spawnSync("tar", args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(stderr);
  return stdout.split("\n").filter((line) => line !== "");
}
const untar = (archive: string, folder: string) =>
  tar("--extract", "--numeric-owner", "--same-permissions", "--file", archive, "--directory", folder);

/** Unpacks an archive as a container runtime does: layer over layer. Owners need root. */
export function unpackImage(archive: string): UnpackedImage {
  const folder = tempFolder();
  untar(archive, folder);
  const read = (path: string) => JSON.parse(readFileSync(join(folder, path), "utf8"));
  const [{ Config, Layers, RepoTags }] = read("manifest.json");
  const root = join(folder, "root");
  mkdirSync(root);
  const layers = Layers.map((layer: string) => {
    untar(join(folder, layer), root);
    return tar("--list", "--file", join(folder, layer));
  });
  const { architecture, config } = read(Config);
  return { repoTags: RepoTags, architecture, config, layers, root };
}
