import { join } from "node:path";
import { addition, replacement } from "../lint/edits.ts";
import type { Model } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import type { Fix } from "../report/diagnostic.ts";
import { valueAt } from "../report/spec-path.ts";
import type { System } from "../system/system.ts";
import { claim } from "../write/claim.ts";
import { compare } from "../write/compare.ts";
import { type Bump, bumpsOf } from "./bumps.ts";
import { editSpec } from "./edited-spec.ts";
import { folderName, invalid, type Options, type Outcome, outcome, printed, refused } from "./outcome.ts";
import { inOutputFolder } from "./output-folder.ts";
import { compileSpec, openSession } from "./session.ts";

/**
 * `adopt`: takes the references that a bot wrote into flake.nix into the spec, where the words stand; comments and layout stay. What flake.nix
 * has then counts as written by flakewright, so that `generate` may replace it.
 */
export async function adopt(system: System, options: Options): Promise<Outcome> {
  if (options.spec === "-") return refused("`adopt` needs a file: it edits the spec");
  const session = await openSession(system, options);
  const compiled = await compileSpec(system, options, session);
  if ("status" in compiled) return compiled;
  const { model, source, files } = compiled;
  if (!model || !source || !files) return invalid(compiled);
  const { origin } = compiled;
  const comparison = await inOutputFolder(options.out, () => compare(system, options.out, files, false, new Map(), origin));
  const bumps = bumpsOf(comparison, model);
  if (bumps.length === 0) {
    // Another edit of flake.nix, or an output folder of another spec.
    if (comparison.diagnostics.length > 0) return outcome(compiled, options, comparison.diagnostics, [], 1);
    return { ...printed(""), summary: `${join(options.out, "flake.nix")} has the references of the spec` };
  }
  const edits = bumps.map((bump) => editOf(bump, model, source));
  if (edits.includes(undefined))
    return refused("the spec is written in a way that can't be edited; write the reference by hand", 1);
  const done = bumps
    .map((bump) => `${bump.set.name}: ${shown(bump.from, bump, model)} -> ${shown(bump.to, bump, model)}`)
    .join("\n");
  const edited = await editSpec(
    system,
    options,
    session,
    compiled,
    edits.flatMap((edit) => edit ?? []),
    [],
    done,
  );
  if (edited.status !== 0) return edited;
  await claim(system, options.out, "flake.nix", new Set(files.map(({ path }) => path)));
  return { ...edited, summary: `now run \`flakewright generate\`, which writes ${folderName(options.out)}` };
}

/** A reference in the form in which the spec has it: a branch of NixOS/nixpkgs stays one. */
function shown(url: string, { set }: Bump, model: Model): string {
  const isShort = set === model.nixpkgs && !model.nixpkgs.written.includes(":");
  return (isShort ? /^github:NixOS\/nixpkgs\/([A-Za-z0-9][A-Za-z0-9._/+-]*)$/.exec(url)?.[1] : undefined) ?? url;
}

/** The edit of the spec; undefined if the place can't be edited. */
function editOf(bump: Bump, model: Model, source: Source): Fix | undefined {
  const { at } = bump.set;
  const value = shown(bump.to, bump, model);
  const present = valueAt(source, at);
  if (typeof present === "string") {
    const { file, start, end } = source.locate(at, "value");
    const text = source.files.find((one) => one.file === file)?.text ?? "";
    return replacement(source, at, "value", quotedLike(text.slice(start, end), value));
  }
  // The default, which is not written.
  if (present === undefined) return addition(source, at.slice(0, -1), String(at.at(-1)), quotedLike("", value));
  return addition(source, at, "url", quotedLike("", bump.to));
}

/** A flake reference or branch as YAML, with the quotes that the text before had. References have no quotes and no white space. */
function quotedLike(before: string, value: string): string {
  if (before.startsWith("'")) return `'${value}'`;
  return before.startsWith('"') || !/^[A-Za-z][^,[\]{}]*$/.test(value) || value.endsWith(":") ? JSON.stringify(value) : value;
}
