import type { SpecPath } from "../../report/spec-path.ts";
import { quoted } from "../../report/words.ts";
import type { Rule } from "../rule.ts";

/* Volumes. */

/** Folders of the system itself: what is mounted there hides it, and nothing else may be written there. */
const SYSTEM_FOLDERS: readonly RegExp[] = [
  /^\/(?:home|root|run|tmp|usr|var|Users|Library|Volumes|private|Applications)?$/,
  // With everything in them.
  /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|nix|proc|sbin|sys|System)(?:\/|$)/,
  /^\/usr\/(?:bin|include|lib|lib32|lib64|libexec|local|sbin|share)$/,
  /^(?:\/private)?\/var\/(?:cache|db|empty|lib|log|mail|run|spool|tmp)$/,
  /^\/private\/(?:etc|tmp|var)$/,
  /^(?:\/var)?\/run\/(?:current-system|dbus|lock|systemd|udev|user|wrappers)(?:\/|$)/,
];

export const volumeRules: readonly Rule[] = [
  {
    code: "volume-mount",
    severity: "error",
    summary: "a place where no volume can be mounted",
    cause:
      "The tools of a volume are on PATH, which separates its entries with colons. A folder of the system can't be a volume, and two volumes at one place share one profile.",
    example: "volumes:\n  data: { mount: /nix }",
    fixed: "volumes:\n  data: { mount: /volumes/data }",
    check: ({ model, source, report }) => {
      const places = new Map<string, SpecPath>();
      for (const { at, mount } of model.volumes) {
        const place = plain(mount);
        const first = places.get(place);
        const problem = mountProblem(place);
        if (problem)
          report({
            at: [...at, "mount"],
            message: `${quoted([mount])} ${problem}`,
            hint: "mount it at a folder of its own, such as /volumes/NAME",
          });
        else if (first)
          report({
            at: [...at, "mount"],
            severity: "warning",
            message: `two volumes are mounted at ${quoted([place])}`,
            hint: "give each volume a place of its own",
            related: [{ message: "the other one is here", range: source.locate(first, "value") }],
          });
        else places.set(place, [...at, "mount"]);
      }
    },
  },
];

/** A path without repeated slashes and one at the end. */
const plain = (path: string): string => path.replace(/\/{2,}/g, "/").replace(/(?<=.)\/$/, "");

function mountProblem(path: string): string | undefined {
  if (path.includes(":")) return "has a colon, and PATH separates its entries with colons";
  if (SYSTEM_FOLDERS.some((one) => one.test(path))) return "is a folder of the system";
  return undefined;
}
