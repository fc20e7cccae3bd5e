import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flakewright } from "../support/cli.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

const test = suite("completion");

/** A folder with the script of each shell and files to complete. */
const folder = tempFolder();
for (const shell of ["bash", "zsh", "fish"])
  writeFileSync(join(folder, shell), flakewright(folder, ["completion", shell]).stdout);
mkdirSync(join(folder, "spec"));
mkdirSync(join(folder, "two words"));
writeFileSync(join(folder, "spec/a b.yaml"), "");
writeFileSync(join(folder, "spec/c.txt"), "");

/** What a shell offers for the last word of each line. One process completes all lines, because starting a shell is slow. */
type Offers = (lines: readonly string[]) => string[][];

const run = (command: string, args: readonly string[]): string => {
  const { stdout, stderr, status } = spawnSync(command, args, { cwd: folder, encoding: "utf8", timeout: 300_000 });
  assert.is(status, 0, stderr);
  return stdout;
};

const split = (output: string): string[][] => output.split("=====\n").map((offers) => offers.split("\n"));

/** Calls the function as readline does: the line is split into words, also at `=`. */
const bash: Offers = (lines) => {
  const calls = lines.map((line) => {
    const words = line.split(/ |(=)/).filter((word) => word !== undefined);
    return `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _flakewright
      printf '%s\\n' "\${COMPREPLY[@]}" =====`;
  });
  return split(run("bash", ["--norc", "-c", `source ./bash\n${calls.join("\n")}`]));
};

const fish: Offers = (lines) =>
  split(run("fish", ["--no-config", "-c", "source ./fish; for line in $argv; complete -C $line; echo =====; end", ...lines])).map(
    (offers) => offers.map((offer) => offer.split("\t")[0] ?? ""),
  );

/** zsh in a pseudo-terminal: each line and the Tab key are typed, and what `compadd` adds is recorded. */
const zsh: Offers = (lines) => {
  writeFileSync(
    join(folder, "rc"),
    `unsetopt autolist automenu
autoload -U compinit && compinit -u -D && source ./zsh
compadd() {
  # Calls with -A, -O or -D only fill an array of the caller.
  if [[ "\${@[1,(i)(-|--)]}" != *-[AOD]\\ * ]]; then
    local -a added
    builtin compadd -O added "$@"
    print -rl -- $added >> offers
  fi
  builtin compadd "$@"
}
finish() { print '=====' >> offers; zle kill-whole-line; : > finished; }
zle -N finish
bindkey '^X' finish
: > started
`,
  );
  const outer = `
zmodload zsh/zpty
zpty -b inner zsh -f -i
# The terminal's output must be read, or its buffer fills up and the inner zsh blocks.
await() {
  local i shown
  for ((i = 0; i < 30000; i++)); do
    while zpty -r inner shown; do :; done
    [[ -e $1 ]] && return
    sleep 0.01
  done
  exit 1
}
zpty -w inner 'source ./rc'
await started
for line; do
  zpty -n -w inner "$line"$'\\t\\x18'
  await finished
  rm finished
done
zpty -d inner`;
  run("zsh", ["-f", "-c", outer, "zsh", ...lines]);
  return split(readFileSync(join(folder, "offers"), "utf8"));
};

/** A line, what must be offered for its last word, and what must not be. */
const CASES: readonly { line: string; offered: readonly string[]; never: readonly string[] }[] = [
  { line: "flakewright ", offered: ["generate", "check", "watch", "init", "completion"], never: ["--out"] },
  { line: "flakewright ge", offered: ["generate"], never: ["check"] },
  { line: "flakewright generate --", offered: ["--out", "--force", "--dry-run", "--strict", "--help"], never: [] },
  { line: "flakewright check --", offered: ["--out", "--format"], never: ["--force", "--dry-run"] },
  { line: "flakewright --quiet check --o", offered: ["--out"], never: ["--force"] },
  { line: "flakewright check --format ", offered: ["text", "json"], never: ["check"] },
  { line: "flakewright check --format=j", offered: ["json"], never: ["text"] },
  { line: "flakewright check --out x --s", offered: ["--strict"], never: ["--quiet"] },
  { line: "flakewright completion ", offered: ["bash", "zsh", "fish"], never: ["generate"] },
  { line: "flakewright explain sandbox", offered: ["sandbox", "sandbox-off", "sandbox-paths"], never: ["cores"] },
  { line: "flakewright check spec/", offered: ["a b.yaml"], never: ["c.txt", "two words"] },
  { line: "flakewright check --out t", offered: ["two words"], never: ["spec"] },
];

for (const [name, offers] of Object.entries({ bash, zsh, fish })) {
  needs(test, [name])(`${name} completes commands, options, their values and files`, () => {
    const all = offers(CASES.map(({ line }) => line));
    for (const [index, { line, offered, never }] of CASES.entries()) {
      // Shells write an offered word differently: with its folder, quoted, or with a slash or space at the end.
      const seen = (all[index] ?? []).map((offer) =>
        offer
          .replace(/^.*spec\/(?=.)|^--format=|[ /=]+$/g, "")
          .replaceAll("\\ ", " ")
          .trim(),
      );
      for (const word of offered) assert.ok(seen.includes(word), `${line}: ${word} is not among ${seen.join("|")}`);
      for (const word of never) assert.not(seen.includes(word), `${line}: ${word} is among ${seen.join("|")}`);
    }
  });
}

test("an unknown shell is wrong usage", () => {
  const { status, stderr } = flakewright(folder, ["completion", "tcsh"]);
  assert.is(status, 2);
  assert.match(stderr, "unknown shell `tcsh`: use bash, zsh or fish");
});

test.run();
