import { join } from "node:path";
import { allSecrets } from "../knowledge/secrets-in-text.ts";
import { hasErrors } from "../report/diagnostic.ts";
import { maskDiagnostics, masker } from "../report/masking.ts";
import type { System } from "../system/system.ts";
import { checkCompiled } from "./check.ts";
import { examineConf } from "./doctor/conf.ts";
import { examineDaemon } from "./doctor/daemon.ts";
import { examineGit } from "./doctor/git.ts";
import { examineLock } from "./doctor/lock.ts";
import type { Examined, Machine } from "./doctor/machine.ts";
import { examineNetwork } from "./doctor/network.ts";
import { examineNix } from "./doctor/nix.ts";
import { examineOutputs } from "./doctor/outputs.ts";
import { examineUsers } from "./doctor/users.ts";
import { failed, type Options, type Outcome, printed } from "./outcome.ts";
import { compileSpec, openSession } from "./session.ts";

/**
 * `flakewright doctor`: this machine, or the one whose root folder is `options.root`, against the spec. Nothing is changed; each
 * finding names one command that fixes it.
 */
export async function doctor(system: System, options: Options): Promise<Outcome> {
  const { root } = options;
  if (root !== undefined && (await system.kind(join(root, "."))) !== "directory")
    return {
      ...printed(""),
      notes: [`--root ${root}: there is no such folder; name the folder where the image is mounted`],
      status: 2,
    };
  const session = await openSession(system, options);
  const compiled = await compileSpec(system, options, session);
  if ("status" in compiled) return compiled;
  const checked = await checkCompiled(system, compiled, options);
  const policy = checked.report.diagnostics.filter(({ code }) => code.startsWith("policy-"));
  const isStopped = checked.report.diagnostics.some(
    (one) => hasErrors([one]) && one.file === options.spec && !policy.includes(one),
  );
  if (checked.status === 2 || isStopped) return checked;
  if (!compiled.model) return checked;
  const isRoot = (await system.spawn("id", ["-u"])).stdout.trim() === "0";
  const heard: string[] = [];
  const script = compiled.files?.find(({ path }) => path === "apply-nix-config.sh")?.text;
  const machine = {
    system: listening(system, heard),
    options,
    model: compiled.model,
    script,
    root: options.root ?? "/",
    sudo: isRoot ? "" : "sudo ",
  };
  const stale = checked.report.diagnostics.filter((one) => one.code.startsWith("output-"));
  const topics = await examine(machine, stale);
  const findings = [...policy, ...topics.flatMap((topic) => topic.findings)];
  const fine = topics.flatMap((topic) => topic.fine.map((line) => `ok ${line}\n`)).join("");
  const mask = masker(heard.flatMap((text) => allSecrets(text).map(({ start, end }) => text.slice(start, end))));
  return {
    report: { diagnostics: maskDiagnostics(findings, mask), files: [], sources: policy.length > 0 ? compiled.texts : new Map() },
    output: mask?.(fine) ?? fine,
    notes: [],
    status: failed(findings, options) ? 1 : 0,
  };
}

/**
 * The system, whose programs' answers are collected in `heard`. Nix shows the access tokens of the machine among its settings: a finding
 * may quote an answer, but no secret of it.
 */
const listening = (system: System, heard: string[]): System => ({
  ...system,
  async spawn(...call) {
    const run = await system.spawn(...call);
    heard.push(run.stdout, run.stderr);
    return run;
  },
});

/** Every topic, in the order in which a person would look: later ones build on earlier ones. */
async function examine(machine: Machine, stale: Parameters<typeof examineOutputs>[1]): Promise<readonly Examined[]> {
  const [version, nix] = await examineNix(machine);
  const [owner, conf] = await examineConf(machine, version);
  return [
    nix,
    examineOutputs(machine, stale),
    conf,
    await examineUsers(machine, owner),
    ...(version ? [await examineDaemon(machine), await examineNetwork(machine, owner)] : []),
    await examineGit(machine),
    await examineLock(machine, version),
  ];
}
