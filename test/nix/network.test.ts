import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { FIXTURE_TOOLS, privateNix } from "../support/nix.ts";
import { evaluate } from "../support/real-nixpkgs.ts";
import { repository, written } from "../support/spec.ts";
import { needs } from "../support/tools.ts";

/* The network of the example, as NixOS and nix-darwin configure it, and in a shell. */

const test = suite("the network in Nix");
const real = needs(test, ["nix", "nixpkgs", "nixDarwin"]);
const example = readFileSync(join(repository, "spec/examples/network.yaml"), "utf8");
const own = example.replace("caBundle: /etc/ssl/company.pem", "caBundle: ./certs/company.pem");
const INPUTS = ["nixpkgs", "nix-darwin"];
const PEM = "-----BEGIN CERTIFICATE-----\nTWFkZSB1cA==\n-----END CERTIFICATE-----\n";

/** The example's output with the user's own bundle in it. */
function withBundle(spec = own): string {
  const folder = written(spec);
  mkdirSync(join(folder, "certs"));
  writeFileSync(join(folder, "certs/company.pem"), PEM);
  return folder;
}

for (const [title, folder, certificate] of [
  ["a file of the machines", () => written(example), "/etc/ssl/company.pem"],
  ["a file of the flake", withBundle, "/etc/ssl/certs/ca-certificates.crt"],
] as const) {
  real(`NixOS, ${title}: the daemon has the proxy and the authorities`, async () => {
    const apply = `host: {
      toplevel = host.config.system.build.toplevel.drvPath;
      daemon = host.config.systemd.services.nix-daemon.environment;
      session = host.config.environment.sessionVariables;
      files = map (file: baseNameOf (toString file)) host.config.security.pki.certificateFiles;
      sandbox = host.config.nix.settings.extra-sandbox-paths;
    }`;
    const host = (await evaluate(folder(), "nixosConfigurations.web", apply, INPUTS)) as {
      toplevel: string;
      daemon: Record<string, string>;
      session: Record<string, string>;
      files: string[];
      sandbox: string[];
    };
    assert.match(host.toplevel, /nixos-system-web-.*\.drv$/);
    assert.is(host.daemon["https_proxy"], "http://proxy.example.net:3128");
    assert.is(host.daemon["no_proxy"], "localhost,127.0.0.1,::1,.example.net,10.0.0.0/8");
    assert.is(host.daemon["NIX_SSL_CERT_FILE"], certificate);
    assert.is(host.session["http_proxy"], "http://proxy.example.net:3128");
    assert.is(host.session["AWS_CA_BUNDLE"], certificate === "/etc/ssl/company.pem" ? certificate : undefined);
    assert.is(
      host.files.some((file) => file.endsWith("company.pem")),
      certificate !== "/etc/ssl/company.pem",
    );
    assert.equal(host.sandbox, [`${certificate}?`]);
  });

  real(`nix-darwin, ${title}: the daemon has them too`, async () => {
    const apply = `mac: {
      system = mac.system.drvPath;
      daemon = mac.config.launchd.daemons.nix-daemon.serviceConfig.EnvironmentVariables;
      proxy = mac.config.environment.variables.https_proxy;
    }`;
    const mac = (await evaluate(folder(), "darwinConfigurations.mac", apply, INPUTS)) as {
      system: string;
      daemon: Record<string, string>;
      proxy: string;
    };
    assert.match(mac.system, /darwin-system-.*\.drv$/);
    assert.is(mac.daemon["HTTPS_PROXY"], "http://proxy.example.net:3128");
    assert.is(mac.daemon["NIX_SSL_CERT_FILE"], certificate);
    assert.is(mac.proxy, "http://proxy.example.net:3128");
  });
}

needs(test, FIXTURE_TOOLS)(
  "a shell has the authorities of the flake for its programs, and the spec's `env` is above them",
  async () => {
    // A Mac brings an input, which would be downloaded.
    const spec = own.replace(/^ {2}mac: .*\n/m, "");
    const [folder, changed] = [withBundle(spec), withBundle(`${spec}shells: { k8s: { env: { PIP_CERT: /mine } } }\n`)];
    const nix = privateNix();
    const show = 'printf "%s\\n" "$https_proxy" "$PIP_CERT" "$AWS_CA_BUNDLE" && cat "$NODE_EXTRA_CA_CERTS"';
    for (const [place, pip] of [
      [folder, /^\/.*-company\.pem$/],
      [changed, /^\/mine$/],
    ] as const) {
      const { status, stdout, stderr } = await nix.develop(place, "k8s", ["bash", "-c", show], {
        env: { https_proxy: "http://ada:b@proxy.example.net:3128" },
      });
      assert.is(status, 0, stderr);
      const [proxy, pipCert = "", aws = "", ...pem] = stdout.split("\n");
      assert.is(proxy, "http://ada:b@proxy.example.net:3128");
      assert.match(pipCert, pip);
      assert.match(aws, /^\/.*company\.pem$/);
      assert.is(pem.join("\n"), PEM);
    }
  },
);

test.run();
