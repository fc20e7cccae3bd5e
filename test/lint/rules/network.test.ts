import { suite } from "uvu";
import * as assert from "uvu/assert";
import { base, codeRows, codes } from "../../support/diagnostic-rows.ts";
import { compileText } from "../../support/spec.ts";

const test = suite("rules: the network");

const proxy = (address: string) => `${base}network:\n  proxy: ${address}\n`;
const noProxy = (entry: string) => `${base}network:\n  proxy: http://proxy.example.net:3128\n  noProxy: [${entry}]\n`;
const GOOD = "http://proxy.example.net:3128";

codeRows(test, [
  {
    code: "proxy-address",
    says: "the address of the proxy has no scheme",
    bad: proxy("⟦proxy.example.net:3128⟧"),
    good: proxy(GOOD),
  },
  {
    code: "proxy-address",
    says: "the address of the proxy has no scheme and no port",
    bad: proxy("⟦proxy.example.net⟧"),
    good: proxy(GOOD),
  },
  {
    code: "proxy-address",
    says: "programs differ in the port of a proxy without one: curl takes 1080, others 80",
    bad: proxy("⟦http://proxy.example.net⟧"),
    good: proxy("socks5h://[2001:db8::1]:1080"),
  },
  {
    code: "proxy-address",
    says: "Nix has no proxies of the kind `ftp`",
    bad: proxy("⟦ftp://proxy.example.net:21⟧"),
    good: proxy("https://proxy.example.net:8443/"),
  },
  {
    code: "proxy-address",
    says: "a proxy has no path: this may be the address of a configuration file (PAC), which Nix does not read",
    bad: proxy("⟦http://wpad.example.net:80/proxy.pac⟧"),
    good: proxy(GOOD),
  },
  {
    code: "proxy-address",
    says: "this is not the address of a proxy",
    bad: proxy("⟦http://proxy.example.net:70000⟧"),
    good: proxy("http://10.0.0.1:3128"),
  },
  {
    code: "no-proxy-entry",
    says: "programs do not know `*` in front of a domain",
    bad: noProxy('⟦"*.example.net"⟧'),
    good: noProxy(".example.net"),
  },
  {
    code: "no-proxy-entry",
    says: "an exception is a host, without a scheme, a port and a path",
    bad: noProxy('⟦"https://git.example.net:8443/x"⟧'),
    good: noProxy('git.example.net, 10.0.0.0/8, "2001:db8::/32", "*"'),
  },
  {
    code: "no-proxy-entry",
    says: "an IPv6 address has no brackets here",
    bad: noProxy('⟦"[::1]"⟧'),
    good: noProxy('"::1"'),
  },
  {
    code: "no-proxy-entry",
    says: "this is not a host, a domain or an address",
    bad: noProxy('⟦"10.0.0.0/99"⟧'),
    good: noProxy("10.0.0.0/9"),
  },
  ...(["10.0.0", "a..example.net", "a.-b.example.net", `${"a".repeat(64)}.net`] as const).map((entry) => ({
    code: "no-proxy-entry",
    says: "this is not a host, a domain or an address",
    bad: noProxy(`⟦"${entry}"⟧`),
    good: noProxy("a.b-c.example.net, _dmarc.example.net., 10.0.0.1"),
  })),
  {
    code: "proxy-address",
    says: "this is not the address of a proxy",
    bad: proxy("⟦http://proxy..example.net:3128⟧"),
    good: proxy("http://proxy.example.net.:3128"),
  },
  {
    code: "no-proxy-without-proxy",
    says: "`noProxy` has no effect without `proxy`",
    bad: `${base}network:\n  ⟦noProxy⟧: [.example.net]\n`,
    good: `${base}network:\n  caBundle: /etc/ssl/company.pem\n`,
  },
  {
    code: "secret-in-spec",
    says: "the spec contains a password in a URL",
    bad: proxy("http://ada:⟦correct-horse⟧@proxy.example.net:3128"),
    good: proxy("http://ada@proxy.example.net:3128"),
  },
  {
    // No word stands for a password here: it would be sent as it is.
    code: "secret-in-spec",
    says: "the spec contains a password in a URL",
    bad: proxy("http://ada:⟦test⟧@proxy.example.net:3128"),
    good: proxy(GOOD),
  },
]);

for (const [title, line] of [
  ["a folder", "caBundle: /etc/ssl/"],
  ["a way out of the output folder", "caBundle: ./../company.pem"],
  ["shell code, which NixOS would run", 'caBundle: "/etc/$(id).pem"'],
  ["shell code in the proxy", 'proxy: "http://$(id):3128"'],
  ["two hosts in one entry", "noProxy: ['a.example.net,b.example.net']"],
] as const)
  test(`refused: ${title}`, () => {
    const { diagnostics, files } = compileText(`${base}network:\n  ${line}\n`);
    assert.not.ok(files);
    assert.ok(
      codes(diagnostics).includes("name-invalid") || codes(diagnostics).includes("schema-value"),
      codes(diagnostics).join(),
    );
  });

test("a password of a proxy is in no output and in no message", () => {
  const { diagnostics, files, texts } = compileText(proxy("http://ada:hunter22@proxy.example.net:3128"));
  assert.not.ok(files);
  assert.not.match(JSON.stringify([diagnostics, [...texts.values()]]), /hunter22/);
});

test.run();
