import { hostedRunner } from "../../knowledge/hosted-runners.ts";
import type { Rule } from "../rule.ts";

/* Pipelines of forges, and containers. */

export const ciRules: readonly Rule[] = [
  {
    code: "linux-missing",
    severity: "warning",
    summary: "a container without a Linux system",
    cause: "Images and dev containers run Linux. The flake has tools for the systems of the spec only.",
    example: "systems: [aarch64-darwin]\ndevcontainer: true",
    fixed: "systems: [aarch64-darwin, aarch64-linux]\ndevcontainer: true",
    check: ({ model, report }) => {
      if (model.systems.some((system) => system.endsWith("-linux"))) return;
      const hint = `add a Linux to \`systems\`, such as ${model.systems.some((system) => system.startsWith("aarch64")) ? "aarch64-linux" : "x86_64-linux"}`;
      for (const { at, name } of model.images)
        report({ at, part: "key", message: `the image \`${name}\` is made for Linux only, and \`systems\` has none`, hint });
      if (model.devcontainer)
        report({ at: ["devcontainer"], message: "a dev container runs Linux, and `systems` has none: it has no shell", hint });
    },
  },
  {
    code: "ci-no-runner",
    severity: "warning",
    summary: "a forge without a runner for a system",
    cause: "A job needs a runner of its system. Forges have hosted ones for some systems only, and other jobs are left out.",
    example: "ci: { forges: [gitlab], systems: [aarch64-darwin] }",
    fixed: "ci: { forges: [gitlab], systems: [aarch64-darwin], runners: { aarch64-darwin: { labels: [mac] } } }",
    check: ({ model, report }) => {
      const { ci } = model;
      if (!ci) return;
      const hint = (system: string) => `name a runner of your own: \`runners: { ${system}: { labels: [LABEL] } }\``;
      for (const forge of ci.forges) {
        const lacks = (system: string) =>
          hostedRunner(forge, system) === undefined && !ci.runners.some((runner) => runner.system === system);
        for (const { at, name } of ci.systems ?? [])
          if (lacks(name)) report({ at, message: `${forge} has no hosted runner for ${name}: no job is made`, hint: hint(name) });
        if (ci.systems || !model.systems.every(lacks)) continue;
        const [first] = model.systems;
        report({
          at: ci.at,
          message: `${forge} has a hosted runner for no system of the spec: nothing is built`,
          hint: hint(first),
        });
      }
    },
  },
  {
    code: "ci-cache-unsupported",
    severity: "warning",
    summary: "a store cache that the forge does not have",
    cause: "The generated pipeline of Forgejo runs in an image without Node.js, which Forgejo's cache action needs.",
    example: "ci: { forges: [forgejo], cache: { store: actions } }",
    fixed: "ci: { forges: [forgejo], cache: { cachix: acme } }",
    check: ({ model, report }) => {
      if (!model.ci?.store || !model.ci.forges.includes("forgejo")) return;
      const message = "the pipeline of forgejo has no store cache, so it builds without one";
      report({ at: [...model.ci.at, "cache", "store"], message, hint: "name a cache at cachix.org: `cache: { cachix: NAME }`" });
    },
  },
];
