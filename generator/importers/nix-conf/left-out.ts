import { hasSetting, isOther, type Nix, nixName, ownersOf, valuesFor } from "../../knowledge/other-nixes.ts";
import { isAccessTokens } from "../../knowledge/secret-names.ts";
import { findSetting } from "../../knowledge/settings.ts";
import { holdsSecret } from "../secrets.ts";
import type { Line } from "./lines.ts";

/* Why a line of a nix.conf is not carried over, in words for a comment of the spec. */

/** Lists of the machine's of which only the entries that hold a secret are left out (caches.ts). */
const CLEANED_LISTS = new Set(["substituters", "trusted-public-keys"]);

/** Why a line must not be carried over; undefined when it may. `user`: the person whose own file it is; `nix`: whose Nix reads it. */
export function refusal(line: Line, user: string | undefined, nix: Nix): string | undefined {
  const [written, , ...words] = line.words;
  if (written === undefined) return `line ${line.number} of ${line.file} is left out: Nix refuses it`;
  const setting = findSetting(written)?.setting;
  if (isAccessTokens(written)) {
    const keep = "keep it in `~/.config/nix/nix.conf` of each account that needs it";
    return `${written}: its value is a secret, and a spec ends in the world-readable Nix store; ${keep}`;
  }
  if (setting === undefined) return unknownReason(written);
  if (!hasSetting(nix, setting) && !isOther(setting)) return `${written} is left out: ${nixName(nix)} does not have the setting`;
  if (isOther(setting) && !hasSetting(nix, setting)) {
    const values = valuesFor(setting.in).map((one) => `nix: ${one}`);
    return `${written} is a setting of ${ownersOf(setting.in)}, which a spec with ${values.join(" or ")} may have; ${nixName(nix)} warns of it and ignores it`;
  }
  const { name } = setting;
  if (holdsSecret(words.join(" ")) && (user !== undefined || !CLEANED_LISTS.has(name)))
    return `${written}: the value holds a secret, which has no place in a spec; it is left out`;
  return undefined;
}

function unknownReason(name: string): string {
  if (name === "build-users")
    return "no supported Nix has the setting build-users; the accounts are declared by `buildUsers` with its roles";
  return `no supported Nix has the setting ${name}: Nix warns of it and ignores it`;
}
