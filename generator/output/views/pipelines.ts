import { hostedRunner } from "../../knowledge/hosted-runners.ts";
import type { Ci, ForgeName, Model } from "../../model/model.ts";
import { confLine } from "../printers/conf.ts";

/** Data for the pipelines of all forges. */

/** A job that builds one role, or one group, on one system. */
interface Job {
  readonly job: string;
  readonly title: string;
  readonly system: string;
  /** What it builds: an attribute path of the flake. */
  readonly attribute: string;
  readonly labels: readonly string[];
  readonly hosted: boolean;
  /** Whether it runs for pull requests too. */
  readonly pullRequests: boolean;
}

/** The settings that name binary caches. */
const CACHE_SETTINGS = new Set(["substituters", "trusted-public-keys", "extra-substituters", "extra-trusted-public-keys"]);

/** The line of nix.conf without which Nix has no flakes. */
export const FLAKES_LINE = "experimental-features = nix-command flakes";

/** The lines of nix.conf that name the binary caches. */
export const cacheLines = (model: Model): string[] =>
  model.settings.filter(({ name }) => CACHE_SETTINGS.has(name)).map(({ name, value }) => confLine(name, value));

export function pipelineView(model: Model, ci: Ci, forge: ForgeName): object {
  const cacheText = cacheLines(model)
    .map((line) => `${line}\n`)
    .join("");
  const caches = cacheText !== "" && cacheText;
  const { jobs, skipped } = jobsOf(model, ci, forge);
  const cachix = ci.cachix ?? false;
  const isTrusted = cachix !== false;
  const own = ci.runners.find((runner) => runner.system === "x86_64-linux" && runner.pullRequests);
  return {
    /** Of the job that compares checksums. */
    labels: own?.labels ?? [hostedRunner(forge, "x86_64-linux") ?? ""],
    config: `${FLAKES_LINE}\n${cacheText}`,
    caches,
    skipped: skipped.length > 0 && skipped.join(", "),
    ...partsView(model),
    jobs: jobs.map((job) => ({
      ...job,
      caches,
      cachix,
      isTrusted,
      store: ci.store,
    })),
  };
}

/** What the jobs build: whether a job is a group's, and the groups that no job builds. */
function partsView(model: Model): object {
  const roles = model.buildUsers?.roles ?? [];
  const built = new Set(roles.flatMap((role) => role.groups.map(({ name }) => name)));
  const unbuilt = model.groups.map(({ name }) => name).filter((name) => !built.has(name));
  const byGroup = roles.length === 0;
  return { byGroup, unbuilt: !byGroup && unbuilt.length > 0 && unbuilt.join(", ") };
}

/** Data for nix/changes.sh: the tools of one system, and where the sizes of store paths are asked for. */
export function changesView(model: Model): object {
  const urls = model.substituters.map(({ url }) => url).filter((url) => /^https?:/.test(url));
  return { system: model.systems[0], caches: urls.length > 0 ? urls : ["https://cache.nixos.org"] };
}

/** One job a role, or one a group where there are no roles, for each system that has a runner. */
function jobsOf(model: Model, ci: Ci, forge: ForgeName): { readonly jobs: readonly Job[]; readonly skipped: readonly string[] } {
  const roles = model.buildUsers?.roles ?? [];
  const parts =
    roles.length > 0
      ? roles.map(({ name, description }) => ({
          job: `role-${name}`,
          name,
          about: description,
        }))
      : model.groups.map(({ name, title }) => ({
          job: `group-${name}`,
          name,
          about: title === name ? "" : title,
        }));
  const systems = ci.systems?.map(({ name }) => name) ?? model.systems;
  const jobs = systems.flatMap((system): Job[] => {
    const own = ci.runners.find((runner) => runner.system === system);
    const hosted = hostedRunner(forge, system);
    const labels = own ? own.labels : hosted === undefined ? [] : [hosted];
    if (labels.length === 0) return [];
    return parts.map(({ job, name, about }) => ({
      job: `${job}-${system}`,
      title: `${about === "" ? name : `${name}: ${about}`} (${system})`,
      system,
      attribute: `checks.${system}.${job}`,
      labels,
      hosted: own === undefined,
      pullRequests: own?.pullRequests ?? true,
    }));
  });
  const built = new Set(jobs.map((job) => job.system));
  return { jobs, skipped: parts.length === 0 ? [] : systems.filter((system) => !built.has(system)) };
}
