import type { Host, Model } from "../../model/model.ts";

/* Words about hosts for ARCHITECTURE.md and the catalogue. */

/** What runs on a host: `NixOS`, version `26.05`. Another Linux has no version in the spec: `""`. */
export function systemWords(host: Host): { readonly os: string; readonly stateVersion: string } {
  if (host.os === "linux") return { os: "Linux", stateVersion: "" };
  return { os: host.os === "nixos" ? "NixOS" : "macOS, nix-darwin", stateVersion: String(host.stateVersion) };
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
