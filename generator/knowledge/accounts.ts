/* Names of accounts and groups, and the groups whose members have rights. */

/** The longest name that systemd-sysusers(8) and the login records of Linux take. */
const MAX_LENGTH = 31;

/** Groups of Linux distributions and macOS whose members may do what others may not. A build must have none of these rights. */
const PRIVILEGED: ReadonlySet<string> = new Set(
  "root wheel sudo admin adm disk shadow docker lxd incus-admin libvirt libvirtd kvm video systemd-journal kmem tty dialout daemon bin sys mail users staff nogroup nobody".split(
    " ",
  ),
);

/** Why a name is none of an account of Linux, as the end of a sentence; undefined if it can be one. */
export function accountProblem(name: string): string | undefined {
  return name.length > MAX_LENGTH ? `is longer than the ${MAX_LENGTH} characters that a name can have` : undefined;
}

/** Why a group can't be that of the build users, as the end of a sentence. */
export function buildGroupProblem(name: string): string | undefined {
  if (PRIVILEGED.has(name)) return "is a group of the system: its rights would go to every build";
  if (name.includes(".")) return "has a dot, which systemd-sysusers refuses";
  return accountProblem(name);
}
