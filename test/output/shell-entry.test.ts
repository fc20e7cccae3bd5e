import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hostileText } from "../support/arbitrary-spec.ts";
import { compileText } from "../support/spec.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* nix/shell-entry.sh, which the hooks of dev shells source, in a real bash. */

const test = suite("shell entry");
const withBash = needs(test, ["bash"]);

const spec = "version: 1\nname: demo\ngroups: {}\nshells: { default: { envFiles: [.env] } }\n";
const script = compileText(spec).files?.find(({ path }) => path === "nix/shell-entry.sh")?.text ?? "";
const entry = join(tempFolder(), "shell-entry.sh");
writeFileSync(entry, script);

interface Entered {
  /** The exported variables. */
  readonly env: Readonly<Record<string, string>>;
  readonly stderr: string;
}

/** Runs lines of a hook between the first and the last line of every hook, in a folder, with the options that direnv's bash may have. */
function enter(folder: string, lines: string, env: Record<string, string> = {}): Entered {
  const errors = join(tempFolder(), "stderr");
  const hook = `exec 2>${errors}\nset -euo pipefail\n. ${entry}\n${lines}\nflakewright_end\n! declare -F | grep flakewright >&2\n`;
  const print = `exec ${process.execPath} -e 'process.stdout.write(JSON.stringify([process.env, fs.readFileSync(process.argv[1], "utf8")]))' ${errors}`;
  const output = execFileSync("bash", ["--norc", "-c", `${hook}${print}`], {
    cwd: folder,
    env: { PATH: process.env["PATH"] ?? "", ...env },
    maxBuffer: 2 ** 28,
  });
  const [found, stderr] = JSON.parse(output.toString());
  return { env: found, stderr };
}

/** The variables and messages of a file. */
const read = (text: string | Buffer): Entered => {
  const folder = tempFolder();
  writeFileSync(join(folder, ".env"), text);
  return enter(folder, "flakewright_env_file .env required");
};

for (const [name, line, value] of [
  ["plain", "A=b", "b"],
  ["nothing", "A=", ""],
  ["an export", "export A=b", "b"],
  ["spaces around", "  \tA = b c\t ", "b c"],
  ["a comment behind", "A=b # c", "b"],
  ["only a comment behind", "A= # c", ""],
  ["a # in a word", "A=b#c", "b#c"],
  ["a quote in a word", "A=it's", "it's"],
  ["an = in the value", "A=b=c", "b=c"],
  ["code", "A=$(touch x) `id` $HOME ${B} ; id & | > x", "$(touch x) `id` $HOME ${B} ; id & | > x"],
  ["code in double quotes", 'A="$(touch x) `id` $HOME"', "$(touch x) `id` $HOME"],
  ["code in single quotes", "A='$(touch x) `id`'", "$(touch x) `id`"],
  ["a backslash", "A=C:\\new", "C:\\new"],
  ["escapes in double quotes", 'A="a\\n\\t\\"b\\" \\\\ \\$x \\q"', 'a\n\t"b" \\ $x \\q'],
  ["no escapes in single quotes", "A='a\\nb'", "a\\nb"],
  ["spaces in quotes", "A='  b  ' # c", "  b  "],
  ["a # in quotes", 'A="b # c"', "b # c"],
  ["quotes in other quotes", `A="it's"`, "it's"],
  ["several lines", 'A="b\nc # d\n\n"', "b\nc # d\n\n"],
  ["several lines in single quotes", "A='b\n\"c\n'", 'b\n"c\n'],
  ["a byte order mark and CRLF", "\ufeffA=b\r\nB=c\r\n", "b"],
  ["the later line", "A=b\nA=c", "c"],
  ["a variable with attributes of bash", "SECONDS=1\nA=b", "b"],
] as const)
  withBash(`${name}: ${JSON.stringify(line)}`, () => {
    const { env, stderr } = read(line);
    assert.is(stderr, "");
    assert.is(env["A"], value);
  });

for (const [name, text, line, reason] of [
  ["no =", "A", 1, /not KEY=VALUE/],
  ["YAML", "\n# a comment\nA: b", 3, /not KEY=VALUE/],
  ["a name with a minus", "MY-A=b", 1, /name of a variable/],
  ["a name with code", "A[$(touch x)]=b", 1, /name of a variable/],
  ["a name of other letters", "É=b", 1, /name of a variable/],
  ["no name", "=b", 1, /name of a variable/],
  ["no closing quote", 'A="b\nB=c', 1, /no closing quote/],
  ["no closing single quote", "A='b\nB=c", 1, /no closing quote/],
  ["text behind a quote", "A='it'\\''s'", 1, /behind the closing quote/],
  ["BASH_ENV", "BASH_ENV=x", 1, /BASH_ENV can't be set by a file/],
  ["PATH", "PATH=$PATH:bin", 1, /PATH can't be set by a file/],
  ["LD_PRELOAD", "LD_PRELOAD=x", 1, /LD_PRELOAD can't/],
  ["PROMPT_COMMAND", "PROMPT_COMMAND='touch x'", 1, /PROMPT_COMMAND can't/],
  ["MAILPATH", "MAILPATH='/x?$(touch x)'", 1, /MAILPATH can't/],
  ["FUNCNEST", "FUNCNEST=1", 1, /FUNCNEST can't/],
  ["POSIXLY_CORRECT", "POSIXLY_CORRECT=1", 1, /POSIXLY_CORRECT can't/],
  ["GCONV_PATH", "GCONV_PATH=/x", 1, /GCONV_PATH can't/],
  ["a read-only variable", "UID=0", 1, /UID can't/],
  ["one of our own names", "flakewright_index=0", 1, /can't/],
  ["too much for a program", `A=${"x".repeat(140_000)}`, 1, /too long/],
] as const)
  withBash(`${name} is reported and skipped, the other lines are read`, () => {
    const { env, stderr } = read(`${text}\nLAST=yes\n`);
    assert.match(stderr, new RegExp(`^flakewright: \\.env:${line}: .*; the line is skipped$`, "m"));
    assert.match(stderr, reason);
    assert.is(stderr.trim().split("\n").length, 1, stderr);
    assert.is(env["LAST"], "yes");
    assert.not.ok(env["A"], "A is not set");
  });

withBash("any text is kept in each form of quotes, and nothing of it runs", () => {
  const texts = fc.sample(hostileText, { numRuns: 150, seed: 3 }).map((text) => text.replace(/\r/g, ""));
  const code = [
    "$(touch ran)",
    "`touch ran`",
    "a[$(touch ran)]",
    "';touch ran;'",
    '";touch ran;"',
    "\\",
    "\\\\'",
    "\n\n",
    " x ",
    "#",
  ];
  const all = [...texts, ...code];
  const double = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
  const lines = all.flatMap((text, i) => [
    `D_${i}=${double(text)}`,
    ...(text.includes("'") ? [] : [`S_${i}='${text}'`]),
    ...(/[\n"'#]|^\s|\s$/.test(text) ? [] : [`U_${i}=${text}`]),
  ]);
  const folder = tempFolder();
  writeFileSync(join(folder, ".env"), lines.join("\n"));
  const { env, stderr } = enter(folder, "flakewright_env_file .env required");
  assert.is(stderr, "");
  for (const [i, text] of all.entries())
    for (const form of ["D", "S", "U"]) if (env[`${form}_${i}`] !== undefined) assert.is(env[`${form}_${i}`], text, form);
  assert.ok(all.every((_, i) => env[`D_${i}`] !== undefined));
  assert.throws(() => rmSync(join(folder, "ran")));
});

withBash("integer variables of bash get text, not what it evaluates to", () => {
  const names = ["OPTIND", "RANDOM", "HISTCMD", "SRANDOM", "SECONDS"];
  const folder = tempFolder();
  writeFileSync(join(folder, ".env"), names.map((name) => `${name}=a[$(touch ran)]\n`).join(""));
  const { env } = enter(folder, "flakewright_env_file .env required");
  for (const name of names) assert.is(env[name], "a[$(touch ran)]", name);
  assert.throws(() => rmSync(join(folder, "ran")));
});

withBash("arbitrary bytes are read to the end", () => {
  for (const bytes of fc.sample(fc.uint8Array({ maxLength: 400 }), { numRuns: 40, seed: 5 })) {
    const { env } = read(Buffer.concat([Buffer.from(bytes), Buffer.from("\nLAST=yes\n")]));
    // A quote that the bytes open may take the last line with it.
    assert.ok(env["FLAKEWRIGHT_ROOT"]);
  }
});

withBash("later files override earlier ones; a missing one is reported unless it is optional; a folder is none", () => {
  const folder = tempTree({ ".env": "A=1\nB=1", ".env.local": "B=2", "folder/x": "" });
  const file = (name: string, kind = "required") => `flakewright_env_file ${name} ${kind}`;
  const { env, stderr } = enter(
    folder,
    [file(".env"), file(".env.local", "optional"), file("gone", "optional"), file("lost"), file("folder")].join("\n"),
  );
  assert.is(env["A"], "1");
  assert.is(env["B"], "2");
  assert.equal(stderr.trim().split("\n"), [
    `flakewright: lost does not exist (${folder}/lost)`,
    `flakewright: folder is not a file that can be read (${folder}/folder)`,
  ]);
});

for (const [name, files, from, want] of [
  ["a repository", [".git/HEAD"], "a/b", ""],
  ["a worktree, whose .git is a file", [".git"], "a", ""],
  ["a Jujutsu repository", [".jj/x"], "a", ""],
  ["the generated folder of a repository", [".git/HEAD", "out/flake.nix", "out/.envrc", "out/.flakewright.json"], "out", ""],
  ["the generated folder without a repository", ["out/flake.nix", "out/.envrc", "out/.flakewright.json"], "out/nix", ""],
  ["another name of the generated folder", ["nix/flake.nix", "nix/.flakewright.json"], "nix", ""],
  ["a folder below the one with out/", ["out/.flakewright.json"], "a/b", ""],
  ["a platform in a part of a repository", [".git/HEAD", "teams/a/out/.flakewright.json"], "teams/a/src", "teams/a"],
  ["a flake of one's own in the project", [".git/HEAD", "out/.flakewright.json", "api/flake.nix"], "api/src", ""],
  ["a project that uses the platform", [".git/HEAD", "api/flake.nix", "api/.envrc"], "api/src", "api"],
  [".envrc without a repository", [".envrc"], "a/b", ""],
  ["a subfolder with its own .envrc", [".git/HEAD", "api/.envrc"], "api", ""],
  ["nothing at all", ["a/b/x"], "a/b", "a/b"],
] as const)
  withBash(`the project's root: ${name}`, () => {
    const folder = tempTree(Object.fromEntries(files.map((path) => [`my project/${path}`, ""])));
    const root = join(folder, "my project");
    mkdirSync(join(root, from), { recursive: true });
    const { env, stderr } = enter(join(root, from), "flakewright_path FILE x/y; flakewright_path HERE ''");
    assert.is(stderr, "");
    assert.is(env["FLAKEWRIGHT_ROOT"], join(root, want));
    assert.is(env["FILE"], join(root, want, "x/y"));
    assert.is(env["HERE"], join(root, want));
  });

for (const [name, line, before, want] of [
  ["in front", "prepend V bin /abs", "/old", "ROOT/bin:/abs:/old"],
  ["behind", "append V bin /abs", "/old", "/old:ROOT/bin:/abs"],
  ["alone", "prepend V bin", "", "ROOT/bin"],
  ["the entries are there already", "prepend V bin", "ROOT/bin:/old", "ROOT/bin:/old"],
  ["a value with an empty entry stays", "prepend V bin", "/old:", "ROOT/bin:/old:"],
  ["a hostile entry", `prepend V '$(touch ran)' "it's"`, "", "ROOT/$(touch ran):ROOT/it's"],
  ["XDG_DATA_DIRS keeps its default", "append XDG_DATA_DIRS share", "", "/usr/local/share:/usr/share:ROOT/share"],
  ["MANPATH keeps the system's pages", "prepend MANPATH man", "", "ROOT/man:"],
  ["MANPATH keeps the system's pages in front", "append MANPATH man", "", ":ROOT/man"],
] as const)
  withBash(`entries of a list: ${name}`, () => {
    const folder = tempTree({ ".git/HEAD": "" });
    const variable = line.split(" ")[1] ?? "";
    const { env, stderr } = enter(folder, `flakewright_${line}`, { [variable]: before.replaceAll("ROOT", folder) });
    assert.is(stderr, "");
    assert.is(env[variable], want.replaceAll("ROOT", folder));
    assert.throws(() => rmSync(join(folder, "ran")));
  });

test.run();
