import { isMap, isNode, isScalar, isSeq, type Node } from "yaml";
import { COMMIT } from "./attributes.ts";
import type { Draft, ForeignFile, ImportedPackage, KnownPackages, Noted } from "./draft.ts";
import { folderName } from "./names.ts";
import { holdsSecret, ownComment } from "./secrets.ts";
import { packageOf } from "./tool-versions.ts";
import { parseYamlMap } from "./yaml.ts";

/** aqua.yaml → draft: `packages` with `name: owner/repo@version`. Throws a `SyntaxFault` unless it is a YAML map. */
export function importAqua({ path, text }: ForeignFile, known: KnownPackages | undefined): Draft {
  const { root, value } = parseYamlMap(text);
  const list = root?.items.findLast(({ key }) => isScalar(key) && key.value === "packages")?.value;
  const nodes = isSeq(list) ? list.items : [];
  const entries: readonly unknown[] = Array.isArray(value.packages) ? value.packages : [];
  const packages = entries.map((entry, index) => packageFromEntry(entry, commentsOf(nodes[index]), known));
  return { name: projectName(path), packages, shellNotes: elsewhere(value) };
}

/** `aqua/aqua.yaml` belongs to the folder above. */
const projectName = (path: string): string | undefined => folderName(path.replace(/(^|\/)\.?aqua\/([^/]+)$/, "$1$2"));

function packageFromEntry(data: unknown, comments: readonly string[], known: KnownPackages | undefined): Noted<ImportedPackage> {
  if (typeof data !== "object" || data === null || Array.isArray(data))
    return { notes: [...comments, "an entry of `packages` that is no map is left out"] };
  const { name, version, registry, import: imported, ...rest } = data as Record<string, unknown>;
  if (typeof imported === "string")
    return { notes: [...comments, `import ${imported}: the packages in that file are not read; import it beside this one`] };
  if (typeof name !== "string") return { notes: [...comments, "an entry of `packages` without a name is left out"] };
  // The part before the `@` of an address with a token is the token, and no form tells it any more.
  const at = holdsSecret(name) ? -1 : name.lastIndexOf("@");
  const tool = at > 0 ? name.slice(0, at) : name;
  const asked = typeof version === "string" ? version : at > 0 ? name.slice(at + 1) : "";
  const other = typeof registry === "string" ? `the registry ${registry}` : "another registry";
  const own = registry === undefined || registry === "standard" ? [] : [`${tool} is from ${other}`];
  const unread = Object.keys(rest).filter((key) => !["description", "link", "tags"].includes(key));
  const options = unread.length > 0 ? [`${unread.join(", ")}: options of aqua's own installers`] : [];
  // aqua's versions are names of releases: v1.2.3, kustomize/v5.4.1, cli-1.0.
  const number = COMMIT.test(asked) ? asked : versionOf(asked);
  return packageOf(`aqua:${tool}`, number === "" ? [] : [number], [...comments, ...own, ...options], known);
}

const versionOf = (release: string): string =>
  /(?:^|[^0-9.])v?(\d+(?:\.\d+)*(?:[-+][0-9A-Za-z.-]+)?)$/.exec(release)?.[1] ?? release;

/** The comments above and behind an entry. */
function commentsOf(entry: unknown): string[] {
  if (!isNode(entry)) return [];
  return [entry.commentBefore, commentIn(entry)]
    .flatMap((comment) => comment?.split("\n") ?? [])
    .map((line) => ownComment(line.trim()))
    .filter(Boolean);
}

/** The comment behind an entry's name, which is the parser's comment of its value. */
function commentIn(entry: Node): string | null | undefined {
  if (!isMap(entry)) return entry.comment;
  const value = entry.items[0]?.value;
  return isScalar(value) ? value.comment : undefined;
}

function elsewhere(root: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(root)
    .filter((key) => !["packages", "registries"].includes(key))
    .map((key) => `${key}: aqua's own settings have no counterpart in a spec`);
}
