import { type Pins, pinKey } from "../knowledge/pins.ts";
import { nixpkgsUrl } from "../knowledge/releases.ts";
import type { ReporterAdd } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { AskedVersion, PackageSet } from "./model.ts";

/** The pins file beside the spec. */
export interface PinsFile {
  /** As messages name it. */
  readonly file: string;
  /** Undefined where there is no such file; a text says why it can't be used. */
  readonly content: Pins | string | undefined;
}

/** A tool at the version that the spec asks for. */
interface PinnedTool {
  readonly attribute: string;
  readonly version: string;
  readonly from: PackageSet;
}

/** The versions that tools ask for, and the commits that have them. */
export class Versions {
  readonly #pins: PinsFile | undefined;
  readonly #add: ReporterAdd;
  readonly #asked = new Map<string, AskedVersion>();
  readonly #sets = new Map<string, PackageSet>();
  #isRefused = false;

  constructor(pins: PinsFile | undefined, add: ReporterAdd) {
    this.#pins = pins;
    this.#add = add;
  }

  /** In the order in which they were asked for, each once. */
  get asked(): AskedVersion[] {
    return [...this.#asked.values()];
  }

  /** One package set for each commit. */
  get sets(): PackageSet[] {
    return [...this.#sets.values()];
  }

  /** The pin of a tool. Reports `version-unresolved`. */
  pin(path: string, version: string, at: SpecPath): PinnedTool | undefined {
    const key = pinKey(path, version);
    if (!this.#asked.has(key)) this.#asked.set(key, { at, package: path, version });
    const { file = "pins file", content } = this.#pins ?? {};
    if (content === undefined || typeof content === "string") {
      // One mistake, however many tools it concerns.
      if (this.#isRefused) return undefined;
      this.#isRefused = true;
      if (content === undefined)
        this.#report(
          at,
          `there is no ${file}, which says where \`${path}\` ${version} is`,
          "run `flakewright pin` and commit the file",
        );
      else this.#report(at, `${file} can't be used: ${content}`, "run `flakewright pin`, which writes it anew, and commit it");
      return undefined;
    }
    const pin = content.pins.get(key);
    if (!pin) {
      const others = [...content.pins]
        .filter(([other]) => other.startsWith(`${path}@`))
        .map(([other]) => other.slice(path.length + 1));
      const only = others.length > 0 ? `, only ${others.join(", ")}` : "";
      this.#report(at, `${file} has no ${version} of \`${path}\`${only}`, "run `flakewright pin` and commit the file");
      return undefined;
    }
    const { rev, date, attribute } = pin;
    const name = `nixpkgs-${date}-${rev.slice(0, 7)}`;
    const set = this.#sets.get(rev) ?? { at, name, url: nixpkgsUrl(rev), kind: "nixpkgs", follows: [], isPin: true };
    this.#sets.set(rev, set);
    return { attribute, version: pin.version, from: set };
  }

  #report(at: SpecPath, message: string, hint: string): void {
    this.#add("version-unresolved", at, "value", message, { hint });
  }
}
