/** Names in backquotes, separated by commas. */
export const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

/** The hint `did you mean …?`, or nothing if there are no suggestions. */
export const didYouMean = (near: readonly string[]): { hint?: string } =>
  near.length > 0 ? { hint: `did you mean ${quoted(near)}?` } : {};
