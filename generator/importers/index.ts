import { posix } from "node:path";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import { importDevbox } from "./devbox.ts";
import { importDevenv } from "./devenv.ts";
import { type ForeignFile, folderName, type Imported, type KnownPackages, type ReadFile } from "./draft.ts";
import { importMise } from "./mise.ts";
import { importNixConf } from "./nix-conf.ts";
import { type SourceDraft, specYaml } from "./spec-yaml.ts";
import { importToolVersions } from "./tool-versions.ts";

export type { ForeignFile, KnownPackages, ReadFile } from "./draft.ts";

/** The foreign formats, told apart by a file's name. */
const FORMATS: readonly {
  readonly name: string;
  readonly matches: RegExp;
  readonly read: "nix.conf" | ((file: ForeignFile, known: KnownPackages | undefined) => Imported);
}[] = [
  { name: "devbox.json", matches: /(^|[/.-])devbox\.json$/, read: importDevbox },
  { name: ".tool-versions", matches: /(^|\/)\.?tool-versions$/, read: importToolVersions },
  { name: "mise.toml", matches: /(^|\/)(\.?mise(\.[\w-]+)*|\.rtx|mise\/(config|conf\.d\/[^/]+))\.toml$/, read: importMise },
  { name: "devenv.yaml", matches: /(^|\/)devenv(\.local)?\.ya?ml$/, read: importDevenv },
  { name: "nix.conf", matches: /\.conf$/, read: "nix.conf" },
];

/**
 * Foreign configuration → the text of a spec, with a comment wherever something could not be carried over. Several files
 * become one spec; nix.conf files are read in the given order, as Nix reads its own, and one below somebody's home becomes
 * that person's. Undefined with an error: `import-unknown-kind` for a file that is none of the formats, `import-syntax` for one
 * that is broken. `import-incomplete` warns of what Nix itself would refuse in a nix.conf.
 */
export async function importConfigs(
  files: readonly ForeignFile[],
  readFile: ReadFile,
  known?: KnownPackages,
): Promise<[string | undefined, Diagnostic[]]> {
  const drafts: SourceDraft[] = [];
  const diagnostics: Diagnostic[] = [];
  const system: ForeignFile[] = [];
  for (const file of files) {
    const format = FORMATS.find(({ matches }) => matches.test(file.path.replaceAll("\\", "/")));
    if (!format) {
      const names = FORMATS.map(({ name }) => name).join(", ");
      diagnostics.push(
        diagnostic(
          "import-unknown-kind",
          `\`${posix.basename(file.path)}\` is none of the files that can be imported`,
          file.path,
          { start: 0, end: 0 },
          {
            hint: `the kind is told by the file's name: ${names}`,
          },
        ),
      );
      continue;
    }
    const owner = format.read === "nix.conf" ? ownerOf(file.path) : undefined;
    if (format.read === "nix.conf" && owner === undefined) {
      system.push(file);
      continue;
    }
    const [draft, found] = format.read === "nix.conf" ? await importNixConf([file], readFile, owner) : format.read(file, known);
    drafts.push({ ...draft, file: file.path });
    diagnostics.push(...found);
  }
  if (system.length > 0) {
    const [draft, found] = await importNixConf(system, readFile);
    drafts.push({ ...draft, file: system.map(({ path }) => path).join(" and ") });
    diagnostics.push(...found);
  }
  const failed = diagnostics.some(({ severity }) => severity === "error");
  return [failed ? undefined : specYaml(drafts), diagnostics];
}

/** Whose own nix.conf it is: `/home/alice/.config/nix/nix.conf`, `/Users/…`, `/root/…` or the output `users/alice/nix.conf`. */
function ownerOf(path: string): string | undefined {
  const home =
    /(?:^|\/)(?:home|Users)\/([^/]+)\/\.config\/nix\/[^/]+$/.exec(path)?.[1] ??
    (/(?:^|\/)root\/\.config\/nix\/[^/]+$/.test(path) ? "root" : undefined);
  const user = home ?? (/(^|\/)users\/[^/]+\/[^/]+\.conf$/.test(path) ? folderName(path) : undefined);
  return user !== undefined && /^[a-z_][a-z0-9_-]*$/.test(user) ? user : undefined;
}
