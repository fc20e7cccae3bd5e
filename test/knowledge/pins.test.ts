import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Pins, pinsPath, pinsText, readPins } from "../../generator/knowledge/pins.ts";

const test = suite("the pins file");
const rev = "0123456789abcdef0123456789abcdef01234567";
const pins: Pins = {
  index: { source: "a folder", revisions: 9, newest: rev },
  pins: new Map([
    ["kubectl@1.29", { attribute: "kubectl", version: "1.29.4", rev, date: "2024-04-21" }],
    ["helm@3", { attribute: "kubernetes-helm", version: "3.14.4", rev, date: "2024-04-21" }],
  ]),
};
const text = pinsText(pins);

test("what is written reads back, and in any order is the same text", () => {
  const read = readPins(text) as Pins;
  assert.equal([...read.pins].sort(), [...pins.pins].sort());
  assert.is(pinsText(read), text);
  assert.is(pinsText({ ...pins, pins: new Map([...pins.pins].reverse()) }), text);
  assert.ok(text.indexOf("helm@3") < text.indexOf("kubectl@1.29"));
  assert.equal(["a/platform.yaml", "b.yml", "c"].map(pinsPath), ["a/platform.pins.json", "b.pins.json", "c.pins.json"]);
});

test("what is not as it was written is refused in words", () => {
  for (const [change, says] of [
    [text.slice(0, 100), "not valid JSON"],
    ["", "not valid JSON"],
    [`<<<<<<< ours\n${text}`, "not valid JSON"],
    ["[]", "no file of"],
    ["{}", "no file of"],
    [text.replace('"version": 1,', '"version": 2,'), "another version"],
    [text.replace("1.29.4", "1.29.5"), "edited"],
    [text.replace("1.29.4", "1.30.0"), "another version"],
    [text.replace(rev, rev.replace("0", "9")), "edited"],
    [text.replaceAll(rev, "HEAD"), "which index"],
    [text.replace('"attribute": "kubectl"', '"attribute": "${x}"'), "no attribute"],
    [text.replace("2024-04-21", "yesterday"), "no date"],
    [text.replace(/\s+"checksum".*/, ""), "not valid JSON"],
    [text.replace("a folder", "another folder"), "edited"],
  ] as const)
    assert.match(String(readPins(change)), says, change);
});

test.run();
