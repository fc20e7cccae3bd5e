import type { Host, Model } from "../../model/model.ts";

/* Words about hosts for ARCHITECTURE.md and the catalogue. */

/** What runs on a host: `NixOS 26.05`, `macOS, nix-darwin 6`, `Linux`. */
export function systemWords(host: Host): string {
  if (host.os === "nixos") return `NixOS ${host.stateVersion}`;
  return host.os === "darwin" ? `macOS, nix-darwin ${host.stateVersion}` : "Linux";
}

/** The kinds of hosts of a spec: `NixOS`, or `NixOS, macOS and other Linux`. */
export function kindsOfHosts({ hosts }: Model): string {
  const names = [
    ["nixos", "NixOS"],
    ["darwin", "macOS"],
    ["linux", "other Linux"],
  ].flatMap(([os, name = ""]) => (hosts.some((host) => host.os === os) ? [name] : []));
  const last = names.pop() ?? "";
  return names.length > 0 ? `${names.join(", ")} and ${last}` : last;
}

/** The command that brings the spec to the host, run there in the folder of the flake. */
export function switchCommand(host: Host): string {
  if (host.os === "nixos") return `nixos-rebuild switch --flake .#${host.name}`;
  if (host.os === "darwin") return `darwin-rebuild switch --flake .#${host.name}`;
  return `./apply-nix-config.sh --host ${host.name} && nix profile install .#host-${host.name}`;
}
