import type { Model } from "../../model/model.ts";

/** The overlays of the spec for readers: a path, or an output of a flake as Nix writes it. */
export const overlayNames = (model: Model): string[] =>
  model.nixpkgs.overlays.map((one) => ("path" in one ? one.path : `${one.from.name}#overlays.${one.name}`));
