import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as assert from "uvu/assert";
import { CLI } from "./cli.ts";
import { repository } from "./spec.ts";
import { tempFolder } from "./temp.ts";

/** The code of a page's blocks of one language. */
export const blocksOf = (page: string, language: string): string[] =>
  allBlocksOf(page).flatMap((block) => (block.language === language ? [block.code] : []));

/** All blocks of a page, in order. */
export function allBlocksOf(page: string): { readonly language: string; readonly code: string }[] {
  const text = readFileSync(join(repository, "docs", page), "utf8");
  return [...text.matchAll(/^```(\w*)\n(.*?)^```/gms)].map(([, language = "", code = ""]) => ({ language, code }));
}

/** A program in place of the one that a page names: a line of bash with its arguments in "$@". */
export type Programs = Readonly<Record<string, string>>;

/** `flakewright` as the tests run it; `extra` may change its arguments. */
export const flakewrightProgram = (extra = ""): string =>
  `${extra}\nexec ${[process.execPath, ...CLI].map((word) => `'${word}'`).join(" ")} "$@"`;

/** What a reader of a page does next: types the commands of a block, or writes its text to a file. */
type Step = { readonly commands: string } | { readonly file: string; readonly text: string };

/**
 * The steps of a page, in order. A block that is a file says so in its first line: `# spec/platform.yaml`.
 *
 * @param files The paths of blocks without such a line, by language.
 */
export const stepsOf = (page: string, files: Readonly<Record<string, string>> = {}): Step[] =>
  allBlocksOf(page).flatMap(({ language, code }): Step[] => {
    if (language === "console") return [{ commands: code }];
    const file = /^# ([\w./-]+\.[a-z]+)\n/.exec(code)?.[1] ?? files[language];
    return file === undefined ? [] : [{ file, text: code }];
  });

/** Follows a page literally in a folder. Returns the number of commands that were run. */
export function follow(steps: readonly Step[], folder: string, run: (commands: string) => void): number {
  let count = 0;
  for (const step of steps) {
    if ("commands" in step) {
      run(step.commands);
      count += step.commands.match(/^\$ /gm)?.length ?? 0;
    } else {
      mkdirSync(dirname(join(folder, step.file)), { recursive: true });
      writeFileSync(join(folder, step.file), step.text);
    }
  }
  return count;
}

/**
 * Runs the commands behind `$ ` one by one, and compares the lines that the page shows; `…` stands for any lines.
 *
 * @param base The environment below `env`: by default the test's own.
 */
export function runConsole(
  code: string,
  folder: string,
  programs: Programs,
  env: NodeJS.ProcessEnv,
  base: NodeJS.ProcessEnv = process.env,
): void {
  const bin = tempFolder();
  mkdirSync(bin, { recursive: true });
  for (const [name, line] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/bash\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  for (const part of code.split(/^\$ /m).slice(1)) {
    const [command = "", ...shown] = part.trimEnd().split("\n");
    const run = spawnSync("bash", ["-c", command], {
      cwd: folder,
      env: { ...base, ...env, PATH: `${bin}:${base["PATH"]}` },
      encoding: "utf8",
    });
    const said = `${run.stdout}${run.stderr}`;
    assert.is(run.status, 0, `${command}\n${said}`);
    const lines = said.trimEnd().split("\n");
    let at = 0;
    for (const [index, line] of shown.entries()) {
      if (line === "…") continue;
      const found = lines.indexOf(line, at);
      const isNext = index > 0 && shown[index - 1] === "…" ? found !== -1 : found === at;
      assert.ok(isNext, `${command} does not print "${line}" there:\n${said}`);
      at = found + 1;
    }
  }
}
