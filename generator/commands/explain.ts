import type { Facts } from "../knowledge/packages.ts";
import { allSettings, experimentalFeatures, findSetting } from "../knowledge/settings.ts";
import { toolCompletions, toolNamed } from "../knowledge/tool-names.ts";
import { specSchema } from "../language/schema.ts";
import { KINDS } from "../language/vocabulary.ts";
import { allCodes, explanationOf, isAcceptable } from "../lint/rules.ts";
import type { Explanation } from "../report/codes.ts";
import { nearestNames } from "../report/suggestions.ts";
import type { System } from "../system/system.ts";
import type { Options, Outcome } from "./outcome.ts";
import { factsReader } from "./session.ts";

/** One meaning of the word that was asked about. */
export interface Meaning {
  readonly kind: "code" | "setting" | "feature" | "key" | "package";
  readonly title: string;
  /** One paragraph. */
  readonly text: string;
  /** Facts, each on a line of its own. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly example?: { readonly wrong?: string; readonly right: string };
}

/** `explain WORD`: a code, a nix.conf setting, an experimental feature, a key of the spec or a package. */
export async function explain(system: System, options: Options, word: string): Promise<Outcome> {
  const facts = (await factsReader(system, options))();
  const meanings = meaningsOf(word, facts);
  const report = { diagnostics: [], files: [], sources: new Map<string, string>() };
  if (meanings.length > 0)
    return { report, output: meanings.map(toText).join("\n"), isResult: true, data: { word, meanings }, notes: [], status: 0 };
  const near = nearestWords(word, facts);
  const guess = near.length > 0 ? `; did you mean ${near.join(", ")}?` : "";
  return {
    report,
    output: "",
    data: { word, meanings, nearest: near },
    notes: [`${word} is no code, nix.conf setting, package or key of the spec${guess}`],
    status: 2,
  };
}

/** Everything that a word means, the likeliest first. */
export function meaningsOf(word: string, facts: Facts | undefined): Meaning[] {
  return [
    codeMeaning(word),
    settingMeaning(word),
    featureMeaning(word),
    ...keyMeanings(word),
    packageMeaning(word, facts),
  ].filter((meaning) => meaning !== undefined);
}

/** Words that `explain` knows by name, for completion: codes, settings and keys; packages are too many. */
export function explainableWords(): string[] {
  const settings = allSettings().map((setting) => setting.name);
  return [...new Set([...allCodes(), ...settings, ...specKeys().map((key) => key.place)])].sort();
}

function nearestWords(word: string, facts: Facts | undefined): string[] {
  const last = word.slice(word.lastIndexOf(".") + 1);
  const keys = specKeys();
  const near = nearestNames(word, [...explainableWords(), ...experimentalFeatures().map((feature) => feature.name)]);
  if (near.length > 0) return near;
  const names = nearestNames(
    last,
    keys.map((key) => key.place.slice(key.place.lastIndexOf(".") + 1)),
  );
  const places = keys.filter((key) => names.includes(key.place.slice(key.place.lastIndexOf(".") + 1))).map((key) => key.place);
  return places.length > 0 ? places.slice(0, 3) : (facts?.nearest(word) ?? []);
}

function codeMeaning(code: string): Meaning | undefined {
  const found: Explanation | undefined = explanationOf(code);
  if (!found) return undefined;
  return {
    kind: "code",
    title: `${code} (${found.severity}): ${found.summary}`,
    text: found.cause,
    facts: [
      ...(isAcceptable(code) ? [["accept", `under \`lint\`, with \`code: ${code}\` and a reason`] as const] : []),
      ...(found.source === undefined ? [] : [["source", found.source] as const]),
    ],
    example: { wrong: found.example, right: found.fixed },
  };
}

function settingMeaning(word: string): Meaning | undefined {
  const found = findSetting(word);
  if (!found) return undefined;
  const { setting, via } = found;
  const values = setting.values ?? (setting.also ? [`a value of its type, or ${setting.also.join(", ")}`] : []);
  const value = shownDefault(setting.default);
  return {
    kind: "setting",
    title: `${setting.name}: a nix.conf setting`,
    text: setting.description,
    facts: [
      ...(via === "alias" ? [["name", `\`${word}\` is an old name of \`${setting.name}\``] as const] : []),
      ...(via === "extra" ? [["name", `\`${word}\` adds to \`${setting.name}\` instead of replacing it`] as const] : []),
      ["type", setting.type],
      ...(values.length > 0 ? [["values", values.join(", ")] as const] : []),
      ["default", value],
      ["in", setting.versions.map((version) => `Nix ${version}`).join(", ")],
      ...(setting.removedIn ? [["gone", `since Nix ${setting.removedIn}`] as const] : []),
      ...(setting.renamedTo ? [["use", setting.renamedTo] as const] : []),
      ...(setting.aliases.length > 0 ? [["old names", setting.aliases.join(", ")] as const] : []),
      ...(setting.appendableIn.length > 0 ? [["adding", `extra-${setting.name}`] as const] : []),
      ...(setting.experimentalFeature ? [["needs", `the experimental feature \`${setting.experimentalFeature}\``] as const] : []),
      ["source", `https://nix.dev/manual/nix/latest/command-ref/conf-file#conf-${setting.name}`],
    ],
  };
}

function shownDefault(value: unknown): string {
  if (value === undefined || value === null) return "depends on the machine";
  if (value === "") return "empty";
  if (Array.isArray(value)) return value.length === 0 ? "nothing" : value.join(" ");
  if (typeof value === "object") return Object.keys(value).length === 0 ? "nothing" : JSON.stringify(value);
  return String(value);
}

function featureMeaning(word: string): Meaning | undefined {
  const feature = experimentalFeatures().find((one) => one.name === word);
  if (!feature) return undefined;
  return {
    kind: "feature",
    title: `${word}: an experimental feature of Nix`,
    text: `Switched on by naming it in the setting \`experimental-features\`.`,
    facts: [
      ["in", feature.versions.map((version) => `Nix ${version}`).join(", ")],
      ...(feature.replacedBy ? [["replaced by", feature.replacedBy] as const] : []),
      ["source", `https://nix.dev/manual/nix/latest/development/experimental-features#xp-feature-${word}`],
    ],
  };
}

interface SpecKey {
  /** Names that the user gives are left out: `groups.packages`. */
  readonly place: string;
  readonly schema: Schema;
  readonly required: boolean;
}

type Schema = { readonly [keyword: string]: unknown };

let keys: SpecKey[] | undefined;

/** Every key of the language, in the schema's order. */
function specKeys(): readonly SpecKey[] {
  keys ??= keysOf(specSchema, "");
  return keys;
}

function keysOf(schema: Schema, place: string): SpecKey[] {
  const resolved = resolve(schema);
  const found: SpecKey[] = [];
  for (const [name, property] of Object.entries((resolved["properties"] ?? {}) as Record<string, Schema>)) {
    const at = place === "" ? name : `${place}.${name}`;
    const required = ((resolved["required"] ?? []) as string[]).includes(name);
    found.push({ place: at, schema: property, required }, ...keysOf(property, at));
  }
  // A map from the user's names, a list, text or a map: the keys below are those of the value.
  for (const inner of [resolved["additionalProperties"], resolved["items"], resolved["then"], resolved["else"]])
    if (typeof inner === "object" && inner !== null) found.push(...keysOf(inner as Schema, place));
  return found;
}

function resolve(schema: Schema): Schema {
  const name = /^#\/\$defs\/(.+)$/.exec(String(schema["$ref"] ?? ""))?.[1];
  const target = name === undefined ? undefined : (specSchema["$defs"] as Record<string, Schema>)[name];
  return target ? resolve({ ...target, ...(schema["description"] ? { description: schema["description"] } : {}) }) : schema;
}

/** A key by its place, with or without the user's own names and indices in it, or every key of that name. */
function keyMeanings(word: string): Meaning[] {
  const plain = word.replace(/\[\d*\]/g, "");
  const all = specKeys();
  let found = all.filter((key) => key.place === plain);
  if (found.length === 0) {
    // `groups.k8s.packages`: some steps are names of the user's.
    const steps = plain.split(".");
    found = all.filter(({ place }) => {
      const wanted = place.split(".");
      let at = 0;
      for (const step of steps) if (step === wanted[at]) at++;
      return (
        at === wanted.length && wanted[0] === steps[0] && wanted.at(-1) === steps.at(-1) && steps.length <= wanted.length * 2
      );
    });
    const deepest = Math.max(...found.map((key) => key.place.split(".").length));
    found = found.filter((key) => key.place.split(".").length === deepest);
  }
  if (found.length === 0) found = all.filter((key) => key.place.endsWith(`.${plain}`));
  return found.map(keyMeaning);
}

function keyMeaning({ place, schema, required }: SpecKey): Meaning {
  const resolved = resolve(schema);
  const type = ([] as unknown[]).concat(resolved["type"] ?? []).map((one) => KINDS[String(one)] ?? String(one));
  const values = (resolved["enum"] ?? resolve((resolved["items"] ?? {}) as Schema)["enum"]) as unknown[] | undefined;
  const below = specKeys()
    .filter((key) => key.place.startsWith(`${place}.`) && !key.place.slice(place.length + 1).includes("."))
    .map((key) => key.place.slice(place.length + 1));
  return {
    kind: "key",
    title: `${place}: a key of the spec`,
    text: String(resolved["description"] ?? ""),
    facts: [
      ["type", type.join(" or ")],
      ...(required ? [["required", "yes"] as const] : []),
      ...(values ? [["values", values.join(", ")] as const] : []),
      ...(below.length > 0 ? [["keys", below.join(", ")] as const] : []),
    ],
  };
}

function packageMeaning(word: string, facts: Facts | undefined): Meaning | undefined {
  const named = toolNamed(word);
  const wrong = named && (named.kind === "other-thing" || !facts?.find(word)) ? named : undefined;
  const programs = wrong || facts?.find(word) ? [] : (facts?.byProgram(word) ?? []);
  const attribute = wrong?.attribute ?? (facts?.find(word) ? word : programs[0]);
  if (attribute === undefined) return undefined;
  const found = facts?.find(attribute);
  const description = found?.description ?? toolCompletions().find((tool) => tool.attribute === attribute)?.description;
  const program = found?.mainProgram ?? "";
  const flags = [
    ...(found?.unfree ? [`unfree: needs \`nixpkgs.unfree: [${found.pname || attribute}]\``] : []),
    ...(found?.insecure ? ["insecure: needs `nixpkgs.insecure`"] : []),
    ...(found?.broken ? ["marked broken"] : []),
  ];
  const why = wrong?.why ?? (programs.length > 0 ? `\`${word}\` is a program of ${programs.slice(0, 3).join(", ")}` : undefined);
  return {
    kind: "package",
    title: `${attribute}: a package of nixpkgs`,
    text: [
      why && `${why.charAt(0).toUpperCase()}${why.slice(1)}: write \`${attribute}\`.`,
      description && `${description.replace(/\.$/, "")}.`,
    ]
      .filter(Boolean)
      .join(" "),
    facts: [
      ...(found?.version ? [["version", found.version] as const] : []),
      ...(program === "" ? [] : [["program", program] as const]),
      ...(found ? [["licence", found.licenses?.join(", ") || (found.unfree ? "unfree" : "free")] as const] : []),
      ...(found ? [["systems", found.systems.join(", ") || "none"] as const] : []),
      ...(flags.length > 0 ? [["mind", flags.join("; ")] as const] : []),
      ...(facts ? [["known from", facts.exact ? "the index of the spec's nixpkgs" : `nixpkgs ${facts.release}`] as const] : []),
    ],
  };
}

function toText({ title, text, facts, example }: Meaning): string {
  const indented = (yaml: string) => yaml.replace(/^(?=.)/gm, "    ");
  const width = Math.max(0, ...facts.map(([name]) => name.length));
  let out = `${title}\n`;
  if (text !== "") out += `\n${wrapped(text, 100)}\n`;
  if (facts.length > 0) out += `\n${facts.map(([name, value]) => `  ${`${name}:`.padEnd(width + 1)} ${value}\n`).join("")}`;
  if (example?.wrong !== undefined) out += `\n  wrong:\n${indented(example.wrong)}\n`;
  if (example) out += `\n  right:\n${indented(example.right)}\n`;
  return out;
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].map((one) => `  ${one}`).join("\n");
}
