import type { Position, Source } from "./source.ts";

export type Severity = "error" | "warning";

/** Offsets into the spec's text, in UTF-16 code units; `end` is behind the last one. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Fix {
  readonly range: Range;
  /** What the range becomes. */
  readonly text: string;
  /** Edits at other places that belong to it. */
  readonly also?: readonly Fix[];
}

export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly range: Range;
  /** Other places of the same file that belong to the mistake. */
  readonly related?: readonly { readonly message: string; readonly range: Range }[];
  /** A way out, one sentence. */
  readonly hint?: string;
  readonly fix?: Fix;
}

/** What `explain` says of a code; `example` is the wrong YAML and `fixed` the right one. */
export interface Explanation {
  readonly severity: Severity;
  readonly summary: string;
  readonly cause: string;
  readonly example: string;
  readonly fixed: string;
  /** Where the fact comes from, when it is not ours to decide. */
  readonly source?: string;
}

/**
 * The codes of the stages before lint and behind it. The lint rules' own are the rows of rules.ts; `explanationOf` there
 * knows both. Codes are stable: people write them in `lint:` and in CI configuration.
 */
export const CATALOGUE = {
  "yaml-syntax": {
    severity: "error",
    summary: "the file is not YAML 1.2",
    cause:
      "The text does not follow YAML's grammar, or uses a tag, a merge key or several documents, which a spec has no use for.",
    example: "groups:\n  k8s:\n   packages: [kubectl",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
    source: "https://yaml.org/spec/1.2.2/",
  },
  "yaml-duplicate-key": {
    severity: "error",
    summary: "a key stands twice in one map",
    cause: "YAML forbids a second key of the same name; most readers would silently take the last one.",
    example: "settings:\n  max-jobs: 4\n  max-jobs: auto",
    fixed: "settings:\n  max-jobs: auto",
    source: "https://yaml.org/spec/1.2.2/#3213-node-comparison",
  },
  "yaml-limit": {
    severity: "error",
    summary: "the file is larger, deeper or more aliased than any spec, or is not UTF-8 text",
    cause:
      "Limits keep a broken or hostile file from taking the machine with it: 8 MiB, 64 levels, 100 aliases, UTF-8 without NUL.",
    example: "a: &a [x, x]\nb: &b [*a, *a]\n# … and so on",
    fixed: "a: [x, x]",
  },
  "schema-unknown-key": {
    severity: "error",
    summary: "a key that the language does not have at this place",
    cause:
      "A key is misspelt, or stands at the wrong level. Unknown keys are errors so that a typing mistake is never silently ignored.",
    example: "groups:\n  k8s:\n    pakages: [kubectl]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
  },
  "schema-missing-key": {
    severity: "error",
    summary: "a key that must be there is not",
    cause: "The language has no sensible default for this key.",
    example: "volumes:\n  aws:\n    groups: [k8s]",
    fixed: "volumes:\n  aws:\n    mount: /volumes/aws\n    groups: [k8s]",
  },
  "schema-type": {
    severity: "error",
    summary: "a value of the wrong kind: text where a list belongs, a number where text belongs",
    cause: "Remember that YAML reads 1.10 as the number 1.1 and true as a boolean: quote what is text.",
    example: "hosts:\n  builder:\n    stateVersion: 26.05",
    fixed: 'hosts:\n  builder:\n    stateVersion: "26.05"',
  },
  "schema-value": {
    severity: "error",
    summary: "a value of the right kind that means nothing here",
    cause: "The key takes one of a few words, a number in a range, or text of a certain form.",
    example: "ci: jenkins",
    fixed: "ci: github",
  },
  "name-invalid": {
    severity: "error",
    summary: "a name that could not be an attribute, a file and a command-line word at once",
    cause: "Names become flake outputs, file names and shell words, so they are kept to lower-case letters, digits, `_` and `-`.",
    example: "groups:\n  K8s Tools:\n    packages: [kubectl]",
    fixed: "groups:\n  k8s:\n    title: K8s Tools\n    packages: [kubectl]",
  },
  "name-conflict": {
    severity: "error",
    summary: "two things claim the same output name, or one setting is declared in two places",
    cause:
      "Each output name, such as devShells.<system>.default or packages.<system>.volume-aws, belongs to one thing of the spec.",
    example: "groups:\n  default:\n    packages: [kubectl]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
  },
  "reference-unknown": {
    severity: "error",
    summary: "a name that nothing in the spec declares",
    cause: "A group, an input or a host is named that does not exist: misspelt, renamed or removed.",
    example: "shells:\n  aws:\n    groups: [kubernetes]",
    fixed: "shells:\n  aws:\n    groups: [k8s]",
  },
  "output-edited": {
    severity: "error",
    summary: "a generated file was edited by hand",
    cause: "The file's content is not what was last written, so writing it again would lose somebody's work.",
    example: "# out/flake.nix was changed in an editor",
    fixed: "# move the change into the spec or hosts/<name>.nix, then `flakewright generate --force`",
  },
  "output-foreign": {
    severity: "error",
    summary: "a file that flakewright never wrote stands where an output belongs",
    cause: "The output folder holds a file of that name which is not in the manifest; it is never overwritten.",
    example: "# out/flake.nix was there before the first run",
    fixed: "# move it away, or generate into another folder with --out",
  },
  "import-unknown-kind": {
    severity: "error",
    summary: "a file to import that is none of the known kinds",
    cause: "The kind is told by the file's name: nix.conf (any *.conf), devbox.json, .tool-versions, mise.toml or devenv.yaml.",
    example: "# flakewright import packages.txt",
    fixed: "# flakewright import devbox.json /etc/nix/nix.conf",
  },
  "import-syntax": {
    severity: "error",
    summary: "a file to import is broken",
    cause: "The file is not what its name says: no JSON, TOML or YAML that its own tool could read either.",
    example: '# devbox.json: { "packages": ["kubectl" }',
    fixed: '# devbox.json: { "packages": ["kubectl"] }',
  },
  "import-incomplete": {
    severity: "warning",
    summary: "a nix.conf to import has a line that Nix refuses, or includes what cannot be read",
    cause: "The rest was imported; what the line would have said is missing in the spec.",
    example: "# nix.conf: max-jobs=4",
    fixed: "# nix.conf: max-jobs = 4",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
  },
  "output-drift": {
    severity: "error",
    summary: "the output folder is not what the spec generates",
    cause: "The spec, or the generator, is newer than the files; `check` fails so that CI notices.",
    example: "# spec/platform.yaml was edited",
    fixed: "# flakewright generate",
  },
  "machine-no-nix": {
    severity: "error",
    summary: "there is no Nix on this machine",
    cause: "`doctor` found no `nix` on PATH. After an installation, a new login shell has it.",
    example: "# nix --version: command not found",
    fixed: "# apt-get install nix-bin, or the installer of https://nixos.org/download",
  },
  "machine-nix-too-old": {
    severity: "error",
    summary: "the machine's Nix is older than any that is supported",
    cause: "Flakes of before 2.8 lack what the generated ones use.",
    example: "# nix (Nix) 2.3.16",
    fixed: "# nix (Nix) 2.26.3",
  },
  "machine-conf-differs": {
    severity: "error",
    summary: "the machine's nix.conf is not the one that the spec generates",
    cause: "It was never installed, was edited since, or the spec moved on.",
    example: "# /etc/nix/nix.conf: sandbox = false",
    fixed: "# sudo out/apply-nix-config.sh",
  },
  "machine-setting-differs": {
    severity: "error",
    summary: "a setting is in effect with another value than the spec's",
    cause: "A person's own nix.conf or NIX_CONFIG overrides the system's, or the system was not switched since the spec changed.",
    example: "# ~/.config/nix/nix.conf: experimental-features = nix-command",
    fixed: "# delete the line there, or change the spec",
  },
  "machine-build-user-missing": {
    severity: "error",
    summary: "a build user of the spec does not exist, or is not in the build group",
    cause: "Nix takes builders from the listed members of the group; with too few, builds wait or fail.",
    example: "# /etc/passwd has no nixbld3",
    fixed: "# sudo out/apply-nix-config.sh",
  },
  "machine-daemon-stopped": {
    severity: "error",
    summary: "the Nix daemon does not answer",
    cause: "On a machine with build users, everyone but root builds through the daemon.",
    example: "# /nix/var/nix/daemon-socket/socket: connection refused",
    fixed: "# sudo systemctl enable --now nix-daemon.socket",
  },
  "machine-untracked-file": {
    severity: "error",
    summary: "a file of the flake is not tracked by Git",
    cause: "In a Git repository, Nix sees of a flake only what Git tracks: the file does not exist for it.",
    example: "# git status: ?? out/hosts/builder.nix",
    fixed: "# git add -N out",
    source: "https://nix.dev/manual/nix/2.34/command-ref/new-cli/nix3-flake",
  },
  "machine-lock-old": {
    severity: "warning",
    summary: "nothing is locked, or what is locked is more than half a year old",
    cause: "Without a lock two machines get two different nixpkgs; with an old one, no security updates.",
    example: "# out/flake.lock: nixpkgs of last year",
    fixed: "# nix flake update --flake ./out",
  },
} as const satisfies Record<string, Explanation>;

export type StageCode = keyof typeof CATALOGUE;

/** A diagnostic of one of the stages' own codes; a lint rule's come from the runner in rules.ts. */
export function diagnostic(
  code: StageCode,
  message: string,
  file: string,
  range: Range,
  more: Pick<Diagnostic, "hint" | "fix" | "related"> = {},
): Diagnostic {
  return { code, severity: CATALOGUE[code].severity, message, file, range, ...more };
}

export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some((d) => d.severity === "error");

/** Sorted by place, then code; the same code at the same place once: one mistake, one diagnostic. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return [...diagnostics]
    .sort(
      (a, b) =>
        compare(a.file, b.file) ||
        a.range.start - b.range.start ||
        a.range.end - b.range.end ||
        compare(a.code, b.code) ||
        compare(a.message, b.message),
    )
    .filter((d) => {
      const key = `${d.file}\0${d.range.start}\0${d.range.end}\0${d.code}`;
      return !seen.has(key) && seen.add(key);
    });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** 1-based lines and columns of offsets; the line starts are found once. */
export function positions(text: string): (offset: number) => Position {
  let starts: number[] | undefined;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** What `generate` and its kin say of one output file. */
export interface FileChange {
  readonly path: string;
  readonly change: "created" | "updated" | "removed" | "unchanged";
}

export interface Report {
  readonly diagnostics: readonly Diagnostic[];
  readonly files: readonly FileChange[];
  /** The texts the diagnostics' offsets are in, by file name. */
  readonly sources: ReadonlyMap<string, string>;
}

/** A diagnostic with its place in lines and columns, 1-based. */
export interface Located extends Diagnostic {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function located(report: Report): Located[] {
  const finders = new Map([...report.sources].map(([file, text]) => [file, positions(text)]));
  return report.diagnostics.map((d) => {
    const find = finders.get(d.file);
    const start = find?.(d.range.start) ?? { line: 1, column: 1 };
    const end = find?.(d.range.end) ?? start;
    return { ...d, line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
  });
}

/** cli.md's JSON object: `{ diagnostics: [...], files: [...] }`, 1-based positions in UTF-16 code units. */
export function toJson(report: Report, indent = 2): string {
  const diagnostics = located(report).map(({ code, severity, message, file, line, column, endLine, endColumn, hint }) => ({
    code,
    severity,
    message,
    file,
    line,
    column,
    endLine,
    endColumn,
    ...(hint === undefined ? {} : { hint }),
  }));
  return `${JSON.stringify({ diagnostics, files: report.files }, null, indent)}\n`;
}

/** Diagnostics for people, each with the line it is about. */
export function toText(report: Report, colour: boolean): string {
  const paint = (codes: string, text: string) => (colour ? `\u001b[${codes}m${text}\u001b[0m` : text);
  const finders = new Map([...report.sources].map(([file, text]) => [file, positions(text)]));
  let out = "";
  for (const d of located(report)) {
    const tint = d.severity === "error" ? "1;31" : "1;33";
    const text = report.sources.get(d.file);
    out += text === undefined ? d.file : `${d.file}:${d.line}:${d.column}`;
    out += ` ${paint(tint, d.severity)} ${d.code}\n  ${visible(d.message)}\n`;
    if (text !== undefined) out += codeFrame(text, d, (marks) => paint(tint, marks));
    for (const other of d.related ?? [])
      out += `  ${d.file}:${finders.get(d.file)?.(other.range.start).line ?? 1}: ${visible(other.message)}\n`;
    if (d.hint !== undefined) out += `  ${paint("36", "hint:")} ${visible(d.hint)}\n`;
  }
  return out;
}

/** The first line of a range with `^` under it. */
function codeFrame(text: string, at: Located, paint: (marks: string) => string): string {
  const lineStart = at.range.start - at.column + 1;
  const newline = text.indexOf("\n", lineStart);
  const line = text.slice(lineStart, newline === -1 ? text.length : newline);
  if (line.trim() === "" && at.range.start === at.range.end) return "";
  // A line longer than a terminal is cut around the mark.
  const from = line.length > 160 ? Math.max(0, at.column - 60) : 0;
  const shown = visible(line.slice(from, from + 160).replaceAll("\t", " "));
  const before = at.column - 1 - from;
  const length = Math.max(
    1,
    Math.min((at.endLine === at.line ? at.endColumn : line.trimEnd().length + 1) - at.column, shown.length - before),
  );
  const number = String(at.line);
  return `  ${number} | ${shown}\n  ${" ".repeat(number.length)} | ${" ".repeat(before)}${paint("^".repeat(length))}\n`;
}

/** Control characters would act on a terminal; each is shown as the picture of itself. */
function visible(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (c) =>
    c < "\u0020" ? String.fromCharCode(0x2400 + c.charCodeAt(0)) : "\ufffd",
  );
}

/** A helper for stages: a diagnostic at a path of the spec. */
export function reporter(source: Source): { readonly list: Diagnostic[]; add: ReporterAdd } {
  const list: Diagnostic[] = [];
  return {
    list,
    add: (code, path, part, message, more) =>
      void list.push(diagnostic(code, message, source.file, source.locate(path, part), more)),
  };
}

export type ReporterAdd = (
  code: StageCode,
  path: readonly (string | number)[],
  part: "key" | "value",
  message: string,
  more?: Pick<Diagnostic, "hint" | "fix" | "related">,
) => void;
