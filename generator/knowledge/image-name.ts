import { addressProblem, isPort } from "./internet-address.ts";

/** One part of a repository's path (distribution/reference, regexp.go, pathComponent). */
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;

/** Why a text is no repository of an image, as the end of a sentence; undefined if it is one. */
export function imageNameProblem(name: string): string | undefined {
  if (name.length > 255) return "is longer than the 255 characters that a name can have";
  const [first = "", ...others] = name.split("/");
  // Docker takes the first part for a host if it has a dot or a port, or is `localhost`.
  const hasHost = others.length > 0 && (/[.:]/.test(first) || first === "localhost");
  if (hasHost) {
    const [, host = "", port] = /^([^:]*)(?::(.*))?$/.exec(first) ?? [];
    const problem = addressProblem(host);
    if (problem !== undefined) return `names a host that ${problem}`;
    if (port !== undefined && !isPort(port)) return `has no valid port: \`${port}\``;
  }
  for (const part of hasHost ? others : [first, ...others]) {
    if (/:/.test(part)) return "has a tag, and a repository has none";
    if (part === "") return "has two slashes in a row";
    if (!PART.test(part)) return `has a part that no registry takes: \`${part}\``;
  }
  return undefined;
}
