/* Names of specs, and of the files beside them. */

/** Whether a word of the command line is the path of a spec. */
export const isSpecPath = (word: string): boolean => /\.ya?ml$/i.test(word);

/** The path of a file beside a spec: `platform.pins.json` for `pins.json` beside `platform.yaml`. */
export const besideSpec = (spec: string, ending: string): string => `${spec.replace(/\.ya?ml$/i, "")}.${ending}`;
