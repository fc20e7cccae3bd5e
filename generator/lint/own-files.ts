import type { Model } from "../model/model.ts";
import type { Source } from "../read/source.ts";
import { type Diagnostic, diagnostic } from "../report/diagnostic.ts";
import { type SpecPath, valueAt } from "../report/spec-path.ts";
import { quoted } from "../report/words.ts";

/* The author's own Nix files in the output folder: modules of hosts, and overlays. */

/** What flakewright writes itself, below the output folder, and what Git and its like do, in any folder; macOS has one file for `FLAKE.nix` and `flake.nix`. */
export const GENERATED =
  /^\.\/(?:(?:.*\/)?\.(?:git|hg|jj|svn)(?:\/.*)?|flake\.(?:nix|lock)|(?:nix|modules|etc|users|volumes|machines|template|\.github|\.forgejo|\.devcontainer)\/.*|[^/]*\.(?:md|html|sh|sha256|json|json5|yml)|\.envrc|\.gitattributes)$/i;

export interface OwnFile {
  readonly at: SpecPath;
  /** As the spec has it: `./hosts/box.nix`. */
  readonly path: string;
  /** The folder in which such files are. */
  readonly folder: "hosts" | "overlays";
}

/** The files that the spec names itself; a default that it does not name is none of them. */
export function ownFiles(model: Model, source: Pick<Source, "value">): OwnFile[] {
  const modules = model.hosts.flatMap((host): OwnFile[] => {
    if (!("modules" in host) || valueAt(source, [...host.at, "modules"]) === undefined) return [];
    return host.modules.map((path, index) => ({ at: [...host.at, "modules", index], path, folder: "hosts" }));
  });
  const overlays = model.nixpkgs.overlays.flatMap((overlay): OwnFile[] =>
    "path" in overlay ? [{ at: overlay.at, path: overlay.path, folder: "overlays" }] : [],
  );
  return [...modules, ...overlays];
}

/**
 * Reports `own-file-missing`.
 *
 * @param absent Paths as the spec has them, that neither the output folder has nor this run writes.
 */
export function missingFiles(model: Model, source: Source, absent: ReadonlySet<string>): Diagnostic[] {
  return ownFiles(model, source).flatMap(({ at, path }) => {
    if (!absent.has(path) || GENERATED.test(path)) return [];
    const place = source.locate(at, "value");
    return diagnostic("own-file-missing", `the output folder has no ${quoted([path])}`, place.file, place, {
      hint: "write the file, or delete the entry; the path is relative to the output folder",
    });
  });
}
