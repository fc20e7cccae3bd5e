import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { Updates } from "./model.ts";

/** `updates` of a spec, in its short or long form. */
export function updatesOf(part: Pruned<Spec>["updates"]): Updates | undefined {
  const at = ["updates"];
  const { every } = DEFAULTS.updates;
  if (typeof part === "string") return { at, bot: part, every, minimumAge: undefined };
  if (part?.bot === undefined) return undefined;
  const minimumAge = part.minimumAge === undefined ? undefined : Number.parseInt(part.minimumAge, 10);
  return { at, bot: part.bot, every: part.every ?? every, minimumAge };
}
