import { suite } from "uvu";
import * as assert from "uvu/assert";
import { evaluate, evaluateExpression } from "../support/real-nixpkgs.ts";
import { written } from "../support/spec.ts";
import { needs } from "../support/tools.ts";

/* nix/images.nix: what dockerTools is given, seen through a package set that returns it, and the images on a real nixpkgs. */

const test = suite("images");

const HOSTILE = 'a\'b ${builtins.abort "out"} \'\' "$(id)"\n=\\ \u{1F642}';
const spec = `version: 1
name: demo
nixpkgs: nixos-26.05
systems: [x86_64-linux, aarch64-linux, aarch64-darwin]
groups:
  k8s: { packages: [kubectl, jq] }
  dev: { packages: [git] }
commands:
  hello: { run: "echo hello" }
shells:
  k8s: { env: { HOSTILE: ${JSON.stringify(HOSTILE)}, SAME: k8s } }
  dev: { env: { SAME: dev } }
images:
  ci: { groups: [k8s, dev], name: registry.example.net/platform/ci }
  root: { groups: [dev], user: 0 }
`;

/** A package set whose functions return what they are given. */
const ECHO = `{
  kubectl = "kubectl"; jq = "jq"; git = "git"; bashInteractive = "bash"; coreutils = "coreutils"; bash = "bash";
  buildEnv = root: root;
  writeTextDir = path: text: { inherit path text; };
  dockerTools = { streamLayeredImage = image: image; caCertificates = "ca"; usrBinEnv = "env"; };
}`;

interface Given {
  readonly name: string;
  readonly tag: string;
  readonly contents: readonly { readonly paths: readonly (string | { readonly path: string; readonly text: string })[] }[];
  readonly fakeRootCommands: string;
  readonly config: { readonly Env: readonly string[]; readonly User: string; readonly WorkingDir: string };
}

const given = async (system: string): Promise<Record<string, Given>> => {
  const images = `import ${await written(spec)}/nix/images.nix "${system}" { nixpkgs = ${ECHO}; }`;
  // A command's folder is a derivation: its name stands for it.
  const paths = "map (p: if p ? drvPath then p.name else p)";
  const shown = `image: image // { contents = map (c: { paths = ${paths} c.paths; }) image.contents; }`;
  return (await evaluateExpression(`builtins.mapAttrs (_: ${shown}) (${images})`)) as Record<string, Given>;
};

needs(test, ["nix"])("tools, commands, accounts and certificates; texts of the spec stay texts", async () => {
  const images = await given("x86_64-linux");
  assert.equal(Object.keys(images), ["image-ci", "image-root"]);
  const { "image-ci": ci, "image-root": root } = images;
  assert.equal([ci?.name, ci?.tag], ["registry.example.net/platform/ci", "latest"]);
  const paths = ci?.contents[0]?.paths ?? [];
  assert.equal(
    paths.filter((path) => typeof path === "string"),
    ["commands", "kubectl", "jq", "git", "bash", "coreutils", "ca", "env"],
  );
  const passwd = paths.find((path) => typeof path === "object" && path.path === "etc/passwd");
  assert.match(typeof passwd === "object" ? passwd.text : "", /^user:x:1000:1000:user:\/home\/user:\/bin\/bash$/m);
  assert.equal(ci?.config.Env, [
    "HOME=/home/user",
    `HOSTILE=${HOSTILE}`,
    "PATH=/bin",
    "SAME=dev",
    "SSL_CERT_FILE=/etc/ssl/certs/ca-bundle.crt",
    "USER=user",
  ]);
  assert.match(ci?.fakeRootCommands ?? "", /^mkdir -m 1777 tmp\nmkdir -p root \.\/home\/user\nchown 1000:1000 \.\/home\/user\n$/);
  assert.equal([root?.name, root?.config.User, root?.config.WorkingDir], ["root", "0:0", "/root"]);
});

needs(test, ["nix"])("there is none for macOS", async () => {
  assert.equal(await given("aarch64-darwin"), {});
});

needs(test, ["nix", "nixpkgs"])("they evaluate on a real nixpkgs for both Linux systems", async () => {
  const out = await written(spec);
  for (const system of ["x86_64-linux", "aarch64-linux"])
    assert.match(String(await evaluate(out, `packages.${system}.image-ci.drvPath`)), /-stream-ci\.drv$/, system);
});

test.run();
