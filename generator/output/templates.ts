import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { System } from "../system/system.ts";
import { compileOptions, handlebars, ready, type Templates } from "./render.ts";

const FOLDER = fileURLToPath(new URL("../../flake-template/", import.meta.url));

/** Reads and compiles the templates in their folder. The bundle has the precompiled ones instead of this module (scripts/build.ts). */
export async function loadTemplates(system: System): Promise<Templates> {
  const texts = new Map<string, string>();
  for (const path of await templatePaths(system)) texts.set(path, (await system.readFile(join(FOLDER, path)))?.toString() ?? "");
  const compiled = new Map<string, (view: object) => string>();
  return (path) => {
    let template = compiled.get(path);
    if (!template) {
      const text = texts.get(path);
      if (text === undefined) throw new Error(`there is no template flake-template/${path}`);
      template = ready(handlebars.compile(text, compileOptions));
      compiled.set(path, template);
    }
    return template;
  };
}

/** The paths of all templates below flake-template/. */
export async function templatePaths(system: System, folder = ""): Promise<string[]> {
  const paths: string[] = [];
  for (const name of await system.list(join(FOLDER, folder))) {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (name.endsWith(".hbs")) paths.push(path);
    else paths.push(...(await templatePaths(system, path)));
  }
  return paths;
}
