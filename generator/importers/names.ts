import { holdsSecret } from "./secrets.ts";

/* Names of foreign files, and which of them a spec or a shell can have. */

/** A foreign name as the spec may have it: `My Project` becomes `my-project`; `""` when nothing is left, or for a secret. */
export function specName(text: string): string {
  // In small letters, no mask would find it.
  if (holdsSecret(text)) return "";
  return text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 60)
    .replace(/-+$/, "");
}

/** The name of the folder a file is in, for want of a better name of the project. */
export function folderName(path: string): string | undefined {
  const parts = path.split("/").filter((part) => part !== "" && part !== "." && part !== "..");
  return parts.at(-2);
}

export const isVariableName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

export const isAliasName = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name);

/** Whether a spec takes the text as a path below the project's root, or as an absolute one: nothing in it is expanded. */
export const isProjectPath = (path: string): boolean =>
  path !== "" && !/[\u0000-\u001f\u007f$~*?[\]]|\{.*,.*\}|\{\{|\{%|:\/\/|(^|\/)\.\.(\/|$)/.test(path);
