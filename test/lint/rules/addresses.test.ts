import { suite } from "uvu";
import { base, codeRows, HOST_KEY } from "../../support/diagnostic-rows.ts";

const test = suite("rules: addresses for ssh");

const host = (target: string) => `${base}hosts:\n  a: { stateVersion: "26.05", deploy: { target: ${target} } }\n`;
const builder = (address: string) => `${base}builders:\n  - host: ${address}\n    publicHostKey: ${HOST_KEY}\n`;

codeRows(test, [
  ...(
    [
      ["10.0.0.300", "is no IPv4 address: it has four numbers up to 255"],
      ["1234", "is no IPv4 address: it has four numbers up to 255"],
      ["2001:db8:::7", "is no IPv6 address"],
      ["web..example.net", "has two dots in a row, or one at an end"],
      ["web-.example.net", "has a part that no name can have: `web-`"],
      [`${"x".repeat(64)}.net`, "has a part of more than 63 characters"],
    ] as const
  ).map(([target, why]) => ({
    code: "address-invalid",
    says: `\`${target}\` ${why}`,
    bad: `${base}hosts: { box: { stateVersion: "26.05", deploy: { target: ⟦"${target}"⟧ } } }\n`,
    good: `${base}hosts: { box: { stateVersion: "26.05", deploy: { target: "fe80::1%eth0" } } }\n`,
  })),

  {
    code: "address-for-ssh",
    says: "ssh takes an address without a port",
    bad: host('⟦"a.example.net:2222"⟧'),
    good: host("a.example.net, port: 2222"),
  },
  {
    code: "address-for-ssh",
    says: "ssh takes an IPv6 address without brackets",
    bad: host('⟦"[2001:db8::7]"⟧'),
    good: host('"2001:db8::7"'),
  },
  {
    code: "address-for-ssh",
    says: "ssh takes an address without a port",
    bad: builder('⟦"c.example.net:2222"⟧'),
    good: builder("c.example.net"),
  },
  {
    code: "builder-host-unknown",
    says: "no host of the spec is called `buidler`, so it is taken for an address",
    bad: `${base}hosts:\n  builder: { stateVersion: "26.05" }\nbuilders:\n  - host: ⟦buidler⟧\n    publicHostKey: ${HOST_KEY}\n`,
    good: `${base}hosts:\n  builder: { stateVersion: "26.05" }\nbuilders:\n  - host: arm\n    publicHostKey: ${HOST_KEY}\n`,
  },
]);

test.run();
