import { join } from "node:path";
import { lockedInput } from "../knowledge/flake-lock.ts";
import { experimentalFeatures, findSetting } from "../knowledge/settings.ts";
import type { Model, Setting } from "../model/model.ts";
import { confLine } from "../output/printers/conf.ts";
import { shellWord } from "../output/printers/shell.ts";
import type { StageCode } from "../report/codes.ts";
import { type Diagnostic, diagnostic, hasErrors } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { check } from "./check.ts";
import type { Options, Outcome } from "./outcome.ts";
import { compileSpec } from "./session.ts";

/*
 * `flakewright doctor`: this machine against the spec. Nothing is changed; each finding names one command that mends it. What
 * nix.conf should be and who owns it is asked of apply-nix-config.sh, which would also do the mending.
 */

/** A lock older than this has missed half a year of security updates. */
const OLD_DAYS = 180;

/** Examines the machine, or the one whose root folder is `options.root`. */
export async function doctor(system: System, options: Options): Promise<Outcome> {
  const checked = await check(system, options);
  if (checked.status === 2 || checked.report.diagnostics.some((one) => hasErrors([one]) && one.file === options.spec))
    return checked;
  const compiled = await compileSpec(system, options);
  if ("status" in compiled || !compiled.model) return checked;
  const examination = new Examination(system, options, compiled.model);
  await examination.run(checked.report.diagnostics.filter((one) => one.code.startsWith("output-")));
  const { findings, fine } = examination;
  const failed = hasErrors(findings) || (options.strict && findings.length > 0);
  return {
    report: { diagnostics: findings, files: [], sources: new Map() },
    output: fine.map((line) => `ok ${line}\n`).join(""),
    notes: [],
    status: failed ? 1 : 0,
  };
}

class Examination {
  readonly findings: Diagnostic[] = [];
  /** What is as it should be. */
  readonly fine: string[] = [];
  readonly #system: System;
  readonly #options: Options;
  readonly #model: Model;
  readonly #root: string;
  #sudo = "sudo ";

  constructor(system: System, options: Options, model: Model) {
    this.#system = system;
    this.#options = options;
    this.#model = model;
    this.#root = options.root ?? "/";
  }

  async run(stale: readonly Diagnostic[]): Promise<void> {
    if ((await this.#system.spawn("id", ["-u"])).stdout.trim() === "0") this.#sudo = "";
    const version = await this.#nix();
    this.#outputs(stale);
    const owner = await this.#conf(version);
    await this.#users(owner);
    if (version) await this.#daemon();
    await this.#untracked();
    await this.#lock(version);
  }

  #add(code: StageCode, file: string, message: string, command: string): void {
    this.findings.push(diagnostic(code, message, file, { start: 0, end: 0 }, { hint: `\`${command}\`` }));
  }

  /** The installed Nix's version; undefined when there is none. */
  async #nix(): Promise<Version | undefined> {
    const run = await this.#system.spawn("nix", ["--version"]);
    const written = /(\d+)\.(\d+)[^\s)]*\)?\s*$/.exec(run.stdout.split("\n")[0] ?? "");
    if (run.status !== 0 || !written) {
      const debian = (await this.#system.kind(join(this.#root, "etc/debian_version"))) !== undefined;
      const install = debian ? `${this.#sudo}apt-get install nix-bin` : "sh <(curl -L https://nixos.org/nix/install) --daemon";
      this.#add("machine-no-nix", "nix", "there is no `nix` on PATH", install);
      return undefined;
    }
    const version = { major: Number(written[1]), minor: Number(written[2]) };
    if (isBefore(version, 2, 8)) {
      const upgrade = `${this.#sudo}nix upgrade-nix`;
      this.#add(
        "machine-nix-too-old",
        "nix",
        `${run.stdout.trim()} is older than 2.8, the oldest that flakewright writes for`,
        upgrade,
      );
    } else this.fine.push(run.stdout.split("\n")[0] ?? "");
    return version;
  }

  #outputs(stale: readonly Diagnostic[]): void {
    const { out, spec } = this.#options;
    const edited = stale.find((one) => one.code !== "output-drift");
    if (edited) this.findings.push(edited);
    else if (stale.length > 0) {
      const words = spec === "spec/platform.yaml" ? "" : ` ${word(spec)}`;
      const folder = out === "out" ? "" : ` --out ${word(out)}`;
      this.#add("output-drift", out, `${out} is not what ${spec} generates`, `flakewright generate${words}${folder}`);
    } else this.fine.push(`${out} is what ${spec} generates`);
  }

  /** nix.conf and what is in effect. Answers who owns nix.conf. */
  async #conf(version: Version | undefined): Promise<string> {
    const { out } = this.#options;
    const script = join(out, "apply-nix-config.sh");
    const atRoot = this.#options.root === undefined ? [] : ["--root", this.#options.root];
    const run = await this.#system.spawn("bash", [script, "--report", ...atRoot]);
    if (run.status !== 0) return "unknown";
    const report = new Map(
      run.stdout.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
    );
    const owner = report.get("owner") ?? "unknown";
    const conf = report.get("conf") ?? "/etc/nix/nix.conf";
    const mend = this.#applies(owner);
    const differing = version ? await this.#differing(version) : [];
    const own = differing.filter((one) => one.culprit === undefined);
    const said = own.map(({ name, how }) => `\`${name}\` ${how}`).join("; ");

    const managed = ["nixos", "nix-darwin"].includes(owner);
    const drift = managed ? "none" : report.get("drift nix/nix.conf");
    if (drift === "absent" || drift === "differs") {
      const what = drift === "absent" ? "is not there" : `is not the spec's (owner: ${owner})`;
      this.#add("machine-conf-differs", conf, `${conf} ${what}${said && `: ${said}`}`, mend);
    } else {
      if (drift === "none" && !managed) this.fine.push(`${conf} is the spec's (owner: ${owner})`);
      if (said) this.#add("machine-setting-differs", conf, said, mend);
      else if (version) this.fine.push("the settings in effect are the spec's");
    }
    for (const { name, how, culprit } of differing)
      if (culprit)
        this.#add("machine-setting-differs", culprit.file, `\`${name}\` ${how}, because of ${culprit.file}`, culprit.mend);
    if (!managed && report.get("drift nix/machines") === "differs")
      this.#add("machine-conf-differs", "/etc/nix/machines", "/etc/nix/machines is not the spec's", mend);
    return owner;
  }

  /** The output folder as Nix takes a flake's. */
  get #flake(): string {
    return this.#options.out.startsWith("/") ? this.#options.out : `./${this.#options.out}`;
  }

  /** The command that brings the spec's configuration to the machine. */
  #applies(owner: string): string {
    const { out, root } = this.#options;
    const [only, ...others] = this.#model.hosts;
    const flake = word(only && others.length === 0 ? `${this.#flake}#${only.name}` : this.#flake);
    if (owner === "nixos") return `${this.#sudo}nixos-rebuild switch --flake ${flake}`;
    if (owner === "nix-darwin") return `${this.#sudo}darwin-rebuild switch --flake ${word(this.#flake)}`;
    return `${this.#sudo}${word(join(out, "apply-nix-config.sh"))}${root === undefined ? "" : ` --root ${word(root)}`}`;
  }

  /** Settings that are not in effect as the spec has them, of those that this Nix knows. */
  async #differing(version: Version): Promise<readonly Differing[]> {
    const effective = await this.#effective();
    if (!effective) return [];
    const found: Differing[] = [];
    for (const setting of this.#model.settings) {
      const name = setting.name.replace(/^extra-(?!platforms$)/, "");
      const value = effective.get(name);
      if (value === undefined || isInEffect(setting, value, version)) continue;
      const culprit = await this.#culprit(name);
      found.push({ name: setting.name, how: difference(setting, value), ...(culprit ? { culprit } : {}) });
    }
    return found;
  }

  /** `nix config show` as a map; undefined when Nix refuses its own configuration. */
  async #effective(): Promise<Map<string, string> | undefined> {
    const env =
      this.#options.root === undefined
        ? {}
        : { NIX_CONF_DIR: join(this.#options.root, "etc/nix"), NIX_USER_CONF_FILES: "", NIX_CONFIG: "" };
    for (const features of [[], ["--extra-experimental-features", "nix-command"]]) {
      // Since Nix 2.19 it is `config show`.
      for (const show of [["config", "show"], ["show-config"]]) {
        const run = await this.#system.spawn("nix", [...features, ...show], { env });
        if (run.status !== 0) continue;
        const lines = run.stdout.split("\n").filter((line) => line.includes(" = ") || line.endsWith(" ="));
        const settings = new Map(lines.map((line) => [line.slice(0, line.indexOf(" =")), line.slice(line.indexOf(" =") + 3)]));
        // What was only switched on to ask is not in effect.
        const on = settings.get("experimental-features")?.split(" ") ?? [];
        if (features.length > 0) settings.set("experimental-features", on.filter((one) => one !== "nix-command").join(" "));
        return settings;
      }
    }
    return undefined;
  }

  /** What overrides the system's nix.conf for this user. */
  async #culprit(name: string): Promise<Differing["culprit"]> {
    if (this.#options.root !== undefined) return undefined;
    const { env } = this.#system;
    const sets = (text: string) => text.split("\n").some((line) => isSetting(line, name));
    if (sets(env["NIX_CONFIG"] ?? "")) return { file: "NIX_CONFIG", mend: "unset NIX_CONFIG" };
    const home = env["XDG_CONFIG_HOME"] || join(env["HOME"] ?? "", ".config");
    const file = join(home, "nix/nix.conf");
    if (!sets((await this.#system.readFile(file))?.toString() ?? "")) return undefined;
    return { file, mend: `sed -i.bak -E '/^ *(extra-)?${name} *=/d' ${word(file)}` };
  }

  async #users(owner: string): Promise<void> {
    const { buildUsers } = this.#model;
    if (!buildUsers || owner === "nix-darwin") return;
    const lines = async (path: string) =>
      ((await this.#system.readFile(join(this.#root, path)))?.toString() ?? "").split("\n").map((line) => line.split(":"));
    const users = new Map((await lines("etc/passwd")).map(([name = "", , , gid]) => [name, gid]));
    // macOS keeps its accounts elsewhere.
    if (users.size < 2 || (await this.#system.kind(join(this.#root, "System/Library"))) !== undefined) return;
    const group = (await lines("etc/group")).find(([name]) => name === buildUsers.group);
    const members = group?.[3]?.split(",") ?? [];
    const missing = buildUsers.roles.filter(({ user }) => !users.has(user)).map(({ user }) => user);
    const outside = buildUsers.roles.filter(({ user }) => users.has(user) && !members.includes(user)).map(({ user }) => user);
    const mend = this.#applies(owner);
    if (!group)
      this.#add("machine-build-user-missing", "/etc/group", `there is no group \`${buildUsers.group}\` for builds`, mend);
    else if (missing.length > 0) this.#add("machine-build-user-missing", "/etc/passwd", `${named(missing)} missing`, mend);
    // Nix looks for build users among the listed members only.
    else if (outside.length > 0)
      this.#add(
        "machine-build-user-missing",
        "/etc/group",
        `${named(outside)} no listed member of \`${buildUsers.group}\``,
        mend,
      );
    else this.fine.push(`${buildUsers.roles.length} build users`);
  }

  async #daemon(): Promise<void> {
    // Without build users of the spec and as root, Nix needs none.
    if (this.#options.root !== undefined || (!this.#model.buildUsers && this.#sudo === "")) return;
    const socket = "/nix/var/nix/daemon-socket/socket";
    const ping = ["--extra-experimental-features", "nix-command", "store", "ping", "--store", "daemon"];
    if ((await this.#system.kind(socket)) !== undefined && (await this.#system.spawn("nix", ping)).status === 0) {
      this.fine.push("the daemon answers");
      return;
    }
    const [systemd, launchd] = await Promise.all([
      this.#system.kind("/run/systemd/system"),
      this.#system.kind("/Library/LaunchDaemons/org.nixos.nix-daemon.plist"),
    ]);
    const start = systemd
      ? "systemctl enable --now nix-daemon.socket"
      : launchd
        ? "launchctl kickstart -k system/org.nixos.nix-daemon"
        : "sh -c 'nohup nix-daemon >/dev/null 2>&1 &'";
    this.#add("machine-daemon-stopped", socket, "the Nix daemon does not answer", `${this.#sudo}${start}`);
  }

  /** In a Git repository a flake is its tracked files: the others are not there for Nix. */
  async #untracked(): Promise<void> {
    const { out } = this.#options;
    const listed = await this.#system.spawn("git", ["-C", out, "ls-files", "-z"]);
    if (listed.status !== 0) return;
    const tracked = new Set(listed.stdout.split("\0"));
    const { files = {} } = JSON.parse((await this.#system.readFile(join(out, ".flakewright.json")))?.toString() || "{}");
    const hosts = this.#model.hosts.flatMap((host) => host.modules.map((path) => path.replace(/^\.\//, "")));
    const missing: string[] = [];
    for (const path of new Set([...Object.keys(files), ...hosts, "flake.lock"]))
      if (!tracked.has(path) && (await this.#system.kind(join(out, path))) === "file") missing.push(path);
    if (missing.length === 0) {
      this.fine.push("Git tracks every file of the flake");
      return;
    }
    const ignored = (await this.#system.spawn("git", ["-C", out, "check-ignore", "-q", ...missing])).status === 0;
    const shown =
      missing.length === 1 ? join(out, missing[0] ?? "") : `${missing.length} files of ${out}, such as ${missing[0]},`;
    const add = ignored ? `git -C ${word(out)} add -N -f ${missing.map(word).join(" ")}` : `git add -N ${word(out)}`;
    const why = ignored ? "ignored by Git" : "not tracked by Git";
    this.#add(
      "machine-untracked-file",
      join(out, missing[0] ?? ""),
      `${shown} ${missing.length === 1 ? "is" : "are"} ${why}: Nix does not see what is not tracked`,
      add,
    );
  }

  async #lock(version: Version | undefined): Promise<void> {
    const { out } = this.#options;
    const file = join(out, "flake.lock");
    const text = await this.#system.readFile(file);
    const folder = word(this.#flake);
    if (!text) {
      this.#add(
        "machine-lock-old",
        file,
        "nothing is locked: each machine gets the nixpkgs of its day",
        `nix flake lock ${folder}`,
      );
      return;
    }
    const locked = lockedInput(text.toString(), "nixpkgs");
    const days = Math.floor((this.#system.now() / 1000 - (locked?.lastModified ?? 0)) / 86_400);
    // A local tree has no date, and a commit in the spec is old on purpose.
    const dated = (locked?.lastModified ?? 0) > 1 && !/[0-9a-f]{40}/.test(this.#model.nixpkgs.url);
    if (!dated) return;
    if (days <= OLD_DAYS) {
      this.fine.push(`the locked nixpkgs is ${days} days old`);
      return;
    }
    const update = version && !isBefore(version, 2, 19) ? `nix flake update --flake ${folder}` : `nix flake update ${folder}`;
    this.#add("machine-lock-old", file, `the locked nixpkgs is ${days} days old, and so are its security updates`, update);
  }
}

interface Version {
  readonly major: number;
  readonly minor: number;
}

const isBefore = (version: Version, major: number, minor: number): boolean =>
  version.major < major || (version.major === major && version.minor < minor);

interface Differing {
  readonly name: string;
  /** The rest of a sentence. */
  readonly how: string;
  /** What overrides the system's nix.conf, and how that ends. */
  readonly culprit?: { readonly file: string; readonly mend: string } | undefined;
}

/** Whether a line of a nix.conf sets a setting, by any of its names. */
function isSetting(line: string, name: string): boolean {
  const written = /^\s*([A-Za-z0-9-]+)\s*=/.exec(line)?.[1];
  return written !== undefined && (findSetting(written)?.setting.name ?? written) === name;
}

/** A setting's value as nix.conf has it. */
const confValue = ({ name, value }: Setting): string => confLine(name, value).replace(/^[^=]*=\s*/, "");

/** What is in effect in place of a setting's value, as the rest of a sentence. */
function difference(setting: Setting, effective: string): string {
  const wanted = confValue(setting);
  if (typeof setting.value !== "object") return `is ${effective || "empty"}, not ${wanted || "empty"}`;
  const [mine, theirs] = [words(wanted), words(effective)];
  const lacks = mine.filter((word) => !theirs.includes(word)).join(" ");
  const more = theirs.filter((word) => !mine.includes(word)).join(" ");
  return [lacks && `lacks ${lacks}`, more && `has ${more}`].filter(Boolean).join(" and ") || `is in another order: ${effective}`;
}

/** A shell word as a person would write it. */
const word = (text: string): string => (/^[\w@%+=:,./~-]+$/.test(text) ? text : shellWord(text));

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/** Whether the value that Nix shows is the one that the spec has, each written in its own way. */
function isInEffect(setting: Setting, effective: string, version: Version): boolean {
  const wanted = confValue(setting);
  if (wanted === effective) return true;
  const found = findSetting(setting.name);
  // Nix shows what `auto` comes to.
  if (wanted === "auto") return /^\d+$/.test(effective);
  if (found?.setting.type !== "list" && found?.setting.type !== "map") return false;
  const plain = (text: string) => words(text).map((word) => word.replace(/(?<=[^/])\/$/, ""));
  let [mine, theirs] = [plain(wanted), plain(effective)];
  if (found.setting.name === "experimental-features") {
    const known = isBefore(version, 2, 26) ? "2.8" : isBefore(version, 2, 34) ? "2.26" : "2.34";
    mine = mine.filter((one) =>
      experimentalFeatures()
        .find((feature) => feature.name === one)
        ?.versions.includes(known),
    );
  }
  if (found.via === "extra") return mine.every((word) => theirs.includes(word));
  // Caches have an order; of all other lists and maps, newer Nixes show a sorted one.
  if (found.setting.name !== "substituters") [mine, theirs] = [mine.toSorted(), theirs.toSorted()];
  return [...new Set(mine)].join(" ") === [...new Set(theirs)].join(" ");
}

function named(users: readonly string[]): string {
  if (users.length === 1) return `the build user \`${users[0]}\` is`;
  return `${users.length} build users are (\`${users[0]}\`${users.length > 2 ? ", …," : ""} \`${users.at(-1)}\`)`;
}
