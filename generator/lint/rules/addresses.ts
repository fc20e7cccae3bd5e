import { addressProblem } from "../../knowledge/internet-address.ts";
import type { Model } from "../../model/model.ts";
import type { Source } from "../../read/source.ts";
import { boundedNearest } from "../../report/bounded-search.ts";
import { type SpecPath, valueAt } from "../../report/spec-path.ts";

import { quoted } from "../../report/words.ts";
import { replacement } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* Addresses that are handed to ssh. */

/** The text at a path as it is written; `""` for anything else, which validation reports. */
function textAt(source: Source, at: SpecPath): string {
  const value = valueAt(source, at);
  return typeof value === "string" ? value : "";
}

const addressPlaces = (model: Model): SpecPath[] => [
  ...model.hosts.flatMap(({ deploy }) => (deploy ? [[...deploy.at, "target"]] : [])),
  ...model.builders.map(({ at }) => [...at, "host"]),
];

/** An address without the brackets and the port that ssh does not take; undefined for one that has neither. */
function forSsh(address: string): { readonly right: string; readonly port: string | undefined } | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:[\]]+))(?::(\d+))?$/.exec(address) ?? [];
  const right = bracketed ?? plain;
  return right === undefined || right === address ? undefined : { right, port };
}

export const addressRules: readonly Rule[] = [
  {
    code: "address-for-ssh",
    severity: "error",
    final: true,
    summary: "an address that ssh does not take as it is",
    cause:
      "The address goes to ssh as one word. ssh takes no port behind a colon and no brackets around an IPv6 address; a port has a key of its own.",
    example: 'hosts:\n  box: { stateVersion: "26.05", deploy: { target: "[2001:db8::7]" } }',
    fixed: 'hosts:\n  box: { stateVersion: "26.05", deploy: { target: "2001:db8::7" } }',
    check: ({ model, source, report }) => {
      for (const at of addressPlaces(model)) {
        const { right, port } = forSsh(textAt(source, at)) ?? {};
        if (right === undefined) continue;
        const key = String(at.at(-1));
        const hasPort = key === "target";
        const way = port === undefined ? "" : hasPort ? ` and \`port: ${port}\`` : "; the port goes into ssh's own configuration";
        report({
          at,
          message: port === undefined ? "ssh takes an IPv6 address without brackets" : "ssh takes an address without a port",
          hint: `write \`${key}: "${right}"\`${way}`,
          fix: () => (port === undefined ? replacement(source, at, "value", `"${right}"`) : undefined),
        });
      }
    },
  },
  {
    code: "address-invalid",
    severity: "error",
    final: true,
    summary: "an address that no machine can have",
    cause:
      "An address is a name by the rules of DNS, an IPv4 address of four numbers, or an IPv6 address without brackets. ssh takes any other text too, and then finds no machine of that name.",
    example: 'hosts:\n  box: { stateVersion: "26.05", deploy: { target: 10.0.0.300 } }',
    fixed: 'hosts:\n  box: { stateVersion: "26.05", deploy: { target: 10.0.0.30 } }',
    source: "https://www.rfc-editor.org/rfc/rfc1123#section-2",
    check: ({ model, source, report }) => {
      for (const at of addressPlaces(model)) {
        const address = textAt(source, at);
        const problem = forSsh(address) === undefined ? addressProblem(address) : undefined;
        if (problem)
          report({ at, message: `${quoted([address])} ${problem}`, hint: "write the machine's name or its IP address" });
      }
    },
  },
  {
    code: "builder-host-unknown",
    severity: "warning",
    summary: "a builder that is almost a host of the spec",
    cause:
      "A builder with the name of a host of the spec is that host: it gets the account, the trust and the ssh server that go with it. Any other name is an address that ssh must be able to reach.",
    example: 'hosts:\n  builder: { stateVersion: "26.05" }\nbuilders:\n  - host: buidler',
    fixed: 'hosts:\n  builder: { stateVersion: "26.05" }\nbuilders:\n  - host: builder',
    check: ({ model, source, report }) => {
      const names = model.hosts.map(({ name }) => name);
      for (const builder of model.builders) {
        const at = [...builder.at, "host"];
        const written = textAt(source, at);
        if (builder.specHost !== undefined || /[.:]/.test(written)) continue;
        const near = boundedNearest(names, written, names);
        const [only] = near;
        if (only === undefined) continue;
        report({
          at,
          message: `no host of the spec is called ${quoted([written])}, so it is taken for an address`,
          hint: `did you mean ${quoted(near)}?`,
          fix: () => (near.length === 1 ? replacement(source, at, "value", only) : undefined),
        });
      }
    },
  },
];
