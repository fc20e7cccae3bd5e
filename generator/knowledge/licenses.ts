/* Licences by SPDX's identifiers: https://spdx.org/licenses. */

/** The current form of an identifier: `GPL-3.0` is a deprecated name of GPL-3.0-only, `GPL-3.0+` of GPL-3.0-or-later. nixpkgs has both. */
export function currentLicense(id: string): string {
  const [, gnu, plus] = /^((?:A|L)?GPL-[0-9.]+?)(\+)?$/.exec(id) ?? [];
  if (gnu === undefined) return id;
  return plus === undefined ? `${gnu}-only` : `${gnu}-or-later`;
}
