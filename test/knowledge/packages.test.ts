import { readFileSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { factsText, openFacts, type PackageFacts } from "../../generator/knowledge/packages.ts";
import { momentOf } from "../../generator/knowledge/releases.ts";
import { cpuRatio } from "../support/growth.ts";

const test = suite("package facts");

const text = readFileSync(new URL("../../generator/knowledge/packages.tsv", import.meta.url), "latin1");
const facts = openFacts(text);
const attributes = text
  .split("\n")
  .slice(2, -1)
  .map((line) => line.split("\t")[0]!)
  .filter((name) => !name.endsWith("."));
const at = (release: string) => openFacts(text, momentOf(`github:NixOS/nixpkgs/${release}`));

const SYSTEMS = ["x86_64-linux", "aarch64-linux", "aarch64-darwin", "x86_64-darwin"];

test("the bundled facts: 24,000 packages and 3,000 old names up to 26.11, sorted, ASCII", () => {
  assert.is(facts.release, "26.11");
  assert.is(facts.exact, false);
  assert.equal(facts.systems, SYSTEMS);
  assert.ok(attributes.length > 27_000, String(attributes.length));
  assert.ok(facts.all().length > 24_000);
  assert.ok(attributes.every((one, index) => index === 0 || attributes[index - 1]! < one));
  assert.match(text, /^[\x20-\x7e\t\n]*$/);
});

test("a package's facts", () => {
  const { licenses, pname, ...jq } = facts.find("jq") ?? {};
  assert.equal(jq, {
    ...{ attribute: "jq", version: "1.8.1", mainProgram: "jq", systems: SYSTEMS },
    ...{ unfree: false, broken: false, insecure: false },
  });
  assert.is(pname, "jq");
  assert.ok(licenses?.includes("MIT"));
  assert.is(facts.find("terraform")?.unfree, true);
  assert.is(facts.find("redpanda-client")?.pname, "redpanda-rpk");
  assert.is(facts.find("gradle_7")?.insecure, true);
  for (const name of ["", "Kubectl", "kubect", "kubectll", "zzzzz", "\t", "\n", "a\nb", "flakewright-facts", "attribute"])
    assert.is(facts.find(name), undefined, name);
});

test("the facts are those of the release: systems, licences and versions differ", () => {
  for (const name of ["jdk21", "jre", "temurin-bin"])
    for (const release of ["nixos-24.05", "nixos-26.05"])
      assert.ok(at(release).find(name)?.systems.includes("aarch64-darwin"), name);
  assert.ok(at("nixos-24.05").find("nettools")?.systems.includes("aarch64-darwin"));
  assert.is(at("nixos-24.05").find("bespokesynth-with-vst2")?.unfree, true);
  assert.is(at("nixos-24.05").find("ventoy")?.unfree, false);
  assert.is(at("nixos-26.05").find("ventoy")?.unfree, true);
  assert.is(at("nixos-26.05").find("openssl_1_1")?.insecure, true);
});

test("a name of nixpkgs' policies is the same in the first searches and in later ones", () => {
  for (const release of ["nixos-24.05", "nixos-26.05"]) {
    const late = at(release);
    for (let search = 0; search < 40; search++) late.isPname("zqk");
    const names = late
      .all()
      .flatMap(({ pname = "", attribute }, index) => (index % 300 === 0 ? [pname, attribute, `${pname}-x`] : []));
    let early = at(release);
    for (const [index, name] of names.entries()) {
      if (index % 25 === 0) early = at(release);
      assert.is(late.isPname(name), early.isPname(name), name);
    }
    assert.ok(names.filter(late.isPname).length > 50);
  }
});

test("the unfree packages are those of the release that are there", () => {
  for (const release of ["nixos-24.05", "nixos-26.05"]) {
    const those = at(release);
    assert.equal(
      those.unfree(),
      those.all().flatMap(({ unfree, attribute }) => (unfree ? [attribute] : [])),
    );
    assert.is(those.unfree().includes("ventoy"), release === "nixos-26.05");
  }
});

test("the licences are those of all rows; none without the column", () => {
  assert.equal(facts.licenses(), new Set(facts.rows().flatMap(({ licenses = [] }) => licenses)));
  const plain = factsText({ release: "26.05", exact: true, systems: [] }, [
    { ...facts.rows()[0]!, licenses: undefined as never },
  ]);
  assert.is(openFacts(plain).licenses().size, 0);
});

test("a broken package is available nowhere, but where only Linux breaks it", () => {
  const names = facts.all().filter((one) => one.broken);
  assert.ok(names.length > 60);
  for (const { attribute, systems } of names)
    assert.ok(
      systems.every((system) => system.endsWith("darwin") && /^(cargo-dephell|vengi-tools)$/.test(attribute)),
      attribute,
    );
  assert.equal(at("nixos-24.05").find("_389-ds-base")?.systems, []);
  assert.ok(at("nixos-26.05").find("_389-ds-base")?.systems.includes("x86_64-linux"));
});

test("every attribute is known, also the first and the last", () => {
  const all = new Set(facts.all().map((one) => one.attribute));
  for (const attribute of attributes) {
    const { kind } = facts.verdict(attribute);
    assert.is(kind === "package", all.has(attribute), attribute);
    assert.is.not(kind, "unknown", attribute);
  }
});

test("opening and searching eight times as many packages takes little longer", () => {
  const names = attributes.slice(0, attributes.length >> 3);
  const sets = text.split("\n").filter((line) => /^[^\t]*\.\t/.test(line)).length;
  const few = text.split("\n", names.length + sets + 2).join("\n");
  const lookUps = (facts: string, among: readonly string[]) => () => {
    for (let n = 0; n < 5000; n++) openFacts(facts).find(among[(n * 7919) % among.length]!);
  };
  const ratio = cpuRatio(lookUps(few, names), lookUps(text, attributes));
  // Reading all lines would take eight times as long; a binary search needs three more steps than eleven.
  assert.ok(ratio < 4, `${ratio.toFixed(1)} times the CPU`);
});

test("nearest names: the intended one comes first, and none is far off", () => {
  const rows: [string, string[]][] = [
    ["kubeclt", ["kubectl"]],
    ["teraform", ["terraform"]],
    ["kuberntes-helm", ["kubernetes-helm"]],
    ["docker-compse", ["docker-compose"]],
    ["ubectl", ["kubectl"]],
    ["Kubectl", ["kubectl"]],
    ["docker_compose", ["docker-compose"]],
    ["postgres", ["postgresql"]],
    ["wireguard", ["wireguard-tools"]],
    // A version after the name, as in other package managers.
    ["terraform@1.5", ["terraform"]],
    ["kubectl-1.29", ["kubectl"]],
    ["python3.12", ["python312"]],
    // The name of a program, also misspelt.
    ["rg", ["ripgrep"]],
    ["gclod", ["google-cloud-sdk"]],
    ["", []],
    ["x", []],
    ["qq", []],
    ["foo", []],
    ["xyzzy", []],
    ["mytool", []],
    ["frobnicate", []],
    ["our-internal-tool", []],
    ["__proto__", ["proto"]],
  ];
  for (const [wrong, want] of rows) assert.equal(facts.nearest(wrong), want, wrong);
  assert.equal(facts.nearest("openssll", 1), ["openssl"]);
  assert.is(facts.nearest("python3.1").length, 3);
});

test("by program: the package that is most likely meant comes first", () => {
  assert.equal(facts.byProgram("aws"), ["awscli2", "awscli"]);
  assert.equal(facts.byProgram("az"), ["azure-cli"]);
  assert.is(facts.byProgram("git")[0], "git");
  assert.is(facts.byProgram("java")[0], "jdk");
  // The version and the program are different columns.
  assert.equal(facts.byProgram("1.7.1"), []);
  for (const none of ["", "kubectl-no", "\t", "f"]) assert.equal(facts.byProgram(none), [], none);
});

test("containing a word: what all packages that are there have in their names", () => {
  for (const state of [facts, at("nixos-24.05")]) {
    const all = state.all().map(({ attribute, mainProgram }) => ({ attribute, mainProgram }));
    for (const word of ["kube", "KUBECTL", "python3Packages.a", "c++", ".", "a.b", "zzzzqq", "rg", "Z", "go"]) {
      const low = word.toLowerCase();
      const isShort = low.length < 3;
      const want = all.filter(({ attribute, mainProgram }) => {
        const [name, program] = [attribute.toLowerCase(), mainProgram.toLowerCase()];
        return isShort ? name.startsWith(low) || program === low : name.includes(low) || program.includes(low);
      });
      assert.equal(state.containing(word), want, word);
    }
  }
  for (const none of ["", "\t", "a\nb"]) assert.equal(facts.containing(none), [], none);
});

const index: readonly PackageFacts[] = [
  row("zsh", { systems: ["aarch64-linux"], licenses: ["MIT"], pname: "zsh", description: "Schöne Shell\t\\o/ \u{1f40c}\nEnde" }),
  row("python3Packages.ansible", { mainProgram: "ansible", licenses: ["GPL-3.0-or-later", "MIT"], pname: "ansible" }),
  row("hello", { version: "", systems: [], unfree: true, broken: true, insecure: true, mainProgram: "." }),
  row("A", { mainProgram: "" }),
];

function row(attribute: string, more: Partial<PackageFacts>): PackageFacts {
  return {
    ...{ attribute, version: "1.0", mainProgram: attribute, systems: ["x86_64-linux", "aarch64-linux", "riscv64-linux"] },
    ...{ unfree: false, broken: false, insecure: false, licenses: [], pname: "", description: "" },
    ...more,
  };
}

test("an index of the spec's own nixpkgs has the same format with more columns", () => {
  const origin = { release: "26.05", exact: true, systems: ["x86_64-linux", "aarch64-linux", "riscv64-linux"] };
  const written = factsText(origin, index);
  assert.match(written, /^[\x20-\x7e\t\n]*$/);
  const own = openFacts(written);
  assert.is(own.exact, true);
  assert.is(own.release, "26.05");
  assert.equal(own.systems, origin.systems);
  for (const one of index.filter(({ attribute }) => attribute !== "hello")) assert.equal(own.find(one.attribute), one);
  assert.equal(own.byProgram("ansible"), ["python3Packages.ansible"]);
  assert.is(factsText(origin, [...index].reverse()), written);
});

test("inside a package set, only attributes of the facts are known", () => {
  const own = openFacts(factsText({ release: "26.05", exact: true, systems: ["x86_64-linux"] }, index));
  assert.is(own.covers("anything"), true);
  assert.is(own.covers("python3Packages.requests"), true);
  assert.is(own.covers("python3Packages.sub.requests"), false);
  assert.is(own.covers("perlPackages.requests"), false);
  assert.is(facts.covers("python3Packages.requests"), true);
  assert.is(facts.covers("haskellPackages.lens"), false);
});

test("another format is refused; a truncated text is read up to its end", () => {
  for (const wrong of [
    "",
    "\n",
    "x",
    "flakewright-facts\t2\t24.05\texact\nattribute\n",
    "flakewright-facts\t1\n\n",
    text.slice(0, 30),
  ])
    assert.throws(() => openFacts(wrong), /not package facts/);
  const empty = openFacts(factsText({ release: "26.05", exact: true, systems: [] }, []));
  assert.is(empty.find("a"), undefined);
  assert.equal(empty.nearest("kubectl"), []);
  const cut = openFacts(text.slice(0, text.indexOf("\nFabric\t") + 20));
  assert.is(cut.find("Fabric")?.version, "3.2.3");
  assert.is(cut.find("zsh"), undefined);
});

test.run();
