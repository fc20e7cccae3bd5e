import { BASH_WORDS } from "../knowledge/shell-words.ts";
import { holdsSecret } from "./secrets.ts";

/* Scripts and tasks of other programs as commands of a spec. */

/** A script that runs in the project's root, wherever it is called. */
export const inProjectRoot = (script: string, folder = ""): string => `cd "$FLAKEWRIGHT_ROOT"${folder}\n${script.trimEnd()}\n`;

/** Programs' names for foreign names: each that can be one stays as it is. */
export class CommandNames {
  readonly #taken: Set<string>;

  /** @param all every foreign name, so that none gets the name of another one */
  constructor(all: readonly string[]) {
    this.#taken = new Set(["menu", ...all]);
  }

  /** The name with a remark if it is another one, which may be empty; without a name, the remark says why. */
  of(written: string): { readonly name?: string; readonly remark: string } {
    if (holdsSecret(written)) return { remark: "its name holds a secret" };
    const isHidden = BASH_WORDS.has(written);
    if (/^[a-z_][a-z0-9_-]{0,127}$/.test(written) && !isHidden && written !== "menu") return { name: written, remark: "" };
    const plain = written
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, "-")
      .replace(/^[^a-z_]+|-+$/g, "")
      .slice(0, 120);
    const name = isHidden || plain === "menu" || BASH_WORDS.has(plain) ? `run-${plain}` : plain;
    if (plain === "" || this.#taken.has(name))
      return { remark: "a command needs a name of lower-case letters, digits, `-` and `_`" };
    this.#taken.add(name);
    return { name, remark: `its name was \`${written}\`${isHidden ? ", which bash takes for its own" : ""}` };
  }
}
