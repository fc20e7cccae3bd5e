import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { System } from "../system/system.ts";

/** The folder with the templates. */
export const TEMPLATE_FOLDER = fileURLToPath(new URL("../../flake-template/", import.meta.url));

/** The paths of all templates below flake-template/. */
export async function templatePaths(system: System, folder = ""): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await system.list(join(TEMPLATE_FOLDER, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (name.endsWith(".hbs")) paths.push(path);
    else paths.push(...(await templatePaths(system, path)));
  }
  return paths;
}
