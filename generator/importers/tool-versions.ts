import { DEFAULTS } from "../language/defaults.ts";
import { NEWEST, packageFrom, wantedVersion } from "./attributes.ts";
import type { Draft, ForeignFile, ImportedPackage, KnownPackages, Noted } from "./draft.ts";
import { folderName } from "./names.ts";
import { holdsSecret, ownComment } from "./secrets.ts";
import { type MappedTool, mapTool } from "./tool-names.ts";

/** asdf's .tool-versions (mise reads it too): a tool and one or more versions a line. */
export function importToolVersions({ path, text }: ForeignFile, known: KnownPackages | undefined): Draft {
  const packages: Noted<ImportedPackage>[] = [];
  let pending: string[] = [];
  for (const whole of text.replace(/^\ufeff/, "").split(/\r?\n/)) {
    const hash = whole.indexOf("#");
    const comment =
      hash === -1
        ? ""
        : whole
            .slice(hash)
            .replace(/^#+\s?/, "")
            .trimEnd();
    const [name, ...versions] = (hash === -1 ? whole : whole.slice(0, hash)).split(/\s+/).filter((word) => word !== "");
    if (comment !== "") pending.push(ownComment(comment));
    if (name === undefined) continue;
    packages.push(packageOf(name, versions, pending, known));
    pending = [];
  }
  return { name: folderName(path), packages, notes: pending };
}

/**
 * A tool of asdf's or mise's as a package, or the reason why there is none.
 *
 * @param options.mapped What the tool is in nixpkgs, where its name is not one of mise's.
 */
export function packageOf(
  written: string,
  versions: readonly string[],
  comments: readonly string[],
  known: KnownPackages | undefined,
  options: { os?: readonly string[]; mapped?: MappedTool } = {},
): Noted<ImportedPackage> {
  // A part of it in small letters would be found by no mask.
  if (holdsSecret(written)) return { notes: [...comments, "a tool whose name or address holds a secret is left out"] };
  const { attribute, remark, isUnknown } = options.mapped ?? mapTool(written, known);
  const asked = versions.filter((version) => version !== "");
  const whole = asked.length === 0 ? written : `${written}@${asked.join(", ")}`;
  if (attribute === undefined) return { notes: [...comments, `${whole} is left out: ${remark}`] };
  const systems = options.os && systemsOf(options.os);
  if (systems?.length === 0) return { notes: [...comments, `${whole} is left out: it is for ${options.os?.join(", ")} only`] };
  // A version of what nixpkgs does not have can't be pinned.
  const certain = asked.filter((version) => !NEWEST.has(version));
  const wanted = isUnknown
    ? { attribute, version: undefined, remark: certain.length > 0 ? `wanted: ${certain.join(", ")}` : "" }
    : wantedVersion(attribute, asked, known);
  return {
    value: packageFrom(wanted.attribute, systems, known, wanted.version),
    notes: [...comments, ...(remark ? [`${written}: ${remark}`] : []), ...(wanted.remark ? [wanted.remark] : [])],
  };
}

/** Node's words for architectures, which mise uses, and Nix's. */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map([
  ["arm64", "aarch64"],
  ["x64", "x86_64"],
]);

/** mise's `os`: linux, macos, or with an architecture as in `macos/arm64`. */
function systemsOf(names: readonly string[]): string[] {
  return DEFAULTS.systems.filter((system) =>
    names.some((name) => {
      const [os = "", architecture] = name.split("/");
      if (!system.endsWith(os === "macos" || os === "darwin" ? "-darwin" : `-${os}`)) return false;
      return architecture === undefined || system.startsWith(ARCHITECTURES.get(architecture) ?? architecture);
    }),
  );
}
