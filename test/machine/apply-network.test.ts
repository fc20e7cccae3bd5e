import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { BASE, snapshot } from "../support/image.ts";
import { applying, generated, run } from "../support/machine.ts";
import { tempTree } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* What apply-nix-config.sh does on images (--root) for the network of the daemon: the drop-in, the bundle, the job on macOS. */

const test = suite("apply-nix-config.sh and the network");
const onImage = needs(test, ["root", "nix"]);
const image = (files: Record<string, string>): string => tempTree({ ...BASE, "etc/nix/nix.conf": "sandbox = false\n", ...files });

let out: string;
const { apply, must } = applying(() => out);

test.before(() => {
  out = generated("version: 1\nname: demo\ngroups: {}\nsettings: { max-jobs: 2 }\n");
});

const NETWORK = `
version: 1
name: demo
groups: {}
settings: { max-jobs: 2 }
network: { proxy: "http://proxy.example.net:3128", caBundle: ./certs/company.pem }
`;
const DROP_IN = "etc/systemd/system/nix-daemon.service.d/flakewright.conf";
const PEM = "-----BEGIN CERTIFICATE-----\nTWFkZSB1cA==\n-----END CERTIFICATE-----\n";

/** The output of a spec with a network, and the user's own bundle in it. */
function outWithNetwork(): string {
  const folder = generated(NETWORK);
  mkdirSync(join(folder, "certs"));
  writeFileSync(join(folder, "certs/company.pem"), PEM);
  return folder;
}

onImage("with systemd, the daemon's drop-in and the bundle come and go like the other files", async () => {
  const root = image({ "usr/lib/systemd/systemd": "" });
  const before = snapshot(root);
  const earlier = out;
  await must(root);
  // An earlier version of the script kept three originals.
  for (const name of ["3", "4"])
    for (const end of [".absent", ".path"]) rmSync(join(root, `var/lib/flakewright/before/${name}${end}`));
  const without = snapshot(root);
  try {
    out = outWithNetwork();
    assert.match((await must(root, "--dry-run")).stdout, new RegExp(`^write /${DROP_IN}$`, "m"));
    await must(root);
    const applied = snapshot(root);
    assert.match(applied[DROP_IN] ?? "", /Environment="NIX_SSL_CERT_FILE=\/etc\/nix\/ca-bundle\.crt"/);
    assert.is(applied["etc/nix/ca-bundle.crt"], `644 ${PEM}`);
    assert.not.match((await must(root)).stdout, /^write /m);
    assert.match((await must(root, "--report")).stdout, /^drift systemd\/.*flakewright\.conf=none$/m);

    // The spec loses its network: both files go.
    out = earlier;
    await must(root);
    const {
      "etc/systemd": _,
      "etc/systemd/system": __,
      [DROP_IN.replace("/flakewright.conf", "")]: ___,
      ...less
    } = snapshot(root);
    for (const path of [DROP_IN, "etc/nix/ca-bundle.crt"]) assert.not(less[path]);
    assert.is(less["etc/nix/nix.conf"], without["etc/nix/nix.conf"]);
    await must(root, "--uninstall");
    assert.equal(snapshot(root), before);
  } finally {
    out = earlier;
  }
});

onImage("without the user's bundle, or with one that is no certificate, nothing is changed", async () => {
  const root = image({ "usr/lib/systemd/systemd": "" });
  const before = snapshot(root);
  const earlier = out;
  try {
    for (const text of [undefined, "-----BEGIN PRIVATE KEY-----\n"]) {
      out = outWithNetwork();
      rmSync(join(out, "certs/company.pem"));
      if (text) writeFileSync(join(out, "certs/company.pem"), text);
      const { status, stderr } = await apply(root);
      assert.is.not(status, 0);
      assert.match(stderr, /certs\/company\.pem has no certificate in PEM form/);
      assert.equal(snapshot(root), before);
    }
  } finally {
    out = earlier;
  }
});

/** As much of macOS's plutil as the script uses, on a plist in XML whose values are strings. */
const PLUTIL = `#!/usr/bin/env node
import { readFileSync, writeFileSync } from "node:fs";
const args = process.argv.slice(2);
const file = args.at(-1);
let text = readFileSync(file, "utf8");
const inside = /(<key>EnvironmentVariables<\\/key>\\s*<dict>)(.*?)(<\\/dict>)/s;
if (args[0] === "-extract") process.exit(inside.test(text) ? 0 : 1);
if (args[0] === "-insert") text = text.replace(/<\\/dict>\\s*<\\/plist>/, "<key>EnvironmentVariables</key><dict></dict></dict></plist>");
if (args[0] === "-replace") {
  const key = "<key>" + args[1].split(".")[1] + "</key>";
  const value = "<string>" + args[3].replaceAll("&", "&amp;").replaceAll("<", "&lt;") + "</string>";
  text = text.replace(inside, (_, start, middle, end) => {
    const rest = middle.replace(new RegExp(key + "<string>[^<]*</string>"), "");
    return start + rest + key + value + end;
  });
}
writeFileSync(file, text);
`;

for (const [title, environment] of [
  [
    "with variables of its own",
    "<key>EnvironmentVariables</key><dict><key>NIX_SSL_CERT_FILE</key><string>/etc/ssl/cert.pem</string></dict>",
  ],
  ["without any", ""],
] as const)
  onImage(`macOS: the daemon's job ${title} gets the network's, and comes back`, async () => {
    const job = "Library/LaunchDaemons/org.nixos.nix-daemon.plist";
    const root = image({
      "System/Library/x": "",
      [job]: `<plist><dict><key>Label</key><string>org.nixos.nix-daemon</string>${environment}</dict></plist>\n`,
    });
    const before = snapshot(root);
    const programs = tempTree({ plutil: PLUTIL });
    chmodSync(join(programs, "plutil"), 0o755);
    const [network, env] = [outWithNetwork(), { PATH: `${programs}:${process.env["PATH"]}` }];
    const on = (...args: string[]) => run([join(network, "apply-nix-config.sh"), "--root", root, ...args], { env });
    for (const [args, writes] of [
      [[], true],
      [[], false],
    ] as const) {
      const { status, stdout, stderr } = await on(...args);
      assert.is(status, 0, stderr);
      assert.is(/^write \/Library/m.test(stdout), writes);
    }
    const text = readFileSync(join(root, job), "utf8");
    assert.match(text, /<key>https_proxy<\/key><string>http:\/\/proxy\.example\.net:3128<\/string>/);
    assert.is(text.match(/NIX_SSL_CERT_FILE<\/key><string>\/etc\/nix\/ca-bundle\.crt/g)?.length, 1);
    assert.not.match(text, /cert\.pem/);
    assert.not(existsSync(join(root, DROP_IN)));
    const { status, stderr } = await on("--uninstall");
    assert.is(status, 0, stderr);
    assert.equal(snapshot(root), before);
  });

test.run();
