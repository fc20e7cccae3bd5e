import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated, NIXES, type Ran, run } from "../support/machine.ts";
import { copyFixture, FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { tempFolder } from "../support/temp.ts";

/*
 * `manage-nix-packages.sh export` and `import` with each available Nix. The machine without a network is a network namespace without a
 * route, an empty store at the same place, and no source of nixpkgs outside the export.
 */

const spec = (nixpkgs: string, volume: string) => `
version: 1
name: demo
nixpkgs: { url: "path:${nixpkgs}" }
systems: [x86_64-linux, aarch64-linux]
groups:
  k8s: { packages: [kubectl, { package: kubernetes-helm, name: helm }] }
  dev: { packages: [jq] }
settings: { experimental-features: [nix-command, flakes] }
volumes:
  data: { mount: "${volume}", groups: [dev] }
`;

for (const { name, within, register, isThere } of NIXES) {
  const test = suite(`a machine without a network, with ${name}`);
  const TOOLS = [...FIXTURE_TOOLS, "root", "unshare", "ip"];
  const withNix = register(test, TOOLS);

  let nix: Nix;
  let nixpkgs: string;
  let out: string;
  let volume: string;
  let keys: string;
  /** A folder with characters that mean something in an address of a store. */
  let cache: string;

  const alone = ["unshare", "--net", "--"];
  const command = (args: readonly string[], isAlone: boolean): Promise<Ran> =>
    run([...(isAlone ? alone : []), ...within, ...args], { cwd: keys, env: nix.env });
  const must = async (args: readonly string[], isAlone: boolean): Promise<string> => {
    const ran = await command(args, isAlone);
    assert.is(ran.status, 0, `${args.join(" ")}\n${ran.stdout}${ran.stderr}`);
    return ran.stdout;
  };
  const script = () => join(out, "manage-nix-packages.sh");
  const exported = (folder = cache) => join(folder, "flake/manage-nix-packages.sh");
  const key = (file: string) => join(keys, file);
  const profile = () => join(nix.env.NIX_STATE_DIR ?? "", "profiles/environment-demo");
  const kubectl = async () => (await must([join(profile(), "bin/kubectl")], true)).trim();
  const setVersions = (versions: Record<string, string>) =>
    copyFileSync(join(copyFixture(versions), "versions.nix"), join(nixpkgs, "versions.nix"));

  /** Another machine: an empty store at the same place. */
  function anotherMachine(): void {
    for (const folder of [nix.env.NIX_STORE_DIR ?? "", nix.env.NIX_STATE_DIR ?? "", join(nix.root, "home")]) {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
    }
  }
  const storeHas = (words: string) => readdirSync(nix.env.NIX_STORE_DIR ?? "").some((path) => path.includes(words));

  test.before(async () => {
    if (!isThere(TOOLS)) return;
    nix = privateNix([...within, "nix"]);
    nixpkgs = copyFixture();
    [volume, keys] = [tempFolder(), tempFolder()];
    cache = join(tempFolder(), "a cache?x=1&é %20'#");
    out = generated(spec(nixpkgs, volume));
    for (const one of ["company", "other"]) {
      writeFileSync(key(one), await must(["nix", "key", "generate-secret", "--key-name", `${one}-1`], false));
      chmodSync(key(one), 0o600);
      const { stdout } = await run([...within, "nix", "key", "convert-secret-to-public"], {
        env: nix.env,
        input: readFileSync(key(one), "utf8"),
      });
      writeFileSync(key(`${one}.pub`), `${stdout}\n`);
    }
  });

  withNix("the namespace has no route", async () => {
    assert.is(await must(["true"], true), "");
    const { stdout } = await run([...alone, "ip", "route", "show", "table", "main"]);
    assert.is(stdout, "");
  });

  withNix("an export needs a secret key, which does not travel with it", async () => {
    const refused = async (args: readonly string[], words: RegExp) => {
      const { status, stderr } = await command([script(), "export", ...args], false);
      assert.is.not(status, 0);
      assert.match(stderr, words);
    };
    await refused([cache], /export needs --key FILE: a secret key/);
    await refused([cache, "--key", key("company.pub")], /is no secret key/);
    mkdirSync(cache, { recursive: true });
    copyFileSync(key("company"), join(cache, "key"));
    await refused([cache, "--key", join(cache, "key")], /the secret key is in .*, which is meant to travel/);
    rmSync(join(cache, "key"));
    writeFileSync(join(cache, "notes.txt"), "");
    await refused([cache, "--key", key("company")], /has other files and no export/);
    rmSync(join(cache, "notes.txt"));
  });

  withNix("exported here: signed, with the flake, its lock and its input, and without the key", async () => {
    const said = await must([script(), "export", cache, "--key", key("company")], false);
    assert.match(said, /^exported k8s dev to /);
    assert.ok(existsSync(join(cache, "flake/flake.lock")));
    const files = readdirSync(cache, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".narinfo"));
    assert.ok(files.length > 5);
    const names = files.map((path) => /^StorePath: .*\/[a-z0-9]{32}-(.*)$/m.exec(readFileSync(join(cache, path), "utf8"))?.[1]);
    for (const wanted of ["k8s", "dev", "source", "kubectl-1.30.1"])
      assert.ok(names.includes(wanted), `${wanted}: ${names.join()}`);
    for (const path of files) assert.match(readFileSync(join(cache, path), "utf8"), /^Sig: company-1:/m, path);
    const secret = readFileSync(key("company"), "utf8").trim().split(":")[1] ?? "";
    for (const path of readdirSync(cache, { recursive: true, encoding: "utf8" }))
      if (/narinfo$|flakewright-export$|nix-cache-info$/.test(path))
        assert.not.ok(readFileSync(join(cache, path), "utf8").includes(secret), path);
  });

  withNix("another key signs only in another folder", async () => {
    const { status, stderr } = await command([script(), "export", cache, "--key", key("other")], false);
    assert.is.not(status, 0);
    assert.match(stderr, /has an export that another key has signed \(company-1\)/);
    await must([script(), "export", `${cache}-other`, "dev", "--key", key("other")], false);
  });

  withNix("without a network: what another key has signed is refused, and nothing of it is there", async () => {
    anotherMachine();
    renameSync(nixpkgs, `${nixpkgs}.away`);
    for (const [folder, args] of [
      [`${cache}-other`, ["--key", key("company.pub")]],
      [cache, []],
    ] as const) {
      const { status, stderr } = await command([exported(folder), "import", folder, ...args], true);
      assert.is.not(status, 0);
      assert.match(stderr, /lacks a (valid )?signature|lacks a signature by a trusted key|is not signed by any of the keys/);
      assert.match(stderr, /the export is not taken/);
      assert.not(storeHas("-dev"));
      assert.not(existsSync(join(nix.env.NIX_STATE_DIR ?? "", "profiles/imported-demo")));
    }
    const secret = await command([exported(), "import", cache, "--key", key("company")], true);
    assert.match(secret.stderr, /is no public key/);
  });

  withNix("without a network: import, install and list work", async () => {
    assert.match(await must([exported(), "import", cache, "--key", key("company.pub")], true), /imported k8s dev from/);
    assert.match(await must([exported(), "install", "k8s"], true), /kubectl 1\.30\.1 \(new\)/);
    assert.is(await kubectl(), "kubectl 1.30.1");
    assert.match(await must([exported(), "list"], true), /kubectl +1\.30\.1/);
    // The inputs stay when nothing else uses them.
    await must([exported(), "clean"], true);
    assert.ok(storeHas("-source"));
    await must([exported(), "install"], true);
    assert.equal(JSON.parse(await must([exported(), "status", "--json"], true)).profile.groups, ["k8s", "dev"]);
  });

  withNix("without a network: a newer export updates, and a rollback goes back", async () => {
    // The first machine again, with a network.
    const there = `${nix.env.NIX_STORE_DIR}.there`;
    renameSync(nix.env.NIX_STORE_DIR ?? "", there);
    renameSync(nix.env.NIX_STATE_DIR ?? "", `${nix.env.NIX_STATE_DIR}.there`);
    anotherMachine();
    renameSync(`${nixpkgs}.away`, nixpkgs);
    setVersions({ kubectl: "1.31.0" });
    await must([script(), "update"], false);
    await must([script(), "export", cache, "--key", key("company")], false);
    renameSync(nixpkgs, `${nixpkgs}.away`);
    for (const folder of [nix.env.NIX_STORE_DIR ?? "", nix.env.NIX_STATE_DIR ?? ""]) {
      rmSync(folder, { recursive: true });
      renameSync(`${folder}.there`, folder);
    }

    await must([exported(), "import", cache, "--key", key("company.pub")], true);
    assert.match(await must([exported(), "install"], true), /kubectl 1\.30\.1 -> 1\.31\.0/);
    assert.is(await kubectl(), "kubectl 1.31.0");
    assert.match(await must([exported(), "rollback"], true), /kubectl 1\.31\.0 -> 1\.30\.1/);
    assert.is(await kubectl(), "kubectl 1.30.1");
  });

  withNix("a volume alone: its groups, from a folder that is the machine's only cache", async () => {
    renameSync(`${nixpkgs}.away`, nixpkgs);
    anotherMachine();
    const folder = join(tempFolder(), "volume");
    const exportVolume = () => must([script(), "export", folder, "--volume", "data", "--key", key("company")], false);
    await exportVolume();
    assert.match(readFileSync(join(folder, "flakewright-export"), "utf8"), /^groups dev$/m);
    cpSync(join(folder, "flake"), `${folder}-first`, { recursive: true });
    setVersions({ kubectl: "1.31.0", jq: "1.8.0" });
    await must([script(), "update"], false);
    await exportVolume();
    anotherMachine();
    renameSync(nixpkgs, `${nixpkgs}.away`);
    // Without an import: Nix itself takes from the folder what it needs. Without a network it does so only if `substitute` is set.
    const public_ = readFileSync(key("company.pub"), "utf8").trim();
    const only = {
      NIX_CONFIG: `${nix.env.NIX_CONFIG}\nsubstitute = true\nsubstituters = file://${folder}\ntrusted-public-keys = ${public_}\n`,
    };
    const manage = async (from: string, ...args: string[]) => {
      const { status, stderr } = await run(
        [...alone, ...within, join(from, "manage-nix-packages.sh"), ...args, "--volume", "data"],
        {
          cwd: keys,
          env: { ...nix.env, ...only },
        },
      );
      assert.is(status, 0, stderr);
      return (await must([join(volume, ".nix/environment-demo/bin/jq")], true)).trim();
    };
    assert.is(await manage(`${folder}-first`, "install"), "jq 1.7.1");
    assert.is(await manage(join(folder, "flake"), "install"), "jq 1.8.0");
    assert.is(await manage(join(folder, "flake"), "rollback"), "jq 1.7.1");
  });

  test.run();
}
