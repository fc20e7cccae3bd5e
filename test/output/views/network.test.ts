import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, HOST_KEY } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

/* The proxy and the certificate authorities in the outputs of every kind of machine. */

const test = suite("the network in the outputs");

const generate = (spec: string) => new Map((compileText(spec).files ?? []).map(({ path, text }) => [path, text]));
const DROP_IN = "etc/systemd/system/nix-daemon.service.d/flakewright.conf";
const NETWORK = "network: { proxy: http://proxy.example.net:3128, noProxy: [.example.net], caBundle: /etc/ssl/company.pem }\n";
const HOSTS = `hosts: { w: { os: linux, settings: { max-jobs: 3 }, deploy: { target: w.example.net } }, n: { stateVersion: "26.05" }, m: { os: darwin, stateVersion: 6 } }\n`;

test("a spec without a network has none of it", () => {
  for (const [path, text] of generate(`${base}${HOSTS}`))
    if (path !== "apply-nix-config.sh") assert.not.match(`${path} ${text}`, /proxy|ssl_cert|network\.(sh|nix)|service\.d/i, path);
});

test("every kind of machine has the variables", () => {
  const files = generate(`${base}${NETWORK}${HOSTS}`);
  for (const path of [DROP_IN, `machines/w/${DROP_IN}`]) {
    assert.match(files.get(path) ?? "", /^Environment="https_proxy=http:\/\/proxy\.example\.net:3128"$/m);
    assert.match(files.get(path) ?? "", /^Environment="no_proxy=localhost,127\.0\.0\.1,::1,\.example\.net"$/m);
    assert.match(files.get(path) ?? "", /^Environment="NIX_SSL_CERT_FILE=\/etc\/ssl\/company\.pem"$/m);
  }
  assert.match(files.get("modules/network.nix") ?? "", /networking\.proxy = \{\n +default = "http:\/\/proxy/);
  assert.match(files.get("modules/default.nix") ?? "", /\.\/network\.nix/);
  assert.match(files.get("modules/darwin.nix") ?? "", /envVars = \{\n +http_proxy/);
  for (const path of ["etc/nix/nix.conf", "machines/w/etc/nix/nix.conf"])
    assert.match(files.get(path) ?? "", /^extra-sandbox-paths = \/etc\/ssl\/company\.pem\?$/m);
  assert.match(files.get("ARCHITECTURE.md") ?? "", /### Network\n\n- Proxy: `http:\/\/proxy/);
  assert.match(files.get("catalog.html") ?? "", /id="network-Proxy".*proxy\.example\.net:3128/);
});

test("the paths of a user's own sandbox stay beside the bundle", () => {
  const conf = generate(
    `${base}${NETWORK}settings: { extra-sandbox-paths: [/opt/tools] }\nlint: [{ code: sandbox-opened, why: tools }]\n`,
  );
  assert.match(conf.get("etc/nix/nix.conf") ?? "", /^extra-sandbox-paths = \/opt\/tools \/etc\/ssl\/company\.pem\?$/m);
});

test("a bundle of the output folder goes with the flake", () => {
  const files = generate(
    `${base}network: { caBundle: ./certs/company.pem }\n${HOSTS.replace("n: {", "n: { deploy: { target: n.example.net },")}deployer: deploy-rs\n`,
  );
  assert.match(files.get("modules/network.nix") ?? "", /security\.pki\.certificateFiles = \[\n +\.\.\/certs\/company\.pem\n/);
  assert.match(files.get("modules/network.nix") ?? "", /NIX_SSL_CERT_FILE = "\/etc\/ssl\/certs\/ca-certificates\.crt"/);
  assert.match(files.get("modules/darwin.nix") ?? "", /security\.pki\.certificateFiles = \[\n +\.\.\/certs\/company\.pem\n/);
  assert.match(files.get(DROP_IN) ?? "", /NIX_SSL_CERT_FILE=\/etc\/nix\/ca-bundle\.crt/);
  assert.match(files.get("nix/deploy.nix") ?? "", /\.\.\/certs\/company\.pem/);
  assert.match(files.get("nix/dev-shells.nix") ?? "", /bundle = \.\.\/certs\/company\.pem;/);
  assert.match(files.get(".envrc") ?? "", /'certs\/company\.pem'/);
});

test("builders are reached by ssh, which no proxy changes", () => {
  const spec = `${base}builders: [{ host: arm.example.net, publicHostKey: ${HOST_KEY} }]\n`;
  const [before, after] = [generate(spec), generate(`${spec}${NETWORK}`)];
  for (const path of ["etc/nix/machines", "modules/remote-builders.nix"]) assert.is(after.get(path), before.get(path));
});

test.run();
