import type { Machine } from "../knowledge/machines-file.ts";
import type { SettingValue } from "../knowledge/nix-conf.ts";
import type { Nix } from "../knowledge/other-nixes.ts";
import type { BOTS, FORGE_NAMES, PERIODS } from "../language/vocabulary.ts";
import type { SpecPath } from "../report/spec-path.ts";

/*
 * The spec as the later stages see it: typed, with defaults, references resolved, frozen. Each node has `at`, its path in the spec, so that
 * a rule can report it there. Lists keep the spec's order if the order has a meaning.
 */

/** One nix.conf setting. */
export interface Setting {
  readonly at: SpecPath;
  /** The current name, even if the spec uses an old one. An `extra-` prefix is part of it. */
  readonly name: string;
  readonly value: SettingValue;
}

/** An input of the flake that tools come from: nixpkgs or another flake. */
export interface PackageSet {
  readonly at: SpecPath;
  /** `nixpkgs`, or the name of an entry of `inputs`. */
  readonly name: string;
  /** A full flake reference, also if the spec has the short form. */
  readonly url: string;
  /** Tools of a nixpkgs are attributes of the set that its function makes, those of any other flake are its packages. */
  readonly kind: "nixpkgs" | "flake";
  /** Inputs of that flake that are this flake's own inputs of the same name. */
  readonly follows: readonly string[];
  /** Whether it is a commit of the pins file. */
  readonly isPin?: true;
}

/** A change to nixpkgs: the user's own file, relative to the output folder and beginning with `./`, or an output of a flake. */
export type Overlay =
  | { readonly at: SpecPath; readonly path: string }
  | { readonly at: SpecPath; readonly from: PackageSet; readonly name: string };

/** A version that the spec asks for. */
export interface AskedVersion {
  readonly at: SpecPath;
  /** The attribute path that the spec names. */
  readonly package: string;
  /** Whole, or the beginning of one. */
  readonly version: string;
}

export interface Tool {
  readonly at: SpecPath;
  /** The name for readers. */
  readonly name: string;
  /** `""` when the spec has none. */
  readonly description: string;
  /** The attribute path: `python3Packages.ansible`. */
  readonly package: string;
  /** The attribute path, split at the dots. */
  readonly attribute: readonly string[];
  readonly from: PackageSet;
  /** Systems to which the spec limits the tool. Undefined: all systems on which the package is available. */
  readonly systems: readonly string[] | undefined;
  /** The whole version that the pins file has for it; undefined where the spec asks for none. */
  readonly version: string | undefined;
}

export interface Group {
  readonly at: SpecPath;
  readonly name: string;
  /** The spec's title, or the name. */
  readonly title: string;
  readonly description: string;
  readonly tools: readonly Tool[];
}

/** The value of an environment variable. A path that is not absolute is below the project's root; the root itself is `""`. */
export type EnvValue =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path"; readonly path: string }
  /** Entries in front of and behind the value that the variable has, separated by colons. */
  | { readonly kind: "entries"; readonly prepend: readonly string[]; readonly append: readonly string[] };

export interface Variable {
  readonly at: SpecPath;
  readonly name: string;
  readonly value: EnvValue;
}

/** A file of KEY=VALUE lines that a shell reads on entry. */
export interface EnvFile {
  readonly at: SpecPath;
  /** Absolute, or below the project's root. */
  readonly file: string;
  readonly optional: boolean;
}

/** A program of the project. */
export interface Command {
  readonly at: SpecPath;
  readonly name: string;
  /** `""` when the spec has none. */
  readonly help: string;
  /** Bash code. */
  readonly run: string;
  /** Undefined: every shell has the command. */
  readonly groups: readonly Group[] | undefined;
}

/** A dev shell: one for each group, each entry of `shells`, and `default`. */
export interface Shell {
  readonly at: SpecPath;
  readonly name: string;
  readonly title: string;
  readonly groups: readonly Group[];
  /** In addition to those of the groups. */
  readonly tools: readonly Tool[];
  /** Sorted by name. */
  readonly env: readonly Variable[];
  readonly envFiles: readonly EnvFile[];
  /** In the spec's order. */
  readonly commands: readonly Command[];
  /** Bash code that runs on entry; `""` when there is none. */
  readonly hook: string;
}

export interface Substituter {
  readonly at: SpecPath;
  readonly url: string;
  readonly publicKey: string | undefined;
}

export interface Gc {
  readonly at: SpecPath;
  readonly automatic: boolean;
  /** A systemd calendar expression, or `daily`, `weekly`, … */
  readonly dates: string;
  /** A number of days in Nix's format: `30d`. */
  readonly olderThan: string;
}

/** How machines reach the network. */
export interface Network {
  readonly at: SpecPath;
  /** A URL with a port; undefined for none. */
  readonly proxy: string | undefined;
  /** The spec's entries, without those that every machine has. */
  readonly noProxy: readonly string[];
  /** A PEM file: an absolute path, or the user's own file below the output folder, which begins with `./`. */
  readonly caBundle: string | undefined;
}

/** The role of a build user: a label, a CI job and a check. Nix uses any free build user for a build. */
export interface Role {
  readonly at: SpecPath;
  readonly name: string;
  readonly description: string;
  /** The description as a GECOS field: without colons and line breaks. */
  readonly gecos: string;
  readonly groups: readonly Group[];
  readonly user: string;
  readonly uid: number;
}

export interface BuildUsers {
  readonly at: SpecPath;
  readonly group: string;
  readonly gid: number;
  readonly firstUid: number;
  readonly roles: readonly Role[];
}

export interface User {
  readonly at: SpecPath;
  readonly name: string;
  readonly settings: readonly Setting[];
}

export interface Volume {
  readonly at: SpecPath;
  readonly name: string;
  readonly mount: string;
  readonly groups: readonly Group[];
  /** The volume's own settings, in the spec's order. */
  readonly ownSettings: readonly Setting[];
  /** The volume's whole nix.conf, sorted by name: the top-level settings, overridden by the volume's own. */
  readonly settings: readonly Setting[];
}

export interface Deploy {
  readonly at: SpecPath;
  readonly target: string;
  /** Undefined: ssh's own. */
  readonly port: number | undefined;
  readonly user: string;
  readonly tags: readonly string[];
}

export interface Builder extends Machine {
  readonly at: SpecPath;
  /** The name of the builder's entry in `hosts`, if it has one; `host` is then that host's deploy target. */
  readonly specHost: string | undefined;
}

interface AnyHost {
  readonly at: SpecPath;
  readonly name: string;
  readonly system: string;
  readonly groups: readonly Group[];
  /** The host's own settings, in the spec's order. */
  readonly ownSettings: readonly Setting[];
  /** The host's whole nix.conf, sorted by name: the top-level settings, overridden by the host's own. */
  readonly settings: readonly Setting[];
  readonly deploy: Deploy | undefined;
}

/** A host that a configuration of modules describes as a whole. */
interface ConfiguredHost<StateVersion> extends AnyHost {
  readonly stateVersion: StateVersion;
  /** Whether the spec sets `stateVersion`. */
  readonly declaresStateVersion: boolean;
  /** Paths relative to the output folder, each starting with `./`. */
  readonly modules: readonly string[];
}

/** A NixOS machine: an entry of nixosConfigurations. */
export interface NixosHost extends ConfiguredHost<string> {
  readonly os: "nixos";
}

/** A Mac with nix-darwin: an entry of darwinConfigurations. */
export interface DarwinHost extends ConfiguredHost<number> {
  readonly os: "darwin";
}

/** A Linux machine of another distribution, with Nix: it gets files below etc/ and a package with its tools. */
export interface LinuxHost extends AnyHost {
  readonly os: "linux";
}

export type Host = NixosHost | DarwinHost | LinuxHost;

/** An OCI image of tool groups. */
export interface Image {
  readonly at: SpecPath;
  readonly name: string;
  /** The repository, without a tag. */
  readonly repository: string;
  readonly groups: readonly Group[];
  /** The shells of these groups, whose variables and commands the image has. */
  readonly shells: readonly Shell[];
  /** The id of the account that programs run as; 0 is root. */
  readonly user: number;
}

export type ForgeName = (typeof FORGE_NAMES)[number];

/** A self-hosted runner. */
export interface Runner {
  readonly at: SpecPath;
  readonly system: string;
  readonly labels: readonly string[];
  /** Whether it runs the jobs of pull requests. */
  readonly pullRequests: boolean;
}

export interface Ci {
  readonly at: SpecPath;
  readonly forges: readonly ForgeName[];
  /** Undefined: those of the spec for which a forge has a hosted runner. */
  readonly systems: readonly { readonly at: SpecPath; readonly name: string }[] | undefined;
  readonly runners: readonly Runner[];
  /** The name of a cache at cachix.org. */
  readonly cachix: string | undefined;
  /** Whether the forge's own cache keeps store paths. */
  readonly store: boolean;
}

/** What the platform is judged by. */
export interface Policy {
  readonly at: SpecPath;
  readonly maxAge: { readonly at: SpecPath; readonly days: number } | undefined;
  /** SPDX identifiers, in their current form. */
  readonly denied: readonly { readonly at: SpecPath; readonly written: string; readonly license: string }[];
  readonly budgets: readonly Budget[];
}

/** How large a group may be, with everything that it needs. */
export interface Budget {
  readonly at: SpecPath;
  readonly group: Group;
  /** As in the spec: `2GiB`. */
  readonly written: string;
  readonly bytes: number;
}

/** What keeps the output current. */
export interface Updates {
  readonly at: SpecPath;
  readonly bot: (typeof BOTS)[number];
  readonly every: (typeof PERIODS)[number];
  /** In days. */
  readonly minimumAge: number | undefined;
}

export interface Acceptance {
  readonly at: SpecPath;
  readonly code: string;
  /** A path of the spec, as it is in the spec: `trustedUsers[1]`. Undefined: everywhere. */
  readonly place: string | undefined;
  readonly why: string | undefined;
}

export interface Model {
  readonly name: string;
  readonly description: string;
  readonly nixpkgs: PackageSet & {
    /** The reference as it is in the spec, perhaps in the short form. */
    readonly written: string;
    readonly unfree: true | readonly string[];
    readonly insecure: readonly string[];
    /** In the order in which they are applied. */
    readonly overlays: readonly Overlay[];
  };
  /** Entries of `inputs` and commits of the pins file, sorted by name. */
  readonly inputs: readonly PackageSet[];
  /** In the spec's order, each once. */
  readonly versions: readonly AskedVersion[];
  /** In the spec's order. */
  readonly systems: readonly [string, ...string[]];
  readonly groups: readonly Group[];
  /** Sorted by name; one of them is `default`. */
  readonly shells: readonly Shell[];
  /** In the spec's order. */
  readonly commands: readonly Command[];
  /**
   * The system's whole nix.conf, sorted by name: `settings`, and the settings from `substituters`, `trustedUsers`, `allowedUsers` and
   * `buildUsers`. The output for NixOS and for machines without NixOS comes from this list.
   */
  readonly settings: readonly Setting[];
  readonly substituters: readonly Substituter[];
  readonly trustedUsers: readonly { readonly at: SpecPath; readonly name: string }[];
  readonly allowedUsers: readonly { readonly at: SpecPath; readonly name: string }[];
  readonly gc: Gc | undefined;
  readonly network: Network | undefined;
  readonly buildUsers: BuildUsers | undefined;
  readonly users: readonly User[];
  readonly volumes: readonly Volume[];
  /** Sorted by name. */
  readonly hosts: readonly Host[];
  readonly deployer: "colmena" | "deploy-rs";
  readonly builders: readonly Builder[];
  /** Whose Nix the machines run. */
  readonly nix: Nix;
  /** Sorted by name. */
  readonly images: readonly Image[];
  readonly ci: Ci | undefined;
  readonly policy: Policy | undefined;
  /** Whether there is a bill of materials of each group. */
  readonly sbom: boolean;
  readonly updates: Updates | undefined;
  /** Whether there is a .devcontainer/devcontainer.json. */
  readonly devcontainer: boolean;
  /** The flake reference of the platform's repository. */
  readonly repository: string | undefined;
  readonly lint: readonly Acceptance[];
}
