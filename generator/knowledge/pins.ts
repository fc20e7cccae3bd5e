import { createHash } from "node:crypto";
import { satisfies } from "./package-versions.ts";
import { besideSpec } from "./spec-file.ts";

/*
 * The pins file: which commit of nixpkgs has the version of a tool that the spec asks for. `pin` writes it, everything else reads it
 * alone. It is committed and merged, so its text is sorted, and a checksum shows whether it is as it was written.
 */

/** Where a version was found. */
export interface Pin {
  /** The attribute path there: that of the spec, or another one of the same series. */
  readonly attribute: string;
  /** The whole version. */
  readonly version: string;
  /** The commit of NixOS/nixpkgs. */
  readonly rev: string;
  /** The day of the commit. */
  readonly date: string;
}

/** Which index the versions were looked up in. */
export interface IndexName {
  /** The flake reference or `a folder`. */
  readonly source: string;
  /** How many revisions it covers, and the newest of them. */
  readonly revisions: number;
  readonly newest: string;
}

export interface Pins {
  readonly index: IndexName;
  /** By `pinKey`. */
  readonly pins: ReadonlyMap<string, Pin>;
}

const FORMAT = 1;

/** What a tool of the spec asks for, as the file writes it: `kubectl@1.29`. */
export const pinKey = (attribute: string, version: string): string => `${attribute}@${version}`;

/** The pins file beside a spec: `spec/platform.pins.json`. */
export const pinsPath = (spec: string): string => besideSpec(spec, "pins.json");

function body({ index, pins }: Pins): object {
  const sorted = [...pins].sort(([a], [b]) => (a < b ? -1 : 1));
  const { source, revisions, newest } = index;
  const entries = sorted.map(([key, { attribute, version, rev, date }]) => [key, { attribute, version, rev, date }]);
  return { version: FORMAT, index: { source, revisions, newest }, pins: Object.fromEntries(entries) };
}

const checksum = (text: string): string => `sha256-${createHash("sha256").update(text).digest("base64")}`;

/** The file's text: the same pins are the same bytes. */
export function pinsText(pins: Pins): string {
  const content = body(pins);
  return `${JSON.stringify({ ...content, checksum: checksum(JSON.stringify(content)) }, null, 2)}\n`;
}

/** The pins of a file's text; a sentence on what is wrong with it. */
export function readPins(text: string): Pins | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not valid JSON: it may be cut short, or hold a merge conflict";
  }
  if (!isRecord(value) || !("pins" in value)) return "it is no file of `flakewright pin`";
  if (value["version"] !== FORMAT) return "another version of flakewright wrote it";
  const { index, pins } = value;
  if (!isRecord(index) || !isRecord(pins)) return "parts of it are missing";
  const { source, revisions, newest } = index;
  if (typeof source !== "string" || !Number.isInteger(revisions) || !isCommit(newest))
    return "it does not say which index it is from";
  const read = new Map<string, Pin>();
  for (const [key, pin] of Object.entries(pins)) {
    if (!isRecord(pin)) return `\`${key}\` is no pin`;
    const { attribute, version, rev, date } = pin;
    const asked = key.slice(key.lastIndexOf("@") + 1);
    if (typeof attribute !== "string" || !ATTRIBUTE.test(attribute)) return `\`${key}\` has no attribute`;
    if (typeof version !== "string" || !VERSION.test(version)) return `\`${key}\` has no version`;
    if (!satisfies(version, asked)) return `\`${key}\` is pinned to ${version}, which is another version`;
    if (!isCommit(rev)) return `\`${key}\` has no commit of 40 hexadecimal digits`;
    if (typeof date !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return `\`${key}\` has no date`;
    read.set(key, { attribute, version, rev, date });
  }
  const found: Pins = { index: { source, revisions: Number(revisions), newest }, pins: read };
  if (value["checksum"] !== checksum(JSON.stringify(body(found)))) return "it was edited since `flakewright pin` wrote it";
  return found;
}

const ATTRIBUTE = /^[A-Za-z0-9_][A-Za-z0-9_'+-]*(\.[A-Za-z0-9_][A-Za-z0-9_'+-]*)*$/;
/** The spec's `version` has the same form. */
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+~-]*$/;

const isCommit = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f]{40}$/.test(value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
