import { basename, dirname, join, resolve } from "node:path";
import { importConfigs, type KnownPackages } from "../importers/index.ts";
import { type ForeignTools, openForeignTools } from "../knowledge/foreign-tools.ts";
import type { Facts } from "../knowledge/packages.ts";
import { secretPlaces } from "../knowledge/secrets-in-text.ts";
import { inOrder, listedAndCounted } from "../report/diagnostic.ts";
import { maskDiagnostics, masker, maskTexts } from "../report/masking.ts";
import { handedOver } from "../system/handed-over.ts";
import type { System } from "../system/system.ts";
import { failed, type Options, type Outcome, unreadable } from "./outcome.ts";
import { factsReader } from "./package-facts.ts";

/** `import FILE…`: prints a spec on stdout. Status 1 when a file is invalid or of an unknown kind, 2 when one is missing. */
export async function importFiles(system: System, options: Options, paths: readonly string[]): Promise<Outcome> {
  const texts: { readonly file: string; readonly text: string }[] = [];
  const read = async (path: string): Promise<string | undefined> => {
    // Nix, too, treats an include of a folder as a missing file.
    const bytes = (await system.kind(path)) === "directory" ? undefined : await system.readFile(path);
    const text = bytes?.toString("utf8");
    if (text !== undefined) texts.push({ file: path, text });
    return text;
  };
  const folders = await Promise.all(
    [...INCLUDE_FOLDERS, ...paths.map((path) => dirname(path))].map((one) => realPath(system, one)),
  );
  const isWithin = (real: string) => folders.some((folder) => real.startsWith(folder === "/" ? folder : `${folder}/`));
  const astray = (
    await Promise.all(paths.map(async (path) => ((await leadsAstray(system, path, isWithin)) ? [path] : [])))
  ).flat();
  if (astray.length > 0)
    return unreadable(
      astray.map(
        (path) =>
          `${path} is a link to a file of another name outside the project: it is not read, since its lines would be shown; copy the file here if that is meant`,
      ),
    );
  const files = await Promise.all(paths.map(async (path) => ({ path, text: await read(path) })));
  const missing = files.filter(({ text }) => text === undefined).map(({ path }) => path);
  if (missing.length > 0)
    return unreadable(
      await Promise.all(
        missing.map(
          async (path) =>
            `${path} ${(await system.kind(path)) === "directory" ? "is a folder; name the files in it" : "does not exist"}`,
        ),
      ),
    );

  const facts = (await factsReader(system, options))();
  const readIncluded = async (path: string) => (isWithin(await realPath(system, path)) ? read(path) : undefined);
  const [yaml, diagnostics] = await importConfigs(
    files.map(({ path, text }) => ({ path, text: text ?? "" })),
    readIncluded,
    facts && knownPackages(facts, await foreignTools(system, options)),
  );
  const places = secretPlaces(texts);
  const mask = masker(places.map((place) => place.text));
  // The sources are for code frames.
  const sources = maskTexts(texts, places, mask);
  const report = { diagnostics: maskDiagnostics(listedAndCounted(inOrder(diagnostics)), mask), files: [], sources };
  // The importers leave out what holds a secret, in words. This is for what they overlook.
  const output = mask?.(yaml ?? "") ?? yaml ?? "";
  const notes = output === (yaml ?? "") ? [] : ["what looks like a secret in the imported files is replaced by • in the spec"];
  return {
    report,
    output,
    notes,
    status: failed(diagnostics, options) ? 1 : 0,
    ...(yaml === undefined ? {} : { isResult: true }),
  };
}

/**
 * Whether a named file is a link that its user does not mean: in a stranger's repository, nix.conf may be one to /etc/shadow. A person's own
 * leads to a file of that name, such as ~/dotfiles/tool-versions, below the same folders, or into a store.
 */
async function leadsAstray(system: System, path: string, isWithin: (real: string) => boolean): Promise<boolean> {
  if ((await system.kind(path)) !== "symlink" || handedOver(resolve(system.cwd, path)) !== undefined) return false;
  const real = await system.realpath(path);
  if (real === undefined || isWithin(real) || real.startsWith("/nix/store/")) return false;
  return !basename(real).endsWith(basename(path).replace(/^\./, ""));
}

/**
 * Where an included file may be, apart from the folders of the files that the user names: a file such as /etc/shadow would be printed,
 * line by line, to whoever imports a nix.conf of somebody else. To import a file of another folder, name it.
 */
const INCLUDE_FOLDERS = [".", "/etc/nix"];

/** The path with links resolved, also where nothing is. */
const realPath = async (system: System, path: string): Promise<string> => (await system.realpath(path)) ?? resolve(path);

/** The part of the package facts that importers need. */
export const knownPackages = (facts: Facts, tools: ForeignTools): KnownPackages => ({
  has: (attribute) => facts.find(attribute) !== undefined || facts.verdict(attribute).kind === "package",
  isRemoved: (attribute) => facts.verdict(attribute).kind === "removed",
  replacementOf: (attribute) => {
    const found = facts.verdict(attribute);
    return found.kind === "removed" ? found.replacement : undefined;
  },
  programOf: (attribute) => facts.find(attribute)?.mainProgram ?? "",
  isUnfree: (attribute) => facts.find(attribute)?.unfree === true,
  tools,
});

async function foreignTools(system: System, { knowledge }: Options): Promise<ForeignTools> {
  const read = async (name: string) => (await system.readFile(join(knowledge, name)))?.toString() ?? "";
  return openForeignTools(await read("mise-registry.tsv"), await read("upstreams.tsv"));
}
