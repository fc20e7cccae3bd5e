import { type Examined, finding, fine, found, type Machine, NOTHING } from "./machine.ts";

/** Does the Nix daemon answer, where one is needed? An image has none; without build users, root builds by itself. */
export async function examineDaemon({ system, options, model, sudo }: Machine): Promise<Examined> {
  if (options.root !== undefined || (!model.buildUsers && sudo === "")) return NOTHING;
  const socket = "/nix/var/nix/daemon-socket/socket";
  const ping = ["--extra-experimental-features", "nix-command", "store", "ping", "--store", "daemon"];
  if ((await system.kind(socket)) !== undefined && (await system.spawn("nix", ping)).status === 0)
    return fine("the daemon answers");
  const [systemd, launchd] = await Promise.all([
    system.kind("/run/systemd/system"),
    system.kind("/Library/LaunchDaemons/org.nixos.nix-daemon.plist"),
  ]);
  const start = systemd
    ? "systemctl enable --now nix-daemon.socket"
    : launchd
      ? "launchctl kickstart -k system/org.nixos.nix-daemon"
      : "sh -c 'nohup nix-daemon >/dev/null 2>&1 &'";
  return found(finding("machine-daemon-stopped", socket, "the Nix daemon does not answer", `${sudo}${start}`));
}
