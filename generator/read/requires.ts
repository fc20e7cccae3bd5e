/* `requires`: the version of flakewright that a spec needs, such as `>=0.2`. */

/** The minimum version; undefined for an invalid value, which validation reports. */
export function requiredVersion(requires: unknown): string | undefined {
  return typeof requires === "string" ? /^>= ?([0-9]+(?:\.[0-9]+){0,2})$/.exec(requires)?.[1] : undefined;
}

/** Whether a version is older than another. Only the numbers count, up to three; a suffix such as `-rc1` is ignored. */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => (/^[0-9.]*/.exec(text)?.[0] ?? "").split(".").map(Number);
  const [own, other] = [numbers(version), numbers(than)];
  for (const [at, wanted] of other.entries()) {
    const has = own[at] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}
