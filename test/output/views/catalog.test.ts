/// <reference lib="dom" />
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { compile } from "../../../generator/compile.ts";
import type { Model } from "../../../generator/model/model.ts";
import { catalogView } from "../../../generator/output/views/catalog.ts";
import { assertLinear, median } from "../../support/growth.ts";
import { repository, templates } from "../../support/spec.ts";
import { tempFolder } from "../../support/temp.ts";
import { needs, tool } from "../../support/tools.ts";

const template = readFileSync(join(repository, "flake-template/catalog.html.hbs"), "utf8");
const folder = tempFolder();

/** The catalogue of a spec, as HTML. */
function catalogOf(spec: object): string {
  return templates("catalog.html.hbs")(pageView(modelOf(spec)));
}

const pageView = (model: Model, facts?: never): object => {
  const context = { spec: "spec.yaml", facts, bundled: undefined };
  return { ...catalogView(model, context), ...context };
};

/** A spec's model; without facts, because looking for similar names of thousands of invented packages is slow. */
function modelOf(spec: object): Model {
  const text = JSON.stringify({ version: 1, name: "test", ...spec });
  const { model, diagnostics } = compile(Buffer.from(text), "spec.yaml", { locked: true, facts: () => undefined }, templates);
  if (!model) throw new Error(diagnostics[0]?.message);
  return model;
}

/** Writes the page of a spec and returns its address. */
function written(name: string, spec: object): string {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, catalogOf(spec));
  return pathToFileURL(path).href;
}

const PLATFORM = {
  description: "A platform",
  inputs: { old: "github:NixOS/nixpkgs/nixos-23.05" },
  groups: {
    k8s: {
      title: "Kubernetes Tools",
      description: "For the clusters.",
      packages: [
        { package: "kubectl", description: "Kubernetes command-line tool" },
        { package: "kubernetes-helm", name: "helm", from: "old" },
        "k9s",
      ],
    },
    cloud: { packages: ["awscli2", { package: "docker", systems: ["x86_64-linux"] }] },
  },
  shells: { ops: { groups: ["k8s"], packages: ["kubectl", "eksctl"], env: { A: "b" }, hook: "echo hi" } },
  substituters: [
    { url: "https://cache.nixos.org/", publicKey: "cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=" },
  ],
  buildUsers: { roles: [{ role: "aws", description: "AWS builds", groups: ["cloud"] }] },
  hosts: { builder: { system: "x86_64-linux", groups: ["cloud"], deploy: { target: "b.example.net" } } },
  volumes: { aws: { mount: "/volumes/aws" } },
  builders: [{ host: "arm.example.net", systems: ["aarch64-linux"] }],
};

/** A spec with this many groups of as many tools, and a shell for every ten groups. */
function large(groups: number, tools: number): object {
  const range = (count: number) => Array.from({ length: count }, (_, index) => index);
  return {
    groups: Object.fromEntries(
      range(groups).map((group) => [
        `group-${group}`,
        {
          packages: range(tools).map((one) => ({
            package: `tool-${group}-${one}`,
            description: `What number ${one} of ${group} is for`,
          })),
        },
      ]),
    ),
    shells: Object.fromEntries(
      range(Math.ceil(groups / 10)).map((shell) => [
        `shell-${shell}`,
        {
          groups: range(groups)
            .filter((group) => group % 10 === shell % 10)
            .map((group) => `group-${group}`),
        },
      ]),
    ),
    hosts: Object.fromEntries(
      range(30).map((host) => [`host-${host}`, { groups: range(host % groups).map((group) => `group-${group}`) }]),
    ),
  };
}

const page = suite("catalogue: the text");

page("its Content-Security-Policy allows only the page's own style and script, by hash", () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(template)?.[1] ?? "";
  const hash = (element: string) => {
    const text = new RegExp(`<${element}>([^]*)</${element}>`).exec(template)?.[1] ?? "";
    return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  };
  assert.is(
    policy,
    `default-src 'none'; style-src ${hash("style")}; script-src ${hash("script")}; img-src data:; base-uri 'none'; form-action 'none'`,
  );
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

page("a tool has a version when an index of the spec's own nixpkgs has it", () => {
  const model = modelOf(PLATFORM);
  const facts = {
    exact: true,
    find: (attribute: string) => (attribute === "kubectl" || attribute === "kubernetes-helm" ? { version: "1.30.1" } : undefined),
  };
  const html = templates("catalog.html.hbs")(pageView(model, facts as never));
  assert.match(html, /<li id="tool-kubectl">.*1\.30\.1/);
  // A tool of another package set.
  assert.not.match(html, /<li id="tool-helm">.*1\.30\.1/);
  assert.not.match(html, /<li id="tool-awscli2">.*class="about"/);
});

page("a platform that has only a name", () => {
  const html = catalogOf({ groups: {} });
  assert.not.match(html, "<svg");
  assert.match(html, "nix develop");
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

const HOSTILE = [
  `"><script>window.pwned=1</script>`,
  `'><img src=x onerror=window.pwned=1>`,
  `</title></style></script><svg onload=window.pwned=1>`,
  `--><script>window.pwned=1</script><!--`,
  `javascript:window.pwned=1`,
  `{{7*7}} {{{name}}} &lt;b&gt; &amp; \u202e\u2028`,
  "` onfocus=window.pwned=1 autofocus x=`",
];

/** A spec with the hostile text in every place that takes any text. */
const hostileSpec = (text: string) => ({
  description: text,
  nixpkgs: { insecure: [text] },
  groups: {
    g: {
      title: text,
      description: text,
      packages: [
        { package: "a", name: text, description: text },
        { package: "b", name: text },
      ],
    },
  },
  shells: { s: { title: text, groups: ["g"], env: { A: text }, hook: text } },
  substituters: [{ url: text.replace(/[\s#\u202e\u2028]/g, "").replace(/^[^A-Za-z0-9/]+/, "x"), publicKey: text }],
  buildUsers: { roles: [{ role: "r", description: text, groups: ["g"] }] },
  lint: [{ code: text, why: text }],
});

const browsing = suite("catalogue: in the browser");
const inBrowser = needs(browsing, ["chromium"]);
let browser: Browser;
browsing.before(async () => {
  const path = tool("chromium");
  if (path === undefined) return;
  const quiet = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  browser = await chromium.launch({ executablePath: path, headless: true, args: quiet });
});
browsing.after(() => browser?.close());

/** Opens an address; fails when the page logs an error or requests anything else. */
async function opened<T>(address: string, work: (page: Page) => Promise<T>, options: BrowserContextOptions = {}): Promise<T> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on("console", (message) => void complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => void complaints.push(`error: ${error.message}`));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    if (request.url() !== address.replace(/#.*/, "") && request.url() !== "data:,") complaints.push(`request: ${request.url()}`);
  });
  await page.goto(address);
  const result = await work(page);
  await context.close();
  assert.equal(complaints, []);
  return result;
}

const platform = written("platform", PLATFORM);
const shownRows = (page: Page) =>
  page.$$eval(".rows > li", (rows) =>
    rows.filter((row) => (row as unknown as { checkVisibility(): boolean }).checkVisibility()).map((row) => row.id),
  );

inBrowser("search as you type: every word must match, and groups, hosts and settings are found, too", () =>
  opened(platform, async (page) => {
    const everything = await shownRows(page);
    await page.fill("#search", "kube comm clusters");
    await page.waitForFunction(() => document.querySelector("#count")?.textContent !== "");
    assert.equal(await shownRows(page), ["tool-kubectl"]);
    assert.is(await page.textContent("#count"), "1 match");
    assert.equal(
      await page.$$eval("main section", (parts) => parts.filter((part) => !part.hasAttribute("hidden")).map((part) => part.id)),
      ["tools", "group-k8s"],
    );
    await page.fill("#search", "kubernetes tools");
    await page.waitForFunction(() => document.querySelector("#count")?.textContent?.startsWith("4"));
    assert.equal(await shownRows(page), ["tool-kubectl", "tool-helm", "tool-k9s", "shell-k8s"]);
    await page.fill("#search", "arm.example");
    await page.waitForFunction(() => document.querySelector("#count")?.textContent === "1 match");
    assert.equal(await shownRows(page), ["builder-arm.example.net"]);
    await page.fill("#search", "zzz");
    await page.waitForSelector("#none:not([hidden])");
    assert.equal(await shownRows(page), []);
    await page.keyboard.press("Escape");
    assert.equal(await shownRows(page), everything);
    assert.is(await page.textContent("#count"), "");
  }),
);

inBrowser("a deep link shows its row, also when a search hides it", () =>
  opened(`${platform}#tool-docker`, async (page) => {
    const inView = (id: string) =>
      page.$eval(`#${id}`, (row) => {
        const { top, bottom } = row.getBoundingClientRect();
        const bar = document.querySelector(".bar")?.getBoundingClientRect().bottom ?? 0;
        return row.matches(":target") && top >= bar - 1 && bottom <= innerHeight;
      });
    assert.ok(await inView("tool-docker"));
    await page.fill("#search", "kubectl");
    await page.waitForFunction(() => document.querySelector("#count")?.textContent !== "");
    await page.evaluate(() => {
      location.hash = "#host-builder";
    });
    await page.waitForFunction(() => document.querySelector("#count")?.textContent === "");
    assert.ok(await inView("host-builder"));
  }),
);

inBrowser("everything works by keyboard", () =>
  opened(platform, async (page) => {
    const focus = () =>
      page.evaluate(
        () => `${document.activeElement?.id || document.activeElement?.closest("li")?.id || document.activeElement?.className}`,
      );
    await page.keyboard.press("Tab");
    assert.is(await focus(), "skip");
    await page.keyboard.press("/");
    assert.is(await focus(), "search");
    await page.keyboard.type("cloud");
    await page.waitForFunction(() => document.querySelector("#count")?.textContent !== "");
    const rows = await shownRows(page);
    await page.keyboard.press("ArrowDown");
    assert.is(await focus(), rows[0]);
    await page.keyboard.press("ArrowDown");
    assert.is(await focus(), rows[1]);
    // The focused element is visible.
    assert.is.not(await page.evaluate(() => getComputedStyle(document.activeElement as Element).outlineStyle), "none");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    assert.is(await focus(), "search");
    await page.keyboard.press("Enter");
    assert.is(new URL(page.url()).hash, `#${rows[0]}`);
    await page.keyboard.press("Escape");
    assert.is(await focus(), "search");
    await page.keyboard.press("Tab");
    assert.is(await focus(), "theme");
  }),
);

inBrowser("light and dark: the system's scheme until the user chooses one", () =>
  opened(
    platform,
    async (page) => {
      const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const dark = await background();
      assert.is(await page.textContent("#theme"), "Light");
      await page.click("#theme");
      const light = await background();
      assert.is.not(light, dark);
      await page.reload();
      assert.is(await background(), light);
      await page.click("#theme");
      assert.is(await background(), dark);
    },
    { colorScheme: "dark" },
  ),
);

inBrowser("without JavaScript everything is visible", () =>
  opened(
    platform,
    async (page) => {
      assert.not.ok(await page.isVisible("#search"));
      for (const id of [
        "tool-kubectl",
        "shell-ops",
        "cache-https-cache.nixos.org-",
        "role-aws",
        "host-builder",
        "volume-aws",
        "builder-arm.example.net",
      ])
        assert.ok(await page.isVisible(`[id="${id}"]`), id);
    },
    { javaScriptEnabled: false },
  ),
);

inBrowser("in print there are no controls, and nothing is cut off", () =>
  opened(platform, async (page) => {
    await page.emulateMedia({ media: "print" });
    for (const selector of [".bar", "nav"]) assert.not.ok(await page.isVisible(selector));
    assert.ok(await page.isVisible("#tool-docker"));
    assert.is(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  }),
);

for (const [name, width] of [
  ["a desktop", 1280],
  ["a phone", 390],
] as const) {
  inBrowser(`on ${name} nothing overflows at the side`, () =>
    opened(
      platform,
      async (page) => {
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      },
      { viewport: { width, height: 800 } },
    ),
  );
}

for (const [index, text] of HOSTILE.entries()) {
  inBrowser(`hostile text ${index + 1} stays text`, () =>
    opened(written(`hostile-${index}`, hostileSpec(text)), async (page) => {
      await page.fill("#search", text);
      await page.keyboard.press("Escape");
      assert.is(await page.evaluate(() => (globalThis as { pwned?: unknown }).pwned), undefined);
      assert.is(await page.$$eval("script, img, iframe, object, embed, svg[onload], [autofocus]", (found) => found.length), 1);
      assert.is(await page.textContent("#group-g .what"), text);
      assert.is(await page.textContent("h1"), text);
    }),
  );
}

for (const colorScheme of ["light", "dark"] as const) {
  inBrowser(`axe-core finds no serious problem in the ${colorScheme} page`, () =>
    opened(
      platform,
      async (page) => {
        await page.evaluate(axe.source);
        const violations = await page.evaluate(async () => {
          const { axe } = globalThis as unknown as {
            axe: { run(): Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }> };
          };
          return (await axe.run()).violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes[0]?.html}`);
        });
        assert.equal(violations, []);
      },
      { colorScheme },
    ),
  );
}

inBrowser("searching 10,000 tools takes at most 8 times as long as 1,300", async () => {
  const typing = async (page: Page) =>
    median(
      await page.evaluate(async () => {
        const search = document.querySelector("#search") as HTMLInputElement;
        const times: number[] = [];
        for (const text of ["t", "tool-9", "tool-11-", "tool-11-7", "tool-11", "to", "tool-1", ""]) {
          search.value = text;
          const start = performance.now();
          search.dispatchEvent(new Event("input"));
          await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
          times.push(performance.now() - start);
        }
        return times;
      }),
    );
  const few = await opened(written("few", large(13, 100)), typing);
  await opened(written("large", large(100, 100)), async (page) => {
    const ratio = (await typing(page)) / few;
    console.log(`8 times the tools take ${ratio.toFixed(1)} times as long, with layout and paint`);
    assert.ok(ratio < 20, `${ratio.toFixed(1)} times as long`);
    await page.fill("#search", "tool-99-7");
    await page.waitForFunction(() => document.querySelector("#count")?.textContent === "11 matches");
    assert.is((await shownRows(page)).length, 11);
  });
});

browsing.run();
