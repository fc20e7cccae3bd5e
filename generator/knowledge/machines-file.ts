/** A remote builder: one line of /etc/nix/machines. */
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

/** The fields of the line, in order. */
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
 * Why /etc/nix/machines can't contain a builder, as the end of a sentence; undefined if it can. Nix removes everything after `#`, ends an
 * entry at a line break or `;`, separates fields by white space and list items by `,`
 * (https://github.com/NixOS/nix/blob/2.8.0/src/libstore/machines.cc). ssh would read a user or host with a leading `-` as an option.
 */
export function machinesProblem(machine: Machine): string | undefined {
  const bad = machineFields(machine).find((field) => /[\s;#]/.test(field) || field === "");
  if (bad !== undefined)
    return bad === "" ? "has an empty field" : "contains white space, `;` or `#`, which /etc/nix/machines can't contain";
  const lists = [machine.systems, machine.features, machine.mandatoryFeatures].flat();
  if (lists.some((item) => item === "" || item === "-" || item.includes(",")))
    return "has a list entry that is empty, `-` or contains a comma";
  if ([machine.user, machine.host].some((text) => text.startsWith("-"))) return "has a user or host that starts with `-`";
  return undefined;
}
