import type { DarwinHost, Host, LinuxHost, NixosHost } from "../../model/model.ts";

/* The three kinds of hosts, for filters. */

export const isNixos = (host: Host): host is NixosHost => host.os === "nixos";
export const isDarwin = (host: Host): host is DarwinHost => host.os === "darwin";
export const isOtherLinux = (host: Host): host is LinuxHost => host.os === "linux";
