export const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

/** `did you mean …?` for a hint, or nothing. */
export const didYouMean = (near: readonly string[]): { hint?: string } =>
  near.length > 0 ? { hint: `did you mean ${quoted(near)}?` } : {};
