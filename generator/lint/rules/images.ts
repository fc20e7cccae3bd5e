import { imageNameProblem } from "../../knowledge/image-name.ts";
import { valueAt } from "../../report/spec-path.ts";
import { quoted } from "../../report/words.ts";
import type { Rule } from "../rule.ts";

/* OCI images. */

export const imageRules: readonly Rule[] = [
  {
    code: "image-variable-missing",
    severity: "warning",
    summary: "a variable of a group's shell that its image can't have",
    cause:
      "An image has the variables of its groups' shells that are text. A path below the project's root, entries of a list such as PATH, and files of variables are of a work tree, which an image has not.",
    example: "shells:\n  k8s:\n    env: { KUBECONFIG: { path: .kube/config } }\nimages:\n  ci: { groups: [k8s] }",
    fixed: "shells:\n  k8s:\n    env: { AWS_PROFILE: dev }\nimages:\n  ci: { groups: [k8s] }",
    check: ({ model, source, report }) => {
      for (const { at, name, shells } of model.images) {
        const lost = shells.flatMap((shell) => shell.env.filter(({ value }) => value.kind !== "text"));
        const [first] = lost;
        if (first === undefined) continue;
        const names = quoted([...new Set(lost.map((one) => one.name))]);
        report({
          at,
          part: "key",
          message: `the image \`${name}\` does not get ${names}`,
          hint: "set it where the image runs, and accept this under `lint`",
          related: [{ message: "it is of the work tree", range: source.locate(first.at, "value") }],
        });
      }
    },
  },
  {
    code: "image-name-invalid",
    severity: "error",
    final: true,
    summary: "a name that no registry takes for an image",
    cause:
      "An image's name is a repository: an optional host with a port, then parts of lower-case letters and digits with `.`, `_`, `__` or `-` between them. A tag is given when the image is pushed.",
    example: "images:\n  ci: { name: registry.example.net/platform/ci:latest }",
    fixed: "images:\n  ci: { name: registry.example.net/platform/ci }",
    source: "https://pkg.go.dev/github.com/distribution/reference",
    check: ({ model, source, report }) => {
      for (const { at, repository } of model.images) {
        const problem = imageNameProblem(repository);
        if (!problem) continue;
        const isWritten = valueAt(source, [...at, "name"]) !== undefined;
        const place = isWritten ? { at: [...at, "name"] } : { at, part: "key" as const };
        report({
          ...place,
          message: `${quoted([repository])} ${problem}`,
          hint: "write a repository such as registry.example.net/platform/ci",
        });
      }
    },
  },
];
