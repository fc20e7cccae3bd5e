import type { Diagnostic } from "vscode-languageserver/node";

/**
 * What the editor shows of each file. A file can be a part of several specs, and each of them has diagnostics of it; a file that a spec no
 * longer includes loses those.
 */
export class Shown {
  /** By spec, then by URI. */
  readonly #bySpec = new Map<string, ReadonlyMap<string, readonly Diagnostic[]>>();

  /**
   * Takes the diagnostics of a spec in place of those that it had.
   *
   * @returns The files to show anew, each with all its diagnostics.
   */
  replace(spec: string, found: ReadonlyMap<string, readonly Diagnostic[]>): Map<string, Diagnostic[]> {
    const uris = new Set([...(this.#bySpec.get(spec)?.keys() ?? []), ...found.keys()]);
    this.#bySpec.set(spec, found);
    return new Map([...uris].map((uri) => [uri, this.#of(uri)]));
  }

  #of(uri: string): Diagnostic[] {
    const all = new Map<string, Diagnostic>();
    for (const found of this.#bySpec.values())
      for (const one of found.get(uri) ?? []) all.set(JSON.stringify([one.code, one.range, one.message]), one);
    return [...all.values()];
  }
}
