import { spawnSync } from "node:child_process";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BOOT_TOOLS, bootedMachine } from "../support/booted-machine.ts";
import { allBlocksOf, blocksOf, commandsOf } from "../support/guide.ts";
import { generated } from "../support/machine.ts";
import { copyFixture, FIXTURE_TOOLS } from "../support/nix.ts";
import { needs, tool } from "../support/tools.ts";

/* docs/guides/debian-workers.md, what it types on the worker, on a Debian that systemd has booted: from its package of Nix to the tools. */

const test = suite("guide: Debian workers, booted");
const PAGE = "guides/debian-workers.md";

/** What ssh would run there: the words after the host, without the quotes of this shell. */
const remoteOf = (line: string): string =>
  spawnSync("bash", ["-c", `ssh() { [ "$1" != -t ] || shift; shift; printf %s "$*"; }\n${line}`], { encoding: "utf8" }).stdout;

needs(test, [...BOOT_TOOLS, ...FIXTURE_TOOLS, "bash-static"])("from the package to a tool on PATH", async () => {
  const machine = await bootedMachine(tool("debianRoot") ?? "", process.env["TRANSCRIPT"]);
  try {
    const [hosts = ""] = blocksOf(PAGE, "yaml");
    await machine.must(
      "useradd --create-home --shell /bin/bash alice && mkdir /opt/nixpkgs && install -d -o alice /home/alice/platform",
    );
    await machine.put(copyFixture(), "/opt/nixpkgs");
    // No network: no cache, and a nixpkgs on the machine.
    await machine.put(
      generated(`version: 1
name: platform
nixpkgs: { url: "path:/opt/nixpkgs" }
substituters: []
groups: { k8s: { packages: [kubectl, kubernetes-helm, k9s, jq] } }
${hosts}`),
      "/home/alice/platform",
    );
    await machine.must("chown -R alice: /home/alice/platform && chmod -R a+rX /opt/nixpkgs");
    const lines = allBlocksOf(PAGE).flatMap((block) => (block.language === "console" ? commandsOf(block) : []));
    const remote = lines
      .filter(({ line }) => line.startsWith("ssh ") && !line.includes("apt-get"))
      .map(({ line }) => remoteOf(line));
    assert.ok(remote.length >= 6, remote.join("\n"));
    let said = "";
    for (const command of remote) {
      // The user may use sudo for anything, and stays in the home folder.
      const own = /^sudo (.*)$/s.exec(command)?.[1];
      said =
        own === undefined
          ? await machine.must(`cd && ${command}`, "alice")
          : await machine.must(`cd /home/alice && USER=alice && ${own.replace(/^platform/, "./platform")}`);
    }
    assert.match(said, "kubectl 1.30.1");
  } finally {
    machine.stop();
  }
});

test.run();
