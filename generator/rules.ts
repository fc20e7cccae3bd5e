import { CATALOGUE, type Diagnostic, type Explanation, type Fix, type Range } from "./diagnostics.ts";
import type { Facts } from "./knowledge/packages.ts";
import type { Acceptance, Model } from "./model.ts";
import { nearestNames } from "./nearest.ts";
import { interplayRules } from "./rules/interplay.ts";
import { packageRules } from "./rules/packages.ts";
import { settingRules } from "./rules/settings.ts";
import { trustRules } from "./rules/trust.ts";
import type { Secret } from "./secrets.ts";
import type { Source, SpecPath } from "./source.ts";
import { pathText } from "./validate.ts";

/** What lint knows beyond the spec. */
export interface Environment {
  /** Whether a flake.lock stands in the output folder. */
  readonly locked: boolean;
  /** Facts on packages, read when first asked for; undefined when they could not be. */
  readonly facts: () => Facts | undefined;
}

export interface Finding extends Pick<Diagnostic, "hint" | "related"> {
  readonly at: SpecPath;
  readonly part?: "key" | "value";
  /** The place in the text where it is not the whole key or value. This and the fix are made only for what is shown: places are dear. */
  readonly range?: () => Range | undefined;
  readonly message: string;
  readonly fix?: () => Fix | undefined;
  /** Where it is not the rule's own. */
  readonly severity?: Diagnostic["severity"];
  /** True where something outside the spec has settled it, such as a lock file: not shown, yet an acceptance of it is not unused. */
  readonly settled?: boolean;
  /** True where this one can't be accepted, though others of the rule can. */
  readonly final?: boolean;
}

export interface RuleContext {
  readonly model: Model;
  readonly source: Source;
  readonly environment: Environment;
  readonly secrets: readonly Secret[];
  report(finding: Finding): void;
}

export interface Rule extends Explanation {
  readonly code: string;
  /** True for what no reason makes right: `lint:` can't accept it. docs/decisions/0007 says which and why. */
  readonly final?: true;
  /** Absent for a code that the runner itself reports. */
  readonly check?: (context: RuleContext) => void;
}

/** What the runner itself says, about acceptances. */
const LINT_RULES: readonly Rule[] = [
  {
    code: "lint-unused",
    severity: "warning",
    final: true,
    summary: "an acceptance that accepts nothing",
    cause:
      "What the entry of `lint` accepts does not occur, or not at that place: it was mended, moved, or the code or place is misspelt. Left there, it would hide the next mistake of its kind.",
    example: "trustedUsers: [root]\nlint:\n  - code: trusted-user-is-root\n    why: the platform owner administers the builders",
    fixed: "trustedUsers: [root]",
  },
  {
    code: "lint-without-why",
    severity: "error",
    final: true,
    summary: "an acceptance that gives no reason",
    cause: "Whoever reads the spec next must be able to judge whether the risk is still worth taking.",
    example: "settings:\n  sandbox: false\nlint:\n  - code: sandbox-off",
    fixed: "settings:\n  sandbox: false\nlint:\n  - code: sandbox-off\n    why: these builders have no user namespaces",
  },
];

/** The lint rules. A new one is a row in one of these tables and a row in test/rules.test.ts. */
export const RULES: readonly Rule[] = [...settingRules, ...packageRules, ...trustRules, ...interplayRules, ...LINT_RULES];

const BY_CODE: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.code, rule]));

/** What a code means; the stages' own codes and the rules'. */
export function explanationOf(code: string): Explanation | undefined {
  return BY_CODE.get(code) ?? (Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code as keyof typeof CATALOGUE] : undefined);
}

/** Every code, sorted. */
export const allCodes = (): string[] => [...Object.keys(CATALOGUE), ...RULES.map((rule) => rule.code)].sort();

/** Whether an entry of `lint` may accept the code. */
export const isAcceptable = (code: string): boolean => BY_CODE.has(code) && !BY_CODE.get(code)?.final;

/**
 * Runs the rules, and lets the spec's acceptances answer what they find. `before` is what the earlier stages said: a rule says
 * nothing more at a place that was refused already.
 */
export function lint(
  model: Model,
  source: Source,
  environment: Environment,
  before: readonly Diagnostic[],
  secrets: readonly Secret[],
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const used = new Set<Acceptance>();
  const refused = new Set(before.map((one) => rangeKey(one.range)));
  for (const rule of RULES) {
    const { code, check } = rule;
    const acceptances = rule.final ? [] : model.lint.filter((acceptance) => acceptance.code === code);
    check?.({
      model,
      source,
      environment,
      secrets,
      report({ at, part = "value", range, severity = rule.severity, message, fix, settled, final, ...more }) {
        const place = () => range?.() ?? source.locate(at, part);
        // A secret is one whatever else is wrong with the value.
        if (refused.size > 0 && code !== "secret-in-spec" && refused.has(rangeKey(place()))) return;
        const acceptance = final ? undefined : closest(acceptances, at);
        if (acceptance) used.add(acceptance);
        if (acceptance || settled) return;
        const edit = fix?.();
        found.push({ code, severity, message, file: source.file, range: place(), ...more, ...(edit ? { fix: edit } : {}) });
      },
    });
  }
  return [...found, ...judgeAcceptances(model.lint, used, source, before)];
}

const rangeKey = (range: Range): string => `${range.start}:${range.end}`;

/** The acceptance that names the place most narrowly; of equals the first, so that a second is found to be unused. */
function closest(acceptances: readonly Acceptance[], at: SpecPath): Acceptance | undefined {
  let best: Acceptance | undefined;
  for (const one of acceptances)
    if (covers(one.place, at) && (!best || (one.place ?? "").length > (best.place ?? "").length)) best = one;
  return best;
}

/** Whether the place is the path or something it is part of: `groups.k8s` covers `groups.k8s.packages[0]`. */
function covers(place: string | undefined, at: SpecPath): boolean {
  if (place === undefined) return true;
  const text = dotted(pathText(at));
  const wanted = dotted(place);
  return text === wanted || text.startsWith(`${wanted}.`);
}

/** `trustedUsers[1]` and `trustedUsers.1` are one place. */
const dotted = (place: string): string => place.replace(/\[(\d+)\]/g, ".$1");

function judgeAcceptances(
  acceptances: readonly Acceptance[],
  used: ReadonlySet<Acceptance>,
  source: Source,
  before: readonly Diagnostic[],
): Diagnostic[] {
  const found: Diagnostic[] = [];
  const add = (code: "lint-unused" | "lint-without-why", at: SpecPath, message: string, hint: string) => {
    const severity = BY_CODE.get(code)?.severity ?? "error";
    found.push({ code, severity, message, file: source.file, range: source.locate(at, "value"), hint });
  };
  for (const acceptance of acceptances) {
    const { at, code, place, why } = acceptance;
    if (why === undefined || why.trim() === "")
      add(
        "lint-without-why",
        why === undefined ? [...at, "code"] : [...at, "why"],
        `\`${code}\` is accepted without a reason`,
        "add `why:` and the reason",
      );
    if (used.has(acceptance)) continue;
    if (explanationOf(code) === undefined) {
      const near = nearestNames(code, allCodes());
      const hint =
        near.length > 0 ? `did you mean ${near.map((one) => `\`${one}\``).join(", ")}?` : "`flakewright explain` lists the codes";
      add("lint-unused", [...at, "code"], `no diagnostic has the code \`${code}\``, hint);
    } else if (!isAcceptable(code)) {
      add("lint-unused", [...at, "code"], `\`${code}\` can't be accepted`, `mend what it is about (flakewright explain ${code})`);
    } else if (!mayBeHidden(place, source, before)) {
      const where = place === undefined ? "" : ` at ${place}`;
      add(
        "lint-unused",
        [...at, "code"],
        `nothing${where} needs this acceptance of \`${code}\``,
        "delete the entry, or correct its `code` or `at`",
      );
    }
  }
  return found;
}

/** Whether an earlier stage refused the place that an acceptance is about: then nobody can tell if it is needed. */
function mayBeHidden(place: string | undefined, source: Source, before: readonly Diagnostic[]): boolean {
  if (before.length === 0) return false;
  if (place === undefined) return true;
  const path = dotted(place)
    .split(".")
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const [key, value] = [source.locate(path, "key"), source.locate(path, "value")];
  return before.some(({ range }) => range.start <= value.end && key.start <= range.end);
}
