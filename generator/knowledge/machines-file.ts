/** A remote builder as /etc/nix/machines has it. */
export interface Machine {
  readonly host: string;
  readonly protocol: string;
  readonly user: string;
  readonly systems: readonly string[];
  readonly maxJobs: number;
  readonly speedFactor: number;
  readonly features: readonly string[];
  readonly mandatoryFeatures: readonly string[];
  readonly sshKey: string | undefined;
  readonly publicHostKey: string | undefined;
}

export const machineFields = (machine: Machine): string[] => [
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
