import type { Model } from "../../model/model.ts";

/** Which parts of the output show what the platform is made of, and judge it. */

export const hasSbom = (model: Model): boolean => model.sbom;
export const hasDenied = ({ policy }: Model): boolean => (policy?.denied.length ?? 0) > 0;
export const hasBudgets = ({ policy }: Model): boolean => (policy?.budgets.length ?? 0) > 0;

/** Whether the sizes of groups are measured. */
export const hasSizes = (model: Model): boolean => model.sbom || hasBudgets(model);

/** Whether each group has a check: where no role has one, and somebody looks at it. */
export function hasGroupChecks(model: Model): boolean {
  if (hasRoles(model) || model.groups.length === 0) return false;
  return model.ci !== undefined || model.policy !== undefined || model.sbom;
}

/** Whether the main programs of tools are checked. */
export const hasPrograms = (model: Model): boolean => hasRoles(model) || hasGroupChecks(model);

const hasRoles = ({ buildUsers }: Model): boolean => (buildUsers?.roles.length ?? 0) > 0;
