import { besideSpec } from "./spec-file.ts";

/* Sizes of closures, in the words of a spec and of people. */

const UNITS: Readonly<Record<string, number>> = {
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** `2GiB` → 2147483648. The text has a form that the schema accepts. */
export function bytesOf(written: string): number {
  const [, count = "0", unit = "MiB"] = /^([0-9.]+)([A-Za-z]+)$/.exec(written) ?? [];
  return Math.round(Number(count) * (UNITS[unit] ?? 1));
}

/** 1610612736 → `1.5 GiB`, with one decimal. */
export function sizeText(bytes: number): string {
  const [unit, size] = bytes < 2 ** 30 ? ["MiB", 2 ** 20] : ["GiB", 2 ** 30];
  return `${(bytes / size).toFixed(1)} ${unit}`;
}

/** The sizes of groups on one system, as packages.<system>.closure-sizes has them. */
export interface Sizes {
  readonly system: string;
  /** The SHA-256 of the flake.lock that they are of, in hexadecimal digits; `""` without one. */
  readonly lock: string;
  /** Bytes, by the group's name. */
  readonly closure: ReadonlyMap<string, number>;
}

/** The sizes file beside the spec `spec/platform.yaml`: `spec/platform.sizes.json`. */
export const sizesPath = (spec: string): string => besideSpec(spec, "sizes.json");

/** Reads a sizes file; undefined when it is not one. */
export function readSizes(text: string): Sizes | undefined {
  let value: Partial<Record<"version" | "system" | "lock" | "closure", unknown>> | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { version, system, lock, closure } = value ?? {};
  if (version !== 1 || typeof system !== "string" || typeof lock !== "string" || !/^[a-z0-9_-]+$/.test(system)) return undefined;
  if (typeof closure !== "object" || closure === null || Array.isArray(closure)) return undefined;
  const sizes = new Map<string, number>();
  for (const [group, bytes] of Object.entries(closure)) {
    if (!Number.isSafeInteger(bytes) || bytes < 0) return undefined;
    sizes.set(group, bytes);
  }
  return { system, lock, closure: sizes };
}
