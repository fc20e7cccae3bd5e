import { join } from "node:path";
import { applyCommand, type Owner } from "./conf.ts";
import { type Examined, finding, fine, found, type Machine, NOTHING } from "./machine.ts";

/** Are the spec's build users there, and listed in their group? */
export async function examineUsers(machine: Machine, owner: Owner): Promise<Examined> {
  const { system, model, root } = machine;
  const { buildUsers } = model;
  if (!buildUsers || owner === "nix-darwin") return NOTHING;
  const rows = async (path: string) =>
    ((await system.readFile(join(root, path)))?.toString() ?? "").split("\n").map((line) => line.split(":"));
  const users = new Set((await rows("etc/passwd")).map(([name = ""]) => name));
  // macOS keeps its accounts elsewhere.
  if (users.size < 2 || (await system.kind(join(root, "System/Library"))) !== undefined) return NOTHING;
  const group = (await rows("etc/group")).find(([name]) => name === buildUsers.group);
  const members = group?.[3]?.split(",") ?? [];
  const roles = buildUsers.roles.map(({ user }) => user);
  const absent = roles.filter((user) => !users.has(user));
  // Nix looks for build users among the listed members only.
  const unlisted = roles.filter((user) => users.has(user) && !members.includes(user));
  const missing = (file: string, message: string): Examined =>
    found(finding("machine-build-user-missing", file, message, applyCommand(machine, owner)));
  if (!group) return missing("/etc/group", `there is no group \`${buildUsers.group}\` for builds`);
  if (absent.length > 0) return missing("/etc/passwd", `${usersAre(absent)} missing`);
  if (unlisted.length > 0) return missing("/etc/group", `${usersAre(unlisted)} no listed member of \`${buildUsers.group}\``);
  return fine(`${roles.length} build users`);
}

/** The beginning of a sentence, with its verb. */
function usersAre(users: readonly string[]): string {
  if (users.length === 1) return `the build user \`${users[0]}\` is`;
  return `${users.length} build users are (\`${users[0]}\`${users.length > 2 ? ", …," : ""} \`${users.at(-1)}\`)`;
}
