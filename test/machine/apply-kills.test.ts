import { spawn } from "node:child_process";
import { chmodSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BASE, snapshot } from "../support/image.ts";
import { ACCOUNT_TOOLS, applying, generated, WORKER_SPEC } from "../support/machine.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * apply-nix-config.sh, ended at random moments, also in the middle of a step: by KILL, TERM, INT and HUP, alone and with all programs that
 * it has started, as Ctrl-C and a closed terminal do. apply.test.ts ends it at each step by design. `npm run apply-kills` does it 200 times.
 */

const KILLS = Number(process.env["APPLY_KILLS"] ?? 8);

let out: string;
const { apply, must } = applying(() => out);
const OLD = "# Debian's\nsandbox = false\n";

const test = suite("apply-nix-config.sh, killed");
const onImage = needs(test, ["root", "nix", ...ACCOUNT_TOOLS]);
test.before(() => {
  out = generated(WORKER_SPEC);
});

const copyOf = (root: string): string => {
  const copy = tempFolder();
  cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
  chmodSync(copy, 0o755);
  return copy;
};

/** Temporary files of a killed useradd, which shadow-utils removes or overwrites at their next use. */
const withoutLeftovers = (files: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(files).filter(([path]) => !/^etc\/(passwd|group|g?shadow|sub[ug]id)[+.]/.test(path)));

function isAlive(group: number): boolean {
  try {
    return process.kill(group, 0);
  } catch {
    return false;
  }
}

interface Ending {
  readonly signal: NodeJS.Signals;
  /** Whether the programs that the script has started get the signal too. */
  readonly isForAll: boolean;
}

/** Starts the script and ends it after a time; how long it took, and what it said. */
function ended(root: string, args: readonly string[], after: number, { signal, isForAll }: Ending): Promise<number> {
  return new Promise((done) => {
    const start = performance.now();
    const child = spawn(join(out, "apply-nix-config.sh"), ["--root", root, ...args], { detached: true, stdio: "ignore" });
    const timer = setTimeout(() => {
      try {
        process.kill(isForAll ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
      } catch {
        // It has ended.
      }
    }, after);
    child.on("exit", async () => {
      clearTimeout(timer);
      const took = performance.now() - start;
      // What it has started may outlive it for a moment.
      for (let n = 0; n < 200 && isAlive(-(child.pid ?? 0)); n++) await new Promise((next) => setTimeout(next, 50));
      done(took);
    });
  });
}

const ENDINGS: readonly Ending[] = (["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP"] as const).flatMap((signal) => [
  { signal, isForAll: false },
  { signal, isForAll: true },
]);

onImage(
  `ended at ${KILLS} random moments of an apply and of an --uninstall: the next run completes it, or gives every byte back`,
  async () => {
    const original = tempTree({
      ...BASE,
      "etc/nix/nix.conf": OLD,
      "var/lib/dpkg/info/nix-bin.list": "/usr/bin/nix\n",
      "usr/bin/nix": "",
    });
    const before = snapshot(original);
    const applied = copyOf(original);
    let duration = await ended(applied, [], 1e6, { signal: "SIGKILL", isForAll: true });
    const after = snapshot(applied);
    const conf = (root: string) => readFileSync(join(root, "etc/nix/nix.conf"), "utf8");
    const NEW = conf(applied);
    assert.match(NEW, /max-jobs = 1/);
    let inBetween = 0;
    for (let n = 0; n < KILLS; n++) {
      const ending = ENDINGS[n % ENDINGS.length] as Ending;
      const isApply = (n >> 3) % 2 === 0 && n % 4 !== 3;
      const root = copyOf(isApply ? original : applied);
      const moment = Math.random() * duration * 1.05;
      const where = `${isApply ? "apply" : "--uninstall"}, ${ending.signal}${ending.isForAll ? " to all" : ""} after ${Math.round(moment)} of ${Math.round(duration)} ms`;
      // Machines get slower and faster: the last run that was not ended early says how long one takes.
      const took = await ended(root, isApply ? [] : ["--uninstall"], moment, ending);
      if (took < moment) duration = took * 1.2;
      assert.ok([OLD, NEW].includes(conf(root)), `${where}: nix.conf is neither the old nor the new one:\n${conf(root)}`);
      const state = withoutLeftovers(snapshot(root));
      if (JSON.stringify(state) !== JSON.stringify(before) && JSON.stringify(state) !== JSON.stringify(after)) inBetween++;
      const half = copyOf(root);
      // A program that outlives the script may hold the lock of the accounts for a moment: then the run says so, and the next one does it.
      const finally_ = async (folder: string, ...args: string[]) => {
        const ran = await apply(folder, ...args);
        if (ran.status === 0) return;
        assert.match(ran.stderr, /apply-nix-config: .*(lock|failed)/, where);
        await must(folder, ...args);
      };
      await finally_(root);
      assert.equal(withoutLeftovers(snapshot(root)), after, `${where}: the next run`);
      await finally_(half, "--uninstall");
      assert.equal(withoutLeftovers(snapshot(half)), before, `${where}: --uninstall`);
      for (const folder of [root, half]) rmSync(folder, { recursive: true });
    }
    console.log(`${KILLS} ends, ${inBetween} of them left a machine in between`);
  },
);

/** Programs of the shadow suite that were killed between two files: what of the account is still there, or there already. */
const HALVES: readonly (readonly [program: string, files: Readonly<Record<string, readonly [from: RegExp, to: string]>>])[] = [
  ["userdel nixbld1", { passwd: [/^nixbld1:.*\n/m, ""] }],
  ["userdel nixbld1", { passwd: [/^nixbld1:.*\n/m, ""], shadow: [/^nixbld1:.*\n/m, ""] }],
  ["userdel nixbld1", { passwd: [/^nixbld1:.*\n/m, ""], shadow: [/^nixbld1:.*\n/m, ""], group: [/nixbld1$/m, ""] }],
  ["useradd nixbld1", { shadow: [/^nixbld1:.*\n/m, ""], group: [/nixbld1$/m, ""], gshadow: [/nixbld1$/m, ""] }],
  ["useradd nixbld1", { group: [/nixbld1$/m, ""], gshadow: [/nixbld1$/m, ""] }],
  ["useradd nixbld1", { gshadow: [/nixbld1$/m, ""] }],
  [
    "groupadd nixbld",
    {
      passwd: [/^nixbld1:.*\n/m, ""],
      shadow: [/^nixbld1:.*\n/m, ""],
      group: [/:nixbld1$/m, ":"],
      gshadow: [/^nixbld:.*\n/m, ""],
    },
  ],
  [
    "groupdel nixbld",
    {
      passwd: [/^nixbld1:.*\n/m, ""],
      shadow: [/^nixbld1:.*\n/m, ""],
      group: [/^nixbld:.*\n/m, ""],
      gshadow: [/^nixbld:.*\n/m, "nixbld:!::\n"],
    },
  ],
];

onImage("an account that a killed program left in some files is made whole or removed from all", async () => {
  const original = tempTree({ ...BASE, "etc/nix/nix.conf": OLD });
  const before = snapshot(original);
  const applied = copyOf(original);
  await must(applied);
  const after = snapshot(applied);
  for (const [program, files] of HALVES) {
    const half = copyOf(applied);
    for (const [name, [from, to]] of Object.entries(files)) {
      const path = join(half, "etc", name);
      const text = readFileSync(path, "utf8");
      assert.match(text, from);
      writeFileSync(path, text.replace(from, to));
    }
    writeFileSync(join(half, "var/lib/flakewright/unfinished"), `${program}\n`);
    const other = copyOf(half);
    await must(half);
    assert.equal(snapshot(half), after, `${program} ${Object.keys(files)}: the next run`);
    await must(other, "--uninstall");
    assert.equal(snapshot(other), before, `${program} ${Object.keys(files)}: --uninstall`);
  }
});

test.run();
