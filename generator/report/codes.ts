/** What `explain` prints about a code. `example` is YAML that has the problem, `fixed` is the same without it. */
export interface Explanation {
  readonly severity: Severity;
  readonly summary: string;
  readonly cause: string;
  readonly example: string;
  readonly fixed: string;
  /** True if the rule's fix keeps the author's intention, so that `check --fix` applies it. */
  readonly certainFix?: true;
  /** A URL of the documentation, if the rule is not flakewright's own. */
  readonly source?: string;
}

/**
 * The codes of all stages except lint. The codes of the lint rules are in lint/rules/; `explanationOf` in lint/rules.ts knows all of them.
 * Codes are stable, because `lint:` entries and CI configuration contain them.
 */
export const CATALOGUE = {
  "yaml-syntax": {
    severity: "error",
    summary: "the file is not YAML 1.2",
    cause: "The text does not follow the grammar of YAML, or it has a tag or several documents, which a spec does not support.",
    example: "groups:\n  k8s:\n   packages: [kubectl",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
    source: "https://yaml.org/spec/1.2.2/",
  },
  "yaml-duplicate-key": {
    severity: "error",
    summary: "a duplicate key in one map",
    cause: "YAML does not allow two keys of the same name. Most parsers would silently use the last one.",
    example: "settings:\n  max-jobs: 4\n  max-jobs: auto",
    fixed: "settings:\n  max-jobs: auto",
    source: "https://yaml.org/spec/1.2.2/#3213-node-comparison",
  },
  "yaml-limit": {
    severity: "error",
    summary: "the file is too large, is nested too deeply, has too many aliases, or is not UTF-8 text",
    cause:
      "Limits protect the machine from a broken or malicious file: 8 MiB and 150,000 entries for a spec with its included files and what its aliases repeat, 1 MiB for one text, 64 levels, 100 aliases, UTF-8 without NUL characters.",
    example: "a: &a [x, x]\nb: &b [*a, *a]\n# … and so on",
    fixed: "a: [x, x]",
  },
  "include-missing": {
    severity: "error",
    summary: "an included file that can't be read, or a part to exclude that it does not have",
    cause:
      "A path of `include` is relative to the folder of the including file, and must be a file on this machine. `without` contains paths in the form of `lint: at:`.",
    example: "# spec/platform.yaml, with the base in company/\ninclude: [company/base.yaml]",
    fixed: "include: [../company/base.yaml]",
  },
  "include-cycle": {
    severity: "error",
    summary: "a file that includes itself, directly or through others",
    cause: "The content of such a file would depend on itself.",
    example: "# base.yaml\ninclude: [base.yaml]",
    fixed: "# base.yaml\ninclude: []",
  },
  "include-conflict": {
    severity: "error",
    summary: "two included files have different values for one key, and the including file has none",
    cause: "Maps merge and lists are joined, but a single value can't be both. The file that includes both files must set it.",
    example: "include: [a.yaml, b.yaml]   # a: nixpkgs: nixos-25.11, b: nixpkgs: nixos-26.05",
    fixed: "include: [a.yaml, b.yaml]\nnixpkgs: nixos-26.05",
  },
  "version-unresolved": {
    severity: "error",
    summary: "a `version` that no pin of the pins file belongs to",
    cause:
      "`flakewright pin` looks a version up in an index of nixpkgs' history and writes the commit beside the spec. The spec has changed since, or the file can't be used: edited by hand, cut short, of another version of flakewright.",
    example: 'groups:\n  k8s:\n    packages: [{ package: talosctl, version: "1.13" }]',
    fixed: "# flakewright pin",
  },
  "version-unknown": {
    severity: "error",
    summary: "a `version` that no nixpkgs ever had",
    cause:
      "The index knows the package, but no version that is or begins with the one that was asked for; or it does not know the package.",
    example: 'packages: [{ package: kubectl, version: "1.99" }]',
    fixed: 'packages: [{ package: kubectl, version: "1.34" }]',
  },
  "requires-newer": {
    severity: "error",
    summary: "the spec needs a newer flakewright",
    cause:
      "`requires` is the minimum version for the language of the spec. An older version would report keys that it does not know.",
    example: 'requires: ">=9.0"',
    fixed: 'requires: ">=0.1"',
  },
  "schema-unknown-key": {
    severity: "error",
    summary: "an unknown key at this place",
    cause:
      "The key is misspelt, or it is at the wrong level. An unknown key is an error, so that a typing mistake is not silently ignored.",
    example: "groups:\n  k8s:\n    pakages: [kubectl]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
  },
  "schema-missing-key": {
    severity: "error",
    summary: "a required key is missing",
    cause: "The key has no default.",
    example: "volumes:\n  aws:\n    groups: [k8s]",
    fixed: "volumes:\n  aws:\n    mount: /volumes/aws\n    groups: [k8s]",
  },
  "schema-type": {
    severity: "error",
    summary: "a value of the wrong type, such as text instead of a list or a number instead of text",
    cause: "YAML reads 1.10 as the number 1.1 and true as a boolean: put such text in quotes.",
    example: "hosts:\n  builder:\n    stateVersion: 26.05",
    fixed: 'hosts:\n  builder:\n    stateVersion: "26.05"',
  },
  "schema-value": {
    severity: "error",
    summary: "an invalid value of the right type",
    cause: "The key accepts one of a few words, a number in a range, or text of a certain form.",
    example: "ci: jenkins",
    fixed: "ci: github",
  },
  "name-invalid": {
    severity: "error",
    summary: "an invalid name",
    cause:
      "Names become flake outputs, file names and command-line arguments. They are limited to characters that are valid in all of these.",
    example: "groups:\n  K8s Tools:\n    packages: [kubectl]",
    fixed: "groups:\n  k8s:\n    title: K8s Tools\n    packages: [kubectl]",
  },
  "name-conflict": {
    severity: "error",
    summary: "two parts of the spec need the same output, a setting is set twice, or a name is reserved",
    cause:
      "Each output, such as devShells.<system>.default or packages.<system>.volume-aws, can come from only one part of the spec.",
    example: "groups:\n  default:\n    packages: [kubectl]",
    fixed: "groups:\n  k8s:\n    packages: [kubectl]",
  },
  "env-too-long": {
    severity: "error",
    summary: "variables that are too long for a program's environment",
    cause:
      "Linux takes at most 128 KiB for one variable of a program. The variables of a shell are in its hook, which is such a variable itself: with a longer one, the shell does not start.",
    example: "# shells.default.env.BIG has 140,000 characters",
    fixed: "shells:\n  default:\n    envFiles: [.env]",
    source: "https://man7.org/linux/man-pages/man2/execve.2.html",
  },
  "hook-syntax": {
    severity: "error",
    summary: "code of a shell or a command that bash can't read",
    cause:
      "`hook` and `run` are bash. The installed bash reads them, without running them, before anything is written; without bash on the machine they are not checked.",
    example: "shells:\n  default:\n    hook: |\n      if true; then\n        echo hi",
    fixed: "shells:\n  default:\n    hook: |\n      if true; then\n        echo hi\n      fi",
    source: "https://www.gnu.org/software/bash/manual/html_node/Shell-Syntax.html",
  },
  "own-file-missing": {
    severity: "warning",
    summary: "a module or an overlay that does not exist",
    cause:
      "flakewright writes ./hosts/NAME.nix and ./overlays/NAME.nix once, if they are missing. Any other file has to be in the output folder, or Nix evaluates neither the host nor what uses the overlay.",
    example: "hosts:\n  box: { modules: [./hosts/box.nix, ./hosts/disks.nix] }   # without out/hosts/disks.nix",
    fixed: "hosts:\n  box: { modules: [./hosts/box.nix] }",
  },
  "reference-unknown": {
    severity: "error",
    summary: "a reference to an unknown name",
    cause: "The spec has no group or input of that name. It is misspelt, or it was renamed or removed.",
    example: "shells:\n  aws:\n    groups: [kubernetes]",
    fixed: "shells:\n  aws:\n    groups: [k8s]",
  },
  "output-edited": {
    severity: "error",
    summary: "a generated file was edited by hand",
    cause: "The file's content is not what flakewright last wrote. Writing it again would lose the edit.",
    example: "# out/flake.nix was changed in an editor",
    fixed: "# move the change into the spec or hosts/<name>.nix, then `flakewright generate --force`",
  },
  "output-bumped": {
    severity: "error",
    summary: "a bot moved an input in flake.nix",
    cause:
      "Dependabot and Renovate edit the reference of an input in flake.nix, which comes from the spec: the next run would undo it. Only references of inputs of the spec are different, otherwise the file is what flakewright wrote.",
    example: '# out/flake.nix: inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.11";',
    fixed: "# flakewright adopt, then flakewright generate",
  },
  "output-foreign": {
    severity: "error",
    summary: "a file that flakewright did not write is in the place of an output",
    cause: "The output folder contains a file of that name that is not in the manifest. It is never overwritten.",
    example: "# out/flake.nix was there before the first run",
    fixed: "# move it away, or generate into another folder with --out",
  },
  "output-of-another-spec": {
    severity: "error",
    summary: "the output folder belongs to another spec",
    cause:
      "The folder was written from another spec, which is still there or has another platform's name. A second spec would replace or delete its files.",
    example: "# flakewright generate web.yaml, then flakewright generate data.yaml, both into out/",
    fixed: "# flakewright generate data.yaml --out out-data",
  },
  "output-conflicted": {
    severity: "error",
    summary: "generated files with both sides of a merge conflict",
    cause:
      "Two branches changed the output. Both sides are generated, so that nothing of them needs a decision: the merged spec says what the files should be.",
    example: "# out/flake.nix has lines <<<<<<< HEAD, ======= and >>>>>>> branch",
    fixed: "# flakewright generate",
  },
  "import-unknown-kind": {
    severity: "error",
    summary: "a file of an unknown kind to import",
    cause: "The file's name determines its kind: nix.conf (any *.conf), devbox.json, .tool-versions, mise.toml or devenv.yaml.",
    example: "# flakewright import packages.txt",
    fixed: "# flakewright import devbox.json /etc/nix/nix.conf",
  },
  "import-syntax": {
    severity: "error",
    summary: "an invalid file to import",
    cause: "The file is not valid JSON, TOML or YAML, so its own tool could not read it either.",
    example: '# devbox.json: { "packages": ["kubectl" }',
    fixed: '# devbox.json: { "packages": ["kubectl"] }',
  },
  "import-incomplete": {
    severity: "warning",
    summary: "a nix.conf to import has a line that Nix rejects, or includes a file that can't be read",
    cause: "The rest was imported. The setting of this line is missing in the spec.",
    example: "# nix.conf: max-jobs=4",
    fixed: "# nix.conf: max-jobs = 4",
    source: "https://nix.dev/manual/nix/latest/command-ref/conf-file",
  },
  "output-drift": {
    severity: "error",
    summary: "the output folder differs from what the spec generates",
    cause: "The spec or flakewright is newer than the files. `check` fails so that CI reports it.",
    example: "# spec/platform.yaml was edited",
    fixed: "# flakewright generate",
  },
  "machine-no-nix": {
    severity: "error",
    summary: "there is no Nix on this machine",
    cause: "`doctor` found no `nix` on PATH. After an installation, open a new login shell.",
    example: "# nix --version: command not found",
    fixed: "# apt-get install nix-bin, or the installer of https://nixos.org/download",
  },
  "machine-nix-too-old": {
    severity: "error",
    summary: "the machine's Nix is older than the oldest supported version",
    cause: "Nix before 2.8 does not support what the generated flake uses.",
    example: "# nix (Nix) 2.3.16",
    fixed: "# nix (Nix) 2.26.3",
  },
  "nixpkgs-needs-newer-nix": {
    severity: "error",
    summary: "the machine's Nix is older than the spec's nixpkgs allows",
    cause:
      "nixpkgs after 24.11 refuses every Nix before 2.18, such as the 2.8 that Debian 12 packages. A distribution's own newer package, its backports or the installer of nixos.org bring a newer one.",
    example: "# nix (Nix) 2.8.0 with nixpkgs: nixos-26.05",
    fixed: "# nix (Nix) 2.34.8",
    source: "https://github.com/NixOS/nixpkgs/blob/master/lib/minfeatures.nix",
  },
  "machine-conf-differs": {
    severity: "error",
    summary: "the machine's nix.conf differs from the one that the spec generates",
    cause: "It was never installed, or it or the spec was edited later.",
    example: "# /etc/nix/nix.conf: sandbox = false",
    fixed: "# sudo out/apply-nix-config.sh",
  },
  "machine-setting-differs": {
    severity: "error",
    summary: "a setting is in effect with another value than the spec's",
    cause: "A user's nix.conf or NIX_CONFIG overrides the system's, or the system was not switched after a change of the spec.",
    example: "# ~/.config/nix/nix.conf: experimental-features = nix-command",
    fixed: "# delete the line there, or change the spec",
  },
  "machine-build-user-missing": {
    severity: "error",
    summary: "a build user of the spec does not exist, or is not in the build group",
    cause: "Nix uses the members of the group as build users. With too few of them, builds wait or fail.",
    example: "# /etc/passwd has no nixbld3",
    fixed: "# sudo out/apply-nix-config.sh",
  },
  "machine-daemon-stopped": {
    severity: "error",
    summary: "the Nix daemon does not answer",
    cause: "On a machine with build users, all accounts except root build through the daemon.",
    example: "# /nix/var/nix/daemon-socket/socket: connection refused",
    fixed: "# sudo systemctl enable --now nix-daemon.socket",
  },
  "machine-network-differs": {
    severity: "error",
    summary: "the Nix daemon does not have the proxy or the certificate authorities of the spec",
    cause:
      "The daemon downloads and builds with its own environment, not with that of the account that asks. It was started before the configuration was installed, or by something else than systemd or launchd.",
    example: "# nix-daemon.service: no http_proxy",
    fixed: "# sudo out/apply-nix-config.sh",
  },
  "machine-untracked-file": {
    severity: "error",
    summary: "a file of the flake is not tracked by Git",
    cause: "In a Git repository, Nix uses only the files of a flake that Git tracks and ignores all others.",
    example: "# git status: ?? out/hosts/builder.nix",
    fixed: "# git add -N out",
    source: "https://nix.dev/manual/nix/2.34/command-ref/new-cli/nix3-flake",
  },
  "machine-lock-old": {
    severity: "warning",
    summary: "no flake.lock, or locked inputs older than half a year",
    cause:
      "Without a flake.lock, two machines can get different versions of nixpkgs. With an old one, they get no security updates.",
    example: "# out/flake.lock: nixpkgs of last year",
    fixed: "# nix flake update --flake ./out",
  },
} as const satisfies Record<string, Explanation>;

export type StageCode = keyof typeof CATALOGUE;

export type Severity = "error" | "warning";
