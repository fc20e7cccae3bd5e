import type { Draft, Noted } from "../draft.ts";
import type { Assignments } from "./assignments.ts";

/** Takes `trusted-users` and `allowed-users` out of the settings: the spec has keys of their own for them. */
export function takeUsers(assignments: Assignments): Pick<Draft, "trustedUsers" | "allowedUsers"> {
  const take = (name: string): Noted<string>[] | undefined => {
    const found = assignments.takeList(name);
    if (!found) return undefined;
    const entries = found.words.map((value): Noted<string> => {
      if (/^(?:\*|@?[A-Za-z_][A-Za-z0-9_.-]*\$?)$/.test(value)) return { value, notes: [] };
      return { notes: [`an entry of ${name} is left out: ${value} is no name of an account or group`] };
    });
    return [{ notes: found.notes }, ...entries];
  };
  const trustedUsers = take("trusted-users");
  const allowedUsers = take("allowed-users");
  return { ...(trustedUsers ? { trustedUsers } : {}), ...(allowedUsers ? { allowedUsers } : {}) };
}

/** Whose own nix.conf it is: `/home/alice/.config/nix/nix.conf`, `/Users/…`, `/root/…` or the output `users/alice/nix.conf`. */
export function ownerOf(path: string): string | undefined {
  const home =
    /(?:^|\/)(?:home|Users)\/([^/]+)\/\.config\/nix\/[^/]+$/.exec(path)?.[1] ??
    (/(?:^|\/)root\/\.config\/nix\/[^/]+$/.test(path) ? "root" : undefined);
  const user = home ?? /(?:^|\/)users\/([^/]+)\/[^/]+\.conf$/.exec(path)?.[1];
  return user !== undefined && /^[a-z_][a-z0-9_-]*$/.test(user) ? user : undefined;
}
