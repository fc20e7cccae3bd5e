import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { compile } from "../../generator/compile.ts";
import type { Model } from "../../generator/model/model.ts";
import { catalogView } from "../../generator/output/views/catalog.ts";
import { templates } from "./spec.ts";
import { tempFolder } from "./temp.ts";

/* Pages of the catalogue, for the tests that read their text and the tests that open them in a browser. */

const folder = tempFolder();

/** The catalogue of a spec, as HTML. */
export function catalogOf(spec: object, facts?: never): string {
  return templates("catalog.html.hbs")(pageView(modelOf(spec), facts));
}

export const pageView = (model: Model, facts?: never): object => {
  const context = { spec: "spec.yaml", specFiles: [], folder: "out", facts, bundled: undefined };
  return { ...catalogView(model, context), ...context };
};

/** A spec's model; without facts, because looking for similar names of thousands of invented packages is slow. */
export function modelOf(spec: object): Model {
  const text = JSON.stringify({ version: 1, name: "test", ...spec });
  const { model, diagnostics } = compile(Buffer.from(text), "spec.yaml", { locked: true, facts: () => undefined }, templates);
  if (!model) throw new Error(diagnostics[0]?.message);
  return model;
}

/** Writes the page of a spec and returns its address. */
export function pageOf(name: string, spec: object, facts?: never): string {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, catalogOf(spec, facts));
  return pathToFileURL(path).href;
}

export const PLATFORM = {
  description: "A platform",
  inputs: { old: "github:NixOS/nixpkgs/nixos-23.05" },
  groups: {
    k8s: {
      title: "Kubernetes Tools",
      description: "For the clusters.",
      packages: [
        { package: "kubectl", description: "Kubernetes command-line tool" },
        { package: "kubernetes-helm", name: "helm", from: "old" },
        "k9s",
      ],
    },
    cloud: { packages: ["awscli2", { package: "docker", systems: ["x86_64-linux"] }] },
  },
  shells: { ops: { groups: ["k8s"], packages: ["kubectl", "eksctl"], env: { A: "b" }, hook: "echo hi" } },
  substituters: [
    { url: "https://cache.nixos.org/", publicKey: "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" },
  ],
  buildUsers: { roles: [{ role: "aws", description: "AWS builds", groups: ["cloud"] }] },
  hosts: { builder: { system: "x86_64-linux", groups: ["cloud"], deploy: { target: "b.example.net" } } },
  volumes: { aws: { mount: "/volumes/aws" } },
  builders: [{ host: "arm.example.net", systems: ["aarch64-linux"] }],
};

/** A spec with this many groups of as many tools, and a shell for every ten groups. */
export function large(groups: number, tools: number): object {
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  return {
    groups: Object.fromEntries(
      range(groups).map((group) => [
        `group-${group}`,
        {
          packages: range(tools).map((one) => ({
            package: `tool-${group}-${one}`,
            description: `What number ${one} of ${group} is for`,
          })),
        },
      ]),
    ),
    shells: Object.fromEntries(
      range(Math.ceil(groups / 10)).map((shell) => [
        `shell-${shell}`,
        {
          groups: range(groups)
            .filter((group) => group % 10 === shell % 10)
            .map((group) => `group-${group}`),
        },
      ]),
    ),
    hosts: Object.fromEntries(
      range(30).map((host) => [`host-${host}`, { groups: range(host % groups).map((group) => `group-${group}`) }]),
    ),
  };
}
