import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { ReporterAdd } from "../report/diagnostic.ts";
import type { Command, Group, Shell } from "./model.ts";
import type { References } from "./references.ts";
import { groupList } from "./tools.ts";

/** The program that lists the commands of a shell. */
export const MENU = "menu";

/** The most bytes of code of one command: no honest one is longer, and bash takes no longer argument (MAX_ARG_STRLEN of execve(2)). */
const LONGEST = 126 * 1024;

/** The commands, in the spec's order. Reports `name-conflict` for the reserved name, `schema-value` for one without code. */
export function commandsOf(
  part: Pruned<NonNullable<Spec["commands"]>> | undefined,
  groups: References<Group>,
  add: ReporterAdd,
): Command[] {
  return Object.entries(part ?? {}).flatMap(([name, command]) => {
    if (command === undefined) return [];
    const at = ["commands", name];
    if (name === MENU)
      add("name-conflict", at, "key", `the command name \`${MENU}\` is reserved: it lists the commands of a shell`, {
        hint: "rename the command",
      });
    const { help = "", run = "" } = command;
    if (command.run !== undefined && run.trim() === "")
      add("schema-value", [...at, "run"], "value", `the command \`${name}\` has no code`, {
        hint: "write what it runs, such as `kubectl get pods`",
      });
    if (Buffer.byteLength(run) > LONGEST)
      add(
        "schema-value",
        [...at, "run"],
        "value",
        `the command \`${name}\` has ${Math.ceil(Buffer.byteLength(run) / 1024)} KiB of code, and at most ${LONGEST / 1024} are read`,
        {
          hint: "put the code into a file of the repository, and run that",
        },
      );
    return [{ at, name, help, run, groups: groupList(command.groups, [...at, "groups"], groups, add) }];
  });
}

/** The shells, each with the commands of its groups. */
export function withCommands(shells: readonly Shell[], commands: readonly Command[]): Shell[] {
  if (commands.length === 0) return [...shells];
  return shells.map((shell) => {
    const has = new Set(shell.groups);
    const isIn = ({ groups }: Command) => groups === undefined || groups.some((group) => has.has(group));
    return { ...shell, commands: commands.filter(isIn) };
  });
}
