import { join } from "node:path";
import { readableWord as word } from "../../output/printers/shell.ts";
import { git } from "../../system/git.ts";
import { readManifest } from "../../write/manifest.ts";
import { ignoredBy } from "../git.ts";
import { type Examined, finding, fine, found, type Machine, NOTHING } from "./machine.ts";

/** Does Git track every file of the flake? In a Git repository, Nix sees no others. */
export async function examineGit({ system, options, model }: Machine): Promise<Examined> {
  const { out } = options;
  const listed = await git(system, out, ["ls-files", "-z"]);
  if (listed.status !== 0) return NOTHING;
  const tracked = new Set(listed.stdout.split("\0"));
  const tree = await system.openTree(out);
  const [{ files }] = await readManifest(tree, out, new Set());
  tree?.close();
  const modules = model.hosts.flatMap((host) => ("modules" in host ? host.modules : []).map((path) => path.replace(/^\.\//, "")));
  const untracked: string[] = [];
  for (const path of new Set([...files.keys(), ...modules, "flake.lock"]))
    if (!tracked.has(path) && (await system.kind(join(out, path))) === "file") untracked.push(path);
  const [first] = untracked;
  if (first === undefined) return fine("Git tracks every file of the flake");

  const ignored = await ignoredBy(system, out, first);
  const state = ignored ? `ignored by Git (line ${ignored.line} of ${ignored.file})` : "not tracked by Git";
  const which = untracked.length === 1 ? `${join(out, first)} is` : `${untracked.length} files of ${out}, such as ${first}, are`;
  const add = ignored ? `git -C ${word(out)} add -N -f ${untracked.map(word).join(" ")}` : `git add -N ${word(out)}`;
  const message = `${which} ${state}: Nix does not see what is not tracked`;
  return found(finding("machine-untracked-file", join(out, first), message, add));
}
