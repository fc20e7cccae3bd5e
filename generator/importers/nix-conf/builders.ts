import { posix } from "node:path";
import { isPort } from "../../knowledge/internet-address.ts";
import type { Draft, ImportedBuilder, Noted, ReadFile } from "../draft.ts";
import { holdsSecret } from "../secrets.ts";
import type { Assignments } from "./assignments.ts";

/**
 * Takes `builders` out of the settings. A machine that the spec can't describe becomes a remark; if it can describe none, the setting stays.
 * `@FILE` is read, as Nix does.
 */
export async function takeBuilders(assignments: Assignments, readFile: ReadFile): Promise<Pick<Draft, "builders">> {
  const found = assignments.get("builders");
  if (!found) return {};
  const written = found.words.join(" ");
  const machines = written.startsWith("@")
    ? await readFile(posix.resolve("/", posix.dirname(found.file), written.slice(1)))
    : written;
  if (machines === undefined) {
    found.notes.push(`the machines in ${written.slice(1)} could not be read; they belong under \`builders\``);
    return {};
  }
  const rows = machines
    .split(/[;\n]/)
    .map((row) => row.replace(/#.*/, "").trim())
    .filter((row) => row !== "");
  const builders = rows.map((row): Noted<ImportedBuilder> => {
    const value = builderFrom(row);
    return value ? { value, notes: [] } : { notes: [leftOut(row)] };
  });
  if (builders.every(({ value }) => value === undefined)) return {};
  assignments.remove("builders");
  return { builders: [{ notes: found.notes }, ...builders] };
}

const leftOut = (row: string): string =>
  holdsSecret(row)
    ? "a machine is left out: its row holds a secret"
    : `a machine is left out, because \`builders\` has no words for all of it: ${row}`;

/**
 * One row of /etc/nix/machines: address, systems, key, jobs, speed, features, mandatory features, host key; `-` is the default.
 * Undefined for what the spec has no words for, such as parameters of the address.
 */
function builderFrom(row: string): ImportedBuilder | undefined {
  const [address = "", systems, sshKey, jobs, speed, features, mandatory, hostKey, ...more] = row
    .split(/\s+/)
    .map((field) => (field === "-" ? undefined : field));
  // Nix takes an IPv6 address in brackets, which the spec writes without them.
  const parts =
    /^(?:(ssh|ssh-ng):\/\/)?(?:([A-Za-z_][A-Za-z0-9_.-]*)@)?(?:\[([0-9A-Fa-f:.]+(?:%[A-Za-z0-9]+)?)\]|([A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9])?))(?::([1-9]\d{0,4}))?$/.exec(
      address,
    );
  if (!parts || more.length > 0) return undefined;
  const [maxJobs, speedFactor] = [jobs, speed].map(count);
  if (Number.isNaN(maxJobs) || Number.isNaN(speedFactor)) return undefined;
  const [, protocol = "ssh", user, ipv6, name, port] = parts;
  if (port !== undefined && !isPort(port)) return undefined;
  const host = ipv6 ?? name ?? "";
  return {
    host,
    protocol: protocol as "ssh" | "ssh-ng",
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(systems === undefined ? {} : { systems: systems.split(",") }),
    ...(maxJobs === undefined ? {} : { maxJobs }),
    ...(speedFactor === undefined ? {} : { speedFactor }),
    ...(features === undefined ? {} : { features: features.split(",") }),
    ...(mandatory === undefined ? {} : { mandatoryFeatures: mandatory.split(",") }),
    ...(sshKey === undefined ? {} : { sshKey }),
    ...(hostKey === undefined ? {} : { publicHostKey: hostKey }),
  };
}

/** A number from 1 to 99,999; NaN for a field that is none. */
const count = (field: string | undefined): number | undefined =>
  field === undefined ? undefined : /^[1-9]\d{0,4}$/.test(field) ? Number(field) : Number.NaN;
