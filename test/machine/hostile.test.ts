import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { ACCOUNT_TOOLS, generated, run } from "../support/machine.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * Strings of a spec that would do harm if a script or a configuration file interpreted them. Each tries to create a file `pwned`, and
 * each is read back unchanged.
 */

const marks = tempFolder();
const touch = `touch ${marks}/pwned`;

/** Text of one line, for titles, tool names and roles. */
const LINES = [
  `$(${touch})`,
  `\`${touch}\``,
  `'; ${touch}; '`,
  `"; ${touch}; "`,
  `'$(${touch})'`,
  `\\'; ${touch} #`,
  `) ; ${touch} ; (`,
  "${HOME}",
  "-n --help -rf /",
  "%n %h %% %s",
  'it\'s "quoted" \\ and  wide',
  "{{name}} {{{name}}}",
  "*",
  "é 😀 ~ ! # & | < >",
];
const GECOS = LINES.map((line) => line.replace(/[:\n]/g, " ").trim());

const spec = stringify({
  version: 1,
  name: "demo",
  groups: {
    k8s: {
      title: `two\nlines $(${touch})\tand 'tabs'`,
      packages: LINES.map((name) => ({ package: "kubectl", name, description: name })),
    },
  },
  settings: { "bash-prompt": `$(${touch}) \`${touch}\` '"\\ -n %h`, "max-jobs": 2 },
  buildUsers: { roles: LINES.map((description, n) => ({ role: `r${n}`, description })) },
  volumes: { data: { mount: `/tmp/$(${touch.replaceAll(" ", "${IFS}")})'"\\;&` } },
  lint: [{ code: "package-duplicate", why: "the test is about names" }],
});

const test = suite("hostile strings");
let out: string;
test.before(() => {
  out = generated(spec);
});
test.after.each(() => {
  assert.not.ok(existsSync(join(marks, "pwned")), "a string of the spec was executed");
});

const bare = (): Record<string, string | undefined> => {
  const home = tempFolder();
  return { HOME: home, NIX_STATE_DIR: home, XDG_STATE_HOME: undefined, XDG_CACHE_HOME: undefined };
};

/** A generation of the group's profile, as nix/environment.nix makes it. */
function withProfile(): { env: Record<string, string | undefined> } {
  const env = bare();
  const profile =
    process.getuid?.() === 0
      ? join(env.NIX_STATE_DIR!, "profiles/environment-demo")
      : join(env.HOME!, ".local/state/nix/profiles/environment-demo");
  const store = tempTree({
    "manifest.nix": `[\n  { type = "derivation"; name = "k8s"; }\n]\n`,
    "share/flakewright/tools/k8s": LINES.map((name) => `${name}\t1.0\t/nix/store/x\n`).join(""),
  });
  mkdirSync(join(profile, ".."), { recursive: true });
  symlinkSync(store, `${profile}-1-link`);
  symlinkSync("environment-demo-1-link", profile);
  return { env };
}

test("manage-nix-packages.sh lists names unchanged", async () => {
  for (const { env } of [{ env: bare() }, withProfile()]) {
    const ran = await run([join(out, "manage-nix-packages.sh"), "list", "--json"], { env });
    assert.is(ran.status, 0, ran.stderr);
    assert.equal(
      JSON.parse(ran.stdout).map(({ tool }: { tool: string }) => tool),
      LINES,
    );
    const text = await run([join(out, "manage-nix-packages.sh"), "list"], { env });
    assert.is(text.status, 0, text.stderr);
    for (const line of LINES) assert.ok(text.stdout.includes(line), line);
    assert.ok(text.stdout.startsWith(`k8s: two\nlines $(${touch})\tand 'tabs'\n`));
  }
  const { env } = withProfile();
  const versions = JSON.parse((await run([join(out, "manage-nix-packages.sh"), "list", "--json"], { env })).stdout);
  assert.equal(new Set(versions.map(({ version }: { version: string }) => version)), new Set(["1.0"]));
});

for (const shell of ["bash", "zsh", "dash"]) {
  needs(test, [shell])(`setup-nix-environment.sh takes a mount path unchanged, in ${shell}`, async () => {
    const source =
      shell === "dash" ? "set -- --volume data; . ./setup-nix-environment.sh" : "source ./setup-nix-environment.sh --volume data";
    const ran = await run([shell, "-c", source], { cwd: out, env: bare() });
    assert.ok(ran.stderr.includes(`not mounted at /tmp/$(${touch.replaceAll(" ", "${IFS}")})'"\\;&`), ran.stderr);
  });
}

needs(test, ["root", "nix", ...ACCOUNT_TOOLS])("apply-nix-config.sh describes build users by their roles", async () => {
  const root = tempTree({
    "etc/passwd": "root:x:0:0:root:/root:/bin/bash\n",
    "etc/shadow": "root:*:19000:0:99999:7:::\n",
    "etc/group": "root:x:0:\n",
    "etc/gshadow": "root:*::\n",
    "usr/sbin/nologin": "",
    "usr/bin/systemd-sysusers": "",
  });
  const apply = (...args: string[]) => run([join(out, "apply-nix-config.sh"), "--root", root, ...args]);
  const before = readFileSync(join(root, "etc/passwd"), "utf8");
  const dry = await apply("--dry-run");
  assert.is(dry.status, 0, dry.stderr);
  assert.is(readFileSync(join(root, "etc/passwd"), "utf8"), before);
  for (const _ of ["first", "again"]) {
    const ran = await apply();
    assert.is(ran.status, 0, ran.stderr);
  }
  const users = readFileSync(join(root, "etc/passwd"), "utf8").trimEnd().split("\n").slice(1);
  assert.equal(
    users.map((line) => line.split(":")[4]),
    GECOS,
  );
  // Roles that were there before --uninstall are restored, with any content.
  const other = generated(
    stringify({ version: 1, name: "demo", groups: {}, buildUsers: { roles: LINES.map((_, n) => ({ role: `r${n}` })) } }),
  );
  rmState(root);
  assert.is((await run([join(other, "apply-nix-config.sh"), "--root", root])).status, 0);
  assert.is((await run([join(other, "apply-nix-config.sh"), "--root", root, "--uninstall"])).status, 0);
  assert.equal(readFileSync(join(root, "etc/passwd"), "utf8").trimEnd().split("\n").slice(1), users);
});

/** As if the users had existed before. */
function rmState(root: string): void {
  writeFileSync(join(root, "var/lib/flakewright/journal"), "");
}

needs(test, ["systemd-sysusers"])("systemd-sysusers describes build users by their roles", async () => {
  const root = tempTree({ "etc/placeholder": "" });
  const ran = await run(["systemd-sysusers", `--root=${root}`, join(out, "etc/sysusers.d/nix-build-users.conf")]);
  assert.is(ran.status, 0, ran.stderr);
  const users = readFileSync(join(root, "etc/passwd"), "utf8").trimEnd().split("\n");
  assert.equal(
    users.map((line) => line.split(":")[4]),
    GECOS,
  );
});

needs(test, ["nix"])("Nix reads a setting unchanged", async () => {
  const text = readFileSync(join(out, "etc/nix/nix.conf"), "utf8");
  const show = (words: string[]) =>
    run(["nix", "--extra-experimental-features", "nix-command", ...words, "--json"], {
      env: { NIX_CONFIG: text, NIX_CONF_DIR: "/nonexistent", NIX_USER_CONF_FILES: "" },
    });
  const read = await show(["config", "show"]);
  const values = JSON.parse(read.status === 0 ? read.stdout : (await show(["show-config"])).stdout);
  assert.is(values["bash-prompt"].value, `$(${touch}) \`${touch}\` '"\\ -n %h`);
});

test.run();
