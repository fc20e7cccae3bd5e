import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated } from "../support/machine.ts";
import { MACHINE_TOOLS, type PrivateMachine, privateMachine } from "../support/private-machine.ts";
import { repository } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";
import { until } from "../support/until.ts";

/*
 * A machine whose only way out is an HTTP proxy that ends TLS with authorities of its own. apply-nix-config.sh installs the files; no
 * systemd runs here, so the test reads `Environment=` of the installed drop-in and starts the daemon with exactly that.
 */

const test = suite("the network of a daemon");
const TOOLS = [...MACHINE_TOOLS, "nix", "nix-build", "nix-daemon", "nix-store", "busybox", "openssl", "systemctl"];
const behindProxy = needs(test, TOOLS);

const DROP_IN = "/etc/systemd/system/nix-daemon.service.d/flakewright.conf";

/** The variables of a unit's file as systemd reads them. */
function variables(unit: string): string[] {
  return unit.split("\n").flatMap((line) => {
    const quoted = /^Environment="(.*)"$/.exec(line)?.[1];
    return quoted === undefined ? [] : [quoted.replace(/\\(.)/g, "$1").replaceAll("%%", "%")];
  });
}

/** Authorities and a certificate of theirs for cache.test. */
async function certificates(machine: PrivateMachine, folder: string): Promise<void> {
  const at = (name: string) => join(folder, name);
  const subject = (name: string) => ["-subj", `/CN=${name}`, "-days", "30", "-newkey", "rsa:2048", "-nodes"];
  const authority = ["-addext", "basicConstraints=critical,CA:TRUE", "-keyout", at("ca.key"), "-out", at("ca.pem")];
  await machine.must(["openssl", "req", "-x509", ...subject("Company CA"), ...authority]);
  await machine.must(["openssl", "req", ...subject("cache.test"), "-keyout", at("key.pem"), "-out", at("request.pem")]);
  writeFileSync(at("names"), "subjectAltName=DNS:cache.test\n");
  const sign = ["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "30", "-extfile", at("names")];
  await machine.must(["openssl", "x509", "-req", "-in", at("request.pem"), ...sign, "-out", at("certificate.pem")]);
}

/** Starts a daemon with exactly these variables; returns a function that ends it. */
async function daemon(machine: PrivateMachine, environment: readonly string[]): Promise<() => Promise<void>> {
  const socket = "/nix/var/nix/daemon-socket/socket";
  await machine.must(["rm", "-f", socket]);
  const own = ["PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"];
  const started = machine.start(["env", "-i", ...own, ...environment, tool("nix-daemon") ?? ""]);
  await until("the daemon's socket", async () => (await machine.run(["test", "-S", socket])).status === 0);
  return async () => {
    await machine.must(["pkill", "-x", "nix-daemon"]);
    await started.done;
  };
}

behindProxy("downloads and builds work with the installed drop-in, and with less than it they fail", async () => {
  const machine = await privateMachine();
  try {
    const folder = tempFolder();
    const at = (name: string) => join(folder, name);
    await machine.must(["chmod", "755", folder]);
    await certificates(machine, folder);
    await machine.must(["mkdir", "-p", at("cache"), at("bin")]);
    await machine.must(["cp", tool("busybox") ?? "", at("bin/busybox")]);
    await machine.must(["nix-store", "--generate-binary-cache-key", "company-1", at("secret"), at("public")]);

    // A path of the cache, which the machine itself cannot build again: it needs the downloaded one.
    const local = ["--option", "build-users-group", "", "--option", "substitute", "false", "--option", "sandbox", "false"];
    writeFileSync(
      at("cached.nix"),
      `derivation { name = "cached"; system = builtins.currentSystem; builder = "\${${at("bin")}}/busybox"; args = [ "sh" "-c" "echo from the cache > $out" ]; }`,
    );
    const cached = (await machine.must(["nix-build", "--no-out-link", at("cached.nix"), ...local])).trim();
    await machine.must([
      "nix",
      "--extra-experimental-features",
      "nix-command",
      "copy",
      "--to",
      `file://${at("cache")}?secret-key=${at("secret")}`,
      cached,
    ]);
    await machine.must(["nix-store", "--delete", cached]);
    writeFileSync(at("cache/source.txt"), "a source\n");

    const out = generated(`
version: 1
name: company
groups: {}
settings: { experimental-features: [nix-command], sandbox: true }
substituters: [{ url: "https://cache.test/", publicKey: "${readFileSync(at("public"), "utf8").trim()}" }]
trustedUsers: [root]
network: { proxy: "http://127.0.0.1:3128", noProxy: [.example.net], caBundle: "${at("ca.pem")}" }
`);
    const applied = await machine.run([join(out, "apply-nix-config.sh")]);
    assert.is(applied.status, 0, applied.stderr);
    const environment = variables(await machine.must(["cat", DROP_IN]));
    assert.ok(environment.includes("https_proxy=http://127.0.0.1:3128"), environment.join("\n"));
    assert.ok(environment.includes(`NIX_SSL_CERT_FILE=${at("ca.pem")}`));

    const server = ["--import", "tsx", join(repository, "test/support/proxied-cache.ts")];
    writeFileSync(at("log"), "");
    machine.start([process.execPath, ...server, at("cache"), at("certificate.pem"), at("key.pem"), at("log")], {
      cwd: repository,
    });
    const log = () => readFileSync(at("log"), "utf8");
    await until("the proxy", () => log().includes("ready"));

    /** Builds that read the source and the cached path, and a download whose builder gets the proxy and the authorities. */
    writeFileSync(
      at("build.nix"),
      `let
  busybox = "\${${at("bin")}}/busybox";
  system = builtins.currentSystem;
  source = derivation {
    name = "source.txt"; system = "builtin"; builder = "builtin:fetchurl"; url = "https://cache.test/source.txt";
    outputHashMode = "flat"; outputHashAlgo = "sha256"; outputHash = "${await sha256(machine, at("cache/source.txt"))}";
    preferLocalBuild = true; unpack = false; executable = false;
  };
  download = derivation {
    name = "download"; inherit system; builder = busybox;
    args = [ "sh" "-c" "test -f $NIX_SSL_CERT_FILE && printf %s $https_proxy > $out" ];
    impureEnvVars = [ "https_proxy" "NIX_SSL_CERT_FILE" ];
    outputHashMode = "flat"; outputHashAlgo = "sha256"; outputHash = builtins.hashString "sha256" "http://127.0.0.1:3128";
  };
in
derivation {
  name = "result"; inherit system; builder = busybox;
  args = [ "sh" "-c" "\${busybox} cat \${source} \${builtins.storePath "${cached}"} \${download} > $out" ];
}
`,
    );
    const client = { env: { NIX_REMOTE: "daemon", https_proxy: undefined, NIX_SSL_CERT_FILE: undefined } };
    const fetch = () => machine.run(["nix-store", "--realise", cached], client);
    const build = () => machine.run(["nix-build", "--no-out-link", at("build.nix")], client);
    const isHere = async () => (await machine.run(["test", "-e", cached])).status === 0;

    // Without the drop-in nothing is reached; with the proxy alone, the cache's certificate is refused.
    for (const [less, said] of [
      [[], ""],
      [environment.filter((one) => !/CERT_FILE=/.test(one)), "CONNECT cache.test:443"],
    ] as const) {
      writeFileSync(at("log"), "");
      const stop = await daemon(machine, less);
      const refused = await fetch();
      assert.is.not(refused.status, 0, refused.stderr);
      assert.not(await isHere());
      assert.ok(said === "" ? log() === "" : log().includes(said), log());
      if (less.length === 0) assert.is.not((await build()).status, 0);
      await stop();
    }

    // A client remembers what a cache did not have.
    await machine.must(["sh", "-c", "rm -rf /root/.cache/nix"]);
    const stop = await daemon(machine, environment);
    const realised = await fetch();
    assert.is(realised.status, 0, realised.stderr);
    assert.is(await machine.must(["cat", cached]), "from the cache\n");
    const built = await build();
    assert.is(built.status, 0, built.stderr);
    assert.is(await machine.must(["cat", built.stdout.trim()]), "a source\nfrom the cache\nhttp://127.0.0.1:3128");
    assert.match(log(), /CONNECT cache\.test:443/);
    await stop();

    // Uninstalled, the drop-in and its folder are gone.
    await machine.must([join(out, "apply-nix-config.sh"), "--uninstall"]);
    assert.is.not((await machine.run(["test", "-e", "/etc/systemd/system/nix-daemon.service.d"])).status, 0);
  } finally {
    machine.stop();
  }
});

async function sha256(machine: PrivateMachine, file: string): Promise<string> {
  return (await machine.must(["sha256sum", file])).slice(0, 64);
}

test.run();
