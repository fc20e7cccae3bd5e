import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { misreference } from "../../generator/knowledge/nixpkgs-references.ts";
import { openFacts } from "../../generator/knowledge/packages.ts";
import { DEFAULT_RELEASE, isFarRelease, momentOf, nixpkgsRef, RELEASES } from "../../generator/knowledge/releases.ts";
import { listedRevision } from "../../generator/knowledge/revisions.ts";

/* Which state of nixpkgs a reference names, and what that state has. */

const test = suite("releases");

const knowledge = new URL("../../generator/knowledge/", import.meta.url);
const revisions = readFileSync(new URL("revisions.tsv", knowledge), "latin1");
const text = readFileSync(new URL("packages.tsv", knowledge), "latin1");

test("the releases follow each other, and the newest is the default", () => {
  const days = RELEASES.flatMap(({ branched, end }) => [branched, end]);
  assert.ok(days.every((day) => /^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/.test(day)));
  for (const [index, { name, branched, end }] of RELEASES.entries()) {
    const before = RELEASES[index - 1];
    assert.ok(branched < end && (!before || (before.name < name && before.branched < branched && before.end > branched)), name);
  }
  assert.is(RELEASES.at(-1)?.name, DEFAULT_RELEASE);
});

test("the state that a reference names", () => {
  const name = (url: string, when?: string) => momentOf(url, when).name;
  const rows: [url: string, name: string | undefined, when?: string][] = [
    ["github:NixOS/nixpkgs/nixos-26.05", "nixpkgs 26.05"],
    ["github:nixos/nixpkgs/nixos-24.11-small", "nixpkgs 24.11"],
    ["github:NixOS/nixpkgs/nixpkgs-25.05-darwin", "nixpkgs 25.05"],
    ["github:NixOS/nixpkgs/release-25.11", "nixpkgs 25.11"],
    ["github:NixOS/nixpkgs/24.05", "nixpkgs 24.05"],
    ["github:NixOS/nixpkgs?ref=nixos-25.11", "nixpkgs 25.11"],
    ["git+https://github.com/NixOS/nixpkgs?ref=refs/heads/nixos-25.11", "nixpkgs 25.11"],
    ["https://channels.nixos.org/nixos-25.11/nixexprs.tar.xz", "nixpkgs 25.11"],
    ["https://github.com/NixOS/nixpkgs/archive/nixos-25.11.tar.gz", "nixpkgs 25.11"],
    ["https://releases.nixos.org/nixos/25.11/nixos-25.11.12484.b6018f87da91/nixexprs.tar.xz", "nixpkgs 25.11"],
    ["github:NixOS/nixpkgs/nixos-unstable", "nixpkgs unstable"],
    ["github:NixOS/nixpkgs/nixpkgs-unstable", "nixpkgs unstable of 2026-01-03", "2026-01-03"],
    ["github:NixOS/nixpkgs/master", "nixpkgs unstable"],
    ["github:NixOS/nixpkgs", "nixpkgs unstable"],
    ["github:NixOS/nixpkgs/nixos-26.05", "nixpkgs 26.05", "2026-08-01"],
    ["github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567", undefined],
    ["github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567", "nixpkgs of 2025-09-01", "2025-09-01"],
    ["github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567", "nixpkgs 25.11", "25.11"],
    ["github:acme/nixpkgs/main", undefined],
    ["path:/srv/nixpkgs", undefined],
    ["path:/srv/nixpkgs", undefined, "2026-01-03"],
  ];
  for (const [url, want, when] of rows) assert.is(name(url, when), want, url);
  assert.is(nixpkgsRef("github:acme/nixpkgs/nixos-26.05"), undefined);
});

test("commits of channels have their day, or their release", () => {
  assert.is(listedRevision(revisions, "2c423e03bbafcff28bfadc6781a4a8257f205cb5"), "2026-08-22");
  assert.is(listedRevision(revisions, "b6018f87da91d19d0ab4cf979885689b469cdd41"), "25.11");
  for (const none of ["", "2c423e03bbaf", "0123456789abcdef0123456789abcdef01234567", "\n"])
    assert.is(listedRevision(revisions, none), undefined, none);
});

test("a commit of a day may be of master or of a release's branch: only what both lack is certainly gone", () => {
  const at = (day: string) => openFacts(text, momentOf("github:NixOS/nixpkgs/0123456789abcdef0123456789abcdef01234567", day));
  // Thrown in master since 2025-10-27, and in 25.11; 25.05 still has it.
  const certain = (day: string) => {
    const found = at(day).verdict("argo");
    return found.kind === "removed" ? found.certain : found.kind;
  };
  assert.is(certain("2025-06-01"), "package");
  assert.is(certain("2025-11-01"), false);
  assert.is(certain("2026-02-01"), true);
});

test("what is no reference to nixpkgs, and what was meant", () => {
  const rows: [written: string, meant: string | undefined][] = [
    ["https://github.com/NixOS/nixpkgs", "github:NixOS/nixpkgs/nixos-26.05"],
    ["https://github.com/NixOS/nixpkgs.git", "github:NixOS/nixpkgs/nixos-26.05"],
    ["https://github.com/NixOS/nixpkgs/tree/nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["git://github.com/NixOS/nixpkgs", "github:NixOS/nixpkgs/nixos-26.05"],
    ["github.com/NixOS/nixpkgs", "github:NixOS/nixpkgs/nixos-26.05"],
    ["NixOS/nixpkgs/nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["nixos/nixpkgs/unstable", "github:NixOS/nixpkgs/nixos-unstable"],
    ["github:NixOS/nixpkgs@nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["github:NixOS/nixpkgs#nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["github:NixOS/nixpkgs:unstable", "github:NixOS/nixpkgs/nixos-unstable"],
    ["github:NixOS/nixpkgs/tree/nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["github:NixOS/nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["github:nixpkgs/nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["nixpkgs:nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["channel:nixos-25.11", "github:NixOS/nixpkgs/nixos-25.11"],
    ["unstable", "nixos-unstable"],
    ["nixpkgs_unstable", "nixos-unstable"],
    ["stable", "nixos-26.05"],
    ["main", "master"],
    ["nixpkgs-25.11", "nixos-25.11"],
    ["NixOS-25.11", "nixos-25.11"],
    ["nixos-2511", "nixos-25.11"],
    ["nixos-26.5", "nixos-26.05"],
    ["nixos-25.11-darwin", "nixpkgs-25.11-darwin"],
    ["v25.11", "25.11"],
    ["github:NixOS/nixpkgs/stable", "github:NixOS/nixpkgs/nixos-26.05"],
  ];
  for (const [written, meant] of rows) {
    assert.is(misreference(written)?.meant, meant, written);
    assert.is(misreference(meant ?? ""), undefined, meant);
  }
  for (const right of [
    ...[
      "nixos-26.05",
      "nixos-26.05-small",
      "nixpkgs-26.05-darwin",
      "release-26.05",
      "26.05",
      "nixos-unstable",
      "nixos-unstable-small",
    ],
    ...["nixpkgs-unstable", "master", "staging-next", "staging-26.05", "my-branch", "refs/pull/1/head", "facade"],
    ...["0123456789abcdef0123456789abcdef01234567", "github:NixOS/nixpkgs", "github:NixOS/nixpkgs/nixos-26.05", "flake:nixpkgs"],
    ...[
      "github:acme/nixpkgs/unstable",
      "git+https://github.com/NixOS/nixpkgs?ref=nixos-26.05",
      "path:/srv/nixpkgs",
      "nixos-27.05",
    ],
    ...[
      "git+https://github.com/NixOS/nixpkgs",
      "git+ssh://git@github.com/NixOS/nixpkgs",
      "https://channels.nixos.org/nixos-26.05/nixexprs.tar.xz",
    ],
    "https://github.com/NixOS/nixpkgs/archive/nixos-26.05.tar.gz",
  ])
    assert.is(misreference(right), undefined, right);
});

test("a release that is far away", () => {
  for (const [release, today, far] of [
    ["26.11", "2026-09-01", false],
    ["26.11", "2026-06-01", false],
    ["26.11", "2026-05-31", true],
    ["27.05", "2026-11-30", true],
    ["24.05", "2026-11-30", false],
  ] as const)
    assert.is(isFarRelease(release, today), far, `${release} on ${today}`);
});

test.run();
