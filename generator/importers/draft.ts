import type { Diagnostic } from "../report/diagnostic.ts";

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
  readonly systems?: readonly string[];
  /** nixpkgs refuses it unless it is allowed by name. */
  readonly unfree?: boolean;
}

export interface ImportedSetting {
  readonly name: string;
  readonly value: string | number | boolean | readonly string[] | Readonly<Record<string, string>>;
}

export interface ImportedBuilder {
  readonly host: string;
  readonly protocol?: "ssh" | "ssh-ng";
  readonly user?: string;
  readonly systems?: readonly string[];
  readonly maxJobs?: number;
  readonly speedFactor?: number;
  readonly features?: readonly string[];
  readonly mandatoryFeatures?: readonly string[];
  readonly sshKey?: string;
  readonly publicHostKey?: string;
}

/** What foreign configuration amounts to, in the spec's terms and the source's order. */
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
  readonly inputs?: readonly Noted<{ readonly name: string; readonly url: string }>[];
  /** Remarks about packages in general stand above the group. */
  readonly packages?: readonly Noted<ImportedPackage>[];
  readonly env?: readonly Noted<{ readonly name: string; readonly value: string }>[];
  /** Pieces of bash, in the order in which they run. */
  readonly hook?: readonly Noted<string>[];
  /** What belongs to the shell and could not be carried over: scripts, services, plugins. */
  readonly shellNotes?: readonly string[];
  readonly settings?: readonly Noted<ImportedSetting>[];
  /** The person whose own nix.conf the settings are; undefined: the machine's. */
  readonly user?: string | undefined;
  readonly substituters?: readonly Noted<{ readonly url: string; readonly publicKey?: string }>[];
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

/** What is known of nixpkgs' packages, by top-level attribute. */
export interface KnownPackages {
  has(attribute: string): boolean;
  /** Whether nixpkgs refuses the package without an entry in `nixpkgs.unfree`. */
  isUnfree(attribute: string): boolean;
}

export type Imported = [Draft, Diagnostic[]];

const SECRETS: readonly RegExp[] = [
  /\b(gh[pousr]_[A-Za-z0-9]{16,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk-[A-Za-z0-9_-]{20,}|npm_[A-Za-z0-9]{30,})/,
  /\b(AKIA|ASIA)[A-Z0-9]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1/,
  // `nix-store --generate-binary-cache-key`: the secret half is 64 bytes, the public one 32.
  /(^|[\s"'])[^\s:"']+:[A-Za-z0-9+/]{86}==/,
  /^\s*#?\s*(extra-)?access-tokens\s*=\s*\S/m,
  // A password in an address; `user@host` alone is none.
  /[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:[^\s/@$]+@/i,
];

/** Whether the text looks as if it held a token, a password in an address or the secret half of a key. */
export const holdsSecret = (text: string): boolean => SECRETS.some((pattern) => pattern.test(text));

/** A source's own comment, word for word unless it would carry a secret along. */
export const ownComment = (text: string): string => (holdsSecret(text) ? "(a comment that holds a secret is left out)" : text);

/** A foreign name as the spec may have it: `My Project` becomes `my-project`; `""` when nothing is left. */
export function specName(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 60)
    .replace(/-+$/, "");
}

/** The name of the folder a file is in, for want of a better name of the project. */
export function folderName(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.at(-2);
}
