import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { test as plain, suite } from "uvu";
import * as assert from "uvu/assert";
import { importConfigs } from "../../generator/importers/index.ts";
import { allSettings, findSetting, type Setting, settingValueProblem } from "../../generator/knowledge/settings.ts";
import { confLine } from "../../generator/output/printers/conf.ts";
import { compileText } from "../support/spec.ts";
import { tempFolder } from "../support/temp.ts";
import { needs, tool } from "../support/tools.ts";
import { comments, fixtures, imported } from "./support.ts";

const OFFICIAL = "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
const KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

interface Row {
  /** The text of a nix.conf. */
  readonly given: string;
  /** The expected sections of the spec, without `groups`, `version` and `name`. */
  readonly want: Record<string, unknown>;
  /** Texts that the comments must contain. */
  readonly says?: readonly string[];
}

const ROWS: readonly (readonly [string, Row])[] = [
  [
    "words become a list, several spaces count as one",
    {
      given: "experimental-features =   nix-command \t flakes",
      want: { settings: { "experimental-features": ["nix-command", "flakes"] } },
    },
  ],
  [
    "a boolean in any of Nix's spellings",
    { given: "keep-outputs = yes\nfallback = 0", want: { settings: { "keep-outputs": true, fallback: false } } },
  ],
  ["a number", { given: "min-free = 2147483648", want: { settings: { "min-free": 2147483648 } } }],
  [
    "a number with a unit, which old Nix does not read",
    { given: "min-free = 2G", want: { settings: { "min-free": 2147483648 } } },
  ],
  [
    "builders: a row that the spec has no words for is a remark, the others are builders",
    {
      given: "builders = ssh-ng://nix@[2001:db8::7]:2222 x86_64-linux /k 8 ; ssh://a?remote-store=x ; ssh://b - - 2",
      want: {
        builders: [
          {
            host: "2001:db8::7",
            protocol: "ssh-ng",
            user: "nix",
            port: 2222,
            systems: ["x86_64-linux"],
            maxJobs: 8,
            sshKey: "/k",
          },
          { host: "b", protocol: "ssh", maxJobs: 2 },
        ],
      },
      says: ["a machine is left out", "ssh://a?remote-store=x"],
    },
  ],
  [
    "a cache twice",
    {
      given: "substituters = https://cache.nixos.org https://cache.nixos.org/\ntrusted-public-keys =",
      want: { substituters: [{ url: "https://cache.nixos.org" }] },
      says: ["https://cache.nixos.org/ is left out: it is the same cache"],
    },
  ],
  [
    "a comment between blank lines stays where it is, above no other section",
    {
      given: "max-jobs = 4\n\n# turn it off\n# sandbox = false\n\ntrusted-users = root\n# fast\ncores = 2\n",
      want: { settings: { "max-jobs": 4, cores: 2 }, trustedUsers: ["root"] },
      says: ["turn it off sandbox = false fast"],
    },
  ],
  [
    "an installer's header is nobody's comment",
    {
      given: "# Written by an installer; edits here are lost.\n# Your own settings belong in nix.custom.conf.\n\nmax-jobs = auto",
      want: { settings: { "max-jobs": "auto" } },
    },
  ],
  [
    "one invalid word in a list",
    {
      given: "experimental-features = flakes flaks",
      want: { settings: { "experimental-features": ["flakes"] } },
      says: ["an entry of experimental-features is left out"],
    },
  ],
  ["auto stays a word", { given: "max-jobs = auto", want: { settings: { "max-jobs": "auto" } } }],
  ["a third value of a boolean", { given: "sandbox = relaxed", want: { settings: { sandbox: "relaxed" } } }],
  [
    "a comment above and one at the end of the line",
    { given: "# why\nmax-jobs = 4 # because", want: { settings: { "max-jobs": 4 } }, says: ["why because"] },
  ],
  [
    "a # ends the line, also inside an address",
    {
      given: "flake-registry = https://example.org/a#b",
      want: { settings: { "flake-registry": "https://example.org/a" } },
      says: ["b"],
    },
  ],
  [
    "old names become current names",
    { given: "build-max-jobs = 3", want: { settings: { "max-jobs": 3 } }, says: ["build-max-jobs is an old name of max-jobs"] },
  ],
  [
    "the later line wins",
    {
      given: "max-jobs = 2\nmax-jobs = 3",
      want: { settings: { "max-jobs": 3 } },
      says: ["the later line wins; before, it was 2"],
    },
  ],
  [
    "extra- adds to the plain line before it",
    {
      given: "system-features = kvm\nextra-system-features = big-parallel kvm",
      want: { settings: { "system-features": ["kvm", "big-parallel"] } },
    },
  ],
  [
    "extra- alone stays extra-",
    {
      given: "extra-experimental-features = flakes\nextra-experimental-features = nix-command",
      want: { settings: { "extra-experimental-features": ["flakes", "nix-command"] } },
    },
  ],
  [
    "a plain line replaces the extra- line before it",
    {
      given: "extra-system-features = kvm\nsystem-features = uid-range",
      want: { settings: { "system-features": ["uid-range"] } },
      says: ["Nix drops it: kvm"],
    },
  ],
  [
    "extra-platforms is a separate setting",
    { given: "extra-platforms = i686-linux", want: { settings: { "extra-platforms": ["i686-linux"] } } },
  ],
  ["a map", { given: "impure-env = A=b C=d=e", want: { settings: { "impure-env": { A: "b", C: "d=e" } } } }],
  [
    "paths without = stay a list",
    {
      given: "sandbox-paths = /bin/sh=/usr/bin/bash /etc/protocols",
      want: { settings: { "sandbox-paths": ["/bin/sh=/usr/bin/bash", "/etc/protocols"] } },
    },
  ],
  ["an empty list", { given: "trusted-substituters =", want: { settings: { "trusted-substituters": [] } } }],
  [
    "caches find their keys",
    {
      given: `substituters = https://a.example.org https://cache.nixos.org/\ntrusted-public-keys = ${OFFICIAL} a.example.org-1:${KEY}`,
      want: {
        substituters: [
          { url: "https://a.example.org", publicKey: `a.example.org-1:${KEY}` },
          { url: "https://cache.nixos.org/", publicKey: OFFICIAL },
        ],
      },
    },
  ],
  [
    "an extra cache comes after Nix's default",
    {
      given: `extra-substituters = https://a.example.org\nextra-trusted-public-keys = a.example.org-1:${KEY}`,
      want: {
        substituters: [
          { url: "https://cache.nixos.org/", publicKey: OFFICIAL },
          { url: "https://a.example.org", publicKey: `a.example.org-1:${KEY}` },
        ],
      },
    },
  ],
  [
    "a key without a cache is kept",
    {
      given: `extra-trusted-public-keys = builder-1:${KEY}`,
      want: {
        settings: { "extra-trusted-public-keys": [`builder-1:${KEY}`] },
        substituters: [{ url: "https://cache.nixos.org/", publicKey: OFFICIAL }],
      },
    },
  ],
  [
    "a key named after a part of the address",
    {
      given: `substituters = https://attic.example.org/team\ntrusted-public-keys = team:${KEY} x:${KEY}`,
      want: {
        settings: { "extra-trusted-public-keys": [`x:${KEY}`] },
        substituters: [{ url: "https://attic.example.org/team", publicKey: `team:${KEY}` }],
      },
      says: ["the key's name is part of the address"],
    },
  ],
  [
    "the last cache and the last key",
    {
      given: `substituters = s3://our-cache?region=eu-central-1\ntrusted-public-keys = acme:${KEY}`,
      want: { substituters: [{ url: "s3://our-cache?region=eu-central-1", publicKey: `acme:${KEY}` }] },
      says: ["both were the only ones left"],
    },
  ],
  [
    "a cache without a key stays one, as in the source",
    {
      given: `substituters = https://a.example.org https://b.example.org\ntrusted-public-keys = ${OFFICIAL}`,
      want: {
        settings: { "extra-trusted-public-keys": [OFFICIAL] },
        substituters: [{ url: "https://a.example.org" }, { url: "https://b.example.org" }],
      },
    },
  ],
  [
    "users",
    { given: "trusted-users = root @wheel\nallowed-users = *", want: { trustedUsers: ["root", "@wheel"], allowedUsers: ["*"] } },
  ],
  [
    "an entry that is no account is left out with a remark",
    {
      given: "trusted-users = root $USER @wheel %admin",
      want: { trustedUsers: ["root", "@wheel"] },
      says: ["an entry of trusted-users is left out: $USER is no name", "%admin is no name"],
    },
  ],
  ["extra trusted users join root", { given: "extra-trusted-users = alice", want: { trustedUsers: ["root", "alice"] } }],
  [
    "remote builders",
    {
      given: "builders = ssh-ng://nix@arm aarch64-linux - 4 2 kvm,big-parallel",
      want: {
        builders: [
          {
            host: "arm",
            protocol: "ssh-ng",
            user: "nix",
            systems: ["aarch64-linux"],
            maxJobs: 4,
            speedFactor: 2,
            features: ["kvm", "big-parallel"],
          },
        ],
      },
    },
  ],
  [
    "builders that `builders:` can't express stay a setting",
    { given: "builders = ssh://arm?remote-store=x", want: { settings: { builders: "ssh://arm?remote-store=x" } } },
  ],
  [
    "build-users is not a setting",
    { given: "build-users = nixbld1 nixbld2", want: {}, says: ["no supported Nix has the setting build-users"] },
  ],
  ["an unknown setting", { given: "max-jobz = 3", want: {}, says: ["no supported Nix has the setting max-jobz"] }],
  [
    "another Nix's setting says whose Nix the machines run",
    {
      given: "lazy-trees = true\neval-cores = 0",
      want: { nix: "determinate", settings: { "lazy-trees": true, "eval-cores": 0 } },
      says: ["nix.conf has settings or features of Determinate's Nix"],
    },
  ],
  [
    "another Nix's feature says it too, and what that Nix lacks is left out",
    {
      given: "experimental-features = nix-command pipe-operator\ndownload-buffer-size = 1",
      want: { nix: "lix", settings: { "experimental-features": ["nix-command", "pipe-operator"] } },
      says: ["download-buffer-size is left out: Lix does not have the setting"],
    },
  ],
  [
    "settings of two other Nixes say nothing",
    {
      given: "lazy-trees = true\nrepl-overlays = /x.nix",
      want: {},
      says: ["lazy-trees is a setting of Determinate's Nix", "repl-overlays is a setting of Lix"],
    },
  ],
  ["a value that Nix refuses", { given: "cores = many", want: {}, says: ["cores is left out"] }],
  [
    "extra- of a setting that is not a list",
    { given: "extra-max-jobs = 3", want: {}, says: ["no supported Nix has the setting extra-max-jobs"] },
  ],
  [
    "a setting that takes secrets",
    { given: "access-tokens = github.com=s3cr3t", want: {}, says: ["access-tokens: its value is a secret"] },
  ],
  [
    "a password in a cache's address",
    {
      given: `substituters = https://me:s3cr3t@a.example.org\ntrusted-public-keys = a.example.org:${KEY}`,
      want: { substituters: [{ url: "https://a.example.org", publicKey: `a.example.org:${KEY}` }] },
      says: ["the address held a password"],
    },
  ],
];

const rows = suite("nix.conf: one line at a time");
for (const [name, { given, want, says = [] }] of ROWS) {
  rows(name, async () => {
    const { yaml, spec, diagnostics } = await imported({ "nix.conf": given });
    const { version, name: _, groups, ...rest } = spec;
    assert.is(version, 1);
    assert.equal(groups, {});
    assert.equal(rest, want, yaml);
    for (const text of says) assert.ok(comments(yaml).includes(text), `no comment says "${text}":\n${yaml}`);
    assert.not.match(yaml, "s3cr3t");
    assert.equal(diagnostics, []);
  });
}
rows.run();

const files = suite("nix.conf: files");

files("the first line names the schema", async () => {
  const { yaml } = await imported({ "nix.conf": "" });
  assert.match(yaml, /^# yaml-language-server: \$schema=\.\/flakewright\.schema\.json\n/);
});

files("includes are followed, relative to the file that has them", async () => {
  const { spec, diagnostics } = await imported(
    { "/etc/nix/nix.conf": "include conf.d/a.conf\n!include none.conf\nmax-jobs = 1" },
    { "/etc/nix/conf.d/a.conf": "cores = 2\ninclude ../b.conf\nmax-jobs = 9", "/etc/nix/b.conf": "fallback = true" },
  );
  assert.equal(spec.settings, { cores: 2, fallback: true, "max-jobs": 1 });
  assert.equal(diagnostics, []);
});

files("a line that Nix refuses is reported at its place", async () => {
  const text = "cores = 2\ninclude gone.conf\nmax-jobs=3\ninclude a b\n";
  const { spec, diagnostics } = await imported({ "nix.conf": text });
  assert.equal(spec.settings, { cores: 2 });
  assert.equal(
    diagnostics.map(({ code, severity, range }) => [code, severity, text.slice(range.start, range.end)]),
    [
      ["import-incomplete", "warning", "include gone.conf"],
      ["import-incomplete", "warning", "max-jobs=3"],
      ["import-incomplete", "warning", "include a b"],
    ],
  );
});

files("a cycle of includes ends", async () => {
  const { spec, diagnostics } = await imported(
    { "/a.conf": "include b.conf" },
    { "/a.conf": "include b.conf", "/b.conf": "include a.conf\ncores = 1" },
  );
  assert.equal(spec.settings, { cores: 1 });
  assert.equal(
    diagnostics.map(({ message }) => message),
    ["/a.conf includes itself"],
  );
});

files("a user's nix.conf becomes that user's settings", async () => {
  const { spec } = await imported({
    "/etc/nix/nix.conf": "max-jobs = auto\ntrusted-users = root",
    "/home/alice/.config/nix/nix.conf": "experimental-features = nix-command\nsubstituters = https://cache.nixos.org",
  });
  assert.equal(spec.users, {
    alice: { settings: { "experimental-features": ["nix-command"], substituters: ["https://cache.nixos.org"] } },
  });
  assert.equal(spec.settings, { "max-jobs": "auto" });
  assert.equal(spec.trustedUsers, ["root"]);
});

files("two files of one user are read as one, in the place of the first", async () => {
  const { spec, yaml } = await imported({
    "/home/alice/.config/nix/nix.conf": "cores = 1\nmax-jobs = 1",
    "/etc/nix/nix.conf": "fallback = true",
    "/home/alice/.config/nix/more.conf": "max-jobs = 2",
  });
  assert.equal(spec.users, { alice: { settings: { cores: 1, "max-jobs": 2 } } });
  assert.equal(spec.settings, { fallback: true });
  assert.match(yaml, /Imported from \/home\/alice\/\S+ and \/home\/alice\/\S+\n# Imported from \/etc\/nix\/nix.conf\./);
});

files("a password in a user's own list removes the whole line", async () => {
  const { spec, yaml } = await imported({
    "/home/alice/.config/nix/nix.conf": "extra-substituters = https://a:s3cr3t@b.example.org",
  });
  assert.equal(spec.users, { alice: { settings: {} } });
  assert.not.match(yaml, "s3cr3t");
});

files("several files are read as one, in order", async () => {
  const { spec } = await imported({ "a.conf": "max-jobs = 1\ncores = 1", "b.conf": "max-jobs = 2" });
  assert.equal(spec.settings, { "max-jobs": 2, cores: 1 });
});

files("machines are read from the file that `builders` names", async () => {
  const machines = "# ours\nssh://a@one x86_64-linux,aarch64-linux /root/key 2\n\nssh://b@two - - 1 1 - - aG9zdA==\n";
  const { spec } = await imported({ "/etc/nix/nix.conf": "builders = @/etc/nix/machines" }, { "/etc/nix/machines": machines });
  assert.equal(spec.builders, [
    { host: "one", protocol: "ssh", user: "a", systems: ["x86_64-linux", "aarch64-linux"], maxJobs: 2, sshKey: "/root/key" },
    { host: "two", protocol: "ssh", user: "b", maxJobs: 1, speedFactor: 1, publicHostKey: "aG9zdA==" },
  ]);
});

files("no fixture's secret is in the result", async () => {
  const secret = /ghp_|glpat-|hunter2|0123456789abcdef/;
  const holders = readdirSync(fixtures).filter((file) => secret.test(readFileSync(join(fixtures, file), "utf8")));
  assert.ok(holders.length >= 2, holders.join());
  for (const file of holders) {
    const [yaml] = await fixture(file);
    assert.ok(yaml, file);
    assert.not.match(yaml, secret, file);
  }
});

files.run();

/** A value of a setting that every Nix that has the setting accepts. */
function sample(setting: Setting): string {
  const candidates = [
    setting.values?.[0],
    setting.also?.[0],
    { boolean: "true", integer: "7", list: "x", map: "a=b", string: "/some/path" }[setting.type],
  ];
  candidates.push("x", "/x", "auto", "https://cache.nixos.org/", `k:${KEY}`, "nix-command", "[]", "");
  const right = candidates.find((text) => {
    if (text === undefined) return false;
    const value =
      setting.type === "boolean"
        ? text === "true"
          ? true
          : text
        : setting.type === "integer" && /^\d+$/.test(text)
          ? Number(text)
          : setting.type === "list" && setting.form !== "json"
            ? [text]
            : setting.type === "map"
              ? { a: "b" }
              : text;
    return settingValueProblem(setting, value) === undefined;
  });
  if (right === undefined) throw new Error(`no sample for ${setting.name}`);
  return right;
}

const every = suite("nix.conf: every setting");
every("is imported, under its name or in its section", async () => {
  const elsewhere: Record<string, string> = {
    substituters: "substituters",
    "trusted-public-keys": "substituters",
    "trusted-users": "trustedUsers",
    "allowed-users": "allowedUsers",
  };
  const secret = new Set(["access-tokens"]);
  for (const setting of allSettings()) {
    const { spec, yaml } = await imported({ "nix.conf": `${setting.name} = ${sample(setting)}` });
    const section = elsewhere[setting.name];
    if (secret.has(setting.name)) assert.is(spec.settings, undefined);
    else if (section) assert.ok(spec[section], yaml);
    else assert.equal(Object.keys((spec.settings as object | undefined) ?? {}), [findSetting(setting.name)?.setting.name], yaml);
  }
});
every.run();

/** A fixture's spec and its expected diagnostics. */
async function fixture(file: string): Promise<[string, Awaited<ReturnType<typeof importConfigs>>[1]]> {
  const path = join(fixtures, file);
  const [yaml, diagnostics] = await importConfigs([{ path, text: readFileSync(path, "utf8") }], async (wanted) => {
    try {
      return readFileSync(wanted, "utf8");
    } catch {
      return undefined;
    }
  });
  return [yaml ?? "", diagnostics];
}

/** Codes that a fixture's spec gets because of its nix.conf. */
const SOURCES_OWN: Record<string, readonly string[]> = {
  "broken.conf": ["trusted-users-wildcard"],
  "crlf-tabs.conf": ["substituter-without-key"],
};

const compiled = suite("nix.conf: fixtures");
for (const file of readdirSync(fixtures).sort()) {
  compiled(`${file} becomes a spec that compiles, or whose errors are the file's own`, async () => {
    const [yaml] = await fixture(file);
    const { diagnostics } = compileText(yaml);
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    const own = SOURCES_OWN[file] ?? [];
    assert.equal(
      errors.filter(({ code }) => !own.includes(code)).map(({ code, message }) => `${code}: ${message}`),
      [],
    );
  });
}
compiled("there are at least twenty of them", () => assert.ok(readdirSync(fixtures).length >= 20));
compiled.run();

/** A nix.conf as Nix reads it: every setting with its value. */
function effective(folder: string): Record<string, unknown> {
  const env = {
    ...process.env,
    NIX_CONF_DIR: folder,
    NIX_USER_CONF_FILES: "/dev/null",
    NIX_CONFIG: "extra-experimental-features = nix-command",
  };
  const printed = execFileSync(tool("nix") ?? "nix", ["show-config", "--json"], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return Object.fromEntries(
    Object.entries(JSON.parse(printed.replaceAll(folder, "/conf")) as Record<string, { value: unknown }>).map(
      ([name, { value }]) => [name, value],
    ),
  );
}

/** Intended differences. */
const LEFT_OUT: Record<string, readonly string[]> = {
  "tokens.conf": ["access-tokens"],
  "corporate.conf": ["substituters"],
  "remote-builders.conf": ["builders"],
  // Nix calls this feature of Lix by another name.
  "lix.conf": ["experimental-features"],
};

const real = suite("nix.conf: the real Nix");
for (const file of readdirSync(fixtures).sort()) {
  // Nix refuses this file as a whole.
  if (file === "broken.conf") continue;
  needs(real, ["nix"])(`${file}: Nix has the same settings before and after the import`, async () => {
    const [yaml] = await fixture(file);
    const { model } = compileText(yaml);
    assert.ok(model);
    const before = tempFolder();
    const after = tempFolder();
    writeFileSync(
      join(before, "nix.conf"),
      readFileSync(join(fixtures, file))
        .toString()
        .replace(/^\ufeff/, ""),
    );
    writeFileSync(join(before, "nix.custom.conf"), readFileSync(join(fixtures, "nix.custom.conf")));
    writeFileSync(join(after, "nix.conf"), model.settings.map(({ name, value }) => `${confLine(name, value)}\n`).join(""));
    const [was, is] = [effective(before), effective(after)];
    for (const [name, value] of Object.entries(was)) {
      if (LEFT_OUT[file]?.includes(name)) continue;
      // The order of words matters only for caches; repetitions never matter.
      const comparable = (one: unknown) => {
        if (!Array.isArray(one)) return one;
        const unique = [...new Set(one)];
        return name === "trusted-public-keys" ? unique.sort() : unique;
      };
      assert.equal(comparable(is[name]), comparable(value), `${name} of ${file}\n${yaml}`);
    }
  });
}
real.run();

plain("any text is converted to valid YAML, and nothing throws", async () => {
  const word = fc.constantFrom(
    "max-jobs",
    "=",
    "substituters",
    "trusted-public-keys",
    "extra-",
    "#",
    "include",
    "\n",
    "\r",
    "\u2028",
    "\u0007",
    "`",
    ": ",
    "- ",
    "'",
    '"',
    "https://a:b@c",
    `k:${KEY}`,
    "trusted-users",
    "nix.conf",
  );
  const text = fc
    .array(fc.oneof(word, fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 40 })
    .map((parts) => parts.join(" "));
  await fc.assert(
    fc.asyncProperty(text, async (given) => {
      const { spec } = await imported({ "nix.conf": given });
      assert.is(spec.version, 1);
    }),
    { numRuns: 300 },
  );
});
plain.run();
