import type { Group, Model } from "../../model/model.ts";

/** Whether a list of groups, which has none twice, is all of the platform's. */
export const isEveryGroup = (model: Model, groups: readonly Group[]): boolean => groups.length === model.groups.length;
