/** A path as a key for sets and maps. */
export const pathKey = (path: SpecPath): string => path.join("\0");

/** A path as text, as in messages and in `at:` of `lint`: `groups.k8s.packages[0]`. */
export function pathText(path: SpecPath): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** Keys and indices from the root of the spec: `["groups", "k8s", "packages", 0]`. */
export type SpecPath = readonly (string | number)[];

/** The value at a path; undefined if there is none. */
export function valueAt(source: { readonly value: unknown }, path: SpecPath): unknown {
  let node = source.value;
  for (const step of path) node = (node as Record<string | number, unknown> | null | undefined)?.[step];
  return node;
}

/**
 * The path for a text such as `trustedUsers[1]`, `trustedUsers.1` or `groups.k8s.packages`, the reverse of `pathText`. Keys can contain dots.
 * Undefined if the value has nothing at that path.
 */
export function pathOfText(text: string, value: unknown): SpecPath | undefined {
  if (text === "") return [];
  if (typeof value !== "object" || value === null) return undefined;
  if (Array.isArray(value)) {
    const [step = "", bracket, plain] = /^(?:\[([0-9]{1,7})\]|([0-9]{1,7})(?![^.[]))\.?/.exec(text) ?? [];
    const index = Number(bracket ?? plain ?? Number.NaN);
    const rest = step !== "" && index < value.length ? pathOfText(text.slice(step.length), value[index]) : undefined;
    return rest && [index, ...rest];
  }
  // Each beginning that can be a key is looked up: a map can have as many keys as the spec has such texts.
  for (const key of beginnings(text)) {
    if (!Object.hasOwn(value, key)) continue;
    const rest = pathOfText(text.slice(key.length).replace(/^\.(?=.)/, ""), (value as Record<string, unknown>)[key]);
    if (rest) return [key, ...rest];
  }
  return undefined;
}

/** A text has few beginnings that are no longer than this, however long it is. */
const LONGEST_KEY = 500;

/** What is before each dot or bracket of a text, and the text itself. */
function beginnings(text: string): string[] {
  const ends = [...text.slice(0, LONGEST_KEY).matchAll(/[.[]/g)].map(({ index }) => index);
  return [...ends, text.length].map((end) => text.slice(0, end));
}

/** Whether a place of `lint: at:` is the path or contains it: `groups.k8s` covers `groups.k8s.packages[0]`; undefined covers everything. */
export function coversPath(place: string | undefined, at: SpecPath): boolean {
  if (place === undefined) return true;
  const text = dotted(pathText(at));
  const wanted = dotted(place);
  return text === wanted || text.startsWith(`${wanted}.`);
}

/** Whether entries of `lint` accept findings of a code at a path: found by the path's steps, however many entries there are. */
export function acceptedIn(
  lint: readonly { readonly code: string; readonly place?: string | undefined }[],
  code: string,
): (at: SpecPath) => boolean {
  const known = new Set(lint.filter((one) => one.code === code).map(({ place }) => place && dotted(place)));
  return (at) => {
    if (known.has(undefined)) return true;
    for (let text = dotted(pathText(at)); text !== ""; text = text.slice(0, Math.max(0, text.lastIndexOf("."))))
      if (known.has(text)) return true;
    return false;
  };
}

/** Makes `trustedUsers[1]` and `trustedUsers.1` the same text. */
export const dotted = (place: string): string => place.replace(/\[(\d+)\]/g, ".$1");
