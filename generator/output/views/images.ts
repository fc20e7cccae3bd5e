import type { Image, Model } from "../../model/model.ts";
import { type Attribute, Call, type NixValue } from "../printers/nix.ts";
import { toolList } from "./flake.ts";

/** Data for nix/images.nix. */
export function imagesView(model: Model): object {
  return {
    images: model.images.map((image): Attribute => [`image-${image.name}`, new Call("image", imageToNix(image))]),
    usesGroups: model.images.some((image) => image.groups.length > 0),
    hasCommands: model.images.some((image) => image.shells.some((shell) => shell.commands.length > 0)),
  };
}

/** Of several groups' variables of one name, the last counts. A path below the project's root has no meaning in an image. */
function imageToNix({ repository, groups, shells, user }: Image): NixValue {
  const env = shells.flatMap((shell) =>
    shell.env.flatMap(({ name, value }) => (value.kind === "text" ? [[name, value.text] as const] : [])),
  );
  const programs = new Set(shells.flatMap((shell) => shell.commands.map(({ name }) => name)));
  return {
    name: repository,
    tools: toolList(groups),
    user,
    ...(env.length > 0 ? { env: Object.fromEntries(env) } : {}),
    ...(programs.size > 0 ? { programs: [...programs] } : {}),
  };
}
