import { nixDarwinFor } from "../../knowledge/nix-darwin.ts";
import type { Host, Model } from "../../model/model.ts";
import { nixPath } from "../printers/nix.ts";
import { NIX_DARWIN } from "./darwin-hosts.ts";
import { switchCommand } from "./host-words.ts";

/** A step that a person does once. `code` is a command or an option; `""` when there is none. */
export interface Step {
  readonly text: string;
  readonly code: string;
}

/** What the spec can't do for its hosts, for ARCHITECTURE.md: first installations and keys. */
export function checklist(model: Model): { readonly name: string; readonly steps: readonly Step[] }[] {
  return model.hosts.map((host) => ({
    name: host.name,
    steps: [...network(model), ...installation(host, model), ...login(host)],
  }));
}

/** A bundle of the output folder comes with the configuration; any other is on the machine before it downloads anything. */
function network({ network }: Model): Step[] {
  const bundle = network?.caBundle;
  return bundle === undefined || bundle.startsWith("./")
    ? []
    : [{ text: "put the file with the certificate authorities there, readable for everyone", code: bundle }];
}

function installation(host: Host, model: Model): Step[] {
  if (host.os === "darwin") {
    return [
      { text: "install Nix, and copy this folder to the Mac; then run in it", code: firstDarwin(host.name, model) },
      { text: "open a new terminal, and from then on run", code: `sudo ${switchCommand(host)}` },
    ];
  }
  if (host.os === "linux") {
    return [
      {
        text: "install Nix, and copy this folder to the machine; then run in it",
        code: `sudo ./apply-nix-config.sh --host ${host.name}`,
      },
      {
        text: "on Debian and Ubuntu, let each account that uses Nix reach the daemon; it logs in anew",
        code: "adduser USER nix-users",
      },
      // deploy-rs brings them.
      ...(model.deployer === "deploy-rs" && host.deploy
        ? []
        : [
            { text: "install the tools, as the user who needs them", code: `nix profile install .#host-${host.name}` },
            // Debian's package has no file in /etc/profile.d, unlike Nix's own installers.
            { text: "on Debian and Ubuntu, put them on PATH, in ~/.profile", code: "PATH=~/.nix-profile/bin:$PATH" },
          ]),
    ];
  }
  const file = host.modules[0]?.slice(2) ?? "its module";
  if (!host.deploy) {
    return [
      {
        text: `install NixOS on it, and write to ${file} what this prints there`,
        code: "nixos-generate-config --show-hardware-config",
      },
      { text: "in this folder on the machine, run", code: `sudo ${switchCommand(host)}` },
    ];
  }
  const { target, port } = host.deploy;
  const at = port === undefined ? "" : ` --ssh-port ${port}`;
  return [
    { text: `describe its disks in ${file}, with the module of disko, and let an account log in by ssh`, code: "disko.devices" },
    {
      text: "boot any Linux on it that root can log in to, and run this here: it erases the disks and installs NixOS",
      code: `nix run github:nix-community/nixos-anywhere -- --flake .#${host.name} --target-host root@${target}${at}`,
    },
  ];
}

function firstDarwin(name: string, model: Model): string {
  const flake = model.inputs.find((set) => set.name === NIX_DARWIN)?.url ?? nixDarwinFor(model.nixpkgs.url);
  return `sudo nix --extra-experimental-features "nix-command flakes" run ${flake}#darwin-rebuild -- switch --flake .#${name}`;
}

/** Whether the host's nix.conf says that the daemon trusts the account, apart from groups. */
function isTrusted({ settings }: Host, user: string): boolean {
  const lists = settings.filter(({ name }) => /^(?:extra-)?trusted-users$/.test(name)).map(({ value }) => value);
  return lists.some((list) => Array.isArray(list) && (list.includes(user) || list.includes("*")));
}

/** What a deployment needs to log in and to become root. */
function login(host: Host): Step[] {
  if (!host.deploy) return [];
  const { user } = host.deploy;
  const where = nixPath(["users", "users", user, "openssh", "authorizedKeys", "keys"]);
  const key: Step =
    host.os === "linux"
      ? { text: "for deployments, add your public key to the account's", code: `~${user}/.ssh/authorized_keys` }
      : { text: "for deployments, set your public key in its module", code: where };
  if (user === "root") return [key];
  return [
    key,
    { text: `${user} becomes root without a password, for deployments`, code: "sudo -n true" },
    ...(isTrusted(host, user)
      ? []
      : [
          {
            text: `the daemon takes unsigned paths from ${user} only if its nix.conf lists the account in`,
            code: "trusted-users",
          },
        ]),
  ];
}
