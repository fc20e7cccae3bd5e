import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { ReporterAdd } from "../report/diagnostic.ts";
import type { Group, Image, Shell } from "./model.ts";
import { byName } from "./order.ts";
import type { References } from "./references.ts";
import { everyGroup, groupList } from "./tools.ts";

/** `images` of a spec. Reports `reference-unknown` for a group. */
export function imagesOf(
  part: Pruned<Spec>["images"],
  groups: References<Group>,
  shells: readonly Shell[],
  add: ReporterAdd,
): Image[] {
  const shellOf = new Map(shells.map((shell) => [shell.name, shell]));
  const images = Object.entries(part ?? {}).flatMap(([name, image]): Image[] => {
    if (image === undefined) return [];
    const at = ["images", name];
    const chosen = groupList(image.groups, [...at, "groups"], groups, add) ?? everyGroup(groups);
    return [
      {
        at,
        name,
        repository: image.name ?? name,
        groups: chosen,
        shells: chosen.flatMap((group) => shellOf.get(group.name) ?? []),
        user: image.user ?? DEFAULTS.image.user,
      },
    ];
  });
  return byName(images);
}
