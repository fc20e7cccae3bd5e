import { join } from "node:path";
import type { System } from "../system/system.ts";
import { compileOptions, handlebars, type Templates } from "./render.ts";
import { TEMPLATE_FOLDER, templatePaths } from "./template-paths.ts";

/** Reads and compiles the templates in their folder. The bundle has the precompiled ones instead of this module (scripts/precompiled.ts). */
export async function loadTemplates(system: System): Promise<Templates> {
  const texts = new Map<string, string>();
  for (const path of await templatePaths(system))
    texts.set(path, (await system.readFile(join(TEMPLATE_FOLDER, path)))?.toString() ?? "");
  const compiled = new Map<string, ReturnType<Templates>>();
  return (path) => {
    let template = compiled.get(path);
    if (!template) {
      const text = texts.get(path);
      if (text === undefined) throw new Error(`there is no template flake-template/${path}`);
      template = handlebars.compile(text, compileOptions);
      compiled.set(path, template);
    }
    return template;
  };
}
