import { imageNameProblem } from "../../knowledge/image-name.ts";
import { valueAt } from "../../report/spec-path.ts";
import { quoted } from "../../report/words.ts";
import type { Rule } from "../rule.ts";

/* OCI images. */

export const imageRules: readonly Rule[] = [
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
