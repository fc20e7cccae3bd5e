/** What `explain` says of a code; `example` is the wrong YAML and `fixed` the right one. */
export interface Explanation {
  readonly severity: Severity;
  readonly summary: string;
  readonly cause: string;
  readonly example: string;
  readonly fixed: string;
  /** The rule's fix keeps what the author meant, so `check --fix` applies it without asking. */
  readonly certainFix?: true;
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
  "include-missing": {
    severity: "error",
    summary: "an included file that can't be read, or a part to leave out of it that is not there",
    cause:
      "A path of `include` starts at the folder of the file that names it, and leads to a file on this machine. `without` names parts as `lint: at:` does.",
    example: "# spec/platform.yaml, with the base in company/\ninclude: [company/base.yaml]",
    fixed: "include: [../company/base.yaml]",
  },
  "include-cycle": {
    severity: "error",
    summary: "a file that includes itself, directly or through others",
    cause: "What such a file says would depend on itself.",
    example: "# base.yaml\ninclude: [base.yaml]",
    fixed: "# base.yaml\ninclude: []",
  },
  "include-conflict": {
    severity: "error",
    summary: "two included files give one key different values, and the including file has none of its own",
    cause:
      "Maps merge and lists are joined, but a single value can only be one of the two. Which one is right, the file that includes both has to say.",
    example: "include: [a.yaml, b.yaml]   # a: nixpkgs: nixos-25.11, b: nixpkgs: nixos-26.05",
    fixed: "include: [a.yaml, b.yaml]\nnixpkgs: nixos-26.05",
  },
  "requires-newer": {
    severity: "error",
    summary: "the spec needs a newer flakewright",
    cause: "`requires` says which version knows all that the spec uses. An older one would report keys that it does not know.",
    example: 'requires: ">=9.0"',
    fixed: 'requires: ">=0.1"',
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

export type Severity = "error" | "warning";
