const BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);

/** 4 or 6 for an IP address, without brackets; 0 for any other text. As node:net's isIP, which costs a start 3 ms. */
export function ipVersion(text: string): 0 | 4 | 6 {
  if (IPV4.test(text)) return 4;
  const address = /^([0-9A-Fa-f:.]+)(?:%[0-9A-Za-z.:-]+)?$/.exec(text)?.[1];
  return address !== undefined && URL.canParse(`http://[${address}]/`) ? 6 : 0;
}

/** Whether a text is the number of a port. */
export const isPort = (text: string): boolean => /^[0-9]{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;

/**
 * Why a text is no address of a machine, as the end of a sentence; undefined if it can be one: a name by the rules of DNS (RFC 1123), to
 * which programs add `_`, an IPv4 address in four parts, or an IPv6 address without brackets, with or without a zone.
 */
export function addressProblem(text: string): string | undefined {
  const [address = "", zone, ...more] = text.split("%");
  if (more.length > 0 || (zone !== undefined && !/^[A-Za-z0-9._-]+$/.test(zone))) return "has no valid zone after `%`";
  if (address.includes(":")) return ipVersion(address) === 6 ? undefined : "is no IPv6 address";
  if (zone !== undefined) return "has a zone, which only an IPv6 address has";
  // getaddrinfo(3) reads a name of numbers as an IPv4 address, also in the old forms of one to three parts.
  if (/^[0-9.]+$/.test(address))
    return ipVersion(address) === 4 ? undefined : "is no IPv4 address: it has four numbers up to 255";
  if (address.length > 253) return "is longer than the 253 characters that a name can have";
  const label = address.split(".").find((part) => !/^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(part));
  if (label === undefined) return undefined;
  if (label === "") return "has two dots in a row, or one at an end";
  return label.length > 63 ? "has a part of more than 63 characters" : `has a part that no name can have: \`${label}\``;
}
