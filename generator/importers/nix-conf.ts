import type { Diagnostic } from "../report/diagnostic.ts";
import type { Draft, ForeignFile, ReadFile } from "./draft.ts";
import { Assignments } from "./nix-conf/assignments.ts";
import { takeBuilders } from "./nix-conf/builders.ts";
import { takeCaches } from "./nix-conf/caches.ts";
import { refusal } from "./nix-conf/left-out.ts";
import { readLines } from "./nix-conf/lines.ts";
import { ownerOf, takeUsers } from "./nix-conf/users.ts";
import { whoseNix } from "./nix-conf/whose-nix.ts";

/**
 * nix.conf files of one owner, read one after the other as Nix reads its own, into one draft. A person's own file becomes that
 * person's settings and nothing else; the machine's fills the sections that the spec has for caches, users and builders.
 * `import-incomplete` warns of what Nix refuses.
 */
export async function importNixConf(files: readonly ForeignFile[], readFile: ReadFile): Promise<[Draft, readonly Diagnostic[]]> {
  const user = ownerOf(files[0]?.path ?? "");
  const { lines, notes, diagnostics } = await readLines(files, readFile);
  const nix = whoseNix(lines);
  const assignments = new Assignments();
  for (const line of lines) {
    if (line.aside) {
      assignments.remark(line.comments);
      continue;
    }
    const reason = refusal(line, user, nix);
    if (reason === undefined) assignments.add(line);
    else assignments.leaveOut(line, reason);
  }
  const sections =
    user === undefined
      ? { ...takeUsers(assignments), ...takeCaches(assignments), ...(await takeBuilders(assignments, readFile)) }
      : {};
  return [{ user, notes, ...(nix === "nix" ? {} : { nix }), settings: assignments.settings(nix), ...sections }, diagnostics];
}
