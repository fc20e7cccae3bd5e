import { DEFAULTS } from "../language/defaults.ts";
import { foreignAttribute, packageFrom } from "./attributes.ts";
import type { Draft, ForeignFile, ImportedPackage, KnownPackages, Noted } from "./draft.ts";
import { folderName } from "./names.ts";
import { ownComment } from "./secrets.ts";

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

/** A tool of asdf's or mise's as a package, or the reason why there is none. */
export function packageOf(
  written: string,
  versions: readonly string[],
  comments: readonly string[],
  known: KnownPackages | undefined,
  options: { os?: readonly string[] } = {},
): Noted<ImportedPackage> {
  const name = written.replace(/^core:/, "");
  const backend = /^([a-z]+):/.exec(name)?.[1];
  const version = versions.join(", ");
  if (backend !== undefined)
    return {
      notes: [
        ...comments,
        `${name}${version ? `@${version}` : ""} is left out: it comes from mise's ${backend} backend, not from nixpkgs`,
      ],
    };
  const { attribute, version: wanted, remark } = foreignAttribute("mise", name, versions, known);
  if (attribute === undefined) return { notes: [...comments, remark] };
  const systems = options.os && systemsOf(options.os);
  if (systems?.length === 0) return { notes: [...comments, `${name} is left out: it is for ${options.os?.join(", ")} only`] };
  return {
    value: packageFrom(attribute, systems, known, wanted),
    notes: [...comments, ...(remark ? [remark] : [])],
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
