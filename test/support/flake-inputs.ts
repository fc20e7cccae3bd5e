import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The names of a generated flake's inputs. */
export function inputsOfFlake(folder: string): string[] {
  const text = readFileSync(join(folder, "flake.nix"), "utf8");
  const block = /^ {2}inputs = \{\n([\s\S]*?)^ {2}\};/m.exec(text)?.[1];
  if (block === undefined) return [...text.matchAll(/^ {2}inputs\.([\w-]+)/gm)].map((match) => match[1] ?? "");
  return [...new Set([...block.matchAll(/^ {4}"?([\w-]+)"?[ .]/gm)].map((match) => match[1] ?? ""))];
}
