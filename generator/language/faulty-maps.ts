import type { ErrorObject } from "ajv";
import type { Source } from "../read/source.ts";
import { type SpecPath, valueAt } from "../report/spec-path.ts";
import { pointerToPath, schemaAt } from "./schema-at.ts";
import { type FaultyMap, meantKey, type UnknownKey } from "./unknown-key.ts";

/** The maps with unknown or missing keys. What is the same for all keys of a map is computed once: a map may have very many. */
export class FaultyMaps {
  readonly #source: Source;
  readonly #missing = new Map<string, string[]>();
  readonly #unknown = new Map<string, string[]>();
  readonly #maps = new Map<string, FaultyMap>();
  readonly #meant = new Map<string, ReadonlySet<string>>();

  constructor(errors: readonly ErrorObject[], source: Source) {
    this.#source = source;
    for (const { keyword, instancePath, params } of errors) {
      if (keyword === "required") push(this.#missing, instancePath, String(params["missingProperty"]));
      if (keyword === "additionalProperties") push(this.#unknown, instancePath, String(params["additionalProperty"]));
    }
  }

  /** What is known of an unknown key of the map at a JSON Pointer. */
  unknownKey(pointer: string, key: string): UnknownKey {
    const map = this.#map(pointer);
    const range = this.#source.locate([...map.path, key], "value");
    const written = this.#source.origin([...map.path, key]).file.text.slice(range.start, range.end);
    return { ...map, key, written };
  }

  /** Whether a missing key of a map is there under another name. */
  isMisspelt(pointer: string, missing: string): boolean {
    let meant = this.#meant.get(pointer);
    if (!meant) {
      const keys = this.#unknown.get(pointer) ?? [];
      meant = new Set(keys.flatMap((key) => meantKey(this.unknownKey(pointer, key)) ?? []));
      this.#meant.set(pointer, meant);
    }
    return meant.has(missing);
  }

  /** Whether no key of a map is one of the language. */
  isForeign(pointer: string): boolean {
    const unknown = this.#unknown.get(pointer)?.length ?? 0;
    const { path } = this.#map(pointer);
    const value = valueAt(this.#source, path);
    return unknown > 0 && typeof value === "object" && value !== null && Object.keys(value).length === unknown;
  }

  #map(pointer: string): FaultyMap {
    const known = this.#maps.get(pointer);
    if (known) return known;
    const path: SpecPath = pointerToPath(pointer, this.#source.value);
    const siblings = Object.keys(schemaAt(path, this.#source.value).properties ?? {});
    const present = valueAt(this.#source, path) as object;
    const free = siblings.filter((name) => !Object.hasOwn(present, name));
    const map = { path, siblings, free, missing: this.#missing.get(pointer) ?? [] };
    this.#maps.set(pointer, map);
    return map;
  }
}

function push(lists: Map<string, string[]>, key: string, value: string): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
