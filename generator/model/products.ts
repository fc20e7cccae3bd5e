import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import { type Locator, reporter, type Stage } from "../report/diagnostic.ts";

/**
 * How many pairs of two parts a spec can have, where each of one part has each of the other in a generated file: groups of images. 100 images
 * with 300 groups each are a third of it; a hostile spec of a megabyte would have billions.
 */
const MOST_WRITTEN = 100_000;

/** The same where the pairs are only looked at: 1,000 hosts with 100 settings each are a tenth of it. */
const MOST_COMPARED = 1_000_000;

/** How many characters can be written so: a text of 60 KiB for each of 1,000 hosts. */
const MOST_CHARACTERS = 2 ** 26;

/** Reports `yaml-limit` for parts that multiply to more than a spec can have. The spec is returned without them. */
export function withoutProducts(spec: Pruned<Spec>, source: Locator): Stage<Pruned<Spec>> {
  const { list, add } = reporter(source);
  const count = (part: object | undefined) => Object.keys(part ?? {}).length;
  const [groups, shells, commands] = [count(spec.groups), count(spec.shells), count(spec.commands)];
  const settings = count(spec.settings);
  // Each volume, and each host of another Linux, has a nix.conf with all of them, and with each entry of their lists.
  const entries = (part: unknown) => (typeof part === "object" && part !== null ? Object.keys(part).length : 0);
  const lists = Object.values(spec.settings ?? {}).reduce((sum: number, value) => sum + entries(value), 0);
  const written = settings + lists + count(spec.substituters) + count(spec.trustedUsers) + count(spec.allowedUsers);
  const linuxHosts = Object.values(spec.hosts ?? {}).filter((host) => host?.os === "linux").length;
  const variables = Object.values(spec.shells ?? {}).reduce((sum, shell) => sum + count(shell?.env), 0);
  /** The parts whose entries each have all of something, what, and how many pairs they can have. */
  const products = [
    ["commands", groups + shells, "shells", MOST_COMPARED],
    ["hosts", written, "settings", MOST_COMPARED],
    ["users", settings, "settings", MOST_WRITTEN],
    ["users", written, "settings", MOST_COMPARED],
    ["volumes", written, "settings", MOST_WRITTEN],
    ["volumes", groups, "groups", MOST_WRITTEN],
    ["images", groups, "groups", MOST_WRITTEN],
    ["images", variables, "variables", MOST_WRITTEN],
    ["images", commands, "commands", MOST_WRITTEN],
  ] as const;
  // Each host of another Linux has all settings, all builders, all build users and the whole network in files of its own.
  const ofLinux = [
    ["hosts", written, "settings", MOST_WRITTEN],
    ["hosts", count(spec.builders), "builders", MOST_WRITTEN],
    ["hosts", count(spec.buildUsers?.roles), "roles", MOST_WRITTEN],
    ["hosts", count(spec.network?.noProxy), "entries of `noProxy`", MOST_WRITTEN],
  ] as const;
  const system = charactersOf(spec.settings, spec.substituters, spec.trustedUsers, spec.allowedUsers);
  const characters = [
    ["volumes", count(spec.volumes), system],
    ["hosts", linuxHosts, system + charactersOf(spec.network, spec.buildUsers, spec.builders)],
    // Of a list that a user or a host replaces, a finding says all entries.
    ["hosts", count(spec.hosts), system + charactersOf(spec.network?.caBundle)],
    ["users", count(spec.users), system],
    ["images", count(spec.images), charactersOf(Object.values(spec.shells ?? {}).map((shell) => shell?.env))],
  ] as const;
  // Each role has a job in the pipelines of each forge and system, with its runner and all caches.
  const ofJobs = ["buildUsers", spec.ci ? count(spec.buildUsers?.roles) : 0, system + charactersOf(spec.ci)] as const;
  const tooLarge = new Set<string>();
  for (const [key, parts, each, what, most] of [
    ...products.map(([key, ...rest]) => [key, count(spec[key]), ...rest] as const),
    ...ofLinux.map(([key, ...rest]) => [key, linuxHosts, ...rest] as const),
    ...characters.map((one) => [...one, "characters", MOST_CHARACTERS] as const),
    [...ofJobs, "characters", MOST_CHARACTERS / 32] as const,
  ]) {
    if (parts * each <= most || tooLarge.has(key)) continue;
    tooLarge.add(key);
    const message = `${parts} ${key === "buildUsers" ? "roles" : key} with ${each} ${what} each are more than a spec can have`;
    add("yaml-limit", [key], "key", message, { hint: "split the platform into several specs" });
  }
  if (tooLarge.size === 0) return [spec, list];
  return [Object.fromEntries(Object.entries(spec).filter(([key]) => !tooLarge.has(key))), list];
}

/** The characters of parts of a spec, about. */
const charactersOf = (...parts: readonly unknown[]): number => JSON.stringify(parts).length;
