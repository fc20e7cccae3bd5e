import { join } from "node:path";
import type { Host } from "../../model/model.ts";
import { readableWord as word } from "../../output/printers/shell.ts";
import { type Examined, finding, flakeOf, type Machine, NOTHING } from "./machine.ts";
import type { NixVersion } from "./nix.ts";
import { differingSettings } from "./settings.ts";

/** What looks after the machine's nix.conf, as apply-nix-config.sh recognises it: `nixos`, `nix-darwin`, `debian`, … */
export type Owner = string;

/** What apply-nix-config.sh installs for the network of the daemon. */
export const DROP_IN = "/etc/systemd/system/nix-daemon.service.d/flakewright.conf";

/**
 * Is nix.conf the spec's, and is it in effect? What nix.conf should be is asked of apply-nix-config.sh, which also installs it.
 */
export async function examineConf(machine: Machine, version: NixVersion | undefined): Promise<[Owner, Examined]> {
  const report = await applyReport(machine);
  if (!report) return ["unknown", NOTHING];
  const owner = report.get("owner") ?? "unknown";
  const conf = report.get("conf") ?? "/etc/nix/nix.conf";
  const apply = applyCommand(machine, owner);
  const differing = version ? await differingSettings(machine, version) : [];
  const inGeneral = differing
    .filter(({ override }) => override === undefined)
    .map(({ name, difference }) => `\`${name}\` ${difference}`)
    .join("; ");

  const findings = [];
  const fine = [];
  const isManaged = owner === "nixos" || owner === "nix-darwin";
  const drift = isManaged ? "none" : report.get("drift nix/nix.conf");
  if (drift === "absent" || drift === "differs") {
    const state = drift === "absent" ? "is not there" : `is not the spec's (owner: ${owner})`;
    findings.push(finding("machine-conf-differs", conf, `${conf} ${state}${inGeneral && `: ${inGeneral}`}`, apply));
  } else {
    if (drift === "none" && !isManaged) fine.push(`${conf} is the spec's (owner: ${owner})`);
    if (inGeneral) findings.push(finding("machine-setting-differs", conf, inGeneral, apply));
    else if (version) fine.push("the settings in effect are the spec's");
  }
  for (const { name, difference, override } of differing)
    if (override) {
      const message = `\`${name}\` ${difference}, because of ${override.place}`;
      findings.push(finding("machine-setting-differs", override.place, message, override.command));
    }
  if (!isManaged && report.get("drift nix/machines") === "differs")
    findings.push(finding("machine-conf-differs", "/etc/nix/machines", "/etc/nix/machines is not the spec's", apply));
  const dropIn = report.get("drift systemd/system/nix-daemon.service.d/flakewright.conf");
  const hasSystemd = (await machine.system.kind("/run/systemd/system")) !== undefined;
  if (!isManaged && (dropIn === "differs" || (dropIn === "absent" && hasSystemd))) {
    const state = dropIn === "absent" ? "is not there" : "is not the spec's";
    findings.push(finding("machine-conf-differs", DROP_IN, `${DROP_IN} ${state}`, apply));
  }
  return [owner, { findings, fine }];
}

/** The lines `KEY=VALUE` of `--report` of our own apply-nix-config.sh; undefined when it fails. */
async function applyReport({ system, options, script }: Machine): Promise<ReadonlyMap<string, string> | undefined> {
  if (script === undefined) return undefined;
  const name = join(options.out, "apply-nix-config.sh");
  const atRoot = options.root === undefined ? [] : ["--root", options.root];
  const run = await system.spawn("bash", ["-c", script, name, "--report", "--etc", join(options.out, "etc"), ...atRoot]);
  if (run.status !== 0) return undefined;
  return new Map(run.stdout.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

/** The command that brings the spec's configuration to the machine. */
export function applyCommand(machine: Machine, owner: Owner): string {
  const { options, model, sudo } = machine;
  const flake = flakeOf(machine);
  // Without a name, the commands take the configuration with the machine's own name.
  const flakeWith = (hosts: readonly Host[]) => word(hosts.length === 1 ? `${flake}#${hosts[0]?.name}` : flake);
  if (owner === "nixos")
    return `${sudo}nixos-rebuild switch --flake ${flakeWith(model.hosts.filter(({ os }) => os === "nixos"))}`;
  if (owner === "nix-darwin")
    return `${sudo}darwin-rebuild switch --flake ${flakeWith(model.hosts.filter(({ os }) => os === "darwin"))}`;
  const script = word(join(options.out, "apply-nix-config.sh"));
  return `${sudo}${script}${options.root === undefined ? "" : ` --root ${word(options.root)}`}`;
}
