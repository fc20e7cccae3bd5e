/** A path as a set's member. */
export const pathKey = (path: SpecPath): string => path.join("\0");

/** `groups.k8s.packages[0]`, as people write a place and as `lint: at:` takes it. */
export function pathText(path: SpecPath): string {
  return path.map((step, index) => (typeof step === "number" ? `[${step}]` : index === 0 ? step : `.${step}`)).join("");
}

/** Keys and indices from the root of the spec: `["groups", "k8s", "packages", 0]`. */
export type SpecPath = readonly (string | number)[];

/** What stands at a path; undefined where nothing does. */
export function valueAt(source: { readonly value: unknown }, path: SpecPath): unknown {
  let node = source.value;
  for (const step of path) node = (node as Record<string | number, unknown> | null | undefined)?.[step];
  return node;
}
