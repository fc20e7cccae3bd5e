import { posix } from "node:path";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import { importDevbox } from "./devbox.ts";
import { importDevenv } from "./devenv.ts";
import type { Draft, ForeignFile, KnownPackages, ReadFile } from "./draft.ts";
import { importMise } from "./mise.ts";
import { ownerOf } from "./nix-conf/users.ts";
import { importNixConf } from "./nix-conf.ts";
import { type SourceDraft, specYaml } from "./spec-yaml.ts";
import { SyntaxFault } from "./syntax-fault.ts";
import { importToolVersions } from "./tool-versions.ts";

export type { ForeignFile, KnownPackages, ReadFile } from "./draft.ts";

interface Format {
  readonly name: string;
  /** Recognises the format by the path, with `/` as separator. */
  readonly matches: RegExp;
}

/** A format of which each file is a project of its own. May throw a `SyntaxFault`. */
interface FileFormat extends Format {
  readonly read: (file: ForeignFile, known: KnownPackages | undefined) => Draft;
}

/** A format of which several files are one configuration: those with the same `groupOf`, in the given order. */
interface GroupFormat extends Format {
  readonly groupOf: (path: string) => string;
  readonly readGroup: (files: readonly ForeignFile[], readFile: ReadFile) => Promise<[Draft, readonly Diagnostic[]]>;
}

/** Every foreign format. */
const FORMATS: readonly (FileFormat | GroupFormat)[] = [
  { name: "devbox.json", matches: /(^|[/.-])devbox\.json$/, read: importDevbox },
  { name: ".tool-versions", matches: /(^|\/)\.?tool-versions$/, read: importToolVersions },
  { name: "mise.toml", matches: /(^|\/)(\.?mise(\.[\w-]+)*|\.rtx|mise\/(config|conf\.d\/[^/]+))\.toml$/, read: importMise },
  { name: "devenv.yaml", matches: /(^|\/)devenv(\.local)?\.ya?ml$/, read: importDevenv },
  { name: "nix.conf", matches: /\.conf$/, groupOf: (path) => ownerOf(path) ?? "", readGroup: importNixConf },
];

/**
 * Foreign configuration → the text of a spec, with a comment wherever something could not be carried over. Several files
 * become one spec; nix.conf files are read in the given order, as Nix reads its own, and one below a home folder becomes
 * that user's. Undefined with an error: `import-unknown-kind` for a file that is none of the formats, `import-syntax` for one
 * that is broken. `import-incomplete` warns of what Nix itself would refuse in a nix.conf.
 */
export async function importConfigs(
  files: readonly ForeignFile[],
  readFile: ReadFile,
  known?: KnownPackages,
): Promise<[string | undefined, Diagnostic[]]> {
  const drafts: SourceDraft[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const { format, group } of grouped(files)) {
    const [first] = group;
    if (!format) diagnostics.push(unknownKind(first.path));
    else if ("readGroup" in format) {
      const [draft, found] = await format.readGroup(group, readFile);
      drafts.push({ ...draft, file: group.map(({ path }) => path).join(" and ") });
      diagnostics.push(...found);
    } else {
      try {
        drafts.push({ ...format.read(first, known), file: first.path });
      } catch (error) {
        if (!(error instanceof SyntaxFault)) throw error;
        diagnostics.push(diagnostic("import-syntax", error.message, first.path, error.range));
      }
    }
  }
  const failed = diagnostics.some(({ severity }) => severity === "error");
  return [failed ? undefined : specYaml(drafts), diagnostics];
}

/** Files that are read as one. */
interface Group {
  readonly format: FileFormat | GroupFormat | undefined;
  readonly group: [ForeignFile, ...ForeignFile[]];
}

/** The files by what is read as one, in the order of their first files. */
function grouped(files: readonly ForeignFile[]): Group[] {
  const groups = new Map<unknown, Group>();
  for (const file of files) {
    const path = file.path.replaceAll("\\", "/");
    const format = FORMATS.find(({ matches }) => matches.test(path));
    const key = format && "groupOf" in format ? `${format.name}\0${format.groupOf(path)}` : file;
    const before = groups.get(key);
    if (before) before.group.push(file);
    else groups.set(key, { format, group: [file] });
  }
  return [...groups.values()];
}

function unknownKind(path: string): Diagnostic {
  const names = FORMATS.map(({ name }) => name).join(", ");
  const message = `\`${posix.basename(path)}\` can't be imported`;
  return diagnostic(
    "import-unknown-kind",
    message,
    path,
    { start: 0, end: 0 },
    { hint: `the name of a file decides how it is read: ${names}` },
  );
}
