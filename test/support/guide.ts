import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
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

/** Runs the commands behind `$ ` one by one, and compares the lines that the page shows; `…` stands for any lines. */
export function runConsole(code: string, folder: string, programs: Programs, env: NodeJS.ProcessEnv): void {
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
      env: { ...process.env, ...env, PATH: `${bin}:${process.env["PATH"]}` },
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
