import { specSchema } from "./schema.ts";

/** `specSchema` with what an editor needs beyond it. */
export const editorSchema = (): object => specSchema;

/** The committed and the printed form. */
export const schemaText = (): string => `${JSON.stringify(editorSchema(), null, 2)}\n`;
