import { suite } from "uvu";
import { base, codeRows, mistakeRows } from "../../support/diagnostic-rows.ts";

const test = suite("lint rules: ci");

codeRows(test, [
  {
    code: "linux-missing",
    says: "the image `ci` is made for Linux only, and `systems` has none",
    bad: `${base}systems: [aarch64-darwin]\nimages: { ⟦ci⟧: { user: 0 } }\n`,
    good: `${base}systems: [aarch64-darwin, aarch64-linux]\nimages: { ci: { user: 0 } }\n`,
  },
  {
    code: "linux-missing",
    says: "a dev container runs Linux, and `systems` has none: it has no shell",
    bad: `${base}systems: [x86_64-darwin]\ndevcontainer: ⟦true⟧\n`,
    good: `${base}systems: [x86_64-darwin, x86_64-linux]\ndevcontainer: true\n`,
  },
  {
    code: "ci-no-runner",
    says: "gitlab has no hosted runner for aarch64-darwin: no job is made",
    bad: `${base}systems: [x86_64-linux, aarch64-darwin]\nci: { forges: [gitlab], systems: [⟦aarch64-darwin⟧] }\n`,
    good: `${base}systems: [x86_64-linux, aarch64-darwin]\nci: { forges: [gitlab], systems: [aarch64-darwin], runners: { aarch64-darwin: { labels: [mac] } } }\n`,
  },
  {
    code: "ci-no-runner",
    says: "github has a hosted runner for no system of the spec: nothing is built",
    bad: `${base}systems: [riscv64-linux]\nci: ⟦github⟧\n`,
    good: `${base}systems: [riscv64-linux, x86_64-linux]\nci: github\n`,
  },
  {
    code: "ci-cache-unsupported",
    says: "the pipeline of forgejo has no store cache, so it builds without one",
    bad: `${base}systems: [x86_64-linux]\nci: { forges: [forgejo], cache: { store: ⟦actions⟧ } }\n`,
    good: `${base}systems: [x86_64-linux]\nci: { forges: [forgejo], cache: { cachix: acme } }\n`,
  },
]);

mistakeRows(test, [
  [
    "a system to build on that the spec does not have",
    "reference-unknown",
    `${base}systems: [x86_64-linux]\nci: { forges: [github], systems: [⟦aarch64-linux⟧] }\n`,
    "x86_64-linux",
  ],
]);

test.run();
