import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { importConfigs } from "../../generator/importers/index.ts";
import { compileText, repository } from "../support/spec.ts";
import { few } from "./support.ts";

/*
 * For any foreign file, however broken, `import` returns a spec or findings: it never throws, and no text says `undefined` or
 * `[object Object]`. FUZZ_RUNS sets the number of files, FUZZ_SEED the first one.
 */

const RUNS = Number(process.env["FUZZ_RUNS"] || 1200);

const fixtures = (folder: string, name: string): [file: string, text: string][] =>
  readdirSync(join(repository, "test/fixtures", folder)).map((file) => [
    name,
    readFileSync(join(repository, "test/fixtures", folder, file), "utf8"),
  ]);

const FILES: readonly (readonly [file: string, text: string])[] = [
  ...fixtures("mise", "mise.toml"),
  ...fixtures("nix-conf", "nix.conf"),
  [
    "mise.toml",
    '[env]\nA = "b"\nB = false\nC = { value = "x", redact = true }\n_.path = ["./bin"]\n_.file = [".env", { path = "x" }]\n[tools]\nnode = "20"\ngo = { version = "1.22", os = ["linux"] }\n[tasks.build]\nrun = ["a", "b"]\ndepends = ["x"]\nenv = { A = "1" }\ndir = "x"\nshell = "bash -c"\n[tasks]\nx = "echo"\n[shell_alias]\nll = "ls"\n[hooks]\nenter = "echo"\n',
  ],
  [
    "devbox.json",
    '{"name": "x", "packages": ["git@latest", "github:a/b#c"], "env": {"A": "b", "PATH": "$PWD/bin:$PATH"}, "env_from": "x.env", "shell": {"init_hook": ["export A=1"], "scripts": {"test": "npm test", "b": ["a"]}}, "include": ["plugin:nginx"], "nixpkgs": {"commit": "abc"}}',
  ],
  [
    "devbox.json",
    '{"packages": {"git": "latest", "python": {"version": "3.10", "platforms": ["x86_64-linux"], "outputs": ["out"]}}, // x\n}',
  ],
  [
    ".tool-versions",
    "# tools\nnodejs 20.1.0 18\npython 3.10 system # x\nruby ref:abc\njava openjdk-17\nelixir 1.16.3-otp-26\ngo path:/x\n",
  ],
  [
    "devenv.yaml",
    "inputs:\n  nixpkgs: { url: github:NixOS/nixpkgs, overlays: [default] }\n  other:\n    url: github:a/b\n    inputs: { nixpkgs: { follows: nixpkgs } }\nallowUnfree: true\nimports: [./x]\npermittedInsecurePackages: [openssl-1.1]\n",
  ],
  [
    "devenv.nix",
    `{ pkgs, lib, ... }:\nlet unstable = import inputs.u { }; in {\n  # why\n  env.GREET = "x";\n  packages = [ pkgs.git unstable.go ] ++ lib.optionals true [ pkgs.gdb ];\n  languages.python = { enable = true; version = "3.11"; };\n  scripts.hello.exec = ''\n    echo hello\n  '';\n  enterShell = ''\n    hello\n  '';\n  services.postgres.enable = true;\n}\n`,
  ],
  [
    "Brewfile",
    'tap "user/repo", "https://example.org/r.git"\nbrew "git" # x\nbrew "mysql@5.6", restart_service: :changed, args: ["x"]\ncask "firefox", args: { appdir: "~/Apps" }\nmas "1Password", id: 443987910\nif OS.mac?\n  brew "coreutils"\nend\nbrew "gnupg" if OS.linux?\n',
  ],
  [
    "aqua.yaml",
    "# aqua\nregistries:\n  - { type: standard, ref: v4 }\npackages:\n  - name: cli/cli@v2.0.0\n  - name: helm/helm\n    version: v3.10.0\n  - import: imports/*.yaml\n  - { name: a/b@v1, registry: local }\n",
  ],
];

const WORDS: readonly string[] = [
  ...`: | ? [ ] { } , # &a *a !!str !!binary --- ... << " ' ''' """ >- ~ null true 0o17 1e999 -0 .inf nan 99999999999999999999 = == $(id) ''$ \\ // /* */ do end if unless ; let in with inherit rec @ @latest ref: path: system {{ }} extra- -- %YAML toString constructor __proto__`.split(
    " ",
  ),
  ..."\n|  |\t|\r\n|\r|\0|\ud800|\ufeff|\u2028|\u0085|\u00a0|\u202e|\ufffe|\\ud800|\\u0000".split("|"),
  "",
  "a".repeat(300),
  "[".repeat(70),
  "{".repeat(70),
];

const VALUES: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  1e21,
  "",
  [],
  {},
  [[]],
  [null],
  "x",
  ["x"],
  { a: null },
  { toString: 1 },
  { "": "" },
];

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

class Mutator {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = numbers(seed);
  }

  below(count: number): number {
    return Math.floor(this.#next() * count);
  }

  one<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  text(text: string): string {
    let mutated = text;
    for (let steps = 1 + this.below(4); steps > 0; steps--) mutated = this.#step(mutated);
    return mutated;
  }

  #step(text: string): string {
    const at = this.below(text.length + 1);
    const lines = text.split("\n");
    const line = this.below(lines.length);
    const word = [...text.matchAll(/[\w.@/-]+/g)][this.below(40)];
    switch (this.below(6)) {
      case 0:
        return text.slice(0, at) + this.one(WORDS) + text.slice(at);
      case 1:
        return text.slice(0, at) + text.slice(at + this.below(12));
      case 2:
        return lines.toSpliced(line, 1).join("\n");
      case 3:
        return lines.toSpliced(this.below(lines.length), 0, lines[line] ?? "").join("\n");
      case 4:
        return word ? text.slice(0, word.index) + this.one(WORDS) + text.slice(word.index + word[0].length) : text;
      default:
        return text.slice(0, at);
    }
  }

  /** Data with some parts that have another type or another name, or are gone. */
  data(value: unknown): unknown {
    if (this.below(10) === 0) return this.one(VALUES);
    if (Array.isArray(value)) return value.map((item) => this.data(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const name = this.below(15) === 0 ? this.one(WORDS) : key;
        return this.below(20) === 0 ? [] : [[name, this.data(item)]];
      }),
    );
  }
}

function mutated(seed: number): { readonly file: string; readonly text: string } {
  const mutator = new Mutator(seed);
  const [file, text] = mutator.one(FILES);
  // JSON is YAML.
  const isData = /\.(?:json|ya?ml)$/.test(file) && mutator.below(2) === 0 && !text.includes("//");
  if (!isData) return { file, text: mutator.text(text) };
  const data = mutator.data(parse(text));
  return { file, text: file.endsWith(".json") ? JSON.stringify(data) : stringify(data) };
}

const test = suite("import of broken files");

test(`${RUNS} files give a spec or findings`, async () => {
  const first = Number(process.env["FUZZ_SEED"] || 1);
  const formats = new Set<string>();
  for (let seed = first; seed < first + RUNS; seed++) {
    const { file, text } = mutated(seed);
    const about = `FUZZ_SEED=${seed} ${file}\n${JSON.stringify(text)}`;
    try {
      const [yaml, diagnostics] = await importConfigs([{ path: file, text }], async () => undefined, few);
      for (const { message, hint = "", range } of diagnostics) {
        assert.not.match(message + hint, /\bundefined\b|\[object |TypeError/);
        assert.ok(range.start >= 0 && range.start <= range.end && range.end <= text.length, "a range outside of the text");
      }
      if (yaml === undefined) continue;
      formats.add(file);
      assert.not.match(yaml, /\bundefined\b|\[object /);
      // What is made of it may have errors of its own, but is a spec.
      assert.not.ok(
        compileText(yaml).diagnostics.some(({ code }) => code.startsWith("yaml-")),
        yaml,
      );
    } catch (error) {
      assert.unreachable(`${(error as Error).stack}\n${about}`);
    }
  }
  assert.is(formats.size, new Set(FILES.map(([file]) => file)).size, "each format is carried over at times");
});

test.run();
