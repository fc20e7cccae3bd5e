import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { generated, run } from "../support/machine.ts";
import { tempFolder } from "../support/temp.ts";
import { needs } from "../support/tools.ts";

/* The proxy and the certificate authorities that setup-nix-environment.sh gives a user's Nix, and takes away again. */

const test = suite("the network of a user's shell");

const NAMES = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY", "NIX_SSL_CERT_FILE"];
const SHOW = `printf '%s|' ${NAMES.map((name) => `"\${${name}-unset}"`).join(" ")}; echo`;
const PROXY = "http://proxy.example.net:3128";
const EXCEPT = "localhost,127.0.0.1,::1,.example.net";

let out: string;
let bundle: string;
test.before(() => {
  bundle = join(tempFolder(), "company.pem");
  writeFileSync(bundle, "");
  out = generated(
    `version: 1\nname: demo\ngroups: {}\nnetwork: { proxy: "${PROXY}", noProxy: [.example.net], caBundle: "${bundle}" }\n`,
  );
});

for (const [shell, command, prelude] of [
  ["bash", ["bash", "--norc"], "set -euo pipefail; IFS=x\n"],
  ["zsh", ["zsh", "-f"], "setopt err_exit no_unset ksh_arrays warn_create_global\n"],
  ["dash", ["dash"], "set -eu\n"],
] as const)
  for (const [title, before, during] of [
    ["nothing set", {}, [PROXY, PROXY, PROXY, PROXY, EXCEPT, EXCEPT]],
    [
      "a proxy with an account, and none for https",
      { http_proxy: "http://a:b@c:1", https_proxy: "" },
      ["http://a:b@c:1", "unset", "", "unset", EXCEPT, EXCEPT],
    ],
  ] as const)
    needs(test, [shell])(`${shell}, ${title}: what is set stays, and deactivating undoes the rest`, async () => {
      const own: Record<string, string | undefined> = Object.fromEntries(NAMES.map((name) => [name, undefined]));
      const env = { ...own, ...before, NIX_SSL_CERT_FILE: "/etc/ssl/old.crt", HOME: tempFolder() };
      const script = `${prelude}${SHOW}\n. ./setup-nix-environment.sh\n${SHOW}\n. ./setup-nix-environment.sh\n${SHOW}\nnix_environment_deactivate\n${SHOW}\n`;
      const { status, stdout, stderr } = await run([...command, "-c", script], { cwd: out, env });
      assert.is(status, 0, stderr);
      const [first = "", second, third, last] = stdout.trimEnd().split("\n");
      assert.is(second, `${[...during, bundle].join("|")}|`);
      assert.is(third, second);
      assert.is(last, first);
    });

test.run();
