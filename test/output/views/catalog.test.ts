import { createHash } from "node:crypto";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../../generator/compile.ts";
import { catalogOf, large, modelOf, PLATFORM, pageView } from "../../support/catalog.ts";
import { assertLinear } from "../../support/growth.ts";
import { templates } from "../../support/spec.ts";

const page = suite("catalogue: the text");

page("its Content-Security-Policy allows only the page's own style and script, by hash", () => {
  const facts = { exact: true, find: () => undefined };
  for (const html of [catalogOf(PLATFORM), templates("catalog.html.hbs")(pageView(modelOf(PLATFORM), facts as never))]) {
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? "";
    const hashes = (element: string) =>
      [...html.matchAll(new RegExp(`<${element}>([^]*?)</${element}>`, "g"))]
        .map(([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`)
        .join(" ");
    assert.is(
      policy,
      `default-src 'none'; style-src ${hashes("style")}; script-src ${hashes("script")}; img-src data:; base-uri 'none'; form-action 'none'`,
    );
  }
});

page("it loads nothing and links to nothing outside", () => {
  const html = catalogOf(PLATFORM);
  for (const [, name, value] of html.matchAll(/\s(href|src|action|srcset|poster|data|xlink:href)="([^"]*)"/g))
    assert.ok(value?.startsWith("#") || value === "data:,", `${name}="${value}"`);
  assert.not.match(html, /url\(|@import|\sstyle="|\son[a-z]+="/);
});

page("every id is unique, and every link has a target", () => {
  const spec = {
    ...PLATFORM,
    groups: {
      ...PLATFORM.groups,
      "x-2": { packages: ["a", "a", { package: "b", name: "a-2" }, { package: "c", name: "a 2" }] },
      x: { packages: ["a"] },
      // Of a long name, the beginning is in the id.
      long: { packages: ["1", "2", "3"].map((end) => ({ package: "a", name: `${"n".repeat(80)}${end}` })) },
    },
  };
  const html = catalogOf(spec);
  const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id ?? "");
  assert.ok(ids.length > 20, `${ids.length} ids`);
  assert.equal([...new Set(ids)].sort(), [...ids].sort());
  for (const id of ids) assert.match(id, /^[A-Za-z][A-Za-z0-9_.-]*$/);
  const targets = [...html.matchAll(/\shref="#([^"]*)"/g)].map(([, target]) => target ?? "");
  assert.ok(targets.length > 20, `${targets.length} links`);
  for (const target of targets) assert.ok(ids.includes(target), `#${target}`);
});

page("a tool's row names the shells that have it, through a group or directly", () => {
  const html = catalogOf(PLATFORM);
  const row = (id: string) =>
    new RegExp(`<li id="${id}">.*</li>`)
      .exec(html)?.[0]
      .replace(/<[^>]*>/g, " ")
      .replace(/\s+/g, " ") ?? "";
  assert.match(row("tool-kubectl"), "in the shells k8s ops");
  assert.match(row("tool-awscli2"), "in the shells cloud");
  assert.match(row("tool-eksctl"), "in the shells ops");
  assert.match(row("tool-helm"), "package kubernetes-helm from old");
  assert.match(row("tool-docker"), "only x86_64-linux");
});

page("a tool's row names at most 40 shells, on a large page fewer, and counts the others", () => {
  const chips = (groups: number, tools: number) => {
    const packages = Array.from({ length: tools }, (_, at) => `p${at}`);
    const many = Array.from({ length: groups }, (_, at) => [`g${at}`, { packages }]);
    const html = catalogOf({ version: 1, name: "demo", nixpkgs: "26.05", groups: Object.fromEntries(many) });
    const row = /<li id="tool-p0">.*<\/li>/.exec(html)?.[0] ?? "";
    return [row.match(/href="#shell-/g)?.length, /and (\d+) more/.exec(row)?.[1]];
  };
  assert.equal(chips(40, 1), [40, undefined]);
  assert.equal(chips(60, 40), [40, "20"]);
  assert.equal(chips(100, 100), [10, "90"]);
});

page("versions and licences are columns when an index of the spec's own nixpkgs has them, and not otherwise", () => {
  const model = modelOf(PLATFORM);
  const facts = {
    exact: true,
    find: (attribute: string) =>
      attribute === "kubectl" || attribute === "kubernetes-helm" ? { version: "1.30.1", licenses: ["Apache-2.0"] } : undefined,
  };
  const html = templates("catalog.html.hbs")(pageView(model, facts as never));
  assert.match(
    html,
    /<li id="tool-kubectl">.*<div><span class="sr">version <\/span><span class="version">1\.30\.1<\/span><\/div>/,
  );
  assert.match(
    html,
    /<li id="tool-kubectl">.*<div><span class="sr">licence <\/span><span class="version">Apache-2\.0<\/span><\/div>/,
  );
  assert.match(html, /<li id="tool-awscli2">.*<div><\/div><div><\/div><div class="chips">/);
  assert.not.match(catalogOf(PLATFORM), /class="rows known"|licence/);
  // A tool of another package set.
  assert.not.match(html, /<li id="tool-helm">.*1\.30\.1/);
  assert.not.match(html, /<li id="tool-awscli2">.*class="about"/);
});

page("a platform that has only a name", () => {
  const html = catalogOf({ groups: {} });
  assert.not.match(html, "<svg");
  assert.match(html, "nix develop");
});

page("its commands name the output folder, for a reader in the root of the repository", () => {
  const commands = (folder: string) => {
    const { files } = compile(
      Buffer.from("version: 1\nname: demo\nnixpkgs: nixos-26.05\ngroups: { k8s: { packages: [jq] } }\n"),
      "spec.yaml",
      { locked: true, facts: () => undefined, folder },
      templates,
    );
    const html = files?.find(({ path }) => path === "catalog.html")?.text ?? "";
    return [...new Set(Array.from(html.matchAll(/<code>(nix develop[^<]*)/g), ([, command]) => command))].sort();
  };
  assert.equal(commands("out"), ["nix develop ./out", "nix develop ./out#k8s"]);
  assert.equal(commands(""), ["nix develop", "nix develop .#k8s"]);
  assert.equal(commands("my flake"), ["nix develop &#39;./my flake#k8s&#39;", "nix develop &#39;./my flake&#39;"]);
});

page("the diagram of 10,000 tools stays small", () => {
  const html = catalogOf(large(100, 100));
  assert.ok((html.match(/<g class="box-/g)?.length ?? 0) <= 3 * 18);
  assert.ok((html.match(/<path /g)?.length ?? 0) <= 2 * 18 * 18);
});

page("9,600 tools take 8 times the work of 1,200", () => {
  const render = templates("catalog.html.hbs");
  const models = new Map([12, 96].map((groups) => [groups, modelOf(large(groups, 100))]));
  assertLinear("a page of groups", (groups) => void render(pageView(models.get(groups)!)), 12);
});

page.run();
