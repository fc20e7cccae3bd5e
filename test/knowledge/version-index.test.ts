import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compareVersions, nearestVersions, newestOf } from "../../generator/knowledge/package-versions.ts";
import { type Found, fewestRevisions, VersionIndex } from "../../generator/knowledge/version-index.ts";

const test = suite("versions and the index of nixpkgs' history");

test("versions are in the order of builtins.compareVersions", () => {
  // Each as `nix eval --expr 'builtins.compareVersions a b'` has it.
  for (const [older, newer] of [
    ["1.0", "2.3"],
    ["2.1", "2.3"],
    ["2.3pre1", "2.3"],
    ["2.3pre3", "2.3pre12"],
    ["2.3a", "2.3c"],
    ["2.3pre1", "2.3c"],
    ["2.3pre1", "2.3q"],
    ["2.3", "2.3.1"],
    ["2.3.1", "2.3.10"],
    ["2.3a", "2.3.1"],
    ["1.9", "1.10"],
    ["20240101", "20250101000000000000"],
  ] as const) {
    assert.is(compareVersions(older, newer), -1, `${older} ${newer}`);
    assert.is(compareVersions(newer, older), 1, `${newer} ${older}`);
  }
  assert.is(compareVersions("1.0-r1", "1.0.r1"), 0);
});

test("a prefix ends where a part of the version ends; releases come before what leads to them", () => {
  const versions = ["1.2", "1.29.3", "1.29.10", "1.30.0-rc1", "1.290", "1.3.0", "2.0.0-beta2", "17.0.12+7"];
  for (const [asked, found] of [
    ["1.29", "1.29.10"],
    ["1.29.3", "1.29.3"],
    ["1.2", "1.2"],
    ["1", "1.290"],
    ["1.30", "1.30.0-rc1"],
    ["2", "2.0.0-beta2"],
    ["17.0.12", "17.0.12+7"],
    ["1.4", undefined],
    ["1.29.1", undefined],
  ] as const)
    assert.is(newestOf(versions, asked), found, asked);
  assert.is(newestOf(["1.5.0", "1.6.0-rc1"], "1"), "1.5.0");
});

test("the nearest versions share the beginning", () => {
  const versions = ["1.27.1", "1.28.4", "1.29.0", "1.29.8", "1.30.1", "2.0"];
  assert.equal(
    nearestVersions(versions, "1.29.5"),
    ["1.28.4", "1.29.0", "1.29.8"].slice(0, 0).concat(["1.29.0", "1.29.8", "1.30.1"]),
  );
  assert.equal(nearestVersions(versions, "1.99"), ["1.29.0", "1.29.8", "1.30.1"]);
  assert.equal(nearestVersions(["1.0"], "3"), ["1.0"]);
});

const REVISIONS = Array.from({ length: 10 }, (_, at) => ({
  rev: String(at).repeat(40),
  date: `2024-01-${String(at + 1).padStart(2, "0")}`,
}));
const index = (attrs: object, history?: object, count = 10): VersionIndex => {
  const read = VersionIndex.read({
    revisions: JSON.stringify(REVISIONS),
    versions: JSON.stringify({ revisionCount: count, attrs }),
    history: history && JSON.stringify(history),
  });
  if (typeof read === "string") throw new Error(read);
  return read;
};

test("a version is found in its attribute, its series and under its other names", () => {
  const found = index({
    kubectl: { "1.28.1": 2, "1.29.0": 5, "1.29.1": 7, "1.30.0": null },
    nodejs: { "18.1": 1, "20.2": 4 },
    nodejs_20: { "20.2": 3, "20.9": 8 },
    nodejs_22: { "22.1": null },
    "nodejs-16_x": { "16.4": 0 },
    python311: { "3.11.8": 6 },
    terraform_1: { "1.5.7": 2 },
    docker_compose: { "1.29.2": 3 },
  });
  assert.equal(found.find("kubectl", "1.29"), { attribute: "kubectl", version: "1.29.1", first: 6, last: 7 });
  assert.equal(found.find("kubectl", "1.30"), { attribute: "kubectl", version: "1.30.0", first: 8, last: 9 });
  assert.equal(found.find("nodejs", "20"), { attribute: "nodejs_20", version: "20.9", first: 4, last: 8 });
  assert.is((found.find("nodejs", "20.2") as Found).attribute, "nodejs", "the attribute itself comes first");
  assert.is((found.find("nodejs", "22") as Found).attribute, "nodejs_22");
  assert.is((found.find("nodejs", "16") as Found).attribute, "nodejs-16_x");
  assert.is((found.find("python3", "3.11") as Found).attribute, "python311");
  assert.is((found.find("terraform", "1.5") as Found).version, "1.5.7");
  assert.is((found.find("docker-compose", "1.29") as Found).attribute, "docker_compose");
  assert.is((found.find("node", "20", ["nodejs"]) as Found).attribute, "nodejs");
  assert.equal(found.find("kubectl", "1.31"), { known: true, near: ["1.29.0", "1.29.1", "1.30.0"] });
  assert.equal(found.find("nothing", "1"), { known: false, near: [] });
  assert.equal(found.find("constructor", "1"), { known: false, near: [] });
});

test("a history says where a version begins, also one that left and came back", () => {
  const found = index(
    { a: { "1": 8, "2": 5 } },
    {
      a: {
        "1": [
          [0, 3],
          [6, 8],
        ],
        "2": [4, 5],
      },
    },
  );
  assert.equal(found.find("a", "1"), { attribute: "a", version: "1", first: 6, last: 8 });
  const open = index({ a: { "1": null } }, { a: { "1": [2, null] } }, 9);
  assert.equal(open.find("a", "1"), { attribute: "a", version: "1", first: 2, last: 8 });
});

test("the fewest revisions: as few as any choice, by comparison with all choices", () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2 ** 31;
    return (seed >> 8) % below;
  };
  for (let round = 0; round < 300; round++) {
    const found = Array.from({ length: 1 + random(6) }, (_, at): Found => {
      const first = random(8);
      return { attribute: `a${at}`, version: "1", first, last: first + random(8 - first) };
    });
    const chosen = fewestRevisions(found);
    for (const [at, offset] of chosen.entries())
      assert.ok((found[at]?.first ?? 9) <= offset && offset <= (found[at]?.last ?? -1), "each has its version");
    const fits = (set: number) =>
      found.every(({ first, last }) => [0, 1, 2, 3, 4, 5, 6, 7].some((o) => set & (1 << o) && first <= o && o <= last));
    const fewest = Math.min(
      ...Array.from({ length: 256 }, (_, set) => set)
        .filter(fits)
        .map((set) => set.toString(2).replaceAll("0", "").length),
    );
    assert.is(new Set(chosen).size, fewest);
  }
});

test("what is no index is refused in words that name the file", () => {
  const good = { revisions: JSON.stringify(REVISIONS), versions: JSON.stringify({ revisionCount: 10, attrs: {} }) };
  for (const [change, says] of [
    [{ revisions: "{" }, "revisions.json"],
    [{ revisions: "[]" }, "revisions.json"],
    [{ revisions: '[{"rev":"x"}]' }, "revisions.json: entry 0"],
    [{ versions: "" }, "index/versions.json"],
    [{ versions: '{"revisionCount":99,"attrs":{}}' }, "two indexes"],
    [{ versions: '{"revisionCount":10,"attrs":{"a":{"1":10}}}' }, "`a`"],
    [{ versions: '{"revisionCount":10,"attrs":{"a":{"1":"x"}}}' }, "`a`"],
    [{ history: "[]" }, "index/history.json"],
  ] as const)
    assert.match(String(VersionIndex.read({ ...good, ...change })), says);
});

test.run();
