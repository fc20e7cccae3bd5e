import { specSchema } from "./schema.ts";

/* Keys of other tools that users try in a spec, and what to write instead. */

interface OtherWord {
  /** The key to use instead, as a path of the schema without names that the user chooses; undefined if the solution is outside the spec. */
  readonly key?: string;
  readonly hint: string;
}

const key = (path: string, hint = `write \`${path}\``): OtherWord => ({ key: path, hint });
const way = (hint: string): OtherWord => ({ hint });

/** By the unknown key, at any level. */
const OTHER_WORDS: Readonly<Record<string, OtherWord>> = {
  alias: key("commands", "a command of a shell is an entry of `commands`"),
  aliases: key("commands", "a command of a shell is an entry of `commands`"),
  scripts: key("commands", "a command of a shell is an entry of `commands`"),
  tasks: key("commands", "a command of a shell is an entry of `commands`"),
  processes: way("processes are not part of a spec: run them with the tools of a shell, such as process-compose"),
  services: way("services are NixOS configuration: write them to hosts/NAME.nix in the output folder"),
  os: key("systems", "write `systems` for the systems of the tools, and `system` for a host"),
  devShells: key("shells"),
  devShell: key("shells"),
  devshell: key("shells"),
  nixosConfigurations: key("hosts"),
  darwinConfigurations: key("hosts"),
  stateVersion: key("hosts.stateVersion", "`stateVersion` is a key of a host: `hosts: { NAME: { stateVersion: … } }`"),
  modules: key(
    "hosts.modules",
    "NixOS modules are listed under a host's `modules`, or imported by hosts/NAME.nix in the output folder",
  ),
  package: key("groups.packages", "tools are listed in a group: `groups: { NAME: { packages: […] } }`"),
  pkgs: key("groups.packages", "tools are listed in a group: `groups: { NAME: { packages: […] } }`"),
  profiles: key("groups", "tools are in `groups`; each group is a package, a shell and an option"),
  flake: key("inputs", "other flakes are entries of `inputs`"),
  registry: key("inputs", "other flakes are entries of `inputs`"),
  cachix: key("substituters", "binary caches are listed under `substituters`, at the top level"),
  "home-manager": way("Home Manager imports `homeModules.default` of the output's flake"),
  homeManager: way("Home Manager imports `homeModules.default` of the output's flake"),
  jobs: key("ci", "pipelines are made by `ci`, with a job for each role or group"),
  workflows: key("ci", "pipelines are made by `ci`, with a job for each role or group"),
  platform: key("systems"),
  platforms: key("systems"),
  imports: key("include", "other files are listed under `include`, at the top level"),
  includes: key("include", "other files are listed under `include`, at the top level"),
  extends: key("include", "other files are listed under `include`, at the top level"),
  include: key("include", "`include` belongs at the top level of the spec"),
  overlay: key("nixpkgs.overlays", "overlays are listed under `nixpkgs.overlays`"),
  overlays: key("nixpkgs.overlays", "overlays are listed under `nixpkgs.overlays`"),
  dotenv: key("shells.envFiles", "files of KEY=VALUE lines are listed under a shell's `envFiles`"),
  env_files: key("shells.envFiles", "files of KEY=VALUE lines are listed under a shell's `envFiles`"),
  envFile: key("shells.envFiles", "files of KEY=VALUE lines are listed under a shell's `envFiles`"),
  image: key("images", "images of tool groups are entries of `images`, at the top level"),
  container: key("images", "images of tool groups are entries of `images`, at the top level"),
  containers: key("images", "images of tool groups are entries of `images`, at the top level"),
  docker: key("images", "images of tool groups are entries of `images`, at the top level"),
  unfree: key("nixpkgs.unfree", "unfree packages are allowed under `nixpkgs.unfree`"),
  allowUnfree: key("nixpkgs.unfree", "unfree packages are allowed under `nixpkgs.unfree`"),
  insecure: key("nixpkgs.insecure", "insecure packages are allowed under `nixpkgs.insecure`"),
  permittedInsecurePackages: key("nixpkgs.insecure", "insecure packages are allowed under `nixpkgs.insecure`"),
  channel: key("nixpkgs"),
  channels: key("nixpkgs"),
  environment: key("shells.env", "variables are set under a shell's `env`, such as `shells.default.env`"),
  env: key("shells.env", "variables are set under a shell's `env`, such as `shells.default.env`"),
  variables: key("shells.env", "variables are set under a shell's `env`, such as `shells.default.env`"),
  shellHook: key("shells.hook", "bash that runs on entry is a shell's `hook`, such as `shells.default.hook`"),
  enterShell: key("shells.hook", "bash that runs on entry is a shell's `hook`, such as `shells.default.hook`"),
  init_hook: key("shells.hook", "bash that runs on entry is a shell's `hook`, such as `shells.default.hook`"),
  hook: key("shells.hook", "bash that runs on entry is a shell's `hook`, such as `shells.default.hook`"),
  packages: key("groups.packages", "tools are listed in a group: `groups: { NAME: { packages: […] } }`"),
  tools: key("groups.packages", "tools are listed in a group: `groups: { NAME: { packages: […] } }`"),
  buildInputs: key("groups.packages", "tools are listed in a group: `groups: { NAME: { packages: […] } }`"),
  dependencies: key("groups.packages", "tools are listed in a group: `groups: { NAME: { packages: […] } }`"),
  languages: key("groups.packages", "a language is a tool of a group, such as `packages: [go, nodejs]`"),
  proxy: key("network.proxy", "the proxy is `network.proxy`"),
  proxies: key("network.proxy", "the proxy is `network.proxy`"),
  http_proxy: key("network.proxy", "the proxy is `network.proxy`"),
  https_proxy: key("network.proxy", "the proxy is `network.proxy`"),
  httpProxy: key("network.proxy", "the proxy is `network.proxy`"),
  httpsProxy: key("network.proxy", "the proxy is `network.proxy`"),
  no_proxy: key("network.noProxy", "hosts that are reached without the proxy are listed under `network.noProxy`"),
  certificates: key("network.caBundle", "the file with the certificate authorities is `network.caBundle`"),
  ca: key("network.caBundle", "the file with the certificate authorities is `network.caBundle`"),
  cache: key("substituters", "binary caches are listed under `substituters`, at the top level"),
  caches: key("substituters", "binary caches are listed under `substituters`, at the top level"),
  "nix.conf": key("settings"),
  nixConfig: key("settings"),
  config: key("settings", "nix.conf settings are keys of `settings`"),
  conf: key("settings", "nix.conf settings are keys of `settings`"),
  machines: key("hosts"),
  nodes: key("hosts"),
  servers: key("hosts"),
  address: key("hosts.deploy.target", "the address of a deployment is `deploy.target`"),
  ip: key("hosts.deploy.target", "the address of a deployment is `deploy.target`"),
  ssh: key("hosts.deploy", "write the connection to a host as `deploy: { target: ADDRESS, user: NAME }`"),
  garbageCollection: key("gc"),
  devContainer: key("devcontainer", "a container for VS Code and Codespaces is `devcontainer: true`"),
  codespaces: key("devcontainer", "a container for VS Code and Codespaces is `devcontainer: true`"),
  renovate: key("updates", "the bot that keeps the output current is `updates: renovate` or `updates: dependabot`"),
  dependabot: key("updates", "the bot that keeps the output current is `updates: renovate` or `updates: dependabot`"),
  secrets: way("keep secrets outside the spec: generated files are copied to the Nix store, which every account can read"),
  secret: way("keep secrets outside the spec: generated files are copied to the Nix store, which every account can read"),
};

/** Words of other tools for a key of the same map, whichever map it is. */
const LOCAL_WORDS: Readonly<Record<string, readonly string[]>> = {
  key: ["publicKey", "sshKey"],
  signingKey: ["publicKey"],
  url: ["flake"],
  branch: ["url"],
  ref: ["url"],
  rev: ["url"],
  release: ["url"],
  channel: ["url"],
  address: ["target", "host"],
  hostname: ["target", "host"],
  ip: ["target", "host"],
  script: ["run"],
  exec: ["run"],
  command: ["run"],
  cmd: ["run"],
  desc: ["help", "description"],
  description: ["help"],
  summary: ["help", "description"],
  schedule: ["dates"],
  interval: ["dates"],
  frequency: ["dates"],
  keep: ["olderThan"],
  maxAge: ["olderThan"],
  enable: ["automatic"],
  enabled: ["automatic"],
  reason: ["why"],
  message: ["why"],
  comment: ["why"],
  rule: ["code"],
  path: ["mount", "file"],
  exclude: ["without"],
  except: ["without"],
  attr: ["package"],
  attribute: ["package"],
  pname: ["package"],
  input: ["from"],
  source: ["from"],
  tools: ["packages"],
  buildInputs: ["packages"],
  dependencies: ["packages"],
  shellHook: ["hook"],
  enterShell: ["hook"],
  init_hook: ["hook"],
  environment: ["env"],
  variables: ["env"],
  envFile: ["envFiles"],
  env_files: ["envFiles"],
  dotenv: ["envFiles"],
  allowUnfree: ["unfree"],
  permittedInsecurePackages: ["insecure"],
  overlay: ["overlays"],
  platform: ["systems", "system"],
  platforms: ["systems"],
  arch: ["system", "systems"],
  architecture: ["system", "systems"],
  repository: ["name"],
  registry: ["name"],
  uid: ["user"],
  imports: ["modules", "include"],
  config: ["settings"],
};

/** The key of the same map that another tool's word means; undefined if unknown. */
export const localWord = (word: string, keys: readonly string[]): string | undefined =>
  Object.hasOwn(LOCAL_WORDS, word) ? LOCAL_WORDS[word]?.find((name) => keys.includes(name)) : undefined;

/** A hint for an unknown key that other tools have; undefined for other words. */
export function otherWordHint(word: string): string | undefined {
  const found = Object.hasOwn(OTHER_WORDS, word) ? OTHER_WORDS[word] : undefined;
  return found && (found.key === undefined || isKey(found.key)) ? found.hint : undefined;
}

interface Node {
  readonly [keyword: string]: unknown;
}

/** Whether the language has the key. The path is without names that the user chooses. */
export function isKey(path: string): boolean {
  let nodes: readonly Node[] = [specSchema];
  for (const step of path.split(".")) {
    const property = nodes.flatMap((node): Node[] => {
      const found = (node["properties"] as Record<string, Node> | undefined)?.[step];
      return found ? [found] : [];
    });
    if (property.length === 0) return false;
    nodes = property.flatMap((one) => records(one));
  }
  return true;
}

/** The maps with fixed keys in a schema: through references, lists, maps of names and both branches of `if`. */
function records(node: Node): Node[] {
  const reference = /^#\/\$defs\/(.+)$/.exec(String(node["$ref"] ?? ""))?.[1];
  if (reference !== undefined) return records((specSchema["$defs"] as Record<string, Node>)[reference] ?? {});
  if (node["properties"]) return [node];
  const inner = ["additionalProperties", "items", "then", "else"].map((keyword) => node[keyword] as Node | boolean | undefined);
  return inner.flatMap((one) => (typeof one === "object" ? records(one) : []));
}
