import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { hostileEntries, hostileLine, hostilePath, hostileText } from "../support/arbitrary-spec.ts";
import { underDirenv } from "../support/direnv.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { compileText, written } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/*
 * Hostile values of the keys of a shell and of inputs, read back by the programs that read them: bash in nix develop, zsh and fish under
 * direnv, and Nix. Nothing of them runs.
 */

const test = suite("hostile values");
const withNix = needs(test, FIXTURE_TOOLS);

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

const CODE = [
  "$(touch ran)",
  "`touch ran`",
  "';touch ran;'",
  '";touch ran;"',
  "a[$(touch ran)]",
  "\\",
  "''${x}",
  "${x}",
  "-n",
  "~",
  "!x",
];
const sample = <T>(arbitrary: fc.Arbitrary<T>, numRuns: number, seed: number): T[] => fc.sample(arbitrary, { numRuns, seed });

/** A path without `.` and empty parts, as a shell has it. */
const plain = (path: string): string =>
  `${path.startsWith("/") ? "/" : ""}${path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/")}`;

const below = (root: string, path: string): string => (plain(path).startsWith("/") ? plain(path) : join(root, plain(path)));

const paths = [...sample(hostilePath, 60, 21), ...CODE].filter((path) => plain(path) !== "/");
const lists = [...sample(hostileEntries, 40, 22), ["$(touch ran)", "it's"], ["-n", "`touch ran`"]];
const helps = [...sample(hostileLine, 40, 23), ...CODE].map((text) => text.trim()).filter((text) => text !== "");
const codes = sample(hostileText, 40, 24).map((text) => text.replace(/\r/g, ""));
// A name that Git, bash and a file system take: no NUL, at most 255 bytes.
const files = [...new Set([...sample(hostilePath, 25, 25), ...CODE].map(plain))].filter(
  (path) => path !== "" && !/^\/|[*?[]/.test(path),
);

/** One shell with every value, and a project with its files of variables. */
function project(): { root: string; out: string } {
  // Nix 2.8 writes the current folder into its own script without care for quotes.
  const root = join(tempFolder(), "my project");
  mkdirSync(join(root, ".jj"), { recursive: true });
  const named = files.filter(
    (path, at) => files.findIndex((one) => one.startsWith(`${path}/`) || path.startsWith(`${one}/`)) === -1 || at === 0,
  );
  for (const [at, path] of named.entries()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `FILE_${at}=${at}\n`);
  }
  const spec = {
    version: 1,
    name: "demo",
    groups: {},
    shells: {
      default: {
        env: {
          ...Object.fromEntries(paths.map((path, at) => [`PATH_${at}`, { path }])),
          ...Object.fromEntries(lists.map((list, at) => [`LIST_${at}`, at % 2 === 0 ? { prepend: list } : { append: list }])),
        },
        envFiles: named,
      },
    },
    commands: {
      ...Object.fromEntries(helps.map((help, at) => [`help-${at}`, { help, run: "true" }])),
      // The code prints its text.
      ...Object.fromEntries(codes.map((text, at) => [`run-${at}`, { run: `cat <<'END_OF_${at}'\n${text}.\nEND_OF_${at}\n` }])),
      ...Object.fromEntries(
        ["rec", "__functor", "inherit", "a-", "_x", "constructor"].map((name) => [name, { run: 'printf %s "$0"' }]),
      ),
    },
  };
  // Nix takes no folder with a space in its name as a flake, so the output is elsewhere.
  const out = join(tempFolder(), "out");
  mkdirSync(join(root, "out"));
  writeFileSync(join(root, "out/.flakewright.json"), "{}");
  writeFileSync(join(root, ".envrc"), `use flake ${out}\n`);
  for (const { path, text, mode } of compileText(stringify(spec)).files ?? []) {
    mkdirSync(join(out, dirname(path)), { recursive: true });
    writeFileSync(join(out, path), text, { mode });
  }
  assert.ok(existsSync(join(out, "flake.nix")), JSON.stringify(compileText(stringify(spec)).diagnostics, undefined, 1));
  return { root, out };
}

/** The variables are as they were written, and no file of that name was made. */
function assertVariables(env: Readonly<Record<string, string | undefined>>, root: string): void {
  for (const [at, path] of paths.entries()) assert.is(env[`PATH_${at}`], below(root, path), JSON.stringify(path));
  for (const [at, list] of lists.entries())
    assert.is(env[`LIST_${at}`], list.map((path) => below(root, path)).join(":"), JSON.stringify(list));
  assert.ok(Number(env["FILE_0"]) === 0 && env["FILE_0"] !== undefined);
  const made = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => /(^|\/)ran$/.test(name));
  assert.equal(made, []);
}

const PRINT = `${process.execPath} -e 'console.log(JSON.stringify(process.env))'`;

withNix("paths, lists, files of variables, commands and their help in the bash of nix develop", async () => {
  const { root, out } = project();
  const run = (...command: string[]) => nix.develop(out, "default", command, { cwd: root });
  const { status, stdout, stderr } = await run("bash", "-c", PRINT);
  assert.is(status, 0, stderr);
  assert.is(stderr.split("\n").filter((line) => line.startsWith("flakewright:")).length, 0, stderr);
  assertVariables(JSON.parse(stdout), root);
  const menu = (await run("menu")).stdout;
  for (const [at, help] of helps.entries())
    assert.ok(
      menu.split("\n").some((line) => line.startsWith(`help-${at} `) && line.endsWith(`  ${help}`)),
      help,
    );
  const each = codes.map((_, at) => `run-${at}; printf '\\0'`).join("; ");
  const printed = (await run("bash", "-c", each)).stdout.split("\0");
  for (const [at, text] of codes.entries()) assert.is(printed[at], `${text}.\n`);
  assert.match(
    (await run("bash", "-c", "rec; inherit; __functor; constructor")).stdout,
    /bin\/rec.*bin\/inherit.*bin\/__functor.*bin\/constructor$/s,
  );
});

for (const shell of ["zsh", "fish"] as const)
  needs(test, [...FIXTURE_TOOLS, "direnv", shell])(`the same variables under direnv in ${shell}`, async () => {
    const { root, out } = project();
    await nix.must(["flake", "lock", out, "--override-input", "nixpkgs", `path:${await nix.fixture()}`]);
    const { stdout } = underDirenv(nix, join(root, "../home"), { shell, allowed: root, commands: PRINT });
    assertVariables(JSON.parse(stdout), root);
  });

withNix("flake references and paths of overlays are read back by Nix", async () => {
  const references = [
    "path:/srv/it$(id);x&y",
    "tarball+file:///srv/a,b(c)!*",
    "git+ssh://git@example.net/a$(id);b",
    "https://example.net/a.tar.gz?x=$(id)&y=;",
    "git+file:///srv/$x/@~a",
  ];
  const overlays = ["./overlays/in+let.nix", "./overlays/--x.nix", "./overlays/..x.nix", "./overlays/a.b-c_d.nix", "./-rf/x.nix"];
  const inputs = Object.fromEntries(references.map((flake, at) => [`i${at}`, at % 2 === 0 ? flake : { flake }]));
  const spec = {
    version: 1,
    name: "demo",
    nixpkgs: { url: "github:NixOS/nixpkgs/nixos-26.05", overlays },
    inputs,
    groups: { a: { packages: ["jq"] } },
  };
  const folder = written(stringify(spec));
  const flake = (await nix.eval(`(import ${folder}/flake.nix).inputs`)) as Record<string, { url: string }>;
  assert.equal(
    references.map((_, at) => flake[`i${at}`]?.url),
    references,
  );
  for (const overlay of overlays.slice(0, 4)) assert.match(readFileSync(join(folder, overlay), "utf8"), "final: prev:");
  // A file elsewhere is the user's own from the start.
  mkdirSync(join(folder, "-rf"));
  writeFileSync(join(folder, "-rf/x.nix"), "final: prev: { }\n");
  const names = await nix.eval(`map (overlay: builtins.attrNames (overlay { } { })) (import ${folder}/nix/overlays.nix { })`);
  assert.equal(names, [["flakewrightOverlays"], [], [], [], [], []]);
});

test.run();
