import { nearestNames } from "../report/suggestions.ts";
import { DEFAULT_RELEASE } from "./releases.ts";

/* Flake references that Nix refuses, or reads otherwise than they look. Tried with `builtins.parseFlakeRef` of Nix 2.34. */

/** What is wrong with a flake reference. */
export interface ReferenceProblem {
  /** A sentence. */
  readonly why: string;
  /** What was probably meant, in a form that Nix accepts. */
  readonly meant?: string | undefined;
  /** A way out, where no single reference is meant. */
  readonly hint?: string;
  /** True if newer versions of Nix take it. */
  readonly isOld?: true;
}

/** Repositories by owner and name; archives and Git, each over these transports. */
const FORGES = ["github", "gitlab", "sourcehut"];
const TRANSPORTS: Readonly<Record<string, readonly string[]>> = {
  git: ["http", "https", "ssh", "file"],
  hg: ["http", "https", "ssh", "file"],
  tarball: ["http", "https", "file"],
  file: ["http", "https", "file"],
};
const SCHEMES = [
  ...FORGES,
  "flake",
  "path",
  "git",
  "http",
  "https",
  "file",
  ...Object.entries(TRANSPORTS).flatMap(([kind, transports]) => transports.map((one) => `${kind}+${one}`)),
];

/** How a URL of an archive ends (libfetchers/tarball.cc, isTarball). */
const ARCHIVE = /\.(?:zip|tar|tgz|tar\.(?:gz|xz|bz2|zst)|tbz2?|txz)$/i;

/** What is wrong with a flake reference; undefined if Nix takes it as it looks. That the repository exists is not checked. */
export function flakeReferenceProblem(url: string): ReferenceProblem | undefined {
  const hash = url.indexOf("#");
  if (hash !== -1)
    return {
      why: `\`${url.slice(hash)}\` names an output of the flake, and an input is the whole flake`,
      meant: url.slice(0, hash),
    };
  const [base = "", query = ""] = url.split(/\?(.*)/s);
  const [, scheme = "", rest = ""] = /^([a-z][a-z0-9+.-]*):(.*)$/s.exec(base) ?? [];
  if (!SCHEMES.includes(scheme)) return unknownScheme(url, scheme, rest);
  const asked = new URLSearchParams(query);
  const problem = FORGES.includes(scheme)
    ? forgeProblem(scheme, rest, query, asked)
    : scheme === "path"
      ? pathProblem(rest)
      : scheme === "flake"
        ? registryProblem(rest)
        : urlProblem(scheme, rest, asked);
  return problem ?? revisionProblem(asked);
}

function unknownScheme(url: string, scheme: string, rest: string): ReferenceProblem {
  const why = `Nix knows no flake reference that begins with \`${scheme}:\``;
  const transport = /^(?:\/\/|(https?|ssh|file):\/\/)/.exec(rest)?.[1];
  if (scheme === "ssh") return { why, meant: `git+${url}` };
  if ((scheme === "git" || scheme === "tarball" || scheme === "hg") && transport) return { why, meant: `${scheme}+${rest}` };
  if (scheme === "codeberg") return { why, meant: `git+https://codeberg.org/${rest.replace(/^\/+/, "")}` };
  const [only, ...others] = nearestNames(scheme, SCHEMES);
  return only !== undefined && others.length === 0 ? { why, meant: `${only}:${rest}` } : { why };
}

/** Parameters of github:, gitlab: and sourcehut:. Nix refuses or drops any other. */
const FORGE_PARAMETERS = ["ref", "rev", "host", "dir", "narHash", "lastModified"];

function forgeProblem(scheme: string, rest: string, query: string, asked: URLSearchParams): ReferenceProblem | undefined {
  const [owner = "", repository = "", ...more] = rest.split("/").filter((part) => part !== "");
  const whole = (ref: string) =>
    `${scheme}:${owner}/${repository.replace(/[@:].*/, "")}/${ref}${query === "" ? "" : `?${query}`}`;
  if (repository === "")
    return { why: `\`${scheme}:\` needs an owner and a repository`, hint: `write \`${scheme}:OWNER/REPOSITORY\`` };
  const at = /^[^@:]+[@:](.+)$/.exec([repository, ...more].join("/"));
  if (at) return { why: "the branch or tag follows the repository after `/`", meant: whole(at[1] ?? "") };
  const ref = more.join("/");
  const named = ref === "" ? (asked.get("ref") ?? "") : ref;
  if (named !== "" && isBadRef(named)) return badRef(named);
  if (ref !== "" && (asked.has("ref") || asked.has("rev")))
    return { why: "a branch, tag or commit is named twice", hint: "name one of them" };
  if (asked.has("ref") && asked.has("rev"))
    return { why: "Nix takes a branch or a commit here, not both", hint: "delete `ref=` or `rev=`" };
  for (const name of asked.keys())
    if (!FORGE_PARAMETERS.includes(name))
      return { why: `\`${scheme}:\` has no parameter \`${name}\``, hint: `delete it; there are ${FORGE_PARAMETERS.join(", ")}` };
  return undefined;
}

function pathProblem(rest: string): ReferenceProblem | undefined {
  if (/^\/\/[^/]/.test(rest)) return { why: "`path:` has no host", meant: `path:${rest.slice(1)}` };
  if (/^(?:~|\$)/.test(rest))
    return { why: "nothing in a path is expanded", hint: "write an absolute path, such as path:/srv/nixpkgs" };
  if (!rest.startsWith("/"))
    return {
      why: "the path is relative to the output folder, and Nix before 2.26 does not take it",
      hint: "write an absolute path, or the repository's own reference",
      isOld: true,
    };
  return undefined;
}

function registryProblem(rest: string): ReferenceProblem | undefined {
  const [id = "", ref] = rest.split("/");
  if (!/^[a-zA-Z][a-zA-Z0-9_-]*$/.test(id)) return { why: `\`${id}\` is no name of a registry` };
  return ref !== undefined && isBadRef(ref) ? badRef(ref) : undefined;
}

function urlProblem(scheme: string, rest: string, asked: URLSearchParams): ReferenceProblem | undefined {
  const [kind = "", transport = scheme] = scheme.split("+");
  if (transport === "ssh" && /^(?:\/\/)?[^/]*@[^/:]+:[^/0-9]/.test(rest))
    return { why: "a URL has `/` after the host", meant: `${scheme}://${rest.replace(/^\/\//, "").replace(/:/, "/")}` };
  if (transport === "file") {
    if (/^(?:\/\/)?(?:~|\$|\.)/.test(rest))
      return { why: "nothing in a path is expanded, and it has to be absolute", hint: `write \`${scheme}:///srv/…\`` };
    const path = rest.replace(/^\/\//, "");
    if (kind === "file" && scheme === "file" && !ARCHIVE.test(path))
      return { why: "Nix reads `file:` as an archive", meant: `path:${path.startsWith("/") ? path : `/${path}`}` };
    return undefined;
  }
  if (!/^\/\/[^/]/.test(rest)) return { why: "the URL has no host", hint: `write \`${scheme}://HOST/…\`` };
  // ssh would take it for an option: Git refuses it.
  if (/^\/\/(?:[^/]*@)?-/.test(rest)) return { why: "no host begins with `-`", hint: `write \`${scheme}://HOST/…\`` };
  if (kind === "git") {
    const ref = asked.get("ref");
    return ref !== null && isBadRef(ref) ? badRef(ref) : undefined;
  }
  return scheme === transport ? pageProblem(transport, rest) : undefined;
}

/** A page or a repository, which Nix would download as an archive. */
function pageProblem(transport: string, rest: string): ReferenceProblem | undefined {
  if (transport !== "http" && transport !== "https") return undefined;
  const [, host = "", path = ""] = /^\/\/(?:www\.)?([^/]+)(.*)$/.exec(rest) ?? [];
  if (ARCHIVE.test(path)) return undefined;
  const why = "Nix reads it as an archive to download";
  if (path.endsWith(".git")) return { why, meant: `git+${transport}:${rest}` };
  const [owner = "", repository = "", tree, ...ref] = path.split("/").filter((part) => part !== "" && part !== "-");
  if (repository === "") return undefined;
  const forge = { "github.com": "github", "gitlab.com": "gitlab", "git.sr.ht": "sourcehut" }[host];
  if (tree === undefined || tree === "tree" || tree === "commit" || tree === "src") {
    if (forge) return { why, meant: [`${forge}:${owner}`, repository, ...ref].join("/") };
    if (host === "codeberg.org" || host === "bitbucket.org") return { why, meant: `git+https://${host}/${owner}/${repository}` };
  }
  return undefined;
}

/** `rev=` of any kind. */
function revisionProblem(asked: URLSearchParams): ReferenceProblem | undefined {
  const rev = asked.get("rev");
  if (rev === null || /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(rev)) return undefined;
  return { why: `\`rev=${rev}\` is no commit: Nix needs all of its 40 hexadecimal digits`, hint: "write the whole commit" };
}

const badRef = (ref: string): ReferenceProblem => ({
  why: `Git allows no branch or tag \`${ref}\``,
  hint: `write a branch such as nixos-${DEFAULT_RELEASE}, a tag or a commit`,
});

/** Whether no branch and no tag can have the name: git-check-ref-format(1), and what Nix takes in a reference (libutil/url-parts.hh). */
export const isBadRef = (ref: string): boolean =>
  !/^[a-zA-Z0-9@_][a-zA-Z0-9_./@+-]*$/.test(ref) || /\/\/|(?:^|\/)\.|\.\.|\.lock(?:\/|$)|@\{|[/.]$|^@$/.test(ref);
