import type { Outcome } from "../../generator/commands/outcome.ts";
import { explanationOf } from "../../generator/lint/rules.ts";
import { toGithub } from "../../generator/report/github.ts";
import { toJson } from "../../generator/report/json.ts";
import { toSarif } from "../../generator/report/sarif.ts";
import { toText } from "../../generator/report/text.ts";

/* Forty forms of secrets, and what is looked for in what a command prints. */

export const alnum = (length: number, shift = 0) =>
  Array.from({ length }, (_, at) => "aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xYz"[(at * 7 + shift) % 33]).join("");
export const hex = (length: number) => Array.from({ length }, (_, at) => "0f1e2d3c4b5a69788796"[(at * 3) % 20]).join("");
export const upper = (length: number) => alnum(length).toUpperCase();
export const base64 = (bytes: number) =>
  Buffer.from(Array.from({ length: bytes }, (_, at) => (at * 89 + 7) % 256)).toString("base64");
export const UUID = `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
export const jwt = `eyJhbGciOiJIUzI1NiJ9.eyJ${alnum(40)}.${alnum(43)}`;

/** A secret as it is written, and what of it must not be seen. */
export type Form = readonly [written: string, secret?: string];

export const FORMS: readonly Form[] = [
  [`ghp_${alnum(36)}`],
  [`gho_${alnum(36, 1)}`],
  [`github_pat_${alnum(22)}_${alnum(59, 2)}`],
  [`glpat-${alnum(20)}`],
  [`glrt-${alnum(24)}`],
  [`AKIA${upper(16)}`],
  [`AIza${alnum(35)}`],
  [`dop_v1_${hex(64)}`],
  [`hvs.${alnum(90)}`],
  [`xoxb-123456789012-${alnum(24)}`],
  [`npm_${alnum(36)}`],
  [`pypi-AgEI${alnum(80)}`],
  [`dckr_pat_${alnum(27)}`],
  [`tskey-auth-${alnum(16)}-${alnum(32)}`],
  [`sk-ant-${alnum(40)}`],
  [`sk_live_${alnum(24)}`],
  [`eyJhbGciOiJIUzI1NiJ9.eyJ${alnum(40)}.${alnum(43)}`],
  [`https://ada:correct-horse-battery@cache.example.org`, "correct-horse-battery"],
  [`postgres://app:s3cr3t-of-the-database@db.example.org/app`, "s3cr3t-of-the-database"],
  [`https://${alnum(40)}@github.com/acme/private`, alnum(40)],
  [`https://cache.example.org/nix?token=${alnum(24)}`, alnum(24)],
  [`https://cache.example.org/nix?X-Amz-Signature=${hex(64)}`, hex(64)],
  [`machine cache.example.org login ada password ${alnum(14)}`, alnum(14)],
  [`DB_PASSWORD=correct-horse-battery`, "correct-horse-battery"],
  [`GITHUB_TOKEN=${hex(40)}`, hex(40)],
  [`cache.example.org-1:${alnum(86)}==`, alnum(86)],
  [`AGE-SECRET-KEY-1${upper(58)}`],
  [`-----BEGIN OPENSSH PRIVATE KEY----- ${alnum(120)} -----END OPENSSH PRIVATE KEY-----`, alnum(120)],
  [`-----BEGIN PGP PRIVATE KEY BLOCK----- ${alnum(120)} -----END PGP PRIVATE KEY BLOCK-----`, alnum(120)],
  [
    Buffer.from(`-----BEGIN OPENSSH PRIVATE KEY-----\n${alnum(90)}\n-----END OPENSSH PRIVATE KEY-----\n`)
      .toString("base64")
      .replaceAll("\n", ""),
  ],
  [`hf_${alnum(34)}`],
  [`glsa_${alnum(32)}_${hex(8)}`],
  [`SG.${alnum(22)}.${alnum(43)}`],
  [`${alnum(14)}.atlasv1.${alnum(67)}`, alnum(67)],
  [`ATATT3${alnum(80)}`],
  [`dapi${hex(32)}`],
  [`dp.pt.${alnum(43)}`],
  [`shpat_${hex(32)}`],
  [`123456789:AA${alnum(33)}`],
  [`Authorization: Bearer ${alnum(40)}`, alnum(40)],
];

/** Ten equal characters are no coincidence, nor twelve equal letters and digits in small letters and with others between them. */
export function leaks(output: string, secret: string): string | undefined {
  for (let at = 0; at + 10 <= secret.length; at++)
    if (output.includes(secret.slice(at, at + 10))) return secret.slice(at, at + 10);
  const letters = lettersOf(secret);
  const looked = output.split("\n").map(lettersOf).join("\n");
  for (let at = 0; at + 12 <= letters.length; at++) {
    const part = letters.slice(at, at + 12);
    if (looked.includes(part)) return part;
  }
  return undefined;
}

const lettersOf = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, "");

/** Everything that a run prints in any format. */
export function printed({ report, output, notes, summary, data }: Outcome): string {
  return [
    toText(report, false),
    toJson(report, 2),
    toGithub(report),
    toSarif(report, "0.0.0", explanationOf),
    output,
    ...notes,
    summary,
    JSON.stringify(data ?? null),
  ].join("\n");
}

/** What only its name gives away. */
export const OPAQUE = ["correct-horse-battery", "Zk3vWq8LxPnR5tYb2mHc"];
