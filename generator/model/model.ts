import type { Machine } from "../knowledge/machines-file.ts";
import type { SettingValue } from "../knowledge/nix-conf.ts";
import type { SpecPath } from "../report/spec-path.ts";

export interface Setting {
  readonly at: SpecPath;
  /** As it will be written: an alias of the spec is already its current name; an `extra-` prefix stays. */
  readonly name: string;
  readonly value: SettingValue;
}

/** One nixpkgs, or another flake in its place. */
export interface PackageSet {
  readonly at: SpecPath;
  /** `nixpkgs`, or the name of an entry of `inputs`. */
  readonly name: string;
  /** A flake reference, never the short form. */
  readonly url: string;
}

export interface Tool {
  readonly at: SpecPath;
  /** What people call it. */
  readonly name: string;
  /** `""` when the spec gives none. */
  readonly description: string;
  /** The attribute path: `python3Packages.ansible`. */
  readonly package: string;
  /** The same, split. */
  readonly attribute: readonly string[];
  readonly from: PackageSet;
  /** Systems the spec narrows the tool to; undefined: wherever the package itself is available. */
  readonly systems: readonly string[] | undefined;
}

export interface Group {
  readonly at: SpecPath;
  readonly name: string;
  /** The spec's, or the name. */
  readonly title: string;
  readonly description: string;
  readonly tools: readonly Tool[];
}

/** A dev shell: one for each group, each entry of `shells`, and `default`. */
export interface Shell {
  readonly at: SpecPath;
  readonly name: string;
  readonly title: string;
  readonly groups: readonly Group[];
  /** Beyond those of the groups. */
  readonly tools: readonly Tool[];
  readonly env: readonly { readonly at: SpecPath; readonly name: string; readonly value: string }[];
  /** bash, run on entry; `""` when there is none. */
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
  /** A number of days as Nix writes it: `30d`. */
  readonly olderThan: string;
}

/** What a build user is for. Nix pins no build to a user: a role is a label, a CI job and a check. */
export interface Role {
  readonly at: SpecPath;
  readonly name: string;
  readonly description: string;
  /** The description as a GECOS field can hold it: no colon, no line break. */
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
  /** The volume's own, as the spec has them. */
  readonly ownSettings: readonly Setting[];
  /** The top-level ones with the volume's own over them: the volume's whole nix.conf, sorted by name. */
  readonly settings: readonly Setting[];
}

export interface Deploy {
  readonly at: SpecPath;
  readonly target: string;
  readonly user: string;
  readonly tags: readonly string[];
}

export interface Builder extends Machine {
  readonly at: SpecPath;
  /** The host of this spec that the builder is, if it is one; `host` is then that host's deploy target. */
  readonly specHost: string | undefined;
}

export interface NixosHost {
  readonly at: SpecPath;
  readonly name: string;
  readonly system: string;
  readonly groups: readonly Group[];
  readonly stateVersion: string;
  /** Whether the spec says so itself. */
  readonly declaresStateVersion: boolean;
  /** Paths relative to the output folder, each beginning with `./`. */
  readonly modules: readonly string[];
  readonly deploy: Deploy | undefined;
}

export interface Acceptance {
  readonly at: SpecPath;
  readonly code: string;
  /** A path of the spec, as written: `trustedUsers[1]`. */
  readonly place: string | undefined;
  readonly why: string | undefined;
}

export interface Model {
  readonly name: string;
  readonly description: string;
  readonly nixpkgs: PackageSet & {
    /** The spec's own text of the reference, short form included. */
    readonly written: string;
    readonly unfree: true | readonly string[];
    readonly insecure: readonly string[];
  };
  /** Entries of `inputs`, sorted by name. */
  readonly inputs: readonly PackageSet[];
  /** In the spec's order. */
  readonly systems: readonly string[];
  readonly groups: readonly Group[];
  /** Sorted by name; `default` is always among them. */
  readonly shells: readonly Shell[];
  /**
   * The system's whole nix.conf, sorted by name: `settings` and what `substituters`, `trustedUsers`, `allowedUsers` and
   * `buildUsers` add to it. NixOS and machines without NixOS are both written from this.
   */
  readonly settings: readonly Setting[];
  readonly substituters: readonly Substituter[];
  readonly trustedUsers: readonly { readonly at: SpecPath; readonly name: string }[];
  readonly allowedUsers: readonly { readonly at: SpecPath; readonly name: string }[];
  readonly gc: Gc | undefined;
  readonly buildUsers: BuildUsers | undefined;
  readonly users: readonly User[];
  readonly volumes: readonly Volume[];
  readonly hosts: readonly NixosHost[];
  readonly builders: readonly Builder[];
  readonly ci: "github" | undefined;
  readonly lint: readonly Acceptance[];
}
