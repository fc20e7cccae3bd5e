import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, head } from "../support/diagnostic-rows.ts";
import { compileText } from "../support/spec.ts";

/* Parts of a spec that multiply with each other: what is more than a platform can have is reported, and nothing is made of it. */
const test = suite("parts that multiply");

const lines = (count: number, line: (at: number) => string) => Array.from({ length: count }, (_, at) => line(at)).join("");
const linux = "os: linux, system: x86_64-linux";
const groups = lines(1500, (at) => `  g${at}: { packages: [git] }\n`);

for (const [name, text, says] of [
  [
    "images of all groups",
    `${head}groups:\n${groups}images:\n${lines(1000, (at) => `  i${at}: {}\n`)}`,
    "1000 images with 1500 groups each are more than a spec can have",
  ],
  [
    "commands in shells",
    `${base}shells:\n${lines(1500, (at) => `  s${at}: { groups: [k8s] }\n`)}commands:\n${lines(1000, (at) => `  c${at}: { run: a }\n`)}`,
    "1000 commands with 1501 shells each are more than a spec can have",
  ],
  [
    "users and settings",
    `${base}settings:\n${lines(1500, (at) => `  zqk${at}: 1\n`)}users:\n${lines(1000, (at) => `  u${at}: {}\n`)}`,
    "1000 users with 1500 settings each are more than a spec can have",
  ],
  [
    "hosts and the entries of the system's lists",
    `${base}settings:\n  system-features:\n${lines(1500, (at) => `    - f${at}\n`)}hosts:\n${lines(1000, (at) => `  h${at}: { ${linux}, settings: { cores: 2 } }\n`)}`,
    "1000 hosts with 1501 settings each are more than a spec can have",
  ],
  [
    "hosts of another Linux and builders",
    `${base}hosts:\n${lines(400, (at) => `  h${at}: { ${linux} }\n`)}builders:\n${lines(300, (at) => `  - { host: h${at}, publicHostKey: AAAA }\n`)}`,
    "400 hosts with 300 builders each are more than a spec can have",
  ],
  [
    "hosts of another Linux and build users",
    `${base}hosts:\n${lines(400, (at) => `  h${at}: { ${linux} }\n`)}buildUsers:\n  roles:\n${lines(300, (at) => `    - { role: r${at} }\n`)}`,
    "400 hosts with 300 roles each are more than a spec can have",
  ],
  [
    "roles in pipelines and labels of a runner",
    `${base}ci:\n  forges: [github]\n  runners:\n    x86_64-linux:\n      labels: [${lines(1000, (at) => `label${at}, `)}]\nbuildUsers:\n  roles:\n${lines(1000, (at) => `    - { role: r${at} }\n`)}`,
    "1000 roles with 10974 characters each are more than a spec can have",
  ],
  [
    "volumes and a long text",
    `${base}settings: { bash-prompt: "${"x".repeat(100_000)}" }\nvolumes:\n${lines(1000, (at) => `  v${at}: { mount: /v${at} }\n`)}`,
    "1000 volumes with 100035 characters each are more than a spec can have",
  ],
  [
    "images and a long variable",
    `${base}shells: { k8s: { env: { A: "${"x".repeat(100_000)}" } } }\nimages:\n${lines(1000, (at) => `  i${at}: { groups: [k8s] }\n`)}`,
    "1000 images with 100012 characters each are more than a spec can have",
  ],
] as const)
  test(name, () => {
    const { diagnostics, files } = compileText(text);
    const found = diagnostics.filter(({ code }) => code === "yaml-limit");
    assert.equal(
      found.map(({ message }) => message),
      [says],
    );
    assert.is(files, undefined);
  });

test("a thousand hosts with all of a thousand groups are a platform", () => {
  const hosts = lines(1000, (at) => `  h${at}: { system: x86_64-linux, stateVersion: "26.05" }\n`);
  const { diagnostics, model } = compileText(`${head}groups:\n${groups}hosts:\n${hosts}`);
  assert.equal(diagnostics, []);
  assert.ok(model?.hosts.every((host) => host.groups === model.hosts[0]?.groups));
});

test.run();
