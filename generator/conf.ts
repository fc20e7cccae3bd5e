import type { Builder, SettingValue } from "./model.ts";

/*
 * Values → lines of the configuration files of a machine. nix.conf and machines have no quoting at all: what their readers
 * would change or cut (a `#`, a run of blanks) can't be written. `confProblem` and `machinesProblem` say so in words a
 * diagnostic can use; the printers throw on what those refuse, because by then a rule has stopped it.
 */

/** A setting's value as nix.conf has it: lists and maps as words. */
function confValue(value: SettingValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value).toString() : String(value);
  return words(value).join(" ");
}

const words = (value: Exclude<SettingValue, string | number | boolean>): readonly string[] =>
  Array.isArray(value) ? (value as readonly string[]) : Object.entries(value).map(([key, text]) => `${key}=${text}`);

/**
 * Why nix.conf can't hold the value, as the rest of a sentence that begins with the setting's name; undefined when it can.
 * The reader cuts each line at `#`, splits it at blanks and joins the words with one space each
 * (https://github.com/NixOS/nix/blob/2.8.0/src/libutil/config.cc, AbstractConfig::applyConfig).
 */
export function confProblem(value: SettingValue): string | undefined {
  const text = confValue(value);
  if (text.includes("#")) return "holds a `#`, where nix.conf begins a comment";
  if (/[\n\r]/.test(text)) return "holds a line break, which nix.conf can't";
  if (typeof value === "string") {
    return text.split(/[ \t]+/).join(" ") === text && text.trim() === text
      ? undefined
      : "holds blanks that nix.conf would change";
  }
  if (typeof value === "object") {
    if (words(value).some((word) => word === "" || /[ \t]/.test(word)))
      return "has an entry with a blank, or an empty one: nix.conf would split it";
  }
  return undefined;
}

/** `name = value`. An empty list is written, as `name =`: it replaces what an earlier file said. */
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
 * A line of sysusers.d(5). Nix looks for build users among a group's listed members, so a user needs an `m` line beside its
 * own. `%` begins a specifier; inside quotes `\` takes the next character as it is. A GECOS of only `-` reads as none.
 */
export function sysusersLine(entry: SysusersEntry): string {
  const word = (text: string): string => `"${text.replaceAll("%", "%%").replace(/["\\]/g, "\\$&")}"`;
  if (entry.type === "g") return `g ${entry.name} ${entry.gid}`;
  if (entry.type === "m") return `m ${entry.name} ${entry.group}`;
  return `u ${entry.name} ${entry.uid}:${entry.group} ${word(entry.gecos)} /var/empty /usr/sbin/nologin`;
}

/** A remote builder as /etc/nix/machines has it. */
export type Machine = Omit<Builder, "at" | "specHost">;

const machineFields = (machine: Machine): string[] => [
  `${machine.protocol}://${machine.user}@${machine.host}`,
  machine.systems.join(","),
  machine.sshKey ?? "-",
  String(machine.maxJobs),
  String(machine.speedFactor),
  machine.features.join(",") || "-",
  machine.mandatoryFeatures.join(",") || "-",
  machine.publicHostKey ?? "-",
];

/**
 * Why the machines file can't hold a builder, as a sentence's rest; undefined when it can. Its reader cuts at `#`, ends an
 * entry at a newline or `;`, splits at blanks and lists at `,` (https://github.com/NixOS/nix/blob/2.8.0/src/libstore/machines.cc).
 * A user or host with a leading `-` would be an option of ssh's.
 */
export function machinesProblem(machine: Machine): string | undefined {
  const bad = machineFields(machine).find((field) => /[\s;#]/.test(field) || field === "");
  if (bad !== undefined) return bad === "" ? "has an empty field" : "holds a blank, `;` or `#`, which the machines file can't";
  const lists = [machine.systems, machine.features, machine.mandatoryFeatures].flat();
  if (lists.some((item) => item === "" || item === "-" || item.includes(",")))
    return "has a list entry that is empty, `-` or holds a comma";
  if ([machine.user, machine.host].some((text) => text.startsWith("-"))) return "has a user or host that begins with `-`";
  return undefined;
}

/** One line of /etc/nix/machines. */
export function machinesLine(machine: Machine): string {
  const problem = machinesProblem(machine);
  if (problem !== undefined) throw new Error(`machines: ${machine.host} ${problem}`);
  return machineFields(machine).join(" ");
}
