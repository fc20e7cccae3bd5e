import Type, { type TSchema } from "typebox";

/*
 * A small layer over TypeBox. Each helper returns a JSON Schema whose TypeScript type is the type of the valid values, so that shapes and
 * types are written once. A definition is used by reference, which keeps the schema small and its errors specific.
 */

/** The type of the values that a schema accepts. */
export type ValueOf<T extends TSchema> = Type.Static<T>;

interface Annotations {
  readonly description?: string;
  readonly default?: unknown;
}

/** The `$defs` of the schema, in the order of the calls of `define`. */
export const definitions: Record<string, TSchema> = {};

/** A reference to a definition, with the description and the default for the place where it is used. */
export type Reference<T extends TSchema> = (description?: string, fallback?: unknown) => Type.TUnsafe<ValueOf<T>>;

/** Adds a definition to `$defs`; the result makes references to it. */
export function define<T extends TSchema>(name: string, schema: T): Reference<T> {
  definitions[name] = schema;
  return (description, fallback) => Type.Unsafe<ValueOf<T>>({ ...annotated(description, fallback), $ref: `#/$defs/${name}` });
}

/** A description and a default. A sentence with the default is added to the description. */
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

/** A map from names that the user chooses to values. */
export const mapOf = <T extends TSchema>(names: Reference<TSchema>, values: T, description: string) =>
  Type.Unsafe<Readonly<Record<string, ValueOf<T>>>>({
    type: "object",
    description,
    propertyNames: names(),
    additionalProperties: values,
  });

/** Text or a map. `if` selects the schema by the kind of the value, so that an error is about the form that the user wrote. */
export const textOr = <A extends TSchema, B extends TSchema>(short: A, long: B, description: string, fallback?: string) =>
  Type.Unsafe<ValueOf<A> | ValueOf<B>>({
    ...annotated(description, fallback),
    type: ["string", "object"],
    if: { type: "string" },
    then: short,
    else: { if: { type: "object" }, then: long },
  });

/** A JSON Schema with the type of its values, for shapes that no helper has. */
export const raw = <T>(schema: object): Type.TUnsafe<T> => Type.Unsafe<T>(schema);
