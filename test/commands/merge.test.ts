import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hasConflict, sidesOf } from "../../generator/knowledge/merge-conflicts.ts";
import { flakewright } from "../support/cli.ts";
import { preparedFolders, tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* Output folders that a merge, another version or `--force` has been at. */

const test = suite("merged and overridden output");
const withGit = needs(test, ["git"]);

const spec = (tools: string, name = "demo") =>
  `version: 1\nname: ${name}\nnixpkgs: 0123456789abcdef0123456789abcdef01234567\ngroups:\n  a: { packages: [jq] }\n${tools}`;

/** What a reader does in a folder: writes the spec, reads a file, runs git. */
function opened(folder: string) {
  return {
    folder,
    put: (content: string) => writeFileSync(join(folder, "spec/platform.yaml"), content),
    read: (path: string) => readFileSync(join(folder, path), "utf8"),
    git: (...args: string[]) =>
      spawnSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.org", ...args], { cwd: folder, encoding: "utf8" }),
  };
}

/** A folder with this spec. */
function project(text = spec(""), folder = tempFolder()) {
  const it = opened(folder);
  mkdirSync(join(folder, "spec"));
  it.put(text);
  return it;
}

/**
 * Makes a folder a repository whose main branch has the spec and its output.
 *
 * @param style Git's `merge.conflictStyle`; with `attributes`, the output's own .gitattributes decide, which leave no marks.
 */
function repository(folder: string, text: string, style: "merge" | "diff3" | "attributes") {
  const it = project(text, folder);
  const { git } = it;
  const commit = (next: string, edit = () => {}) => {
    it.put(next);
    assert.is(flakewright(it.folder, ["generate"]).status, 0);
    edit();
    git("add", "-A");
    assert.is(git("commit", "-qm", "x").status, 0);
  };
  git("init", "-q", "-b", "main");
  git("config", "merge.conflictStyle", style === "diff3" ? style : "merge");
  // Other programs that merge, such as a forge's editor, do not read .gitattributes.
  if (style !== "attributes") writeFileSync(join(it.folder, ".git/info/attributes"), "out/** merge\n");
  commit(text);
  return { ...it, commit };
}

/**
 * Two branches that change the spec and the output, merged; the spec is resolved.
 *
 * @param style As for {@link repository}.
 */
const merged = preparedFolders<"merge" | "diff3" | "attributes">((folder, style) => {
  const { git, commit, put } = repository(folder, spec(""), style);
  git("checkout", "-qb", "other");
  commit(spec("  b: { packages: [ripgrep] }\n"));
  git("checkout", "-q", "main");
  commit(spec("  c: { packages: [fd] }\n"));
  assert.is.not(git("merge", "other").status, 0, "there is a conflict");
  put(spec("  b: { packages: [ripgrep] }\n  c: { packages: [fd] }\n"));
});

for (const style of ["merge", "diff3"] as const)
  withGit(`output-conflicted: \`check\` names the files, and one command writes them anew (${style})`, () => {
    const { folder, read } = opened(merged(style));
    assert.match(read("out/.flakewright.json"), /^<<<<<<< /m);
    const checked = flakewright(folder, ["check"]);
    assert.is(checked.status, 1);
    assert.match(
      checked.stderr,
      /^out error output-conflicted\n {2}a merge left \d+ files with both sides: out\/\.flakewright\.json, /m,
    );
    assert.match(checked.stderr, /hint: merge the spec, then run `flakewright generate`/);
    assert.not.match(checked.stderr, /output-(?:edited|foreign)/);

    const written = flakewright(folder, ["generate"]);
    assert.is(written.status, 0, written.stderr);
    assert.match(written.stderr, /resolved the merge of out\/\.flakewright\.json, /);
    assert.is(flakewright(folder, ["check"]).status, 0);
    const fresh = project(read("spec/platform.yaml"));
    flakewright(fresh.folder, ["generate"]);
    for (const path of ["flake.nix", "nix/tool-groups.nix", ".flakewright.json"])
      assert.is(read(join("out", path)), fresh.read(join("out", path)));
  });

withGit("where Git knows the output's attributes, `generate` after a merge of the spec is all", () => {
  const { folder, read } = opened(merged("attributes"));
  assert.not.match(read("out/flake.nix") + read("out/.flakewright.json"), /<<<<<<</);
  assert.match(flakewright(folder, ["check"]).stderr, /output-drift/);
  assert.is(flakewright(folder, ["generate"]).status, 0);
  assert.is(flakewright(folder, ["check"]).status, 0);
});

/**
 * Another branch alone changes some files, and this one only the setting; the merged spec then has neither side's words for these files.
 *
 * @param style As for {@link repository}.
 */
const mergedFromOther = preparedFolders<"merge" | "attributes">((folder, style) => {
  const { git, commit, put } = repository(folder, spec("settings: { max-jobs: 2 }\n"), style);
  git("checkout", "-qb", "other");
  commit(spec("  b: { packages: [fd] }\nsettings: { max-jobs: 2 }\nusers: { ada: { settings: { max-jobs: 1 } } }\n"));
  git("checkout", "-q", "main");
  commit(spec("settings: { max-jobs: 4 }\n"));
  assert.is.not(git("merge", "other").status, 0, "there is a conflict");
  put(spec("  c: { packages: [fd] }\nsettings: { max-jobs: 4 }\nusers: { ada: { settings: { max-jobs: 3 } } }\n"));
});

for (const style of ["merge", "attributes"] as const)
  for (const when of ["during the merge", "after it is committed"] as const)
    withGit(`a file that only the other branch changed is generated anew, ${when} (${style})`, () => {
      const { folder, read, git } = opened(mergedFromOther(style));
      if (when !== "during the merge") {
        git("add", "-A");
        git("commit", "-qm", "merged");
        git("branch", "-D", "other");
      }
      assert.not.match(flakewright(folder, ["check"]).stderr, /output-(?:edited|foreign)/);
      const { status, stderr } = flakewright(folder, ["generate"]);
      assert.is(status, 0, stderr);
      assert.match(read("out/users/ada/nix.conf"), "max-jobs = 3");
      assert.is(flakewright(folder, ["check"]).status, 0);
    });

for (const style of ["merge", "attributes"] as const)
  withGit(`an edit by hand is never lost in a merge (${style})`, () => {
    const { folder, read } = opened(mergedFromOther(style));
    const edited = `${read("out/nix/tool-groups.nix")}# by hand\n`;
    writeFileSync(join(folder, "out/nix/tool-groups.nix"), edited);
    const { status, stderr } = flakewright(folder, ["generate"]);
    assert.is(status, 1);
    assert.match(stderr, /^out\/nix\/tool-groups\.nix error output-edited$/m);
    assert.is(read("out/nix/tool-groups.nix"), edited);
  });

withGit("an edit by hand that one branch has committed is not lost either", () => {
  const { git, commit, ...it } = repository(tempFolder(), spec(""), "merge");
  git("checkout", "-qb", "other");
  commit(spec("  b: { packages: [fd] }\n"));
  git("checkout", "-q", "main");
  commit(spec("  c: { packages: [fd] }\n"), () => appendFileSync(join(it.folder, "out/modules/default.nix"), "# by hand\n"));
  assert.is.not(git("merge", "other").status, 0);
  it.put(spec("  b: { packages: [fd] }\n  c: { packages: [fd] }\n"));
  const { stderr } = flakewright(it.folder, ["generate"]);
  assert.match(stderr, /^out\/modules\/default\.nix error output-edited$/m);
  assert.match(it.read("out/modules/default.nix"), "# by hand");
});

withGit("a file of the user's that a merge left with both sides is not touched", () => {
  const folder = merged("merge");
  const theirs = "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n";
  writeFileSync(join(folder, "out/notes.nix"), theirs);
  assert.is(flakewright(folder, ["generate"]).status, 0);
  assert.is(readFileSync(join(folder, "out/notes.nix"), "utf8"), theirs);
});

test("marks of a conflict are on lines of their own, in their order", () => {
  const conflict = "a\n<<<<<<< HEAD\nb\n||||||| base\nx\n=======\nc\n>>>>>>> other\nd\n";
  assert.ok(hasConflict(conflict));
  assert.ok(hasConflict(conflict.replaceAll("\n", "\r\n")));
  assert.equal(sidesOf(conflict), ["a\nb\nd\n", "a\nc\nd\n"]);
  for (const text of [
    "",
    "=======\n",
    "x <<<<<<< y\n=======\n>>>>>>> z\n",
    ">>>>>>> a\n=======\n<<<<<<< b\n",
    "<<<<<<<<\n=======\n>>>>>>>\n",
  ])
    assert.not(hasConflict(text), text);
});

test("a spec with both sides of a merge says so, once", () => {
  const { folder } = project(
    `${spec("")}<<<<<<< HEAD\ngc: { automatic: true }\n=======\ngc: { automatic: false }\n>>>>>>> other\n`,
  );
  const { stderr, status } = flakewright(folder, ["check"]);
  assert.is(status, 1);
  assert.match(stderr, /^spec\/platform\.yaml:6:1 error yaml-syntax\n {2}a merge left both sides here/);
  assert.is(stderr.match(/ error /g)?.length, 1, stderr);
});

test("after an upgrade, `check` says that another version wrote the output; without a change it says nothing", () => {
  const { folder, put, read } = project();
  assert.is(flakewright(folder, ["generate"]).status, 0);
  const manifest = JSON.parse(read("out/.flakewright.json"));
  assert.match(manifest.flakewright, /^\d+\.\d+\.\d+/);
  const writtenBy = (version: unknown) =>
    writeFileSync(join(folder, "out/.flakewright.json"), `${JSON.stringify({ ...manifest, flakewright: version }, null, 2)}\n`);
  writtenBy("0.0.9");
  assert.is(flakewright(folder, ["check"]).status, 0, "the same files are the same");
  put(spec("  b: { packages: [fd] }\n"));
  assert.match(flakewright(folder, ["check"]).stderr, /differ from .*; flakewright 0\.0\.9 wrote it, and this is /);
  writtenBy("99.1.0");
  assert.match(
    flakewright(folder, ["check"]).stderr,
    /hint: use flakewright 99\.1\.0, which is newer, or run `flakewright generate`/,
  );
  for (const odd of [undefined, 7, "\u001b[31m", "x".repeat(100)]) {
    writtenBy(odd);
    assert.not.match(flakewright(folder, ["check"]).stderr, /wrote it/);
  }
  assert.is(flakewright(folder, ["generate"]).status, 0);
  assert.is(JSON.parse(read("out/.flakewright.json")).flakewright, manifest.flakewright);
});

test("--force says which edits it replaces and which edited files it deletes", () => {
  const { folder, put } = project(spec("  b: { packages: [fd] }\nusers: { ada: { settings: { max-jobs: 2 } } }\n"));
  flakewright(folder, ["generate"]);
  put(spec("  b: { packages: [fd] }\n"));
  for (const path of ["flake.nix", "users/ada/nix.conf"]) appendFileSync(join(folder, "out", path), "# mine\n");
  const dry = flakewright(folder, ["generate", "--force", "--dry-run"]).stderr;
  assert.match(dry, /--force would replace your edits of out\/flake\.nix\n/);
  const { stderr, status } = flakewright(folder, ["generate", "--force"]);
  assert.is(status, 0);
  assert.match(stderr, /--force replaced your edits of out\/flake\.nix\n/);
  assert.match(stderr, /--force deleted out\/users\/ada\/nix\.conf, edited and no longer generated\n/);
  assert.not(existsSync(join(folder, "out/users")));
});

/* Folders that can't be written to. */

for (const [out, reason] of [
  ["/proc/flakewright", "nothing can be created there"],
  ["/proc/self/fd/flakewright", "nothing can be created there"],
  ["/dev/null", "it is not a folder"],
  ["/dev/null/below", "it is not a folder"],
  ["spec/platform.yaml", "it is not a folder"],
  ["nowhere", "something else is there"],
] as const)
  test(`--out ${out} is an error with a way out`, () => {
    const { folder } = project();
    spawnSync("ln", ["-s", "missing", join(folder, "nowhere")]);
    const { stderr, status } = flakewright(folder, ["generate", "--out", out]);
    assert.is(stderr, `flakewright: ${out} can't be the output folder: ${reason}; choose another with --out\n`);
    assert.is(status, 3);
    rmSync(join(folder, "nowhere"));
  });

test.run();
