import { type Machine, machineFields, machinesProblem } from "../../knowledge/machines-file.ts";
import type { SettingValue } from "../../knowledge/nix-conf.ts";
import { confProblem, confValue } from "../../knowledge/nix-conf.ts";

/** `name = value`. An empty list becomes `name =`, which replaces the list of an earlier file. */
export function confLine(name: string, value: SettingValue): string {
  const problem = confProblem(value) ?? (/^[a-z0-9-]+$/i.test(name) ? undefined : "is no setting's name");
  if (problem !== undefined) throw new Error(`nix.conf: ${name} ${problem}`);
  return `${name} = ${confValue(value)}`.trimEnd();
}

/** One line of sysusers.d: a group, a user, or a user's membership. */
export type SysusersEntry =
  | { readonly type: "g"; readonly name: string; readonly gid: number }
  | { readonly type: "u"; readonly name: string; readonly uid: number; readonly group: string; readonly gecos: string }
  | { readonly type: "m"; readonly name: string; readonly group: string };

/**
 * A line of sysusers.d(5). Nix takes build users from a group's listed members, so each user needs an `m` line too. `%` begins a specifier; inside quotes `\` escapes the next character. A GECOS of only `-` means none.
 */
export function sysusersLine(entry: SysusersEntry): string {
  const word = (text: string): string => `"${text.replaceAll("%", "%%").replace(/["\\]/g, "\\$&")}"`;
  if (entry.type === "g") return `g ${entry.name} ${entry.gid}`;
  if (entry.type === "m") return `m ${entry.name} ${entry.group}`;
  return `u ${entry.name} ${entry.uid}:${entry.group} ${word(entry.gecos)} /var/empty /usr/sbin/nologin`;
}

/** One line of /etc/nix/machines. */
export function machinesLine(machine: Machine): string {
  const problem = machinesProblem(machine);
  if (problem !== undefined) throw new Error(`machines: ${machine.host} ${problem}`);
  return machineFields(machine).join(" ");
}

/** One assignment of systemd's `Environment=`: `%` begins a specifier, and inside the quotes `\` escapes the next character. systemd.exec(5) */
export function systemdEnvironment(name: string, value: string): string {
  return `Environment="${name}=${value.replaceAll("%", "%%").replace(/["\\]/g, "\\$&")}"`;
}
