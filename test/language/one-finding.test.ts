import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { parse, stringify } from "yaml";
import { compileText, repository } from "../support/spec.ts";

/*
 * One mistake in a spec that has nearly every key gives one finding: a wrong value, an unknown key or a misspelt one, at each place. What later
 * stages miss because of it is not reported as well.
 */

const test = suite("one finding for one mistake");

type Path = readonly (string | number)[];
type Parent = Record<string | number, unknown>;

const whole = parse(readFileSync(join(repository, "test/golden/everything/spec.yaml"), "utf8"));
Object.assign(whole, {
  policy: { nixpkgs: { maxAge: "60d" }, licenses: { deny: ["AGPL-3.0-only"] } },
  images: { ci: { groups: ["k8s"], name: "registry.example.net/platform/ci", user: 1000 } },
  ci: { forges: ["github", "gitlab"], systems: ["x86_64-linux"], cache: { cachix: "acme" } },
  updates: { bot: "renovate", every: "week", minimumAge: "3d" },
});

const findings = (value: unknown): string[] =>
  compileText(stringify(value, { lineWidth: 0 }), true, "spec.yaml", { needsFiles: false }).diagnostics.map(
    ({ code, message }) => `${code}: ${message}`,
  );

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.keys(value).flatMap((key) => pathsOf((value as Parent)[key], [...path, Array.isArray(value) ? Number(key) : key])),
  ];
}

/** The spec with one change: `change` gets the map or list, and the key in it. */
function changed(path: Path, change: (parent: Parent, key: string | number) => void): unknown {
  const copy = structuredClone(whole);
  let parent: Parent = copy;
  for (const step of path.slice(0, -1)) parent = parent[step] as Parent;
  change(parent, path.at(-1) ?? "");
  return copy;
}

const put = (wrong: unknown) => (parent: Parent, key: string | number) => {
  parent[key] = wrong;
};

const MISTAKES: Readonly<Record<string, (parent: Parent, key: string | number) => void>> = {
  "a number": put(32),
  "a map": put({ count: 32 }),
  "an odd word": put("ünï"),
  "a control character": put("x\u0001"),
  "a misspelt key": (parent, key) => {
    if (Array.isArray(parent)) return;
    const entries = Object.entries(parent).map(([name, value]) => [name === key ? `${name}x` : name, value]);
    for (const name of Object.keys(parent)) delete parent[name];
    Object.assign(parent, Object.fromEntries(entries));
  },
};

/** Changes that are two mistakes, or none: all names of a map at once. */
const SEVERAL =
  /^(?:a map: (?:groups|inputs|hosts|users|volumes|settings|shells|commands|images)|.*: (?:version|lint\.0\.at)|an odd word: lint\.0\.code)$/;

const before = new Set(findings(whole));
for (const [what, change] of Object.entries(MISTAKES))
  test(what, () => {
    const several: string[] = [];
    for (const path of pathsOf(whole)) {
      const name = `${what}: ${path.join(".")}`;
      const found = findings(changed(path, change)).filter((one) => !before.has(one));
      if (found.length > 1 && !SEVERAL.test(name)) several.push(`${name}\n  ${found.join("\n  ")}`);
    }
    assert.is(several.join("\n"), "");
  });

test.run();
