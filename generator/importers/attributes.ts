import { toolNamed } from "../knowledge/tool-names.ts";
import type { ImportedPackage, KnownPackages } from "./draft.ts";
import foreign from "./tool-names.json" with { type: "json" };

/** Packages that install a tool in any version: their own version is not that of the tool. */
const INSTALLERS: ReadonlySet<string> = new Set(["rustup"]);

/** What a spec takes as a package. */
export const ATTRIBUTE_PATH = /^[A-Za-z0-9_][A-Za-z0-9_'+-]*(\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/;

/** A foreign tool as a package: without an attribute, the remark says why. */
export interface ForeignPackage {
  readonly attribute?: string;
  /** What a spec takes as `version`. */
  readonly version?: string;
  /** May be empty. */
  readonly remark: string;
}

/** A name of devbox's and the versions of it that the source asks for → an attribute of nixpkgs. */
export function foreignAttribute(
  name: string,
  versions: readonly string[],
  known: KnownPackages | undefined,
  options: { readonly hasOwnNixpkgs?: boolean } = {},
): ForeignPackage {
  const asked = versions.filter((version) => version !== "");
  const written = asked.length === 0 ? name : `${name}@${asked.join(", ")}`;
  // devbox looks a name up in nixpkgs first, so its `helm` is nixpkgs' own, and in Nixhub after that.
  const own = known?.has(name) === true;
  const renamed = OTHER_NAMES.get(name) ?? toolNamed(name)?.attribute;
  const attribute = own ? name : (renamed ?? name);
  if (!ATTRIBUTE_PATH.test(attribute)) return { remark: `${written} is left out: not a valid attribute path of nixpkgs` };
  const wanted = wantedVersion(attribute, asked, known);
  // A pin has a nixpkgs of its time.
  if (wanted.version !== undefined || options.hasOwnNixpkgs) return wanted;
  const { remark, ...now } = currentAttribute(attribute, known);
  return { ...now, remark: [remark, now.attribute === undefined ? "" : wanted.remark].filter(Boolean).join("; ") };
}

/** An attribute that today's nixpkgs has, in place of one that it removed. */
export function currentAttribute(attribute: string, known: KnownPackages | undefined): ForeignPackage {
  if (!known?.isRemoved(attribute)) return { attribute, remark: "" };
  const last = attribute.slice(attribute.lastIndexOf(".") + 1);
  const next = known.replacementOf(attribute) ?? (last !== attribute && known.has(last) ? last : undefined);
  if (next === undefined) return { remark: `${attribute} is left out: nixpkgs removed it` };
  return { attribute: next, remark: `\`${attribute}\` is \`${next}\` in nixpkgs now` };
}

/** Names that people do not use everywhere; those that they do are in knowledge/tool-names.json. */
export const OTHER_NAMES: ReadonlyMap<string, string> = new Map(Object.entries(foreign.otherNames));

/** Versions that ask for no certain one. */
export const NEWEST: ReadonlySet<string> = new Set(["latest", "stable", "lts", "system"]);

/** A commit of Git. */
export const COMMIT = /^[0-9a-f]{20,64}$/;

/** The first version, which is the one on PATH, in the spec's form: whole or a prefix. Where a pin can't find it, a remark. */
export function wantedVersion(
  attribute: string,
  [first = "latest", ...others]: readonly string[],
  known: KnownPackages | undefined,
): ForeignPackage & { readonly attribute: string } {
  const more = others.length > 0 ? `also wanted: ${others.join(", ")}; a shell has one version of a tool` : "";
  if (NEWEST.has(first)) return { attribute, remark: more };
  const java = attribute === "jdk" ? javaLine(first, known) : undefined;
  if (java) return { attribute: java, remark: [`wanted: java@${first}`, ...(more ? [more] : [])].join("; ") };
  // asdf names the Erlang that Elixir is built with, and the channel of Flutter.
  const plain = first.replace(/-otp-\d+$|-stable$/, "");
  const version = COMMIT.test(first) ? undefined : /^(?:prefix:)?v?(\d[A-Za-z0-9._+~-]*?)(?:\.[x*])?$/.exec(plain)?.[1];
  // Indexes of versions have the package set's own attributes, not those of sets within it.
  if (version !== undefined && version.length <= 128 && !attribute.includes(".") && !INSTALLERS.has(attribute))
    return { attribute, version, remark: [...(plain === first ? [] : [`wanted: ${first}`]), ...(more ? [more] : [])].join("; ") };
  const why = INSTALLERS.has(attribute)
    ? `${attribute} itself installs it`
    : "the version comes from nixpkgs, unless the tool gets a `version`";
  return { attribute, remark: `wanted: ${[first, ...others].join(", ")}; ${why}` };
}

/** nixpkgs' attribute for a vendor's version line of Java: `temurin-21.0.5` → `temurin-bin-21`. */
function javaLine(version: string, known: KnownPackages | undefined): string | undefined {
  const [, vendor = "openjdk", major] = /^(?:([a-z]+)-)?(\d+)/.exec(version) ?? [];
  const prefix = { openjdk: "jdk", temurin: "temurin-bin-", adoptopenjdk: "temurin-bin-", zulu: "zulu", corretto: "corretto" }[
    vendor
  ];
  const attribute = prefix && major && `${prefix}${major}`;
  return attribute && known?.has(attribute) ? attribute : undefined;
}

/** A package of the draft's own nixpkgs. */
export function packageFrom(
  attribute: string,
  systems: readonly string[] | undefined,
  known: KnownPackages | undefined,
  version?: string,
): ImportedPackage {
  return {
    attribute,
    ...(version === undefined ? {} : { version }),
    ...(systems ? { systems } : {}),
    ...(known?.isUnfree(attribute) ? { unfree: true } : {}),
  };
}
