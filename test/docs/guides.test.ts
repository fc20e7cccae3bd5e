import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { allBlocksOf, flakewrightProgram, runConsole } from "../support/guide.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

/* Pages whose commands are run literally, in a clean folder, with what they show compared: the newcomer's path first. */

const test = suite("guides");

let nix: Nix;
test.before(() => {
  nix = privateNix();
});

/** A page, and the files of its blocks that have no name in their first line: language → path. */
const PAGES: readonly (readonly [page: string, files: Readonly<Record<string, string>>])[] = [
  ["getting-started.md", {}],
  ["guides/a-teams-shells.md", {}],
  ["guides/nixos-builders.md", {}],
  ["guides/from-devbox.md", { json: "devbox.json" }],
  ["guides/from-nix-conf.md", { ini: "nix.conf" }],
];

/** A block that is a file says so in its first line: `# spec/platform.yaml`. It is written when the reader comes to it. */
function steps(page: string, files: Readonly<Record<string, string>>): { readonly file?: string; readonly code: string }[] {
  return allBlocksOf(page).flatMap(({ language, code }) => {
    if (language === "console") return [{ code }];
    const named = /^# ([\w./-]+\.[a-z]+)\n/.exec(code)?.[1] ?? files[language];
    return named === undefined ? [] : [{ file: named, code }];
  });
}

for (const [page, files] of PAGES)
  needs(test, [...FIXTURE_TOOLS, "git"])(`${page}: every command runs, in order, and prints what the page shows`, async () => {
    const folder = tempFolder();
    const home = tempFolder();
    const input = `--override-input nixpkgs path:${await nix.fixture()} --no-write-lock-file`;
    // Options of `nix develop` stand in front of its `-c`. No network: nixpkgs is the tests' own.
    const nixProgram = `case $1 in develop | eval) exec '${tool("nix")}' "$1" "$2" ${input} "\${@:3}" ;; esac
exec '${tool("nix")}' "$@"`;
    const env = { ...nix.env, HOME: home, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", EDITOR: "" };
    const programs = { flakewright: flakewrightProgram(), nix: nixProgram };
    if (page !== "getting-started.md") runConsole("$ git init -q\n", folder, programs, env);
    let commands = 0;
    for (const { file, code } of steps(page, files)) {
      if (file === undefined) {
        commands += code.match(/^\$ /gm)?.length ?? 0;
        runConsole(code, folder, programs, env);
      } else {
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), code);
      }
    }
    assert.ok(commands > 2, `${commands} commands`);
  });

test.run();
