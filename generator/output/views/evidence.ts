import type { Model, Policy } from "../../model/model.ts";
import { acceptedIn } from "../../report/spec-path.ts";

/** Which parts of the output show what the platform is made of, and judge it. */

export const hasSbom = (model: Model): boolean => model.sbom;
export const hasDenied = ({ policy }: Model): boolean => (policy?.denied.length ?? 0) > 0;

/** The budgets that the flake's checks judge: what the spec accepts is judged by none. */
export const judgedBudgets = (model: Model): Policy["budgets"] => {
  const isAccepted = acceptedIn(model.lint, "policy-closure");
  return budgets(model).filter(({ at }) => !isAccepted(at));
};
export const hasBudgets = (model: Model): boolean => judgedBudgets(model).length > 0;

/** Whether the flake's checks judge the policy. */
export const hasPolicyChecks = (model: Model): boolean => hasDenied(model) || hasBudgets(model);

/** Whether the sizes of groups are measured: also for a budget that nothing judges. */
export const hasSizes = (model: Model): boolean => model.sbom || budgets(model).length > 0;

/** Whether each group has a check: where no role has one, and somebody looks at it. */
export function hasGroupChecks(model: Model): boolean {
  if (hasRoles(model) || model.groups.length === 0) return false;
  return model.ci !== undefined || model.policy !== undefined || model.sbom;
}

/** Whether the main programs of tools are checked. */
export const hasPrograms = (model: Model): boolean => hasRoles(model) || hasGroupChecks(model);

const budgets = ({ policy }: Model): Policy["budgets"] => policy?.budgets ?? [];

const hasRoles = ({ buildUsers }: Model): boolean => (buildUsers?.roles.length ?? 0) > 0;
