import type { Group, Model } from "../../model/model.ts";

/** Whether a list of groups without duplicates has all groups of the platform. */
export const isEveryGroup = (model: Model, groups: readonly Group[]): boolean => groups.length === model.groups.length;
