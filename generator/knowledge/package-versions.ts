/* Versions of packages as nixpkgs has them: order, prefixes, releases to come. */

/** The parts of a version as Nix splits it: digits, or what stands between digits and separators. */
const partsOf = (version: string): string[] => version.match(/\d+|[^\d.\-_+~]+/g) ?? [];

/**
 * The order of `builtins.compareVersions`: below 0 where `a` is older. https://nix.dev/manual/nix/latest/language/builtins
 */
export function compareVersions(a: string, b: string): number {
  const [own, other] = [partsOf(a), partsOf(b)];
  for (let at = 0; at < Math.max(own.length, other.length); at++) {
    const [left = "", right = ""] = [own[at], other[at]];
    if (left === right) continue;
    if (isOlderPart(left, right)) return -1;
    if (isOlderPart(right, left)) return 1;
  }
  return 0;
}

function isOlderPart(a: string, b: string): boolean {
  const [numberA, numberB] = [/^\d/.test(a), /^\d/.test(b)];
  if (numberA && numberB) return BigInt(a) < BigInt(b);
  if (a === "" && numberB) return true;
  if (a === "pre" && b !== "pre") return true;
  if (b === "pre") return false;
  // `2.3a` is older than `2.3.1`.
  return numberB || (!numberA && a < b);
}

/** Whether a version is the one that was asked for, or begins with it: `1.29` is `1.29` and `1.29.3`, not `1.290`. */
export const satisfies = (version: string, asked: string): boolean =>
  version === asked || (version.startsWith(asked) && /^[.\-_+]/.test(version.slice(asked.length)));

/** Whether a version came before its release: `1.30.0-rc1`. */
const isPrerelease = (version: string): boolean => /(?:alpha|beta|rc|pre|dev|unstable|nightly|git)/i.test(version);

/** The newest version that satisfies what was asked for; a release where there is one. */
export function newestOf(versions: readonly string[], asked: string): string | undefined {
  const found = versions.filter((version) => satisfies(version, asked));
  const releases = found.filter((version) => version === asked || !isPrerelease(version));
  return (releases.length > 0 ? releases : found).sort(compareVersions).at(-1);
}

/** Up to three versions that are next to the one that was asked for, the newest last. */
export function nearestVersions(versions: readonly string[], asked: string): string[] {
  const sorted = [...new Set(versions)].sort(compareVersions);
  const parts = partsOf(asked);
  const common = (version: string): number => {
    const own = partsOf(version);
    const different = parts.findIndex((part, at) => part !== own[at]);
    return different === -1 ? parts.length : different;
  };
  const newer = sorted.findIndex((version) => compareVersions(version, asked) > 0);
  const middle = newer === -1 ? sorted.length : newer;
  const distance = (at: number): number => (at < middle ? middle - at - 1 : at - middle);
  return sorted
    .map((version, at) => ({ version, common: common(version), distance: distance(at) }))
    .sort((a, b) => b.common - a.common || a.distance - b.distance || compareVersions(b.version, a.version))
    .slice(0, 3)
    .map(({ version }) => version)
    .sort(compareVersions);
}
