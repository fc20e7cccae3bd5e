import type { Deploy, Host, Model } from "../../model/model.ts";
import { type Attribute, type NixValue, Selection } from "../printers/nix.ts";
import { withOwnFolder } from "./linux-hosts.ts";
import { bundlePath } from "./network.ts";

/** Data for deployment with deploy-rs. */

/** The name of the input. A spec that has an input of this name uses its own deploy-rs. */
export const DEPLOY_RS = "deploy-rs";

type Deployed = Host & { readonly deploy: Deploy };

/** The hosts that deploy-rs deploys; none if the spec has another deployer. */
export const deployedByDeployRs = (model: Model): Deployed[] =>
  model.deployer === "deploy-rs" ? model.hosts.filter((host): host is Deployed => host.deploy !== undefined) : [];

export function deployRsInput(model: Model): NixValue | undefined {
  if (deployedByDeployRs(model).length === 0 || model.inputs.some((set) => set.name === DEPLOY_RS)) return undefined;
  return { url: "github:serokell/deploy-rs", inputs: { nixpkgs: { follows: "nixpkgs" } } };
}

export function deployView(model: Model): object {
  const hosts = deployedByDeployRs(model);
  const has = (os: Host["os"]) => hosts.some((host) => host.os === os);
  const bundle = bundlePath(model);
  const files = ["../apply-nix-config.sh", "../etc", ...(withOwnFolder(model).length > 0 ? ["../machines"] : [])];
  return {
    nixos: has("nixos"),
    darwin: has("darwin"),
    linux: has("linux"),
    files: [...files.map((path) => new Selection(path, [])), ...(bundle === undefined ? [] : [bundle])],
    hosts: hosts.map(
      ({ name, os, system, deploy: { target, port, user } }): Attribute => [
        name,
        {
          os: new Selection(os, []),
          system,
          hostname: target,
          sshUser: user,
          options: {
            ...(port === undefined ? {} : { sshOpts: ["-p", String(port)] }),
            ...PROFILE[os],
          },
        },
      ],
    ),
  };
}

/** Further options of the profile. A Linux machine cannot build for macOS, so a Mac builds itself. */
const PROFILE: Readonly<Record<Host["os"], Readonly<Record<string, NixValue>>>> = {
  nixos: {},
  darwin: { remoteBuild: true },
  linux: { profilePath: "/nix/var/nix/profiles/flakewright" },
};
