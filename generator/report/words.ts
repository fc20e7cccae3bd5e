/** Names in backquotes, separated by commas. */
export const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(", ");

/** The first names of a list and how many more there are: `a, b and 3 more`. */
export function listed(names: readonly string[], most = 10): string {
  const rest = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${rest}`;
}

/** The hint `did you mean …?`, or nothing if there are no suggestions. */
export const didYouMean = (near: readonly string[]): { hint?: string } =>
  near.length > 0 ? { hint: `did you mean ${quoted(near)}?` } : {};
