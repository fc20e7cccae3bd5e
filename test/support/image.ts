import { lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** Files that every image has; `nologin` only needs to exist. */
export const BASE: Record<string, string> = {
  "etc/passwd": "root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000:Alice:/home/alice:/bin/bash\n",
  "etc/shadow": "root:*:19000:0:99999:7:::\nalice:*:19000:0:99999:7:::\n",
  "etc/group": "root:x:0:\nalice:x:1000:\n",
  "etc/gshadow": "root:*::\nalice:!::\n",
  "usr/sbin/nologin": "",
  "usr/bin/systemd-sysusers": "",
  "var/lib/placeholder": "",
};

/** useradd writes the day into shadow, and a test may run over midnight. */
const sinceToday = (path: string, text: string): string =>
  path === "etc/shadow" ? text.replace(/^([^:\n]*:[^:\n]*):[2-9][0-9]{4}:/gm, "$1:today:") : text;

/** Every file of an image with its mode, without backups and locks of the account tools (such as `passwd-`). */
export function snapshot(root: string, folder = ""): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of readdirSync(join(root, folder)).sort()) {
    const path = join(folder, name);
    if (/^etc\/(g?shadow-|passwd-|group-|\.pwd\.lock|.*\.lock|subuid-|subgid-)$/.test(path)) continue;
    const stat = lstatSync(join(root, path));
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isSymbolicLink()) found[path] = `-> ${readlinkSync(join(root, path))}`;
    else if (stat.isDirectory()) Object.assign(found, { [`${path}/`]: mode }, snapshot(root, path));
    else found[path] = `${mode} ${sinceToday(path, readFileSync(join(root, path), "utf8"))}`;
  }
  return found;
}
