import { posix } from "node:path";
import type { Draft, ImportedBuilder, ReadFile } from "../draft.ts";
import type { Assignments } from "./assignments.ts";

/**
 * Takes `builders` out of the settings when the spec can describe every machine of it; else the setting stays. `@FILE` is read,
 * as Nix does.
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
  const builders = rows.flatMap((row) => builderFrom(row) ?? []);
  if (rows.length === 0 || builders.length < rows.length) return {};
  assignments.remove("builders");
  return { builders: [{ notes: found.notes }, ...builders.map((value) => ({ value, notes: [] }))] };
}

/**
 * One row of /etc/nix/machines: address, systems, key, jobs, speed, features, mandatory features, host key; `-` is the default.
 * Undefined for what the spec has no words for, such as parameters of the address.
 */
function builderFrom(row: string): ImportedBuilder | undefined {
  const [address = "", systems, sshKey, jobs, speed, features, mandatory, hostKey, ...more] = row
    .split(/\s+/)
    .map((field) => (field === "-" ? undefined : field));
  const parts = /^(?:(ssh|ssh-ng):\/\/)?(?:([A-Za-z_][A-Za-z0-9_.-]*)@)?([A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9])?)$/.exec(
    address,
  );
  if (!parts || more.length > 0) return undefined;
  const [maxJobs, speedFactor] = [jobs, speed].map(count);
  if (Number.isNaN(maxJobs) || Number.isNaN(speedFactor)) return undefined;
  const [, protocol = "ssh", user, host = ""] = parts;
  return {
    host,
    protocol: protocol as "ssh" | "ssh-ng",
    ...(user === undefined ? {} : { user }),
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
