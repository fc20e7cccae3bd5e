/// <reference lib="dom" />
import axe from "axe-core";
import fc from "fast-check";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { hostileText } from "../../support/arbitrary-spec.ts";
import { large, PLATFORM, pageOf } from "../../support/catalog.ts";
import { median } from "../../support/growth.ts";
import { needs, tool } from "../../support/tools.ts";

/*
 * The page in a browser: search, links, keyboard, colours, and strings of a spec that try to become more than text. BROWSER_RUNS adds so
 * many random strings; `npm run browser` is the long mode.
 */

const RUNS = Number(process.env["BROWSER_RUNS"] || 0);

const HOSTILE = [
  `"><script>window.pwned=1</script>`,
  `'><img src=x onerror=window.pwned=1>`,
  `</title></style></script><svg onload=window.pwned=1>`,
  `--><script>window.pwned=1</script><!--`,
  `javascript:window.pwned=1`,
  `{{7*7}} {{{name}}} &lt;b&gt; &amp; \u200f\u2028`,
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
  substituters: [{ url: text.replace(/[\s#\u200f\u2028]/g, "").replace(/^[^A-Za-z0-9/]+/, "x"), publicKey: text }],
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

const platform = pageOf("platform", PLATFORM);
/** The same with exact facts. */
const withFacts = pageOf("facts", PLATFORM, {
  exact: true,
  find: () => ({ version: "1.30.1-unstable-2026-01-01", licenses: ["Apache-2.0", "LicenseRef-a-very-long-name-of-a-licence"] }),
} as never);
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
  inBrowser(`on ${name} nothing overflows at the side, also with versions and licences`, async () => {
    for (const address of [platform, withFacts])
      await opened(
        address,
        async (page) => {
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
          const columns = await page.$$eval("#tool-kubectl > div", (cells) => {
            const visible = (cells as unknown as { offsetLeft: number; checkVisibility(): boolean }[]).filter((cell) =>
              cell.checkVisibility(),
            );
            return new Set(visible.map((cell) => cell.offsetLeft)).size;
          });
          assert.is(columns, width < 640 ? 1 : address === withFacts ? 5 : 3);
        },
        { viewport: { width, height: 800 } },
      );
  });
}

/** Opens a page that has the text everywhere and fails if any of it becomes more than text. */
async function staysText(name: string, text: string): Promise<void> {
  await opened(pageOf(name, hostileSpec(text)), async (page) => {
    await page.fill("#search", text);
    await page.keyboard.press("Escape");
    assert.is(await page.evaluate(() => (globalThis as { pwned?: unknown }).pwned), undefined);
    assert.is(await page.$$eval("script, img, iframe, object, embed, svg[onload], [autofocus]", (found) => found.length), 1);
    assert.is(await page.textContent("#group-g .what"), text);
    assert.is(await page.textContent("h1"), text);
  });
}

for (const [index, text] of HOSTILE.entries())
  inBrowser(`hostile text ${index + 1} stays text`, () => staysText(`hostile-${index}`, text));

if (RUNS > 0) {
  inBrowser(`${RUNS} random hostile texts stay text`, async () => {
    // Names are one line.
    const texts = fc.sample(hostileText, RUNS).map((text) => text.replace(/[\n\r\t]/g, " "));
    for (const [index, text] of texts.filter((one) => one.trim() !== "").entries()) {
      await staysText(`random-${index}`, text).catch((error: Error) => {
        throw new Error(`${JSON.stringify(text)}: ${error.message}`);
      });
    }
  });
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
  const few = await opened(pageOf("few", large(13, 100)), typing);
  await opened(pageOf("large", large(100, 100)), async (page) => {
    const ratio = (await typing(page)) / few;
    console.log(`8 times the tools take ${ratio.toFixed(1)} times as long, with layout and paint`);
    assert.ok(ratio < 20, `${ratio.toFixed(1)} times as long`);
    await page.fill("#search", "tool-99-7");
    await page.waitForFunction(() => document.querySelector("#count")?.textContent === "11 matches");
    assert.is((await shownRows(page)).length, 11);
  });
});

browsing.run();
