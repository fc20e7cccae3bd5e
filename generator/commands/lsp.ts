import { serve } from "../editor/server.ts";
import type { System } from "../system/system.ts";
import { type Options, type Outcome, printed, type Terminal } from "./outcome.ts";

/** `lsp`: the language server on stdio, until the editor ends it. */
export async function lsp(system: System, options: Options, terminal: Terminal): Promise<Outcome> {
  await serve(system, options, terminal);
  return printed("");
}
