import { nixpkgsUrl } from "../knowledge/releases.ts";
import { DEFAULTS } from "./defaults.ts";
import { nameLike } from "./hints.ts";

/* What an invalid text probably means, by what the key expects. */

/** By the name of the `$defs` entry: the text that is meant, as YAML; undefined if unknown. */
const MEANT: Readonly<Record<string, (text: string) => string | undefined>> = {
  projectName: (text) => nameLike(text).replaceAll("_", "-").slice(0, 63),
  name: nameLike,
  inputName: nameLike,
  hostName: nameLike,
  envName: (text) => (text.includes("=") ? undefined : text.replace(/[^A-Za-z0-9_]+/g, "_")),
  gitRef: (text) => (/nixpkgs/i.test(text) ? nixpkgsUrl(DEFAULTS.nixpkgs) : undefined),
  flakeReference: flakeReference,
  requirement: (text) => `">=${/\d+(?:\.\d+){0,2}/.exec(text)?.[0] ?? ""}"`,
  packageVersion: (text) => {
    const beginning = /^v?([\d.]*\d)(?:\.[xX*])+$/.exec(text)?.[1];
    return beginning === undefined ? undefined : `"${beginning}"`;
  },
  olderThan: days,
  minimumAge: days,
  absolutePath: (text) => (/^[\w.-]+(?:\/|$)/.test(text) ? `/${text}` : text.replace(/\/\.(?=\/|$)/g, "")),
  // A file elsewhere on the machine has to be copied first.
  modulePath: (text) => (/^(?:\.\.)?\/|:/.test(text) ? undefined : `./${text.replace(/^[./]+/, "")}`),
  bundlePath: (text) => (/^[\w.-]+\//.test(text) ? `./${text.replace(/^(?:\.\/)+/, "")}` : undefined),
  size: (text) => {
    const [, count, unit = "", binary] = /^"?([\d.]+) *([MGT])(i?)B?"?$/i.exec(text) ?? [];
    const isPlain = binary === "" && /B"?$/i.test(text);
    return count === undefined ? undefined : `${count}${unit.toUpperCase()}${isPlain ? "B" : "iB"}`;
  },
  cachixName: (text) => /^(?:https:\/\/)?([a-z0-9-]+)\.cachix\.org\/?$/i.exec(text)?.[1]?.toLowerCase(),
  repositoryReference: (text) =>
    flakeReference(text.replace(/^https:\/\/(?=(?:www\.)?github\.com\/)/, "")) ??
    (/^(?:https|ssh):\/\//.test(text) ? `git+${text}` : undefined),
  account: (text) => text.replace(/@.*$/, ""),
  nixUser: (text) => (text.startsWith("%") ? `"@${text.slice(1)}"` : undefined),
  imageName: (text) => text.toLowerCase().replace(/:[^/]*$/, ""),
  hostAddress: (text) => ADDRESS.exec(text)?.groups?.["host"],
};

/** An address as a URL, or with an account or a port. */
const ADDRESS = /^(?:ssh(?:-ng)?:\/\/)?(?:(?<user>[\w.-]+)@)?(?<host>[\w.-]+)(?::(?<port>\d+))?\/?$/;

/** A reference to a branch alone, or the address of a repository on GitHub. */
function flakeReference(text: string): string | undefined {
  if (/^(?:nixos|nixpkgs)-[\w.-]+$|^[0-9a-f]{40}$/.test(text)) return `github:NixOS/nixpkgs/${text}`;
  const [, repository] = /^(?:git@github\.com:|(?:www\.)?github\.com\/|)([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/.exec(text) ?? [];
  return repository === undefined ? undefined : `github:${repository}`;
}

const DAYS: Readonly<Record<string, number>> = { "": 1, d: 1, w: 7, m: 30, y: 365 };

/** `2 weeks` and other ages in days: `14d`. */
function days(text: string): string | undefined {
  const [, count, unit = ""] = /^"?(\d+) *(d|w|m|y|)(?:ays?|eeks?|o|onths?|ears?)?"?$/i.exec(text) ?? [];
  return count === undefined ? undefined : `${Number(count) * (DAYS[unit.toLowerCase()] ?? 1)}d`;
}

/** What an invalid text means; `more` is the rest of the sentence, about what the text alone can't say. */
export function meantValue(definition: string, text: string): { readonly text: string; readonly more: string } | undefined {
  const meant = Object.hasOwn(MEANT, definition) ? MEANT[definition]?.(text) : undefined;
  if (meant === undefined || meant === "" || meant === text) return undefined;
  const { user, port } = (definition === "hostAddress" && ADDRESS.exec(text)?.groups) || {};
  const beside = [user === undefined ? [] : `\`user: ${user}\``, port === undefined ? [] : `\`port: ${port}\``].flat();
  return { text: meant, more: beside.length > 0 ? `, with ${beside.join(" and ")} beside it` : "" };
}

/** Values of other tools for keys with a few choices. */
const CHOICES: readonly (readonly [choice: string, others: RegExp])[] = [
  ["darwin", /^(?:mac|mac-?os|osx|apple|nix-darwin)$/i],
  ["linux", /^(?:ubuntu|debian|fedora|arch|alpine|rhel|centos|suse|opensuse|rocky|mint|wsl|gnu)/i],
  ["forgejo", /^(?:gitea|codeberg)$/i],
  ["github", /^(?:gh|actions|github[- ]actions)$/i],
  ["gitlab", /^gitlab[- ]ci$/i],
  ["day", /^daily$/i],
  ["week", /^weekly$/i],
  ["month", /^monthly$/i],
  ["deploy-rs", /^(?:deploy|serokell)$/i],
];

/** The valid choice that a value of another tool means; undefined if unknown. */
export const meantChoice = (value: string, allowed: readonly string[]): string | undefined =>
  CHOICES.find(([choice, others]) => allowed.includes(choice) && others.test(value))?.[0];
