import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { doctor } from "../../generator/commands/doctor.ts";
import { generate } from "../../generator/commands/generate.ts";
import type { Options } from "../../generator/commands/outcome.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import type { SpawnResult, System } from "../../generator/system/system.ts";
import type { EntryKind } from "../../generator/system/tree.ts";
import { CLI } from "../support/cli.ts";
import { ACCOUNT_TOOLS } from "../support/machine.ts";
import { optionsFor } from "../support/options.ts";
import { MACHINE_TOOLS, type PrivateMachine, privateMachine } from "../support/private-machine.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

const test = suite("doctor");

const OPTIONS: Options = optionsFor("spec/platform.yaml");
const ROLES = Array.from({ length: 11 }, (_, at) => `    - role: role${at + 1}\n`).join("");
const SPEC = (nixpkgs: string) => `version: 1
name: p
nixpkgs: ${nixpkgs}
groups: {}
settings:
  experimental-features: [nix-command, flakes]
  max-jobs: auto
  keep-outputs: true
gc: { automatic: true }
buildUsers:
  roles:
${ROLES}`;

/** A folder with a generated spec. */
async function project(more = ""): Promise<string> {
  const folder = tempFolder();
  // A nixpkgs that can be locked without a network.
  const nixpkgs = tempFolder();
  writeFileSync(join(nixpkgs, "flake.nix"), "{ outputs = _: { }; }\n");
  mkdirSync(join(folder, "spec"));
  writeFileSync(join(folder, "spec/platform.yaml"), SPEC(`path:${nixpkgs}`) + more);
  const { status } = await generate(nodeSystem(folder, process.env), OPTIONS);
  assert.is(status, 0);
  return folder;
}

interface Replaced {
  /** Answers of programs, by the beginning of their command line. Other programs are missing. */
  readonly programs?: Readonly<Record<string, string | Partial<SpawnResult>>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly kinds?: Readonly<Record<string, EntryKind>>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Paths that exist only when the test provides them. */
const MACHINE_PATHS = /^\/(etc|home|nix|proc|run|Library|System)\//;

/** A machine without findings, except for what the test replaces. */
function machine(folder: string, { programs = {}, files = {}, kinds = {}, env = {} }: Replaced = {}): System {
  const real = nodeSystem(folder, { HOME: "/home/ada", ...env });
  const users = Array.from({ length: 11 }, (_, at) => `nixbld${at + 1}`);
  const all: NonNullable<Replaced["programs"]> = {
    "id -u": "1000\n",
    "nix --version": "nix (Nix) 2.26.3\n",
    "bash out/apply-nix-config.sh --report":
      "owner=debian\nconf=/etc/nix/nix.conf\napplied=p\ndrift nix/nix.conf=none\ndrift nix/machines=not in the spec\n",
    "nix config show":
      "build-users-group = nixbld\nexperimental-features = flakes nix-command\nkeep-outputs = true\nmax-jobs = 2\nsandbox = true\n",
    "nix --extra-experimental-features nix-command store ping": "",
    ...programs,
  };
  const allFiles: Record<string, string> = {
    "/etc/passwd": ["root:x:0:0", ...users.map((user, at) => `${user}:x:${30001 + at}:30000`)].join("\n"),
    "/etc/group": `root:x:0:\nnixbld:x:30000:${users.join(",")}\n`,
    "out/flake.lock": lock(10),
    ...files,
  };
  const allKinds: Record<string, EntryKind> = {
    "/nix/var/nix/daemon-socket/socket": "other",
    "out/flake.lock": "file",
    ...kinds,
  };
  return {
    ...real,
    now: () => NOW,
    async readFile(path) {
      const text = allFiles[path];
      return text === undefined ? (MACHINE_PATHS.test(path) ? undefined : real.readFile(path)) : Buffer.from(text);
    },
    kind: async (path) => allKinds[path] ?? (MACHINE_PATHS.test(path) ? undefined : real.kind(path)),
    async spawn(command, args) {
      // The script's own text, and settings for Git.
      const isOmitted = (at: number) => args[at] === "-c" || args[at - 1] === "-c";
      const line = [command, ...args.filter((_, at) => !isOmitted(at))].join(" ");
      const name = Object.keys(all).find((one) => line.startsWith(one));
      const answer = name === undefined ? { status: 127 } : all[name];
      return { status: 0, stderr: "", stdout: "", ...(typeof answer === "string" ? { stdout: answer } : answer) };
    },
  };
}

const NOW = Date.UTC(2026, 5, 1);
const lock = (days: number): string => {
  const locked = { type: "github", rev: "0123456789abcdef0123456789abcdef01234567", lastModified: NOW / 1000 - days * 86_400 };
  return JSON.stringify({ nodes: { nixpkgs: { locked }, root: { inputs: { nixpkgs: "nixpkgs" } } }, root: "root" });
};

/** `code: command` of each finding. */
async function findings(pretended: Replaced): Promise<string[]> {
  const { report, status } = await doctor(machine(await project(), pretended), OPTIONS);
  assert.is(status, report.diagnostics.some((one) => one.severity === "error") ? 1 : 0);
  return report.diagnostics.map((one) => `${one.code}: ${one.hint?.replace(/^`|`$/g, "")}`);
}

test("a machine that agrees with the spec: no finding, and a line for each thing that was checked", async () => {
  const { report, output, status } = await doctor(machine(await project()), OPTIONS);
  assert.equal(report.diagnostics, []);
  assert.is(status, 0);
  assert.is(
    output,
    "ok nix (Nix) 2.26.3\nok out is what spec/platform.yaml generates\nok /etc/nix/nix.conf is the spec's (owner: debian)\n" +
      "ok the settings in effect are the spec's\nok 11 build users\nok the daemon answers\nok the locked nixpkgs is 10 days old\n",
  );
});

test("no Nix: the hint names the installer for the machine's system", async () => {
  const none = { "nix --version": { status: 127 } };
  assert.equal(await findings({ programs: none }), ["machine-no-nix: sh <(curl -L https://nixos.org/nix/install) --daemon"]);
  for (const release of ["13.1\n", "12.11\n", "bookworm/sid\n"])
    assert.equal(await findings({ programs: none, files: { "/etc/debian_version": release } }), [
      "machine-no-nix: sudo apt-get install nix-setup-systemd",
    ]);
  assert.equal(await findings({ programs: { "nix --version": "nix (Nix) 2.3.16\n" } }), [
    "machine-nix-too-old: sh <(curl -L https://nixos.org/nix/install) --daemon",
  ]);
});

test("a nixpkgs that refuses the machine's Nix is the first finding, and says how to get a newer one", async () => {
  const first = async (nixpkgs: string, nix: string) => {
    const folder = await project();
    const spec = join(folder, "spec/platform.yaml");
    writeFileSync(spec, SPEC(nixpkgs));
    await generate(nodeSystem(folder, process.env), OPTIONS);
    const programs = { "nix --version": `nix (Nix) ${nix}\n` };
    const { report, output } = await doctor(machine(folder, { programs, files: { "/etc/nix/nix.conf": "" } }), OPTIONS);
    const [one] = report.diagnostics.filter(({ code }) => code !== "machine-lock-old");
    return one?.code === "nixpkgs-needs-newer-nix" ? `${one.message} ${one.hint}` : output.split("\n")[0];
  };
  assert.is(
    await first("nixos-26.05", "2.8.0"),
    "nixpkgs 26.05 refuses nix (Nix) 2.8.0: it needs 2.18 or newer, and no shell, package or host evaluates " +
      "`sh <(curl -L https://nixos.org/nix/install) --daemon`",
  );
  assert.is(await first("nixos-26.05", "2.18.1"), "ok nix (Nix) 2.18.1");
  assert.is(await first("{ url: github:NixOS/nixpkgs/nixos-24.11 }", "2.8.0"), "ok nix (Nix) 2.8.0");
});

const report = (owner: string, drift: string): Replaced["programs"] => ({
  "bash out/apply-nix-config.sh --report": `owner=${owner}\nconf=/etc/nix/nix.conf\ndrift nix/nix.conf=${drift}\ndrift nix/machines=none\n`,
});

test("nix.conf: the fix depends on its owner, and settings in effect that differ are reported", async () => {
  const shown = "build-users-group = \nexperimental-features = flakes\nkeep-outputs = false\nmax-jobs = 2\n";
  const programs = { ...report("upstream", "differs"), "nix config show": shown };
  const found = (await doctor(machine(await project(), { programs }), OPTIONS)).report.diagnostics;
  assert.equal(
    found.map(({ code, hint }) => `${code} ${hint}`),
    ["machine-conf-differs `sudo out/apply-nix-config.sh`"],
  );
  assert.is(
    found[0]?.message,
    "/etc/nix/nix.conf is not the spec's (owner: upstream): `build-users-group` is empty, not nixbld; " +
      "`experimental-features` lacks nix-command; `keep-outputs` is false, not true",
  );
  assert.equal(await findings({ programs: report("other", "absent") ?? {} }), [
    "machine-conf-differs: sudo out/apply-nix-config.sh",
  ]);
  const nixos = { ...report("nixos", "differs"), "nix config show": "keep-outputs = false\n" };
  assert.equal(await findings({ programs: nixos }), ["machine-setting-differs: sudo nixos-rebuild switch --flake ./out"]);
});

test("a setting that the user's own nix.conf overrides: the fix edits that file", async () => {
  const programs = { "nix config show": "keep-outputs = false\n" };
  const own = { "/home/ada/.config/nix/nix.conf": "# mine\ngc-keep-outputs = false\n" };
  assert.equal(await findings({ programs, files: own }), [
    "machine-setting-differs: sed -i.bak -E '/^[[:space:]]*gc-keep-outputs[[:space:]]*=/d' /home/ada/.config/nix/nix.conf",
  ]);
  assert.equal(await findings({ programs, env: { NIX_CONFIG: "keep-outputs = false" } }), [
    "machine-setting-differs: unset NIX_CONFIG",
  ]);
});

test("a feature that doctor enables to query Nix does not count as enabled", async () => {
  const programs = {
    "nix config show": { status: 1, stderr: "error: experimental Nix feature 'nix-command' is disabled" },
    "nix --extra-experimental-features nix-command config show": "experimental-features = flakes nix-command\n",
  };
  const system = machine(await project(), { programs });
  const [finding] = (await doctor(system, OPTIONS)).report.diagnostics;
  assert.is(finding?.message, "`experimental-features` lacks nix-command");
});

test("build users: missing, or not listed in the group", async () => {
  const fix = "machine-build-user-missing: sudo out/apply-nix-config.sh";
  assert.equal(await findings({ files: { "/etc/passwd": "root:x:0:0\nnixbld1:x:1:30000\n" } }), [fix]);
  assert.equal(await findings({ files: { "/etc/group": "root:x:0:\nnixbld:x:30000:nixbld1,nixbld2\n" } }), [fix]);
  assert.equal(await findings({ files: { "/etc/group": "root:x:0:\n" } }), [fix]);
});

test("a stopped daemon, where one is needed", async () => {
  const programs = { "nix --extra-experimental-features nix-command store ping": { status: 1 } };
  assert.equal(await findings({ programs, kinds: { "/run/systemd/system": "directory" } }), [
    "machine-daemon-stopped: sudo systemctl enable --now nix-daemon.socket",
  ]);
});

const NETWORK = "network: { proxy: http://proxy.example.net:3128, caBundle: /etc/ssl/company.pem }\n";
const UNIT = "systemctl show nix-daemon.service";
const PROXIES = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];
const environ = (
  proxy: string,
  more: readonly string[] = ["NIX_SSL_CERT_FILE=/etc/ssl/company.pem", "SSL_CERT_FILE=/etc/ssl/company.pem"],
) => [
  ...PROXIES.map((name) => `${name}=${proxy}`),
  "no_proxy=localhost,127.0.0.1,::1",
  "NO_PROXY=localhost,127.0.0.1,::1",
  ...more,
];

test("the network that the running daemon really has; an account of the machine's own is fine, and no password is shown", async () => {
  const folder = await project(NETWORK);
  const examined = async (replaced: Replaced) => {
    const { report, output } = await doctor(machine(folder, replaced), OPTIONS);
    return [
      ...report.diagnostics.map(({ code, file, message, hint }) => `${code} ${file}: ${message} ${hint}`),
      ...output.split("\n").filter((line) => line.startsWith("ok the daemon has")),
    ];
  };
  const running = { [UNIT]: "MainPID=7\nLoadState=loaded\nEnvironment=\n" };
  const [own = ""] = await examined({
    programs: running,
    files: { "/proc/7/environ": environ("http://ada:correct-horse@proxy.example.net:3128").join("\0") },
  });
  assert.match(own, /^ok the daemon has http_proxy=http:\/\/ada:•••@proxy\.example\.net:3128, .*\(\/proc\/7\/environ\)$/);

  // It runs since before the drop-in: a restart is due.
  assert.equal(
    await examined({
      programs: running,
      files: { "/proc/7/environ": environ("http://proxy.example.net:3128", ["SSL_CERT_FILE=/x"]).join("\0") },
      kinds: { "/etc/systemd/system/nix-daemon.service.d/flakewright.conf": "file" },
    }),
    [
      "machine-network-differs /proc/7/environ: the daemon lacks NIX_SSL_CERT_FILE=/etc/ssl/company.pem; has SSL_CERT_FILE=/x, not /etc/ssl/company.pem " +
        '`sudo sh -c "systemctl daemon-reload && systemctl restart nix-daemon.service"`',
    ],
  );
  // Whoever may not read the process sees what systemd starts it with.
  const unit = environ("http://proxy.example.net:3128").join(" ");
  const [asked = ""] = await examined({ programs: { [UNIT]: `MainPID=7\nLoadState=loaded\nEnvironment=${unit}\n` } });
  assert.match(asked, /\(nix-daemon\.service\)$/);
  // A Mac, and a machine without a service manager.
  const launchd = `system/org.nixos.nix-daemon = {\n\tenvironment = {\n${environ("http://proxy.example.net:3128")
    .map((pair) => `\t\t${pair.replace("=", " => ")}\n`)
    .join("")}\t}\n}\n`;
  const [mac = ""] = await examined({
    programs: { "launchctl print system/org": launchd },
    kinds: { "/Library/LaunchDaemons": "directory" },
  });
  assert.match(mac, /^ok the daemon has .*\(org\.nixos\.nix-daemon\)$/);
  const [alone = ""] = await examined({ programs: { "pgrep -o -x nix-daemon": "9\n" }, files: { "/proc/9/environ": "A=b\0" } });
  assert.match(
    alone,
    /^machine-network-differs \/proc\/9\/environ: the daemon lacks http_proxy=.* `sudo sh -c 'kill 9 && env http_proxy=http/,
  );
});

test("a drop-in that is absent or another one", async () => {
  const folder = await project(NETWORK);
  for (const [drift, systemd, expected] of [
    ["differs", false, 1],
    ["absent", true, 1],
    ["absent", false, 0],
    ["none", true, 0],
  ] as const) {
    const programs = {
      "bash out/apply-nix-config.sh --report": `owner=debian\nconf=/etc/nix/nix.conf\ndrift nix/nix.conf=none\ndrift systemd/system/nix-daemon.service.d/flakewright.conf=${drift}\n`,
    };
    const kinds: Record<string, EntryKind> = systemd ? { "/run/systemd/system": "directory" } : {};
    const { report } = await doctor(machine(folder, { programs, kinds }), OPTIONS);
    assert.is(report.diagnostics.filter(({ code }) => code === "machine-conf-differs").length, expected, drift);
  }
});

test("files that Git does not track, or ignores", async () => {
  const programs = { "git -C out ls-files": "flake.nix\0", "git -C out check-ignore": { status: 1 } };
  assert.equal(await findings({ programs }), ["machine-untracked-file: git add -N out"]);
  const [ignored = ""] = await findings({ programs: { ...programs, "git -C out check-ignore": "" } });
  assert.match(ignored, /^machine-untracked-file: git -C out add -N -f .*apply-nix-config\.sh/);
});

test("an old lock is a warning, with the update command of the machine's Nix version", async () => {
  const files = { "out/flake.lock": lock(200) };
  assert.equal(await findings({ files }), ["machine-lock-old: nix flake update --flake ./out"]);
  const programs = { "nix --version": "nix (Nix) 2.8.0\n" };
  assert.equal(await findings({ files, programs }), ["machine-lock-old: nix flake update ./out"]);
});

test("errors of the spec and stale output are reported first", async () => {
  const folder = await project();
  writeFileSync(join(folder, "out/.envrc"), "# mine\n");
  const edited = (await doctor(machine(folder), OPTIONS)).report.diagnostics;
  assert.equal(
    edited.map((one) => one.code),
    ["output-edited"],
  );
  writeFileSync(join(folder, "spec/platform.yaml"), "version: 2\n");
  const { report, status } = await doctor(machine(folder), OPTIONS);
  assert.is(status, 1);
  assert.equal([...new Set(report.diagnostics.map((one) => one.file))], ["spec/platform.yaml"]);
});

needs(test, [...MACHINE_TOOLS, "nix", "nix-daemon", "git", ...ACCOUNT_TOOLS])(
  "on a real Debian: each finding is true, and its command fixes it",
  async () => {
    const folder = await project();
    const here: PrivateMachine = await privateMachine();
    const examine = async (): Promise<{ code: string; hint: string }[]> => {
      const { stdout, stderr } = await here.run([process.execPath, ...CLI, "doctor", "--format", "json"], { cwd: folder });
      assert.ok(stdout.startsWith("{"), stderr);
      return JSON.parse(stdout).diagnostics;
    };
    /** Expects exactly these findings, runs their commands, and expects none. */
    const fixes = async (codes: readonly string[]) => {
      const found = await examine();
      assert.equal(
        found.map(({ code }) => code),
        codes,
      );
      for (const { hint } of found) await here.must(["bash", "-c", hint.replace(/^`|`$/g, "")], { cwd: folder });
      assert.equal(await examine(), []);
    };
    try {
      // Debian's Nix as installed: its own nix.conf, ten build users where the spec has eleven, and no daemon without systemd.
      await fixes(["machine-conf-differs", "machine-build-user-missing", "machine-daemon-stopped", "machine-lock-old"]);
      await here.must(["sh", "-c", "echo sandbox = false >> /etc/nix/nix.conf"]);
      await fixes(["machine-conf-differs"]);
      await here.must(["userdel", "nixbld3"]);
      await fixes(["machine-build-user-missing"]);
      await here.must(["git", "init", "-q", "."], { cwd: folder });
      await fixes(["machine-untracked-file"]);
      await here.must(["sh", "-c", "mkdir -p ~/.config/nix; echo keep-outputs = false > ~/.config/nix/nix.conf"]);
      await fixes(["machine-setting-differs"]);
      // The daemon that an earlier command has started has no proxy, and no systemd starts it.
      await here.must(["sh", "-c", `printf '%s' '${NETWORK}' >>spec/platform.yaml`], { cwd: folder });
      await here.must([process.execPath, ...CLI, "generate"], { cwd: folder });
      await here.must(["git", "add", "-A"], { cwd: folder });
      await fixes(["machine-conf-differs", "machine-network-differs"]);
    } finally {
      here.stop();
    }
  },
);

// The first version runs it.
// The first version (a2c2472) runs it.
test("the apply-nix-config.sh in the output folder is not run: somebody may have edited it", async () => {
  const folder = tempFolder();
  mkdirSync(join(folder, "spec"));
  const root = join(folder, "image");
  mkdirSync(join(root, "etc/nix"), { recursive: true });
  writeFileSync(join(root, "etc/nix/nix.conf"), "sandbox = false\n");
  writeFileSync(join(folder, "spec/platform.yaml"), "version: 1\nname: p\ngroups: {}\nsettings: { sandbox: true }\n");
  const system = nodeSystem(folder, process.env);
  await generate(system, OPTIONS);
  for (const name of ["apply-nix-config.sh", "manage-nix-packages.sh"])
    writeFileSync(join(folder, "out", name), `touch ${join(folder, "ran")}\n`);
  const { report } = await doctor(system, { ...OPTIONS, root });
  assert.not.ok(existsSync(join(folder, "ran")));
  // Our own script has answered.
  assert.match(report.diagnostics.map(({ message }) => message).join("\n"), /nix\.conf is not the spec's \(owner: other\)/);
});

test("--root names a folder that exists", async () => {
  const system = nodeSystem(tempTree({ file: "" }), {});
  for (const root of ["/nonexistent", "file"]) {
    const { status, notes } = await doctor(system, { ...OPTIONS, root });
    assert.is(status, 2);
    assert.match(notes.join(), `--root ${root}: there is no such folder`);
  }
});

/* An image's Nix, which is never run: the machine of the test has none. */
for (const [what, files, first] of [
  ["nothing", {}, "machine-no-nix there is no Nix in the image image"],
  ["a Debian without Nix", { "etc/debian_version": "12\n" }, "machine-no-nix there is no Nix in the image image"],
  [
    "Debian's own",
    { "var/lib/dpkg/status": "Package: bash\nVersion: 5\n\nPackage: nix-bin\nVersion: 2.8.0+dfsg-1\n\n" },
    "ok nix (Nix) 2.8.0",
  ],
  [
    "an old one",
    { "var/lib/dpkg/status": "Package: nix-bin\nVersion: 2.3.16+dfsg1-1\n" },
    "machine-nix-too-old nix (Nix) 2.3.16 is older",
  ],
  ["one of a store", { [`nix/store/${"a".repeat(32)}-nix-2.34.8/bin/nix`]: "" }, "ok nix (Nix) 2.34.8"],
  [
    "two of a store",
    { [`nix/store/${"a".repeat(32)}-nix-2.9.1/x`]: "", [`nix/store/${"b".repeat(32)}-nix-2.34.8/x`]: "" },
    "ok nix (Nix) 2.34.8",
  ],
  ["Alpine's", { "lib/apk/db/installed": "P:nix\nV:2.31.2-r1\n" }, "ok nix (Nix) 2.31.2"],
  ["one of no known version", { "usr/local/bin/nix": "" }, "ok the image image has a Nix, of an unknown version"],
] as const)
  test(`an image with ${what}`, async () => {
    const text = "version: 1\nname: p\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\ngroups: {}\n";
    const folder = tempTree({ "spec/platform.yaml": text, "image/etc/hostname": "box\n" });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(join(folder, "image", dirname(path)), { recursive: true });
      writeFileSync(join(folder, "image", path), content);
    }
    const system = nodeSystem(folder, { PATH: "/nowhere" });
    await generate(system, OPTIONS);
    const { report, output } = await doctor(system, { ...OPTIONS, root: "image" });
    const said = `${report.diagnostics.map(({ code, message }) => `${code} ${message}`).join("\n")}\n${output}`;
    assert.match(said, first);
    if ("etc/debian_version" in files)
      assert.match(report.diagnostics[0]?.hint ?? "", "chroot image apt-get install nix-setup-systemd");
  });

test.run();
