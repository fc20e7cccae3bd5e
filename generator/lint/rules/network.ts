import { addressProblem, ipVersion, isPort } from "../../knowledge/internet-address.ts";
import { replacement } from "../edits.ts";
import type { Rule } from "../rule.ts";

/* The proxy and the hosts that are reached without it. */

/** What curl, which Nix uses, takes as a proxy. */
const SCHEMES = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/** Whether a text is a name or an IPv4 address, with or without the dot of DNS's root at the end. */
const isHost = (text: string): boolean => !text.includes(":") && addressProblem(text.replace(/\.$/, "")) === undefined;

/** A host, or a domain with a dot in front of it. */
const isHostOrDomain = (text: string): boolean => isHost(text.replace(/^\./, ""));

/** What is wrong with a proxy's address, and the address that was meant, if that is certain. */
function proxyProblem(proxy: string): { readonly message: string; readonly meant?: string; readonly hint?: string } | undefined {
  const [, scheme, account, rest = ""] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):\/\/)?(?:([^@/]*)@)?(.*)$/.exec(proxy) ?? [];
  const [, address = "", path = ""] = /^([^/?#]*)(.*)$/.exec(rest) ?? [];
  const [, host = "", port] = /^(\[[^\]]*\]|[^:]*)(?::([0-9]+))?$/.exec(address) ?? [];
  const isAddress = host.startsWith("[") ? ipVersion(host.slice(1, -1)) === 6 : isHost(host);
  if (!isAddress || (port !== undefined && !isPort(port)))
    return { message: "this is not the address of a proxy", hint: "write one such as http://proxy.example.net:3128" };
  if (account !== undefined && /[$%](?![0-9A-Fa-f]{2})/.test(account))
    return {
      message: "nothing in the address is expanded",
      hint: "leave the account out here, and set http_proxy and https_proxy where it is needed, from a file that only root can read",
    };
  if (scheme === undefined)
    return port === undefined
      ? {
          message: "the address of the proxy has no scheme and no port",
          hint: `write \`http://${host}:3128\`, with the proxy's port`,
        }
      : { message: "the address of the proxy has no scheme", meant: `http://${proxy}` };
  if (!SCHEMES.includes(scheme.toLowerCase()))
    return { message: `Nix has no proxies of the kind \`${scheme}\``, hint: `the kinds are ${SCHEMES.join(", ")}` };
  if (port === undefined)
    return {
      message: "programs differ in the port of a proxy without one: curl takes 1080, others 80",
      hint: `write the port: \`${scheme}://${host}:3128\``,
    };
  if (path !== "" && path !== "/")
    return {
      message: "a proxy has no path: this may be the address of a configuration file (PAC), which Nix does not read",
      hint: "write the address of the proxy itself, such as http://proxy.example.net:3128",
    };
  return undefined;
}

/** What is wrong with an entry of `noProxy`. */
function entryProblem(entry: string): { readonly message: string; readonly meant?: string } | undefined {
  if (entry === "*" || ipVersion(entry) !== 0) return undefined;
  const [, address = "", bits] = /^(.*?)(?:\/([0-9]{1,3}))?$/.exec(entry) ?? [];
  const version = ipVersion(address);
  if (bits !== undefined && version !== 0)
    return Number(bits) <= (version === 4 ? 32 : 128) ? undefined : { message: "this is not a host, a domain or an address" };
  if (isHostOrDomain(entry)) return undefined;
  const bracketed = /^\[([^\]]*)\](?::[0-9]+)?$/.exec(entry)?.[1];
  if (bracketed !== undefined && ipVersion(bracketed) === 6)
    return { message: "an IPv6 address has no brackets here", meant: bracketed };
  const domain = /^\*(\..+)$/.exec(entry)?.[1];
  if (domain !== undefined && isHostOrDomain(domain))
    return { message: "programs do not know `*` in front of a domain", meant: domain };
  const host = /^(?:[a-z]+:\/\/)?([^/:]+)(?::[0-9]+)?(?:\/.*)?$/i.exec(entry)?.[1];
  if (host !== undefined && isHostOrDomain(host))
    return { message: "an exception is a host, without a scheme, a port and a path", meant: host };
  return { message: "this is not a host, a domain or an address" };
}

export const networkRules: readonly Rule[] = [
  {
    code: "proxy-address",
    severity: "error",
    final: true,
    summary: "an address that Nix and other programs do not take for a proxy",
    cause:
      "The address goes into http_proxy and https_proxy as it is. Programs read it in their own ways: without a scheme some refuse it, without a port each takes another one.",
    example: "network: { proxy: proxy.example.net:3128 }",
    fixed: "network: { proxy: http://proxy.example.net:3128 }",
    source: "https://curl.se/libcurl/c/CURLOPT_PROXY.html",
    check: ({ model, source, report }) => {
      const proxy = model.network?.proxy;
      const problem = proxy === undefined ? undefined : proxyProblem(proxy);
      if (!problem) return;
      const at = ["network", "proxy"];
      const { meant } = problem;
      report({
        at,
        message: problem.message,
        hint: problem.hint ?? `write \`${meant}\``,
        fix: () => (meant === undefined ? undefined : replacement(source, at, "value", meant)),
      });
    },
  },
  {
    code: "no-proxy-entry",
    severity: "error",
    final: true,
    summary: "an exception from the proxy that programs do not understand",
    cause:
      "no_proxy has hosts, domains and addresses. curl, Go and Python agree on .example.net for a domain with all its hosts, and on nothing with a `*` in it.",
    example: 'network: { proxy: "http://proxy.example.net:3128", noProxy: ["*.example.net"] }',
    fixed: 'network: { proxy: "http://proxy.example.net:3128", noProxy: [.example.net] }',
    check: ({ model, source, report }) => {
      for (const [index, entry] of (model.network?.noProxy ?? []).entries()) {
        const problem = entryProblem(entry);
        if (!problem) continue;
        const at = ["network", "noProxy", index];
        const { meant } = problem;
        report({
          at,
          message: problem.message,
          hint: meant === undefined ? "write one such as build.example.net, .example.net or 10.0.0.0/8" : `write \`${meant}\``,
          fix: () => (meant === undefined ? undefined : replacement(source, at, "value", `"${meant}"`)),
        });
      }
    },
  },
  {
    code: "no-proxy-without-proxy",
    severity: "warning",
    summary: "exceptions from a proxy that the spec does not have",
    cause: "`noProxy` has an effect only beside `proxy`.",
    example: "network: { noProxy: [.example.net] }",
    fixed: "network: { proxy: http://proxy.example.net:3128, noProxy: [.example.net] }",
    check: ({ model, report }) => {
      const { network } = model;
      if (!network || network.proxy !== undefined || network.noProxy.length === 0) return;
      report({
        at: ["network", "noProxy"],
        part: "key",
        message: "`noProxy` has no effect without `proxy`",
        hint: "add the proxy, or delete `noProxy`",
      });
    },
  },
];
