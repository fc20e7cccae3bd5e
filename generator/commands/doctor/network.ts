import { readableWord as word } from "../../output/printers/shell.ts";
import { daemonVariables } from "../../output/views/network.ts";
import type { System } from "../../system/system.ts";
import { applyCommand, DROP_IN, type Owner } from "./conf.ts";
import { type Examined, finding, found, type Machine, NOTHING } from "./machine.ts";

/**
 * Does the running Nix daemon have the proxy and the certificate authorities of the spec? What it really has is in its process; where
 * that can't be read, its service manager says what it would start it with.
 */
export async function examineNetwork(machine: Machine, owner: Owner): Promise<Examined> {
  const { system, options, model } = machine;
  const isSystem = owner === "nixos" || owner === "nix-darwin";
  const wanted = daemonVariables(isSystem ? "system" : "linux", model);
  if (options.root !== undefined || wanted.length === 0) return NOTHING;
  const daemon = await daemonEnvironment(system);
  if (!daemon) return NOTHING;
  const { variables, where } = daemon;
  const shown = wanted
    .map(([name]) => `${name}=${withoutPassword(variables.get(name) ?? "")}`)
    .filter((one) => !one.endsWith("="));
  const differing = wanted.filter(([name, value]) => withoutAccount(variables.get(name)) !== withoutAccount(value));
  // NixOS leaves the names in capitals out.
  const missing = differing.filter(([name]) => !isSystem || name === name.toLowerCase() || !variables.has(name.toLowerCase()));
  if (missing.length === 0) return { findings: [], fine: [`the daemon has ${shown.join(", ")} (${where})`] };
  const message = missing
    .map(([name, value]) => {
      const has = variables.get(name);
      return has === undefined ? `lacks ${name}=${value}` : `has ${name}=${withoutPassword(has)}, not ${value}`;
    })
    .join("; ");
  return found(finding("machine-network-differs", where, `the daemon ${message}`, await remedy(machine, owner, daemon, wanted)));
}

/** The command that gives the daemon the variables. */
async function remedy(
  machine: Machine,
  owner: Owner,
  { alone }: DaemonEnvironment,
  wanted: readonly (readonly [name: string, value: string])[],
): Promise<string> {
  const { sudo, system } = machine;
  if (owner === "nixos" || owner === "nix-darwin") return applyCommand(machine, owner);
  // Nothing starts it again, so the command does.
  if (alone !== undefined) {
    const variables = wanted.map((pair) => word(pair.join("="))).join(" ");
    return `${sudo}sh -c ${word(`kill ${alone} && env ${variables} nohup nix-daemon >/dev/null 2>&1 &`)}`;
  }
  // The drop-in may be there already, and the daemon older than it.
  return (await system.kind(DROP_IN)) === undefined
    ? applyCommand(machine, owner)
    : `${sudo}sh -c "systemctl daemon-reload && systemctl restart nix-daemon.service"`;
}

interface DaemonEnvironment {
  readonly variables: ReadonlyMap<string, string>;
  /** Where they were read. */
  readonly where: string;
  /** The id of the process, if neither systemd nor launchd started it. */
  readonly alone?: string;
}

async function daemonEnvironment(system: System): Promise<DaemonEnvironment | undefined> {
  if ((await system.kind("/Library/LaunchDaemons")) !== undefined) return ofLaunchd(system);
  const unit = await system.spawn("systemctl", ["show", "nix-daemon.service", "--property=MainPID,Environment,LoadState"]);
  const properties = new Map(
    unit.stdout.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
  const isUnit = unit.status === 0 && properties.get("LoadState") === "loaded";
  let process = isUnit ? properties.get("MainPID") : undefined;
  if (!isUnit) process = (await system.spawn("pgrep", ["-o", "-x", "nix-daemon"])).stdout.trim();
  if (process && process !== "0") {
    const where = `/proc/${process}/environ`;
    const text = (await system.readFile(where).catch(() => undefined))?.toString();
    if (text) return { variables: pairs(text.split("\0")), where, ...(isUnit ? {} : { alone: process }) };
  }
  if (!isUnit) return undefined;
  return { variables: pairs(unitWords(properties.get("Environment") ?? "")), where: "nix-daemon.service" };
}

/** `launchctl print` has a block `environment = { NAME => value }`. */
async function ofLaunchd(system: System): Promise<DaemonEnvironment | undefined> {
  for (const service of ["systems.determinate.nix-daemon", "org.nixos.nix-daemon"]) {
    const { status, stdout } = await system.spawn("launchctl", ["print", `system/${service}`]);
    if (status !== 0) continue;
    const block = /^\tenvironment = \{\n(.*?)^\t\}/ms.exec(stdout)?.[1] ?? "";
    const lines = block.split("\n").flatMap((line) => /^\s*(\S+) => (.*)$/.exec(line)?.slice(1, 3).join("=") ?? []);
    return { variables: pairs(lines), where: service };
  }
  return undefined;
}

const pairs = (list: readonly string[]): Map<string, string> =>
  new Map(
    list.filter((one) => one.includes("=")).map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)]),
  );

/** The words of a property of a unit: systemd quotes one with special characters as `"…"` or `$'…'`. */
const unitWords = (text: string): string[] =>
  [...text.matchAll(/\$?"((?:[^"\\]|\\.)*)"|\$'((?:[^'\\]|\\.)*)'|(\S+)/g)].map(([, double, single, plain]) =>
    plain !== undefined ? plain : (double ?? single ?? "").replace(/\\(.)/g, "$1"),
  );

/** A machine may have its own account for the proxy, which the spec can't contain. */
const withoutAccount = (url: string | undefined): string | undefined => url?.replace(ACCOUNT, "$1");

/** A token can stand in the place of the name, so only a name that is followed by a password is shown. */
const withoutPassword = (url: string): string =>
  url.replace(ACCOUNT, (_, scheme: string, account: string) =>
    account.includes(":") ? `${scheme}${account.slice(0, account.indexOf(":"))}:•••@` : `${scheme}•••@`,
  );

/** The account of a proxy, up to the last `@`: a password may have that character and others that a URL should not have. */
const ACCOUNT = /^([a-z0-9+.-]+:\/\/|(?!\/))(.*)@/i;
