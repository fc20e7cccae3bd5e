import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type UnpackedImage, unpackImage } from "../support/docker-archive.ts";
import { NIXES, run } from "../support/machine.ts";
import { copyFixture, FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { written } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { tool } from "../support/tools.ts";

/*
 * Images, built and written by `nix run`, with nixpkgs' own dockerTools (from the real nixpkgs) on the stub packages of the fixture;
 * unpacked, and entered with chroot as the image's user with the image's environment.
 */

const HOSTILE =
  'a\'b ${builtins.abort "out"} \'\' "$(touch /tmp/hostile)" `touch /tmp/hostile`\n= \\ \u{1F642} ; touch /tmp/hostile';
const spec = `version: 1
name: demo
nixpkgs: nixos-26.05
systems: [x86_64-linux]
groups:
  k8s: { title: ${JSON.stringify(HOSTILE)}, packages: [kubectl, { package: kubernetes-helm, name: helm, description: ${JSON.stringify(HOSTILE)} }] }
  dev: { packages: [jq, mas] }
commands:
  hello: { help: ${JSON.stringify("$(touch /tmp/hostile)")}, run: 'echo "hello $1 from $PLACE"' }
shells:
  k8s: { env: { HOSTILE: ${JSON.stringify(HOSTILE)}, PLACE: k8s } }
  dev: { env: { PLACE: dev } }
images:
  ci: { groups: [k8s, dev], name: registry.example.net/platform/ci, user: 1234 }
  root: { groups: [dev], user: 0 }
`;
const TOOLS = [...FIXTURE_TOOLS, "bash-static", "nixpkgs", "root", "python3", "jq", "fakeroot", "chroot"];

for (const { name, within, register, isThere } of NIXES) {
  const test = suite(`images built with ${name}`);
  const withNix = register(test, TOOLS);

  let nix: Nix;
  let copy: string;
  let nixpkgs: string;
  let out: string;

  test.before(async () => {
    if (!isThere(TOOLS)) return;
    nix = privateNix([...within, "nix"]);
    copy = copyFixture();
    const source = join(tool("nixpkgs") ?? "", "pkgs/build-support/docker");
    // The real nixpkgs may be in the store of the current Nix.
    const current = (process.env["FLAKEWRIGHT_NIX_CURRENT"] ?? "").split(" ").filter((word) => word !== "");
    const copied = await run([...(existsSync(source) ? [] : current), "cp", "-rL", source, join(copy, "docker")], {
      cwd: "/tmp",
      env: {},
    });
    assert.is(copied.status, 0, copied.stderr);
    nixpkgs = await nix.addSource(copy);
    out = written(spec);
  });

  /** `nix run .#image-NAME >FILE` */
  const stream = async (image: string): Promise<string> => {
    const archive = join(tempFolder(), "image.tar");
    const command = ["nix", "run", `path:${out}#image-${image}`, "--no-write-lock-file", "--override-input", "nixpkgs", nixpkgs];
    const ran = await run([...within, "sh", "-c", '"$@" >"$0"', archive, ...command], { cwd: "/tmp", env: nix.env });
    assert.is(ran.status, 0, ran.stderr);
    return archive;
  };

  /** Runs a script in an image: by its user, with its environment and nothing else. */
  const enter = ({ root, config }: UnpackedImage, script: string) => {
    const env = Object.fromEntries(config.Env.map((entry) => [entry.split("=", 1)[0] ?? "", entry.replace(/^[^=]*=/, "")]));
    const command = ["--userspec", config.User, root, ...config.Cmd, "-c", `cd "$0" || exit; ${script}`, config.WorkingDir];
    const { status, stdout, stderr, error } = spawnSync(tool("chroot") ?? "chroot", command, { encoding: "utf8", env });
    if (error) throw error;
    return { status, stdout, stderr };
  };
  const prints = (image: UnpackedImage, script: string): string => {
    const { status, stdout, stderr } = enter(image, script);
    assert.is(status, 0, `${script}: ${stderr}`);
    return stdout.trimEnd();
  };

  withNix("an image has its tools, commands, variables, account, certificates and /tmp", async () => {
    const image = unpackImage(await stream("ci"));
    assert.equal(image.repoTags, ["registry.example.net/platform/ci:latest"]);
    assert.is(image.architecture, "amd64");
    assert.equal(image.config.User, "1234:1234");

    assert.match(prints(image, "kubectl"), /^kubectl \d/);
    assert.match(prints(image, "helm"), /^helm \d/);
    assert.match(prints(image, "/bin/jq"), /^jq \d/);
    assert.is.not(enter(image, "mas").status, 0, "made for macOS alone");
    assert.is(prints(image, "hello you"), "hello you from dev");
    assert.is(prints(image, "menu"), "hello  $(touch /tmp/hostile)");
    assert.is(prints(image, '/usr/bin/env sh -c "exec cat" </etc/ssl/certs/ca-bundle.crt'), "-----BEGIN CERTIFICATE-----");
    assert.is(prints(image, 'cat "$SSL_CERT_FILE" /etc/ssl/certs/ca-certificates.crt | wc -l').trim(), "2");

    assert.is(prints(image, 'echo "$USER $HOME $(id -u) $(id -g) $(pwd)"'), "user /home/user 1234 1234 /home/user");
    assert.is(prints(image, "id -un; id -gn"), "user\nuser");
    assert.is(prints(image, 'touch "$HOME/a" /tmp/b && stat -c %a /tmp'), "1777");
    assert.is.not(enter(image, "touch /c").status, 0, "the root folder is root's");
  });

  withNix("no text of the spec leaves its place", async () => {
    const image = unpackImage(await stream("ci"));
    assert.is(enter(image, 'printf %s "$HOSTILE"').stdout, HOSTILE);
    assert.ok(image.config.Env.includes(`HOSTILE=${HOSTILE}`));
    assert.equal(
      image.config.Env.map((entry) => entry.split("=", 1)[0]),
      ["HOME", "HOSTILE", "PATH", "PLACE", "SSL_CERT_FILE", "USER"],
    );
    for (const folder of [image.root, "/"]) assert.not.ok(existsSync(join(folder, "tmp/hostile")), folder);
  });

  withNix("each tool has a layer of its own", async () => {
    const { layers } = unpackImage(await stream("ci"));
    const tools = layers.map((paths) => [
      ...new Set(paths.flatMap((path) => /-(kubectl|kubernetes-helm|jq)-\d/.exec(path)?.[1] ?? [])),
    ]);
    assert.equal(tools.flat().sort(), ["jq", "kubectl", "kubernetes-helm"]);
    assert.ok(tools.every((found) => found.length <= 1));
  });

  withNix("an image of root", async () => {
    const image = unpackImage(await stream("root"));
    assert.is(prints(image, 'echo "$USER $HOME $(id -un)" && touch /root/a /tmp/b'), "root /root root");
    assert.equal(image.repoTags, ["root:latest"]);
    assert.is.not(enter(image, "kubectl").status, 0, "a tool of another group");
    assert.is(lstatSync(join(image.root, "root")).uid, 0);
  });

  withNix("two builds from nothing have the same digest", async () => {
    const digest = async () => {
      const archive = await stream("ci");
      return createHash("sha256").update(readFileSync(archive)).digest("hex");
    };
    const first = await digest();
    const before = await nix.build(out, "image-ci", { inputs: { nixpkgs } });
    await nix.must(["store", "gc"]);
    assert.not.ok(existsSync(before), "the first build is gone");
    nixpkgs = await nix.addSource(copy);
    assert.is(await digest(), first);
  });

  test.run();
}
