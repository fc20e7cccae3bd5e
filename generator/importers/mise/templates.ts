import { isProjectPath } from "../names.ts";

/* mise's templates (Tera), as far as bash can say the same: the project's root and variables. https://mise.jdx.dev/templates.html */

export const hasTemplate = (text: string): boolean => /\{\{|\{%|\{#/.test(text);

/** The path below the project's root, which is mise's `config_root`; undefined for any other text. */
export function pathBelowRoot(text: string): string | undefined {
  const match = /^\{\{ *config_root *\}\}(?:\/(.*))?$/s.exec(text);
  const path = match ? (match[1] ?? "").replace(/\/+$/, "") || "." : undefined;
  return path !== undefined && isProjectPath(path) ? path : undefined;
}

const TEMPLATE = /\{\{ *(?:(config_root)|env\.([A-Za-z_]\w*)|get_env\(name ?= ?["']([A-Za-z_]\w*)["']\)) *\}\}/g;

/** The text with references to variables of the shell for its templates; undefined where it has others. */
export function shellReferences(text: string): string | undefined {
  const replaced = text.replace(TEMPLATE, (_, root?: string, env?: string, got?: string) =>
    root === undefined ? `\${${env ?? got}}` : "${FLAKEWRIGHT_ROOT}",
  );
  return hasTemplate(replaced) ? undefined : replaced;
}
