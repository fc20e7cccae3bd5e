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
            message: `${quoted([path])} is a place of generated files`,
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
];
