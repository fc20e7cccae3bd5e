import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { importConfigs } from "../../generator/importers/index.ts";
import { compileText } from "../support/spec.ts";
import { comments, few, imported } from "./support.ts";

interface Row {
  /** The file's path and text. */
  readonly given: readonly [path: string, text: string];
  readonly want: Record<string, unknown>;
  readonly says?: readonly string[];
}

const tools = (packages: unknown[]) => ({ groups: { app: { packages } } });
const V = ".tool-versions";
const M = "app/mise.toml";

const ROWS: readonly (readonly [string, Row])[] = [
  [
    "aqua: no part of an address with a token becomes a name",
    {
      given: [
        "app/aqua.yaml",
        "packages:\n  - name: https://aG1rW3hN6xE9pUzfL4vB7mS0dJ2tY5kQ8aG1rW3h@github.com/acme/private\n  - name: jqlang/jq\n",
      ],
      want: { groups: { app: { packages: ["jq"] } } },
      says: ["a tool whose name or address holds a secret is left out"],
    },
  ],
  [
    ".tool-versions: names, versions, comments",
    {
      given: [V, "# ours\nkubectl 1.29.0\nnodejs 18.1 20.2 # both\n\njq latest\n"],
      want: {
        groups: {
          tools: { packages: [{ package: "kubectl", version: "1.29.0" }, { package: "nodejs", version: "18.1" }, "jq"] },
        },
      },
      says: ["ours", "both", "also wanted: 20.2"],
    },
  ],
  [
    ".tool-versions: asdf's names",
    {
      given: [
        `app/${V}`,
        "golang system\npython latest\nhelm latest\ngcloud latest\nawscli latest\nrust stable\njava temurin-21",
      ],
      want: tools(["go", "python3", "kubernetes-helm", "google-cloud-sdk", "awscli2", "rustup", "jdk"]),
      says: ["wanted: temurin-21"],
    },
  ],
  [
    ".tool-versions: a tool that nixpkgs does not have",
    {
      given: [`app/${V}`, "frobnicate 1.2\njq latest"],
      want: tools(["frobnicate", "jq"]),
      says: ["frobnicate: no package of nixpkgs is known for it; `frobnicate` keeps its place", "wanted: 1.2"],
    },
  ],
  [
    ".tool-versions: an unfree one",
    {
      given: [`app/${V}`, "terraform 1.5.0"],
      want: { nixpkgs: { unfree: ["terraform"] }, ...tools([{ package: "terraform", version: "1.5.0" }]) },
    },
  ],
  [
    ".tool-versions: versions with a channel or another program's version",
    {
      given: [`app/${V}`, "elixir 1.16.3-otp-26\nflutter 3.22.2-stable"],
      want: tools(["elixir", "flutter"]),
      says: ["wanted: 1.16.3-otp-26", "wanted: 3.22.2-stable"],
    },
  ],
  [
    "mise: comments at the end of a table and of the file",
    {
      given: [
        M,
        '[tools]\njq = "latest"\n# kubectl = "1.29"\n\n[settings]\n# why so\nexperimental = true\n\n# of variables\n[vars]\na = "b"\n# the end\n',
      ],
      want: tools(["jq"]),
      says: ['kubectl = "1.29"', "of variables", "the end"],
    },
  ],
  [
    "mise: tools in every notation",
    {
      given: [
        M,
        '[tools]\nnode = "20"\ngo = ["1.21", "1.22"]\npython = {version = "3.10", virtualenv = ".venv"}\nkubectl = "latest"\n"core:deno" = "2"\n[tools.jq]\nversion = "latest"\nos = ["linux"]\n',
      ],
      want: tools([
        { package: "nodejs", version: "20" },
        { package: "go", version: "1.21" },
        { package: "python3", version: "3.10" },
        "kubectl",
        "deno",
        { package: "jq", systems: ["x86_64-linux", "aarch64-linux"] },
      ]),
      says: [
        "also wanted: 1.22",
        "virtualenv: options of mise's own installers",
        "core:deno: no package of nixpkgs is known for it; `deno` keeps its place",
        "wanted: 2",
      ],
    },
  ],
  [
    "mise: backends",
    {
      given: [M, '[tools]\n"npm:prettier" = "3"\n"aqua:cli/cli" = "latest"\n"ubi:a/b" = "1"\njq = "latest"\n'],
      want: tools(["prettier", "cli", "b", "jq"]),
      says: ["npm:prettier: no package of nixpkgs", "aqua:cli/cli: no package of nixpkgs", "(github.com/a/b)", "wanted: 1"],
    },
  ],
  [
    "mise: comments stay with their tools and variables",
    {
      given: [
        M,
        '# the whole file\n\n# the tools\n[tools]\n# not above 1.33\nkubectl = "latest" # behind\n"jq" = [\n  "latest", # within\n]\n[env]\n# where\nA = "x # no comment"\nB = """\n# no comment\n""" # multi\n',
      ],
      want: {
        ...tools(["kubectl", "jq"]),
        shells: { default: { env: { A: "x # no comment", B: "# no comment\n" } } },
      },
      says: ["the whole file", "the tools not above 1.33 behind", "within", "where", "multi"],
    },
  ],
  [
    "mise: one system",
    {
      given: [M, '[tools]\njq = {version = "latest", os = ["macos/arm64"]}\nkubectl = {version="latest", os=["windows"]}\n'],
      want: tools([{ package: "jq", systems: ["aarch64-darwin"] }]),
      says: ["kubectl@latest is left out: it is for windows only"],
    },
  ],
  [
    "mise: variables",
    {
      given: [
        M,
        '[env]\nA = "1"\nB = 2\nC = true\nD = false\nE = {value = "x", tools = true}\nF = {required = true}\nG = "{{config_root}}/x"\nH = {value = "s3cr3t", redact = true}\n_.file = ".env"\n_.path = ["bin"]\n"X-Y" = "1"\n',
      ],
      want: {
        ...tools([]),
        shells: {
          default: {
            env: { A: "1", B: "2", C: "true", E: "x", G: { path: "x" }, PATH: { prepend: ["bin"] } },
            envFiles: [{ file: ".env", optional: true }],
            hook: "unset D\n",
          },
        },
      },
      says: ["F is left out: it is only required", "H is left out: it is marked as secret", "X-Y is left out"],
    },
  ],
  [
    "mise: hooks, aliases, tasks, the rest",
    {
      given: [
        M,
        '[hooks]\nenter = "echo hi"\nleave = "echo bye"\n[shell_alias]\nk = "kubectl"\n[tasks.build]\nrun = "make"\ndescription = "Build it"\n[tasks.all]\ndepends = ["build"]\n[settings]\njobs = 4\n',
      ],
      want: {
        ...tools([]),
        shells: { default: { hook: "alias k='kubectl'\necho hi\n" } },
        commands: { build: { help: "Build it", run: 'cd "$FLAKEWRIGHT_ROOT"\nmake "$@"\n' }, all: { run: "build\n" } },
      },
      says: ["the hook leave is left out", "settings: mise's own"],
    },
  ],
  [
    "mise: forms of versions",
    {
      given: [
        M,
        '[tools]\ngo = "prefix:1.22"\nkubectl = "v1.29.4"\nnodejs = "20.x"\nrust = "1.77"\njava = "temurin-21.0.2"\njq = "ref:master"\nyq = "system"\n',
      ],
      want: tools([
        { package: "go", version: "1.22" },
        { package: "kubectl", version: "1.29.4" },
        { package: "nodejs", version: "20" },
        "rustup",
        "jdk",
        "jq",
        "yq-go",
      ]),
      says: ["wanted: 1.77; rustup itself installs it", "wanted: temurin-21.0.2;", "wanted: ref:master;"],
    },
  ],
  [
    "mise: variables that are expanded",
    {
      given: [
        M,
        `[env]\nA = "{{env.HOME}}/a $(id) \\"q\\""\nB = "--dir={{ config_root }}/b"\nC = "$HOME/c"\nD = {default = "it's"}\nE = "{{ exec(command='id') }}"\nF = "{{ config_root }}/"\nG = {age = "x"}\nH = "\${X:-y}"\n`,
      ],
      want: {
        ...tools([]),
        shells: {
          default: {
            env: { F: { path: "." } },
            hook: [
              'export A="${HOME}/a \\$(id) \\"q\\""',
              'export B="--dir=${FLAKEWRIGHT_ROOT}/b"',
              'export C="$HOME/c"',
              "[ -n \"${D-}\" ] || export D='it'\\''s'",
              'export H="${X:-y}"\n',
            ].join("\n"),
          },
        },
      },
      says: ["E is left out: its value is a template", "G is left out: its value is encrypted"],
    },
  ],
  [
    "mise: files, paths and scripts of the environment",
    {
      given: [
        M,
        'env_file = "old.env"\nredactions = ["*_TOKEN"]\n[[env]]\n_.file = [".env", {path = "{{config_root}}/b.env", redact = true}, "c.json", "*.env", "{{vars.x}}"]\n_.path = {path = ["bin", "{{config_root}}/node_modules/.bin", "~/.local/bin", "../x"], tools = true}\n_.source = ["env.sh", "/etc/x.sh"]\n_.python.venv = ".venv"\n[[env]]\nA_TOKEN = "s3cr3t"\nB = "1"\n',
      ],
      want: {
        ...tools([]),
        shells: {
          default: {
            env: { PATH: { prepend: ["bin", "node_modules/.bin"] }, B: "1" },
            envFiles: ["old.env", ".env", "b.env"].map((file) => ({ file, optional: true })),
            hook: 'export PATH="$HOME/.local/bin":"$PATH"\n[ ! -f "$FLAKEWRIGHT_ROOT/env.sh" ] || . "$FLAKEWRIGHT_ROOT/env.sh"\n',
          },
        },
      },
      says: [
        "_.file c.json is left out: a spec reads lines of KEY=VALUE",
        "_.file *.env is left out",
        "_.file {{vars.x}} is left out: a template",
        "_.path ../x is left out",
        "_.source /etc/x.sh is left out",
        "_.python is left out",
        "A_TOKEN is left out: it is marked as secret",
      ],
    },
  ],
  [
    "mise: tasks",
    {
      given: [
        M,
        [
          "[tasks]",
          'quick = "echo quick"',
          'test = ["cd sub", "npm test"]',
          '"db:reset" = {run = "psql -f x.sql | tee log", dir = "sql dir", env = {A = "it\'s", B = "$HOME/b", C = false}}',
          'here = {run = "pwd", dir = "{{cwd}}"}',
          'file = {file = "scripts/my release.sh"}',
          'root = {run = "ls {{config_root}}/x"}',
          'ci = {depends = ["quick", "test"]}',
          'more = {depends = "db:reset", run = "x", alias = "m", sources = ["*.ts"]}',
          'ask = {run = "x", confirm = "sure?"}',
          'py = "#!/usr/bin/env python\\nprint()"',
          'lost = {depends = ["ask"], run = "x"}',
          'circle = {depends = ["circle2"], run = "x"}',
          'circle2 = {depends = ["circle"], run = "x"}',
          'nobody = {depends = ["nothing"], run = "x"}',
          'tpl = {run = "echo {{arg(name=1)}}"}',
          "single = {run = \"echo '{{config_root}}'\"}",
          'sub = {run = [{task = "quick"}]}',
          'fish = {run = "x", shell = "fish -c"}',
          'usage = {run = "x", usage = "arg x"}',
        ].join("\n"),
      ],
      want: {
        ...tools([]),
        commands: {
          quick: { run: 'cd "$FLAKEWRIGHT_ROOT"\necho quick "$@"\n' },
          "run-test": { run: 'cd "$FLAKEWRIGHT_ROOT"\n(cd sub)\nnpm test "$@"\n' },
          "db-reset": {
            run: `cd "$FLAKEWRIGHT_ROOT"/'sql dir'\nexport A='it'\\''s'\nexport B="$HOME/b"\nunset C\npsql -f x.sql | tee log\n`,
          },
          here: { run: 'pwd "$@"\n' },
          file: { run: `cd "$FLAKEWRIGHT_ROOT"\n"$FLAKEWRIGHT_ROOT"/'scripts/my release.sh' "$@"\n` },
          root: { run: 'cd "$FLAKEWRIGHT_ROOT"\nls ${FLAKEWRIGHT_ROOT}/x\n' },
          ci: { run: "quick\nrun-test\n" },
          more: { run: 'db-reset\ncd "$FLAKEWRIGHT_ROOT"\nx "$@"\n' },
        },
      },
      says: [
        "ask (it has `confirm`)",
        "py (it is no script of bash)",
        "lost (it depends on ask)",
        "circle (it depends on circle2)",
        "circle2 (it depends on itself)",
        "nobody (it depends on nothing)",
        "tpl (it has templates of mise)",
        "single (it has templates of mise)",
        "sub (it runs other tasks)",
        "fish (its shell is fish -c)",
        "usage (it has `usage`)",
        "its name was `test`, which bash takes for its own",
      ],
    },
  ],
  [
    "mise: a secret",
    {
      given: [M, '[env]\nTOKEN = "ghp_s3cr3ts3cr3ts3cr3t00"\n'],
      want: tools([]),
      says: ["TOKEN is left out: its value is a secret"],
    },
  ],
  [
    "mise: .config/mise/config.toml belongs to the folder above",
    { given: ["app/.config/mise/config.toml", '[tools]\njq = "latest"\n'], want: tools(["jq"]) },
  ],
  [
    "devenv: nothing said",
    {
      given: ["app/devenv.yaml", ""],
      want: { nixpkgs: "github:cachix/devenv-nixpkgs/rolling", ...tools([]) },
      says: ["devenv's own default", "devenv.nix is a program: import it beside this file"],
    },
  ],
  [
    "devenv: inputs",
    {
      given: [
        "app/devenv.yaml",
        "inputs:\n  nixpkgs:\n    url: github:NixOS/nixpkgs/nixos-25.11\n  # for one tool\n  old:\n    url: github:NixOS/nixpkgs/nixos-23.05\n  git-hooks:\n    url: github:cachix/git-hooks.nix\n    inputs: {nixpkgs: {follows: nixpkgs}}\n  f:\n    follows: nixpkgs\n",
      ],
      want: { nixpkgs: "github:NixOS/nixpkgs/nixos-25.11", inputs: { old: "github:NixOS/nixpkgs/nixos-23.05" }, ...tools([]) },
      says: [
        "for one tool",
        "the input git-hooks (github:cachix/git-hooks.nix) is left out",
        "the input f is left out: it has no address",
      ],
    },
  ],
  [
    "devenv: policy",
    {
      given: [
        "app/devenv.yaml",
        "allowUnfree: true\npermittedInsecurePackages:\n  - openssl-1.1.1w\nimports: [./a]\nnixpkgs:\n  cuda_support: true\nclean: {enabled: true}\n",
      ],
      want: {
        nixpkgs: { url: "github:cachix/devenv-nixpkgs/rolling", unfree: true, insecure: ["openssl-1.1.1w"] },
        ...tools([]),
      },
      says: ["imports ./a", "nixpkgs.cuda_support", "clean: a setting of devenv itself"],
    },
  ],
  [
    "devenv: the newer place of the policy",
    {
      given: ["app/devenv.yaml", "nixpkgs:\n  permitted_unfree_packages: [terraform]\n  permitted_insecure_packages: [a-1]\n"],
      want: { nixpkgs: { url: "github:cachix/devenv-nixpkgs/rolling", unfree: ["terraform"], insecure: ["a-1"] }, ...tools([]) },
    },
  ],
];

const rows = suite(".tool-versions, mise.toml, devenv.yaml");
for (const [name, { given, want, says = [] }] of ROWS) {
  rows(name, async () => {
    const { yaml, spec, diagnostics } = await imported({ [given[0]]: given[1] });
    assert.equal(diagnostics, []);
    const { version: _, name: __, ...rest } = spec;
    assert.equal(rest, want, yaml);
    for (const text of says) assert.ok(comments(yaml).includes(text), `no comment says "${text}":\n${yaml}`);
    assert.not.match(yaml, "s3cr3t");
    assert.equal(
      compileText(yaml).diagnostics.filter(({ severity, code }) => severity === "error" && code !== "version-unresolved"),
      [],
      yaml,
    );
  });
}
rows.run();

const files = suite("import: files");

files("files of all kinds make one spec", async () => {
  const { spec } = await imported({
    "p/devbox.json": `{"packages": ["jq"], "env": {"A": "1"}}`,
    "q/.tool-versions": "kubectl latest",
    "/etc/nix/nix.conf": "max-jobs = 4",
    "devenv.yaml": "allow_unfree: true",
  });
  assert.is(spec.name, "p");
  assert.equal(Object.keys(spec.groups as object), ["p", "q", "tools"]);
  assert.equal(spec.settings, { "max-jobs": 4 });
  // The devenv.yaml has no package that needs its own nixpkgs beside the others'.
  assert.equal(spec.nixpkgs, { url: "github:cachix/devenv-nixpkgs/rolling", unfree: true });
});

files("the mise.toml files of one project are one, in mise's order", async () => {
  const { spec, yaml } = await imported({
    "app/mise.local.toml": '[tools]\njq = "latest"\n[env]\nA = "local"\n_.path = ["bin"]\n',
    "app/mise.toml": '[tools]\njq = "1.6"\nkubectl = "latest"\n[env]\nA = "shared"\n_.path = ["tools"]\n',
    "app/.config/mise/conf.d/a.toml": '[tools]\nkubectl = "1.1"\nterraform = "latest"\n',
    "app/.mise/config.toml": '[tools]\ngo = "latest"\n',
  });
  assert.equal(spec.groups, { app: { packages: ["kubectl", "terraform", "go", "jq"] } }, yaml);
  assert.equal(spec.shells, { default: { env: { A: "local", PATH: { prepend: ["tools", "bin"] } } } });
});

files("devenv.nix: the literal parts, and remarks about the rest", async () => {
  const nix = [
    "{ pkgs, lib, ... }:",
    "{",
    '  env.A = "1"; # one',
    '  env = { B = "x\\ty"; C = lib.fakeHash; N = 3; };',
    "  # the tools",
    "  packages = with pkgs; [ jq # for scripts",
    "    pkgs.kubectl (python3.withPackages (p: [ p.x ])) ] ++ lib.optionals true [ go ];",
    "  languages.go.enable = true;",
    '  languages.rust.channel = let x = 1; in "stable";',
    "  scripts.hi.exec = ''",
    "    echo ''${A} hi",
    "      more",
    "  '';",
    '  scripts.code.exec = "${pkgs.jq}/bin/jq";',
    "  enterShell = ''",
    "    hi",
    "  '';",
    "  services.postgres = { enable = true; };",
    "}",
  ].join("\n");
  const { spec, yaml } = await imported({ "app/devenv.yaml": "allowUnfree: true\n", "app/devenv.nix": nix });
  assert.equal(
    { groups: spec.groups, shells: spec.shells, commands: spec.commands },
    {
      groups: { app: { packages: ["jq", "kubectl", "go"] } },
      shells: { default: { env: { A: "1", B: "x\ty", N: "3" }, hook: "hi\n" } },
      commands: { hi: { run: "echo ${A} hi\n  more\n" } },
    },
    yaml,
  );
  for (const text of ["the tools", "for scripts", "(python3.withPackages", "lib.optionals true [ go ]", "C is left out", "one"])
    assert.match(comments(yaml), text);
  assert.match(comments(yaml), "languages.rust.channel, scripts.code, services.postgres.enable");
});

files("devenv: a file that says nothing of nixpkgs leaves the other's nixpkgs and policy", async () => {
  const shared =
    "inputs:\n  nixpkgs:\n    url: github:NixOS/nixpkgs/nixos-24.05\npermitted_insecure_packages: [openssl-1.1.1w]\n";
  const local = "nixpkgs:\n  permitted_unfree_packages: [terraform]\n  permitted_insecure_packages: [a-1]\n";
  const { spec, yaml } = await imported({
    "app/devenv.yaml": shared,
    "app/devenv.local.yaml": local,
    "app/devenv.nix": "{ pkgs, ... }: { packages = [ pkgs.jq ]; }",
  });
  const policy = { unfree: ["terraform"], insecure: ["openssl-1.1.1w", "a-1"] };
  assert.equal(spec.nixpkgs, { url: "github:NixOS/nixpkgs/nixos-24.05", ...policy }, yaml);
  const all = await imported({ "app/devenv.local.yaml": "allow_unfree: true\n", "app/devenv.yaml": shared });
  const wanted = { url: "github:NixOS/nixpkgs/nixos-24.05", unfree: true, insecure: ["openssl-1.1.1w"] };
  assert.equal(all.spec.nixpkgs, wanted, all.yaml);
});

files("devenv.nix: lists in several parts, behind let and with, and names that are no packages", async () => {
  const rows: readonly (readonly [nix: string, packages: readonly string[], says?: string])[] = [
    [
      "{ pkgs, ... }:\nlet\n  own = import ./x { inherit pkgs; };\n  inherit (own) thing;\nin\n{ packages = [ pkgs.jq own.cowsay thing ] ++ (with pkgs; [ go ]) ++ [ pkgs.hello ]; }",
      ["jq", "go", "hello"],
      "left out, since it is code: own.cowsay left out, since it is code: thing",
    ],
    ["{ pkgs, ... }: with pkgs; rec { packages = with pkgs; [ jq ]; }", ["jq"]],
    ["{ pkgs, ... }: { packages = builtins.attrValues { inherit (pkgs) jq go; }; }", ["jq", "go"]],
    [
      "{ pkgs, lib, ... }: { packages = [ pkgs.jq ] ++ lib.optionals true [ pkgs.go ] ++ [ pkgs.hello ]; }",
      ["jq"],
      "lib.optionals true [ pkgs.go ] ++ [ pkgs.hello ]",
    ],
    [
      "{ pkgs, ... }: let x = 1; in let y = [ pkgs.go ]; in { packages = [ pkgs.jq ] ++ y; }",
      ["jq"],
      "left out, since it is code: y",
    ],
  ];
  for (const [nix, packages, says = ""] of rows) {
    const { spec, yaml } = await imported({ "app/devenv.nix": nix });
    assert.equal((spec.groups as { app: { packages: unknown } }).app.packages, packages, nix);
    assert.match(comments(yaml), says, nix);
  }
});

files(
  "what nixpkgs removed has its new name or is left out with a remark, unless the file has a nixpkgs of its own",
  async () => {
    const known = {
      ...few,
      isRemoved: (attribute: string) => ["nodePackages.jq", "old-go", "gone", "older"].includes(attribute),
      replacementOf: (attribute: string) => (attribute === "old-go" ? "go" : undefined),
    };
    const packages = async (files: Record<string, string>) => {
      const { spec, yaml } = await imported(files, {}, known);
      return [(spec.groups as { app: { packages: unknown } }).app.packages, comments(yaml)] as const;
    };
    const devbox = { packages: ["nodePackages.jq", "old-go@latest", "gone", "older@1.2"] };
    const [now, says] = await packages({ "app/devbox.json": JSON.stringify(devbox) });
    assert.equal(now, ["jq", "go", { package: "older", version: "1.2" }]);
    assert.match(says, "`old-go` is `go` in nixpkgs now");
    assert.match(says, "gone is left out: nixpkgs removed it");
    const [old] = await packages({ "app/devbox.json": JSON.stringify({ ...devbox, nixpkgs: { commit: "a".repeat(40) } }) });
    assert.equal(old, ["nodePackages.jq", "old-go", "gone", { package: "older", version: "1.2" }]);
    const nix = { "app/devenv.nix": "{ pkgs, ... }: { packages = [ pkgs.old-go pkgs.gone ]; }" };
    assert.equal((await packages(nix))[0], ["go"]);
    const own = { "app/devenv.yaml": "inputs: { nixpkgs: { url: 'github:NixOS/nixpkgs/nixos-24.05' } }\n", ...nix };
    assert.equal((await packages(own))[0], ["old-go", "gone"]);
  },
);

files("Brewfile: several calls on a line; aqua.yaml: a commit is no version", async () => {
  const brew = await imported({ "app/Brewfile": "brew 'jq'; brew \"go\" # of a;b\nbrew 'hello', args: ['x;y']\n" });
  assert.equal(brew.spec, { ...brew.spec, ...tools(["jq", "go", "hello"]) });
  assert.match(comments(brew.yaml), "of a;b");
  const aqua = await imported({ "app/aqua.yaml": `packages:\n- { name: a/jq, version: ${"91a0461".repeat(5)} }\n` });
  assert.match(comments(aqua.yaml), "wanted: 91a046191a0461");
});

files("devenv.nix: a secret by the variable's name stays behind", async () => {
  const { spec, yaml } = await imported({ "app/devenv.nix": '{ env.DB_PASSWORD = "hunter22x"; env.A = "1"; }' });
  assert.equal(spec.shells, { default: { env: { A: "1" } } }, yaml);
  assert.not.match(yaml, "hunter22x");
  assert.match(comments(yaml), "DB_PASSWORD is left out: its value is a secret");
});

files("devenv.nix: scripts with names that no command can have", async () => {
  const long = "a".repeat(129);
  const nix = `{ scripts.test.exec = "a"; scripts."Build:all" = { exec = "b"; }; scripts.menu.exec = "c"; scripts.${long}.exec = "d"; }`;
  const { spec, yaml } = await imported({ "app/devenv.nix": nix });
  assert.equal(
    spec.commands,
    {
      "run-test": { run: "a\n" },
      "build-all": { run: "b\n" },
      "run-menu": { run: "c\n" },
      ["a".repeat(120)]: { run: "d\n" },
    },
    yaml,
  );
  assert.match(comments(yaml), "its name was `test`, which bash takes for its own");
  const found = compileText(yaml).diagnostics.filter(({ severity }) => severity === "error");
  assert.equal(found, [], yaml);
});

files("devenv.nix: where an interpolation begins and ends", async () => {
  const nix = [
    "{",
    '  env.A = "${f "}"}";',
    "  env.B = \"${f ''}'' /* } */ a' # }\n}\";",
    '  env.C = "${f "${g "}"}" { x = 1; }}";',
    '  env.D = "$${x} $";',
    '  env.E = "$$${x}";',
    "  enterShell = ''",
    "    echo $${x}",
    "  '';",
    "  packages = [ pkgs.jq ];",
    "}",
  ].join("\n");
  const { spec, yaml } = await imported({ "app/devenv.nix": nix });
  const shells = { default: { env: { D: "$${x} $" }, hook: "echo $${x}\n" } };
  assert.equal({ groups: spec.groups, shells: spec.shells }, { groups: { app: { packages: ["jq"] } }, shells }, yaml);
  for (const name of ["A", "B", "C", "E"]) assert.match(comments(yaml), `${name} is left out: its value is code`);
});

files("a devenv.nix of another form is named, whatever is in it", async () => {
  for (const nix of ["let x = 1; in { }", "{ a = ", '{ a = "', "{ a = ''${", "", "[", "{ { {", "{ packages = [ [ [ ; }", "/* "]) {
    const { yaml } = await imported({ "app/devenv.nix": nix });
    assert.match(yaml, "Imported from app/devenv.nix");
  }
});

files("Brewfile: formulas, casks, conditions", async () => {
  const text = [
    'tap "fluxcd/tap"',
    "# the cluster",
    'brew "kubernetes-cli" # client',
    "brew 'node@22', link: true",
    'brew "fluxcd/tap/flux"',
    'cask "docker"',
    'cask "google-cloud-sdk"',
    'mas "Xcode", id: 1',
    "if OS.mac?",
    '  brew "jq"',
    "end",
    'brew "hello", args: [',
    '  "with-x",',
    "] unless OS.mac?",
    "puts 1",
  ].join("\n");
  const { spec, yaml } = await imported({ "app/Brewfile": text });
  assert.equal(
    spec.groups,
    {
      app: {
        packages: [
          "kubectl",
          { package: "nodejs", version: "22" },
          "fluxcd",
          "google-cloud-sdk",
          { package: "jq", systems: ["aarch64-darwin"] },
          { package: "hello", systems: ["x86_64-linux", "aarch64-linux"] },
        ],
      },
    },
    yaml,
  );
  for (const said of ["the cluster", "client", "link: an option", "the cask docker", "mas Xcode", "args: an option", "puts 1"])
    assert.match(comments(yaml), said);
});

files("Brewfile: the branches of a condition", async () => {
  const text = [
    "if OS.mac?",
    '  brew "jq"',
    "elsif OS.linux?",
    '  brew "yq"',
    "else",
    '  brew "git"',
    "end",
    'if ENV["A"]',
    '  brew "curl"',
    'elsif ENV["B"]',
    '  brew "wget"',
    "else",
    '  brew "ripgrep"',
    "end",
    'if OS.mac? && ENV["A"]',
    '  brew "fd"',
    "elsif OS.mac?",
    '  brew "bat"',
    "end",
    'brew "tree"',
  ].join("\n");
  const { spec, yaml } = await imported({ "app/Brewfile": text });
  const [mac, linux] = [["aarch64-darwin"], ["x86_64-linux", "aarch64-linux"]];
  assert.equal(
    spec.groups,
    {
      app: {
        packages: [
          { package: "jq", systems: mac },
          { package: "yq-go", systems: linux },
          "curl",
          "wget",
          "ripgrep",
          { package: "fd", systems: mac },
          { package: "bat", systems: mac },
          "tree",
        ],
      },
    },
    yaml,
  );
  for (const said of [
    "brew git is left out: its conditions exclude each other",
    'only if ENV["A"]:',
    'only unless ENV["A"]:',
    'only if ENV["B"]:',
    'only unless ENV["B"]:',
    'only unless OS.mac? && ENV["A"]:',
  ])
    assert.ok(comments(yaml).includes(said), said + yaml);
});

files("aqua.yaml: packages with their versions", async () => {
  const text = [
    "registries: [{ type: standard, ref: v4 }]",
    "packages:",
    "  - name: jqlang/jq@jq-1.8.1 # json",
    "  # client",
    "  - name: kubernetes/kubectl",
    "    version: v1.30.0",
    "  - import: more/*.yaml",
    "  - x",
  ].join("\n");
  const { spec, yaml } = await imported({ "app/aqua/aqua.yaml": text });
  assert.equal(spec.name, "app");
  assert.equal(
    spec.groups,
    {
      app: {
        packages: [
          { package: "jq", version: "1.8.1" },
          { package: "kubectl", version: "1.30.0" },
        ],
      },
    },
    yaml,
  );
  for (const said of ["json", "client", "import more/*.yaml", "no map"]) assert.match(comments(yaml), said);
});

files("aqua.yaml: aliases stand for what they name", async () => {
  const text =
    "packages:\n  # json\n  - &jq { name: jqlang/jq@jq-1.8.1 }\n  - name: kubernetes/kubectl\n    version: &v v1.30.0\n  - name: golang/go\n    version: *v\n  # again\n  - *jq\n";
  const { spec, yaml } = await imported({ "app/aqua.yaml": text });
  const packages = [
    { package: "jq", version: "1.8.1" },
    { package: "kubectl", version: "1.30.0" },
    { package: "go", version: "1.30.0" },
  ];
  assert.equal(spec.groups, { app: { packages } }, yaml);
  for (const said of ["json", "again"]) assert.match(comments(yaml), said);
});

files("maps where a text belongs, also with a key `toString`, are no text", async () => {
  const aqua = await imported({ "app/aqua.yaml": "packages:\n- { name: a/jq@1.8.1, registry: { toString: 1 } }\n" });
  assert.match(comments(aqua.yaml), "a/jq is from another registry");
  const task = (entry: string) => imported({ "app/mise.toml": `[tasks.x]\nrun = "true"\n${entry}\n` });
  assert.match(comments((await task("shell = { toString = 1 }")).yaml), "its shell is another one");
  assert.match(comments((await task("dir = { toString = 1 }")).yaml), "its folder is elsewhere");
});

files("an unknown kind of file is an error that lists the known kinds", async () => {
  const [yaml, [first]] = await importConfigs([{ path: "a/flake.nix", text: "" }], async () => undefined);
  assert.is(yaml, undefined);
  assert.is(first?.code, "import-unknown-kind");
  assert.match(first?.message ?? "", "`flake.nix` can't be imported");
  assert.match(first?.hint ?? "", "devbox.json, .tool-versions, mise.toml, devenv.yaml, Brewfile, aqua.yaml, nix.conf");
});

/** Invalid files: the message, in our own words, and the text at its place. */
const BROKEN: readonly (readonly [path: string, text: string, message: string, at: string])[] = [
  [
    "mise.toml",
    '[tools]\nnode = "20\ngo = 1\n',
    "unexpected control character: write it as an escape, or close the quotes",
    "\n",
  ],
  ["mise.toml", '[tools]\nnode = "20', "unterminated string", '"20'],
  ["mise.toml", "[tools]\r\nnode = 20\r\nnode = 21\r\n", "this key or table is defined twice", "node = 21"],
  ["mise.toml", "\ufeff[tools]\nnode = latest\n", "invalid value: put text in quotes", "latest"],
  ["mise.toml", "[tools]\nnode = [1,", "`]` is missing", "[1,"],
  ["mise.toml", `[tools]\na = ${"[".repeat(5000)}`, "nested too deeply", "["],
  ["devenv.yaml", "inputs: [\n", "`]` is missing: the list that starts with `[` is not closed", ""],
  ["devenv.yaml", "- a\n", "expected a map", "- a"],
  ["devenv.yaml", "a: 1\n---\nb: 2\n", "the file contains more than one YAML document", "---"],
  ["devenv.yaml", "a: 'x", "the closing `'` is missing", ""],
  ["devenv.yaml", "a:\n\tb: 1", "a tab is used as indentation", "\tb: 1"],
  ["devenv.yaml", "inputs: *x", "no anchor `&x` is defined before this alias", "*x"],
  ["devenv.yaml", "[".repeat(100_000), "the YAML is nested too deeply", "["],
  [
    "devenv.yaml",
    ["a: &a [1,1,1,1,1,1,1,1]", "b: &b [*a,*a,*a,*a,*a,*a]", "c: &c [*b,*b,*b,*b,*b,*b]", "d: [*c,*c,*c,*c]"].join("\n"),
    "the aliases expand to too much data",
    "a: ",
  ],
  ["devbox.json", "[]", "expected an object: `{ … }`", "[]"],
  ["aqua.yaml", "- a\n", "expected a map", "- a"],
];
for (const [path, text, message, at] of BROKEN) {
  files(`invalid: ${path} ${JSON.stringify(text.slice(0, 40))}`, async () => {
    const [yaml, diagnostics] = await importConfigs([{ path, text }], async () => undefined);
    assert.is(yaml, undefined);
    assert.equal(
      diagnostics.map((one) => [one.code, one.message]),
      [["import-syntax", message]],
    );
    const { start, end } = diagnostics[0]!.range;
    assert.ok(start <= end && end <= text.length);
    assert.ok(text.startsWith(at, start), JSON.stringify(text.slice(start, start + 20)));
  });
}

files("property names of JavaScript objects are ordinary names", async () => {
  const { spec, yaml } = await imported({
    "mise.toml": '[tools]\n__proto__ = "1"\nconstructor = "1"\n[env]\n__proto__ = "1"\n',
    "devbox.json": '{"packages": ["__proto__@1.2", "constructor@1.2"], "__proto__": 1}',
    "nix.conf": "__proto__ = 1\nconstructor = 1\n",
  });
  assert.equal(Object.keys(spec), ["version", "name", "groups", "shells"]);
  assert.match(comments(yaml), "no supported Nix has the setting constructor");
});

files("any text of a file is imported to valid YAML, and nothing throws", async () => {
  const word = fc.constantFrom(
    "[tools]",
    "=",
    '"',
    "'",
    "\n",
    "#",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "packages",
    "env",
    "inputs",
    "url",
    "node",
    "latest",
    "\u2028",
    "\u0007",
    "&a",
    "*a",
    "- ",
    "  ",
    "$HOME",
    "//",
    "${",
    "`",
  );
  const text = fc
    .array(fc.oneof(word, fc.string({ maxLength: 5, unit: "binary" })), { maxLength: 40 })
    .map((parts) => parts.join(""));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("devbox.json", "mise.toml", ".tool-versions", "devenv.yaml", "devenv.nix", "Brewfile", "aqua.yaml"),
      text,
      async (path, given) => {
        await imported({ [path]: given });
      },
    ),
    { numRuns: 1500 },
  );
});

files("any string of a devbox.json stays data", async () => {
  const text = fc.string({ unit: "binary", maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(fc.array(text), fc.dictionary(text, text), text, async (packages, env, hook) => {
      const given = JSON.stringify({
        name: hook,
        packages,
        env,
        shell: { init_hook: hook, scripts: { [hook]: hook } },
        include: packages,
      });
      const { spec } = await imported({ "devbox.json": given });
      assert.equal(
        Object.keys(spec).filter(
          (key) => !["version", "name", "groups", "shells", "commands", "nixpkgs", "inputs"].includes(key),
        ),
        [],
      );
    }),
    { numRuns: 500 },
  );
});

files.run();
