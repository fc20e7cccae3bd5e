import type { Model, Network, Setting } from "../../model/model.ts";
import { type NixValue, Selection } from "../printers/nix.ts";
import { extended } from "./extended.ts";

/** The proxy and the certificate authorities: variables of the daemon, of machines and of shells. */

/** Where NixOS and nix-darwin have the bundle of their own authorities and those of `security.pki`. */
const SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";
/** Where apply-nix-config.sh installs the bundle of the output folder. */
const INSTALLED_BUNDLE = "/etc/nix/ca-bundle.crt";

/** Programs read one of the two names of each, or both. curl ignores HTTP_PROXY. */
const PROXY_NAMES = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
const NO_PROXY_NAMES = ["no_proxy", "NO_PROXY"];
/** Nix itself and determinate-nixd. */
const DAEMON_BUNDLE_NAMES = ["NIX_SSL_CERT_FILE", "SSL_CERT_FILE"];
/** Nix, OpenSSL and Go, curl, Git, Python, pip, AWS, Node, Cargo, Google Cloud, Deno. */
const BUNDLE_NAMES = [
  ...DAEMON_BUNDLE_NAMES,
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "REQUESTS_CA_BUNDLE",
  "PIP_CERT",
  "AWS_CA_BUNDLE",
  "NODE_EXTRA_CA_CERTS",
  "CARGO_HTTP_CAINFO",
  "CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE",
  "DENO_CERT",
];

type Variables = readonly (readonly [name: string, value: string])[];

/** The hosts that are reached without the proxy. Programs don't except the machine itself on their own. */
export const exceptions = ({ noProxy }: Network): string => {
  if (noProxy.includes("*")) return "*";
  return [...new Set(["localhost", "127.0.0.1", "::1", ...noProxy])].join(",");
};

function proxyVariables(network: Network | undefined): Variables {
  const proxy = network?.proxy;
  if (!network || proxy === undefined) return [];
  return [
    ...PROXY_NAMES.map((name) => [name, proxy] as const),
    ...NO_PROXY_NAMES.map((name) => [name, exceptions(network)] as const),
  ];
}

/** The bundle of the output folder, by its path below it; undefined if the bundle is a file of the machines, or there is none. */
export function ownBundle({ network }: Model): string | undefined {
  const bundle = network?.caBundle;
  return bundle?.startsWith("./") ? bundle.slice(2) : undefined;
}

/** The bundle of the output folder, for a Nix file one level below it. */
export function bundlePath(model: Model): Selection | undefined {
  const own = ownBundle(model);
  return own === undefined ? undefined : new Selection(`../${own}`, []);
}

/** The bundle's path on NixOS and macOS (`system`) or on another Linux; undefined if there is none. */
function bundleOn(os: "linux" | "system", model: Model): string | undefined {
  if (ownBundle(model) === undefined) return model.network?.caBundle;
  return os === "linux" ? INSTALLED_BUNDLE : SYSTEM_BUNDLE;
}

const bundleVariables = (bundle: string | undefined): Variables =>
  bundle === undefined ? [] : DAEMON_BUNDLE_NAMES.map((name) => [name, bundle] as const);

/** The variables that a daemon needs, in order. `doctor` compares them with those that the daemon has. */
export function daemonVariables(os: "linux" | "system", model: Model): Variables {
  return [...proxyVariables(model.network), ...bundleVariables(bundleOn(os, model))];
}

/** The drop-in of the unit: etc/systemd/system/nix-daemon.service.d/flakewright.conf. */
export function dropInView(model: Model): object {
  return { platform: model.name, variables: daemonVariables("linux", model).map(([name, value]) => ({ name, value })) };
}

export const hasNetwork = (model: Model): boolean => daemonVariables("linux", model).length > 0;

/**
 * A fixed-output build, such as the download of a source, has the daemon's variables, but its sandbox has no file of the machine. `?` is
 * for a machine without the file.
 */
const sandboxPath = (bundle: string): string => `${bundle}?`;

/** The settings of a nix.conf outside NixOS with the bundle in the sandbox. */
export function withBundle(model: Model, settings: readonly Setting[]): readonly Setting[] {
  const bundle = bundleOn("linux", model);
  if (bundle === undefined) return settings;
  return extended(settings, "extra-sandbox-paths", [sandboxPath(bundle)]);
}

/** Data for modules/network.nix. */
export function networkModuleView(model: Model): object {
  const { network } = model;
  const bundle = bundleOn("system", model);
  return {
    proxy: network?.proxy !== undefined && { default: network.proxy, noProxy: exceptions(network) },
    ...certificates(model),
    daemon: bundle !== undefined && Object.fromEntries(bundleVariables(bundle)),
    sandboxPaths: bundle !== undefined && [sandboxPath(bundle)],
  };
}

/** Data for modules/darwin.nix; false if the spec has no network. */
export function darwinNetwork(model: Model): object | false {
  if (!hasNetwork(model)) return false;
  const { certificateFiles, variables } = certificates(model);
  const everywhere = { ...Object.fromEntries(proxyVariables(model.network)), ...variables };
  return {
    variables: Object.keys(everywhere).length > 0 && everywhere,
    certificateFiles,
    daemon: Object.fromEntries(daemonVariables("system", model)),
  };
}

/** NixOS and nix-darwin add a file of the flake to their own bundle, which all programs use. A file of the machine is named by variables. */
function certificates(model: Model): {
  readonly certificateFiles: NixValue;
  readonly variables: Readonly<Record<string, string>> | false;
} {
  const bundle = model.network?.caBundle;
  const own = bundlePath(model);
  return {
    certificateFiles: own !== undefined && [own],
    variables: bundle !== undefined && own === undefined && Object.fromEntries(BUNDLE_NAMES.map((name) => [name, bundle])),
  };
}

/** Data for the scripts; false if the spec has no network. A bundle that is not absolute is below the output folder. */
export function scriptNetwork(model: Model): object | false {
  const { network } = model;
  if (!network || !hasNetwork(model)) return false;
  return { proxy: network.proxy ?? "", exceptions: exceptions(network), bundle: ownBundle(model) ?? network.caBundle ?? "" };
}

/** Data for nix/network.sh. */
export function shellNetworkView(model: Model): object {
  return { ...scriptNetwork(model), ownBundle: ownBundle(model) !== undefined, bundleNames: BUNDLE_NAMES };
}

/** The bundle of the output folder, for nix/dev-shells.nix; false if there is none. */
export const shellBundle = (model: Model): NixValue => bundlePath(model) ?? false;

/** Data for ARCHITECTURE.md; false if the spec has no network. */
export function documentNetwork(model: Model): object | false {
  const network = scriptNetwork(model);
  return network && { ...network, own: ownBundle(model) !== undefined };
}
