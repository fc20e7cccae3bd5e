import type { ForeignTools } from "../knowledge/foreign-tools.ts";
import type { Nix } from "../knowledge/other-nixes.ts";

/**
 * One thing that was found in a foreign file, with the remarks that stand as comments above it in the spec. Without a value
 * it is only the remarks: something that could not be carried over, at the place where it would have been.
 */
export interface Noted<T> {
  readonly value?: T;
  readonly notes: readonly string[];
}

export interface ImportedPackage {
  readonly attribute: string;
  /** An entry of the draft's `inputs`; undefined: the draft's own nixpkgs. */
  readonly from?: string;
  /** Whole or a prefix. */
  readonly version?: string;
  readonly systems?: readonly string[];
  /** nixpkgs refuses it unless it is allowed by name. */
  readonly unfree?: boolean;
}

/** An entry of the spec's `inputs`: another version of nixpkgs. */
export interface Input {
  readonly name: string;
  readonly url: string;
}

/** A variable of the project's environment. */
export interface Variable {
  readonly name: string;
  readonly value: string | { readonly path: string } | { readonly prepend: readonly string[] };
}

/** A file of KEY=VALUE lines, below the project's root. */
export type ImportedEnvFile = string | { readonly file: string; readonly optional: true };

/** A program of the project. */
export interface ImportedCommand {
  readonly name: string;
  readonly help?: string;
  /** Bash code. */
  readonly run: string;
}

export interface ImportedSetting {
  readonly name: string;
  readonly value: string | number | boolean | readonly string[] | Readonly<Record<string, string>>;
}

export interface ImportedCache {
  readonly url: string;
  readonly publicKey?: string;
}

export interface ImportedBuilder {
  readonly host: string;
  readonly protocol?: "ssh" | "ssh-ng";
  readonly user?: string;
  readonly port?: number;
  readonly systems?: readonly string[];
  readonly maxJobs?: number;
  readonly speedFactor?: number;
  readonly features?: readonly string[];
  readonly mandatoryFeatures?: readonly string[];
  readonly sshKey?: string;
  readonly publicHostKey?: string;
}

/** Foreign configuration in the spec's terms, in the source's order. */
export interface Draft {
  /** What the source calls the project, if it says so. */
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  /** A flake reference, or a branch, tag or commit of NixOS/nixpkgs. */
  readonly nixpkgs?: Noted<string> | undefined;
  /** All unfree packages are allowed. */
  readonly unfree?: boolean;
  readonly unfreeNames?: readonly string[];
  readonly insecure?: readonly string[];
  readonly inputs?: readonly Noted<Input>[];
  /** Remarks about packages in general stand above the group. */
  readonly packages?: readonly Noted<ImportedPackage>[];
  readonly env?: readonly Noted<Variable>[];
  readonly envFiles?: readonly Noted<ImportedEnvFile>[];
  readonly commands?: readonly Noted<ImportedCommand>[];
  /** Pieces of bash, in the order in which they run. */
  readonly hook?: readonly Noted<string>[];
  /** What belongs to the shell and could not be carried over: scripts, services, plugins. */
  readonly shellNotes?: readonly string[];
  /** Whose Nix reads the settings, if they need another one than Nix's own. */
  readonly nix?: Nix;
  readonly settings?: readonly Noted<ImportedSetting>[];
  /** The person whose own nix.conf the settings are; undefined: the machine's. */
  readonly user?: string | undefined;
  readonly substituters?: readonly Noted<ImportedCache>[];
  readonly trustedUsers?: readonly Noted<string>[];
  readonly allowedUsers?: readonly Noted<string>[];
  readonly builders?: readonly Noted<ImportedBuilder>[];
  /** About the source as a whole. */
  readonly notes?: readonly string[];
}

export interface ForeignFile {
  /** As the user wrote it; `include` lines are relative to its folder. */
  readonly path: string;
  readonly text: string;
}

/** Reads a file that another one includes; undefined when there is none. */
export type ReadFile = (path: string) => Promise<string | undefined>;

/** What is known of nixpkgs' packages, and of the names that other tool managers have for them. */
export interface KnownPackages {
  has(attribute: string): boolean;
  /** Whether nixpkgs had it once. */
  isRemoved(attribute: string): boolean;
  /** What took the place of a removed attribute; undefined if nothing did, or if it is not certain. */
  replacementOf(attribute: string): string | undefined;
  /** The name of its main program; `""` if it is not known. */
  programOf(attribute: string): string;
  /** Whether nixpkgs refuses the package without an entry in `nixpkgs.unfree`. */
  isUnfree(attribute: string): boolean;
  readonly tools: ForeignTools;
}
