import type { Rule } from "../rules.ts";
export const packageRules: readonly Rule[] = [];
