import { type ParseError, parse } from "jsonc-parser";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { stringify } from "yaml";
import { compileText } from "../../support/spec.ts";

/* .devcontainer/devcontainer.json, whose properties are those of https://containers.dev/implementors/json_reference/ */

const test = suite("devcontainer");
const base = { version: 1, name: "demo", systems: ["x86_64-linux"], groups: { k8s: { packages: ["kubectl"] } } };
const PATH = ".devcontainer/devcontainer.json";

function container(spec: object) {
  const { files, diagnostics } = compileText(stringify({ ...base, devcontainer: true, ...spec }));
  const text = files?.find(({ path }) => path === PATH)?.text;
  if (text === undefined) throw new Error(`no container: ${JSON.stringify(diagnostics)}`);
  const errors: ParseError[] = [];
  const value = parse(text, errors);
  assert.equal(errors, []);
  return value;
}

test("Nix in Debian, the tools when it is made, and terminals in the default shell", () => {
  const value = container({});
  assert.equal(Object.keys(value), ["name", "image", "features", "onCreateCommand", "customizations"]);
  assert.is(value.name, "demo");
  assert.equal(value.onCreateCommand.slice(0, 2), ["nix", "develop"]);
  assert.equal(value.onCreateCommand.slice(3), ["--command", "true"]);
  assert.equal(Object.values(value.features), [{ extraNixConfig: "experimental-features = nix-command flakes" }]);
  const { settings } = value.customizations.vscode;
  const name = settings["terminal.integrated.defaultProfile.linux"];
  assert.is(settings["terminal.integrated.profiles.linux"][name].path, "nix");
});

test("the caches of the spec, a line each", () => {
  const publicKey = "a-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=";
  const value = container({ substituters: [{ url: "https://a.example.net/x", publicKey }] });
  const [{ extraNixConfig }] = Object.values<{ extraNixConfig: string }>(value.features) as [{ extraNixConfig: string }];
  assert.equal(extraNixConfig.split(","), [
    "experimental-features = nix-command flakes",
    "substituters = https://a.example.net/x",
    `trusted-public-keys = ${publicKey}`,
  ]);
});

test("a spec without the key has no such file", () => {
  assert.not.ok(compileText(stringify(base)).files?.some(({ path }) => path === PATH));
});

test.run();
