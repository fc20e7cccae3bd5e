import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { doctor } from "../generator/commands/doctor.ts";
import { generate } from "../generator/commands/generate.ts";
import { maskedOutcome } from "../generator/commands/masked-outcome.ts";
import type { Options } from "../generator/commands/outcome.ts";
import { nodeSystem } from "../generator/system/node-system.ts";
import type { System } from "../generator/system/system.ts";
import { settings } from "./support/diagnostic-rows.ts";
import { optionsFor } from "./support/options.ts";
import { FORMS, leaks, OPAQUE, printed } from "./support/secret-forms.ts";
import { tempFolder } from "./support/temp.ts";

/*
 * No secret of a machine leaves `doctor`: every form in everything that it reads there. The first version prints the settings in effect
 * as Nix shows them, with a password of a cache's address or of impure-env.
 */

const SPEC = settings(
  'cores: 2\nbash-prompt: x\nsystem-features: [kvm]\nimpure-env: { A: b }\nnetrc-file: /etc/nix/netrc\nsubstituters: ["https://cache.nixos.org/"]',
  "network: { proxy: http://proxy.example.net:3128 }\nbuildUsers: { roles: [{ role: aws }] }\n",
);

const REPORT = "owner=debian\nconf=/etc/nix/nix.conf\napplied=demo\ndrift nix/nix.conf=none\ndrift nix/machines=differs\n";
const CONF = {
  "bash-prompt": "x",
  cores: "2",
  "impure-env": "A=b",
  "netrc-file": "/etc/nix/netrc",
  substituters: "https://cache.nixos.org/",
  "system-features": "kvm",
};
const confWith = (more: Readonly<Record<string, string>>): string =>
  Object.entries({ ...CONF, ...more })
    .map(([name, value]) => `${name} = ${value}\n`)
    .join("");

interface Machine {
  /** Answers of programs, by the beginning of their command line; others are missing. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Whether an image is examined, with the files as they are in it. */
  readonly isImage?: true;
}

const shown = (more: Readonly<Record<string, string>>): Machine => ({ programs: { "nix config show": confWith(more) } });
const UNIT = "systemctl show nix-daemon.service";

/** Places of a machine. */
const PLACES: Readonly<Record<string, (secret: string) => Machine>> = {
  "a text setting": (s) => shown({ "bash-prompt": s }),
  "a number": (s) => shown({ cores: s }),
  "a list": (s) => shown({ "system-features": `kvm ${s}` }),
  "a map": (s) => shown({ "impure-env": `A=b C=${s}` }),
  "a map's entry": (s) => shown({ "impure-env": `A=${s}` }),
  "a cache": (s) => shown({ substituters: `https://cache.nixos.org/ ${s}` }),
  "netrc-file": (s) => shown({ "netrc-file": s }),
  "a setting of the user's own nix.conf": (s) => ({
    ...shown({ "bash-prompt": s }),
    files: { "/home/ada/.config/nix/nix.conf": `bash-prompt = ${s}\naccess-tokens = github.com=${s}\n` },
  }),
  NIX_CONFIG: (s) => ({ ...shown({ "bash-prompt": s }), env: { NIX_CONFIG: `bash-prompt = ${s}` } }),
  "the version of Nix": (s) => ({ programs: { "nix --version": `nix (Nix) 2.3.1 ${s}\n` } }),
  "who manages nix.conf": (s) => ({ programs: { "bash out/apply": REPORT.replace("debian", s) } }),
  "the daemon's proxy in its process": (s) => ({
    programs: { [UNIT]: "MainPID=7\nLoadState=loaded\nEnvironment=\n" },
    files: {
      "/proc/7/environ": `http_proxy=${s}\0HTTPS_PROXY=http://ada:${s}@proxy.example.net:3128\0AWS_SECRET_ACCESS_KEY=${s}\0`,
    },
  }),
  "the daemon's proxy in its unit": (s) => ({
    programs: {
      [UNIT]: `MainPID=0\nLoadState=loaded\nEnvironment="http_proxy=${s}" "https_proxy=http://${s}@proxy.example.net:3128"\n`,
    },
  }),
  "the daemon's hosts without a proxy": (s) => ({
    programs: { [UNIT]: "MainPID=7\nLoadState=loaded\nEnvironment=\n" },
    files: { "/proc/7/environ": `no_proxy=localhost,${s}\0http_proxy=http://${s}:${s}@proxy.example.net:3128\0` },
  }),
  "a member of the group": (s) => ({ files: { "/etc/group": `nixbld:x:30000:${s}\n` } }),
  "an account": (s) => ({ files: { "/etc/passwd": `root:x:0:0:\n${s}:${s}:1:1:${s}\n`, "/etc/group": `nixbld:x:30000:\n` } }),
  "flake.lock": (s) => ({
    files: {
      "out/flake.lock": JSON.stringify({
        version: 7,
        root: "root",
        nodes: { root: { inputs: { nixpkgs: "n" } }, n: { locked: { url: s, rev: s, lastModified: 1600000000 } } },
      }),
    },
  }),
  "a lock that is none": (s) => ({ files: { "out/flake.lock": `{ ${s}` } }),
  "a line of .gitignore": (s) => ({
    programs: { "git ls-files": "flake.nix\0", "git check-ignore": `${s}:1:${s}\tout/nix/shells.nix\n` },
  }),
  "what fails and says why": (s) => ({
    programs: { "nix config show": "" },
    files: { "/etc/nix/netrc": `machine x login y password ${s}\n` },
  }),
  "nix.conf of an image": (s) => ({
    isImage: true,
    files: { "etc/nix/nix.conf": `bash-prompt = ${s}\naccess-tokens = github.com=${s}\n`, "etc/nix/netrc": s },
  }),
  "the Nix of an image": (s) => ({
    isImage: true,
    files: { "var/lib/dpkg/status": `Package: nix-bin\nVersion: ${s}\n`, "nix/store/x": s },
  }),
  "an account of an image": (s) => ({
    isImage: true,
    files: { "etc/passwd": `root:x:0:0:\n${s}:x:1:1:\n`, "etc/group": `nixbld:x:1:${s}\n` },
  }),
};

const folder = tempFolder();
const options: Options = optionsFor();

/** A machine on which everything but `replaced` is as the spec has it. */
function machine({ programs = {}, files = {}, env = {}, isImage }: Machine): System {
  const real = nodeSystem(folder, { HOME: "/home/ada", ...env });
  const answers: Readonly<Record<string, string>> = {
    "id -u": "1000\n",
    "nix --version": "nix (Nix) 2.26.3\n",
    "bash out/apply": REPORT,
    "nix config show": confWith({}),
    ...programs,
  };
  return {
    ...real,
    async readFile(path) {
      const text = isImage ? undefined : files[path];
      return text !== undefined ? Buffer.from(text) : /^\/(etc|home|proc)\//.test(path) ? undefined : real.readFile(path);
    },
    async spawn(command, args) {
      const line = [
        command,
        ...args.filter((one, at) => !one.startsWith("-c") && args[at - 1] !== "-c" && !/^core\.|^-C$/.test(one)),
      ].join(" ");
      const name = Object.keys(answers).find((one) => line.startsWith(one));
      return name === undefined
        ? { status: 127, stdout: "", stderr: "" }
        : { status: 0, stdout: answers[name] ?? "", stderr: "" };
    },
  };
}

const test = suite("doctor shows no secret");

test.before(async () => {
  writeFileSync(join(folder, "spec.yaml"), SPEC);
  const { status, report } = await generate(nodeSystem(folder, process.env), options);
  assert.is(status, 0, JSON.stringify(report.diagnostics));
});

async function examined(replaced: Machine): Promise<string> {
  if (!replaced.isImage) return printed(maskedOutcome(await doctor(machine(replaced), options)));
  const root = join(folder, "image");
  for (const [path, text] of Object.entries(replaced.files ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const text = printed(maskedOutcome(await doctor(nodeSystem(folder, process.env), { ...options, root })));
  rmSync(root, { recursive: true });
  return text;
}

test("an answer of the machine reaches the findings at all", async () => {
  assert.match(await examined(PLACES["a list"]?.("big-parallel") ?? {}), /has big-parallel/);
  assert.match(await examined(PLACES["a text setting"]?.("another") ?? {}), /is another, not x/);
  assert.match(
    await examined(PLACES["the daemon's proxy in its process"]?.("http://other:1") ?? {}),
    /has http_proxy=http:\/\/other:1/,
  );
});

/** How many forms each place is tried with: a machine takes a tenth of a second. `npm run secrets` tries all. */
const FORMS_EACH = Number(process.env["SECRET_FORMS"] ?? 2);

test(`${Object.keys(PLACES).length} places of a machine × ${FORMS_EACH} of ${FORMS.length} forms`, async () => {
  const found: string[] = [];
  for (const [index, [place, replaced]] of Object.entries(PLACES).entries())
    for (let at = 0; at < Math.min(FORMS_EACH, FORMS.length); at++) {
      // Other forms at each place, so that few places have each form.
      const [written = "", secret = written] = FORMS[(index * FORMS_EACH + at) % FORMS.length] ?? [];
      const leak = leaks(await examined(replaced(written)), secret);
      if (leak) found.push(`${place}: ${written}: ${leak}`);
    }
  assert.equal(found, []);
});

test("what only its name gives away: access tokens and passwords among the settings in effect", async () => {
  for (const secret of OPAQUE)
    for (const replaced of [
      shown({ "impure-env": `A=b DB_PASSWORD=${secret}` }),
      { programs: { "nix config show": `${confWith({})}access-tokens = github.com=${secret}\nbash-prompt = ${secret}\n` } },
    ])
      assert.is(leaks(await examined(replaced), secret), undefined);
});

test.run();
