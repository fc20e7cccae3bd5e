import { posix } from "node:path";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import { importAqua } from "./aqua.ts";
import { importBrewfile } from "./brewfile.ts";
import { importDevbox } from "./devbox.ts";
import { importDevenv } from "./devenv.ts";
import type { Draft, ForeignFile, KnownPackages, ReadFile } from "./draft.ts";
import { importMise, miseProject } from "./mise.ts";
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
  /** May throw a `SyntaxFault` with its file. */
  readonly readGroup: (
    files: readonly ForeignFile[],
    readFile: ReadFile,
    known: KnownPackages | undefined,
  ) => Promise<[Draft, readonly Diagnostic[]]>;
}

/** Every foreign format. */
const FORMATS: readonly (FileFormat | GroupFormat)[] = [
  { name: "devbox.json", matches: /(^|[/.-])devbox\.json$/, read: importDevbox },
  { name: ".tool-versions", matches: /(^|\/)\.?tool-versions$/, read: importToolVersions },
  {
    name: "mise.toml",
    matches: /(^|\/)(\.?mise(\.[\w-]+)*|\.rtx|\.?mise\/(config(\.[\w-]+)*|conf\.d\/[^/]+))\.toml$/,
    groupOf: miseProject,
    readGroup: async (files, _, known) => [importMise(files, known), []],
  },
  {
    name: "devenv.yaml",
    matches: /(^|\/)devenv(\.local)?\.(ya?ml|nix)$/,
    groupOf: posix.dirname,
    readGroup: async (files, _, known) => [importDevenv(files, known), []],
  },
  { name: "Brewfile", matches: /(^|\/)\.?Brewfile(\.[\w-]+)?$/, read: importBrewfile },
  { name: "aqua.yaml", matches: /(^|\/)\.?aqua(-[\w-]+)?\.ya?ml$/, read: importAqua },
  { name: "nix.conf", matches: /\.conf$/, groupOf: (path) => ownerOf(path) ?? "", readGroup: importNixConf },
];

/** The most characters of an imported file: a program's configuration that people wrote has some thousand. */
const MOST_CHARACTERS = 200_000;

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
    if (!format) {
      diagnostics.push(unknownKind(first.path));
      continue;
    }
    const large = group.find(({ text }) => text.length > MOST_CHARACTERS);
    if (large) {
      const message = `the file has ${large.text.length} characters; \`import\` reads at most ${MOST_CHARACTERS}`;
      diagnostics.push(
        diagnostic(
          "import-syntax",
          message,
          large.path,
          { start: 0, end: 0 },
          { hint: "split it, and import each part by itself" },
        ),
      );
      continue;
    }
    try {
      const [draft, found] =
        "readGroup" in format ? await format.readGroup(group, readFile, known) : [format.read(first, known), []];
      drafts.push({ ...draft, file: group.map(({ path }) => path).join(" and ") });
      diagnostics.push(...found);
    } catch (error) {
      if (!(error instanceof SyntaxFault)) throw error;
      diagnostics.push(diagnostic("import-syntax", error.message, error.file ?? first.path, error.range));
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
