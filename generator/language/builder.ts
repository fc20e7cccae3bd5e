import Type, { type TSchema } from "typebox";

/*
 * A small layer over TypeBox: each helper returns a JSON Schema whose type is the type of the values that it takes, so that the
 * language is stated once. Definitions are referred to by name, which keeps the schema small and its errors specific.
 */

export type ValueOf<T extends TSchema> = Type.Static<T>;

interface Annotations {
  readonly description?: string;
  readonly default?: unknown;
}

/** The `$defs` of the schema, in the order of their definition. */
export const definitions: Record<string, TSchema> = {};

/** A reference to a definition, with a description of what it is for at this place, and its default there. */
export type Reference<T extends TSchema> = (description?: string, fallback?: unknown) => Type.TUnsafe<ValueOf<T>>;

/** Adds a definition and returns what refers to it. */
export function define<T extends TSchema>(name: string, schema: T): Reference<T> {
  definitions[name] = schema;
  return (description, fallback) => Type.Unsafe<ValueOf<T>>({ ...annotated(description, fallback), $ref: `#/$defs/${name}` });
}

/** A description and its default; the sentence that names the default is made from it. */
export function annotated(description: string | undefined, fallback?: unknown): Annotations {
  if (fallback === undefined) return description === undefined ? {} : { description };
  const shown = Array.isArray(fallback) ? fallback.join(", ") : String(fallback);
  return { description: `${description ?? ""} Default: ${shown}.`.trim(), default: fallback };
}

export const text = (pattern?: RegExp): Type.TUnsafe<string> =>
  Type.Unsafe<string>({ type: "string", ...(pattern ? { pattern: pattern.source.replaceAll("\\/", "/") } : {}) });

export const oneOf = <const V extends readonly string[]>(values: V, description?: string, fallback?: V[number]) =>
  Type.Unsafe<V[number]>({ type: "string", enum: values, ...annotated(description, fallback) });

export const wholeNumber = (minimum: number, maximum: number, description: string, fallback?: number) =>
  Type.Unsafe<number>({ type: "integer", minimum, maximum, ...annotated(description, fallback) });

export const trueOrFalse = (description: string, fallback?: boolean) =>
  Type.Unsafe<boolean>({ type: "boolean", ...annotated(description, fallback) });

export const listOf = <T extends TSchema>(items: T, description: string, more: object = {}, fallback?: unknown) =>
  Type.Unsafe<readonly ValueOf<T>[]>({ type: "array", items, ...annotated(description, fallback), ...more });

/** A map with exactly these keys; all but the `required` ones may be left out. */
export function record<P extends Record<string, TSchema>, R extends keyof P & string = never>(
  properties: P,
  description: string,
  required: readonly R[] = [],
) {
  type Values = { readonly [K in R]: ValueOf<P[K]> } & { readonly [K in Exclude<keyof P, R>]?: ValueOf<P[K]> };
  return Type.Unsafe<Values>({
    type: "object",
    description,
    properties,
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
  });
}

/** A map from names to things. */
export const mapOf = <T extends TSchema>(names: Reference<TSchema>, values: T, description: string) =>
  Type.Unsafe<Readonly<Record<string, ValueOf<T>>>>({
    type: "object",
    description,
    propertyNames: names(),
    additionalProperties: values,
  });

/** Text or a map; each is judged by its own branch, so that a mistake is reported in the terms of what was written. */
export const textOr = <A extends TSchema, B extends TSchema>(short: A, long: B, description: string, fallback?: string) =>
  Type.Unsafe<ValueOf<A> | ValueOf<B>>({
    ...annotated(description, fallback),
    type: ["string", "object"],
    if: { type: "string" },
    then: short,
    else: { if: { type: "object" }, then: long },
  });

/** A schema as TypeScript sees it, for shapes that none of the helpers has. */
export const raw = <T>(schema: object): Type.TUnsafe<T> => Type.Unsafe<T>(schema);
