/* `requires`: the flakewright that a spec needs, `>=0.2`. */

/** The oldest version that will do; undefined for what is no such text: validation says so. */
export function requiredVersion(requires: unknown): string | undefined {
  return typeof requires === "string" ? /^>= ?([0-9]+(?:\.[0-9]+){0,2})$/.exec(requires)?.[1] : undefined;
}

/** Whether a version of up to three numbers comes before another; what stands behind them (`-rc1`) is not looked at. */
export function isOlder(version: string, than: string): boolean {
  const numbers = (text: string) => (/^[0-9.]*/.exec(text)?.[0] ?? "").split(".").map(Number);
  const [own, other] = [numbers(version), numbers(than)];
  for (const [at, wanted] of other.entries()) {
    const has = own[at] ?? 0;
    if (has !== wanted) return has < wanted;
  }
  return false;
}
