import type { Model } from "../../model/model.ts";
import type { Source } from "../../read/source.ts";
import type { SpecPath } from "../../report/spec-path.ts";
import { quoted } from "../../report/words.ts";
import { GENERATED, ownFiles } from "../own-files.ts";
import type { Rule } from "../rule.ts";

/* The author's own Nix files in the output folder: modules of hosts, and overlays. */

export const ownFileRules: readonly Rule[] = [
  {
    code: "own-file-generated",
    severity: "error",
    final: true,
    summary: "a module or an overlay of your own in the place of a generated file",
    cause:
      "`modules` and `overlays` name files that you write. A generated file is no module for a host and no overlay, and an edit of it would be lost.",
    example: 'hosts:\n  box: { stateVersion: "26.05", modules: [./nix/box.nix] }',
    fixed: 'hosts:\n  box: { stateVersion: "26.05", modules: [./hosts/box.nix] }',
    check: ({ model, source, report }) => {
      for (const { at, path, folder } of ownFiles(model, source)) {
        const other = /\.(?!nix$)[A-Za-z0-9]+$/.exec(path)?.[0];
        if (GENERATED.test(path))
          report({
            at,
            message: `${quoted([path])} is a place of ${OF_GIT.test(path) ? "Git's own files" : "generated files"}`,
            hint: `write your file below ./${folder}/, such as ./${folder}/NAME.nix`,
          });
        else if (other !== undefined)
          report({
            at,
            message: `Nix reads ${quoted([path])} as Nix code, and its name ends with \`${other}\``,
            hint: `write a file such as ./${folder}/NAME.nix`,
          });
      }
    },
  },
  {
    code: "file-name-not-portable",
    severity: "warning",
    summary: "names that become names of files which Windows or macOS can't have",
    cause:
      "Users, volumes and hosts have files of their names in the output folder. Windows has no file `con`, `nul`, `aux`, `prn`, `com1` or `lpt1`, with whatever extension: Git there refuses to check out the repository. On macOS and Windows, names that differ only in case are one file.",
    example: "users:\n  con: { settings: { max-jobs: 2 } }",
    fixed: "users:\n  connie: { settings: { max-jobs: 2 } }",
    source: "https://learn.microsoft.com/en-us/windows/win32/fileio/naming-a-file",
    check: ({ model, source, report }) => {
      const names = namedFiles(model, source);
      const byLowerCase = new Map<string, string>();
      for (const { path } of names) if (path === path.toLowerCase()) byLowerCase.set(path, path);
      for (const { at, part, path } of names) {
        const reserved = path.split("/").find((name) => RESERVED.test(name));
        const other = byLowerCase.get(path.toLowerCase());
        if (reserved !== undefined)
          report({
            at,
            part,
            message: `Windows can't have a file \`${reserved}\`, and Git there does not check out ${path}`,
            hint: "choose another name, or accept it under `lint` if nobody checks the repository out on Windows",
          });
        else if (other !== undefined && other !== path)
          report({
            at,
            part,
            message: `on macOS and Windows ${path} and ${other} are one file: they differ only in case`,
            hint: "choose another name, or accept it under `lint` if nobody checks the repository out there",
          });
        else byLowerCase.set(path.toLowerCase(), path);
      }
    },
  },
];

const OF_GIT = /\/\.(?:git|hg|jj|svn)(?:\/|$)/i;

/** Names of devices of Windows, which no file can have; what follows a dot does not count. */
const RESERVED = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])(\.|$)/i;

interface NamedFile {
  readonly at: SpecPath;
  readonly part: "key" | "value";
  /** Relative to the output folder. */
  readonly path: string;
}

/** The files of the output folder whose names the spec chooses. */
function namedFiles(model: Model, source: Source): NamedFile[] {
  const own = ownFiles(model, source).map(({ at, path }) => ({ at, part: "value" as const, path: path.replace(/^\.\//, "") }));
  const listed = new Set(own.map(({ path }) => path));
  const files = [
    ...model.users.map(({ at, name }) => ({ at, path: `users/${name}/nix.conf` })),
    ...model.volumes.map(({ at, name }) => ({ at, path: `volumes/${name}/nix.conf` })),
    ...model.hosts.flatMap((host) => {
      if (host.os !== "linux") return host.modules.map((path) => ({ at: host.at, path: path.replace(/^\.\//, "") }));
      return host.ownSettings.length > 0 ? [{ at: host.at, path: `machines/${host.name}/etc/nix/nix.conf` }] : [];
    }),
  ];
  return [...own, ...files.filter(({ path }) => !listed.has(path)).map((file) => ({ ...file, part: "key" as const }))];
}
