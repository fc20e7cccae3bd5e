import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import {
  allBlocksOf,
  COMMAND_LANGUAGES,
  commandsOf,
  flakewrightProgram,
  type Programs,
  pageText,
  stepsOf,
  Terminal,
} from "../support/guide.ts";
import { BASE } from "../support/image.ts";
import { ACCOUNT_TOOLS } from "../support/machine.ts";
import { FIXTURE_TOOLS, type Nix, privateNix } from "../support/nix.ts";
import { checkoutCopy } from "../support/repository.ts";
import { repository } from "../support/spec.ts";
import { ghProgram, imagePrograms, machinePrograms, NIX_DARWIN, nixProgram, npmProgram } from "../support/stand-ins.ts";
import { tempFolder, tempTree } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";

/*
 * Every command of the documentation is run literally, in the order of its page, in a clean folder, and what the page shows is compared.
 * What needs another machine, root or a network meets a stand-in (test/support/stand-ins.ts).
 */

const test = suite("guides");

/** Commands that no test runs: page, command, reason. */
const NOT_RUN: readonly (readonly [page: string, command: string, reason: string])[] = [
  ["../README.md", "npm ci && npm test     # runs the tests", "this test is one of them"],
  [
    "../README.md",
    "nix run github:OWNER/flakewright -- check         # once",
    "OWNER stands for the owner of a published repository",
  ],
  [
    "../README.md",
    "nix profile install github:OWNER/flakewright      # to stay",
    "OWNER stands for the owner of a published repository",
  ],
  [
    "../README.md",
    "sudo nixos-rebuild switch --flake ./out#NAME   # a NixOS host",
    "NAME stands for a host; the page of NixOS builders runs it",
  ],
  [
    "guides/nixos-builders.md",
    'sudo nix store info \\\n  --store "ssh-ng://nixremote@builder.example.net?ssh-key=/etc/nix/builder_ed25519"',
    "two running machines; test/machine/distributed-build.test.ts builds over ssh",
  ],
  [
    "guides/nixos-builders.md",
    "ssh root@builder.example.net base64 -w0 /etc/ssh/ssh_host_ed25519_key.pub",
    "the host key of another machine",
  ],
  ["guides/images.md", "nix build ./out#packages.aarch64-linux.image-ci", "a build for another system"],
  ["guides/images.md", "./result | skopeo copy docker-archive:/dev/stdin docker://…", "the image of another system"],
];

/** Pages whose commands another test file runs. */
const RUN_BY: Readonly<Record<string, string>> = {
  "guides/from-mise.md": "from-mise.test.ts",
  "../CONTRIBUTING.md": "pages.test.ts",
};

/** What getting-started.md ends with, and the guides go on with. */
const PLATFORM = `# spec/platform.yaml
version: 1
name: platform
nixpkgs: nixos-26.05     # the collection of packages: a release of NixOS/nixpkgs
groups:
  k8s:
    packages: [kubectl, kubernetes-helm, k9s, jq]
`;

const DEBIAN = {
  ...BASE,
  "var/lib/dpkg/info/nix-bin.list": "/usr/bin/nix\n",
  "usr/bin/nix": "",
  "etc/nix/nix.conf": "# Debian's\n",
  "etc/group": `${BASE["etc/group"]}nixbld:x:994:\nnix-users:x:995:\n`,
  "etc/gshadow": `${BASE["etc/gshadow"]}nixbld:!::\nnix-users:!::\n`,
};
const AS_ROOT = ["root", ...ACCOUNT_TOOLS];

/** What a page's reader has before the first step, and does between two steps that are no command. */
interface Reader {
  readonly terminal: Terminal;
  readonly nix: Nix;
  readonly home: string;
}

interface Page {
  readonly page: string;
  /** The files of blocks that have no name in their first line: language → path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly tools?: readonly string[];
  /** The spec that is there, generated and committed, with a nixpkgs that needs no network: by default PLATFORM for a page that adds to it. */
  readonly spec?: (nixpkgs: string) => string;
  readonly programs?: (nix: Nix) => Programs;
  /** A Nix of its own, because the page changes its profile or its store. */
  readonly ownNix?: boolean;
  /** A command that runs its arguments, with the folder that a page knows as /media. */
  readonly within?: (media: string) => readonly string[];
  /** By the number of a step, from 0: what happens before it. */
  readonly before?: Readonly<Record<number, (reader: Reader) => void>>;
}

const INDEX = fileURLToPath(new URL("../fixtures/version-index", import.meta.url));

const PAGES: readonly Page[] = [
  { page: "guides/a-fleet.md" },
  { page: "guides/a-shell-to-live-in.md" },
  { page: "guides/a-teams-shells.md" },
  { page: "guides/behind-a-proxy.md" },
  { page: "guides/bots.md" },
  { page: "guides/ci.md" },
  { page: "guides/debian-workers.md", tools: AS_ROOT, ownNix: true },
  { page: "guides/determinate-and-lix.md" },
  { page: "guides/evidence.md", tools: ["jq"] },
  { page: "guides/from-devbox.md", files: { json: "devbox.json" } },
  { page: "guides/from-nix-conf.md", files: { ini: "nix.conf" } },
  { page: "guides/images.md", programs: () => imagePrograms },
  { page: "guides/macs.md" },
  { page: "guides/nixos-builders.md" },
  { page: "guides/sharing-a-base.md" },
  {
    page: "guides/versions-by-number.md",
    programs: () => ({ flakewright: flakewrightProgram(`[ "$1" != pin ] || set -- "$@" --index path:${INDEX}`) }),
  },
  {
    page: "guides/without-a-network.md",
    tools: ["root", "unshare", "mount"],
    ownNix: true,
    spec: (nixpkgs) => PLATFORM.replace(/^nixpkgs: .*/m, `nixpkgs: { url: "path:${nixpkgs}" }`),
    within: (media) => ["unshare", "--mount", "bash", "-c", `mount --bind '${media}' /media && exec "$@"`, "media"],
    before: {
      // The other machine: an empty store at the same place.
      2: ({ terminal, nix }) => {
        for (const folder of [nix.env.NIX_STORE_DIR ?? "", nix.env.NIX_STATE_DIR ?? "", join(nix.root, "home")]) {
          rmSync(folder, { recursive: true, force: true });
          mkdirSync(folder);
        }
        const other = tempFolder();
        cpSync(join(terminal.cwd, "export.pub"), join(other, "export.pub"));
        terminal.move(other);
      },
    },
  },
];

let shared: Nix;
test.before(() => {
  shared = privateNix();
});

const isRun =
  (page: string) =>
  (line: string): boolean =>
    !NOT_RUN.some(([where, command]) => where === page && command === line);

for (const { page, files = {}, tools = [], spec, programs, ownNix, within, before = {} } of PAGES)
  needs(test, [...FIXTURE_TOOLS, "git", ...tools])(
    `${page}: every command runs, in order, and prints what the page shows`,
    async () => {
      const nix = ownNix ? privateNix() : shared;
      const [folder, home, media] = [tempFolder(), tempFolder(), tempFolder()];
      const homes = tempTree({ "worker-1/.profile": "", "builder.example.net/.profile": "" });
      mkdirSync(join(media, "stick"));
      const nixpkgs = await nix.fixture();
      const all = {
        flakewright: flakewrightProgram(),
        nix: nixProgram(tool("nix") ?? "", spec ? {} : { nixpkgs, "nix-darwin": tempTree(NIX_DARWIN) }),
        ...machinePrograms(tempTree(DEBIAN), homes),
        ...programs?.(nix),
      };
      const env = {
        ...nix.env,
        HOME: home,
        USER: "you",
        GIT_CONFIG_GLOBAL: "/dev/null",
        GIT_CONFIG_SYSTEM: "/dev/null",
        EDITOR: "",
      };
      const terminal = new Terminal(folder, all, env, process.env, within?.(media));
      const type = (line: string) => terminal.type({ line, shown: [] });
      type("git init -q");
      if (spec || pageText(page).includes("\n# add to spec/")) {
        mkdirSync(join(folder, "spec"));
        writeFileSync(join(folder, "spec/platform.yaml"), spec?.(nixpkgs) ?? PLATFORM);
        type("flakewright generate");
        type("git add -A && git -c user.name=you -c user.email=you@example.net commit -qm 'Tools of the platform'");
      }
      let commands = 0;
      for (const [index, step] of stepsOf(page, files).entries()) {
        before[index]?.({ terminal, nix, home });
        commands += terminal.follow(step, isRun(page));
      }
      assert.ok(commands > 0);
    },
  );

/**
 * As in a new container: an empty home folder, nothing in the environment, flakewright from its package, and no other programs than Node's,
 * Git's and the system's.
 */
async function container(): Promise<{ readonly terminal: Terminal; readonly checkout: string; readonly work: string }> {
  const root = tempFolder();
  const [home = "", prefix = "", work = ""] = ["home", "prefix", "home/work"].map((name) => join(root, name));
  mkdirSync(work, { recursive: true });
  const checkout = checkoutCopy();
  // No network: nixpkgs is the tests' own, in a store of the test's.
  const store = Object.entries(shared.env).flatMap(([name, value]) => (value === undefined ? [] : [`export ${name}='${value}'`]));
  const programs = {
    nix: `${store.join("\n")}\nexport HOME='${home}'\n${nixProgram(tool("nix") ?? "", { nixpkgs: await shared.fixture() })}`,
    npm: npmProgram(tool("npm") ?? "", join(repository, "node_modules"), prefix),
    gh: ghProgram,
    ...machinePrograms(tempTree(DEBIAN), root),
  };
  const base = {
    PATH: [join(prefix, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
    HOME: home,
    LANG: "C.UTF-8",
    npm_config_cache: join(root, "cache"),
    npm_config_update_notifier: "false",
  };
  return { terminal: new Terminal(checkout, programs, {}, base), checkout, work };
}

needs(test, [...FIXTURE_TOOLS, "git", "npm"])("getting-started.md, from a checkout, in an empty environment", async () => {
  const page = "getting-started.md";
  const { terminal, work } = await container();
  const [install, ...steps] = stepsOf(page);
  assert.is(terminal.follow(install!), 2);
  terminal.move(work);
  let commands = 0;
  for (const step of steps) commands += terminal.follow(step, isRun(page));
  assert.ok(commands > 8, `${commands} commands`);
  assert.is(readFileSync(join(work, "platform/spec/platform.yaml"), "utf8"), PLATFORM, "the guides go on with this spec");
});

needs(test, [...FIXTURE_TOOLS, "git", "npm", ...AS_ROOT])("README.md, from a checkout, in an empty environment", async () => {
  const page = "../README.md";
  const { terminal, checkout, work } = await container();
  for (const step of stepsOf(page)) {
    if (!("commands" in step)) continue;
    // The checksums of a release are of the same package.
    if (step.commands.some(({ line }) => line.startsWith("sha256sum")))
      terminal.type({ line: "sha256sum *.tgz >SHA256SUMS", shown: [] });
    if (terminal.cwd === checkout && step.commands.some(({ line }) => line.startsWith("flakewright"))) terminal.move(work);
    terminal.follow(step, isRun(page));
  }
});

/** All pages of the repository, as paths from docs/. */
const everyPage = [
  ...readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll("\\", "/")),
  ...readdirSync(repository).map((name) => posix.join("..", name)),
].filter((name) => name.endsWith(".md"));

test("every block of commands is run, or listed with a reason", () => {
  const run = new Set([...PAGES.map(({ page }) => page), ...Object.keys(RUN_BY), "getting-started.md", "../README.md"]);
  for (const page of everyPage) {
    for (const block of allBlocksOf(page)) {
      const isTyped = COMMAND_LANGUAGES.includes(block.language);
      assert.ok(isTyped || !/^\$ /m.test(block.code), `${page}: a block with commands is \`console\`:\n${block.code}`);
      if (!isTyped || run.has(page)) continue;
      for (const { line } of commandsOf(block)) assert.not.ok(isRun(page)(line), `${page}: no test runs ${line}`);
    }
  }
});

test("what is listed as not run is on its page", () => {
  for (const [page, command, reason] of NOT_RUN) {
    const lines = allBlocksOf(page).flatMap((block) => commandsOf(block).map(({ line }) => line));
    assert.ok(lines.includes(command), `${page}: ${command}`);
    assert.ok(reason.length > 10);
  }
  for (const [page, file] of Object.entries(RUN_BY))
    assert.match(readFileSync(join(repository, "test/docs", file), "utf8"), posix.basename(page));
});

test.run();
