import { DEFAULTS } from "../language/defaults.ts";
import type { Pruned } from "../language/prune.ts";
import type { Spec } from "../language/schema.ts";
import type { ReporterAdd } from "../report/diagnostic.ts";
import type { SpecPath } from "../report/spec-path.ts";
import type { EnvFile, EnvValue, Shell, Variable } from "./model.ts";
import { byName } from "./order.ts";

/* The environment of a shell: variables, and files of variables. */

type ShellPart = NonNullable<Pruned<NonNullable<Spec["shells"]>>[string]>;
type Value = NonNullable<NonNullable<ShellPart["env"]>[string]>;

/**
 * Variables of bash that are read-only, lose what is assigned to them, or are integers: bash evaluates `a[$(…)]` as arithmetic where it
 * is assigned to one of these. https://www.gnu.org/software/bash/manual/html_node/Bash-Variables.html
 */
const RESERVED = new Set(
  (
    "BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND BASH_LINENO BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO " +
    "DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD LINENO OPTIND PIPESTATUS PPID RANDOM SECONDS SHELLOPTS SRANDOM UID _"
  ).split(" "),
);

/** The variables, sorted by name. Reports `name-conflict` for names that bash reserves, and `schema-value` for forms that exclude each other. */
export function variablesOf(part: ShellPart["env"], at: SpecPath, add: ReporterAdd): Variable[] {
  return byName(
    Object.entries(part ?? {}).flatMap(([name, written]) => {
      if (written === undefined) return [];
      const place = [...at, name];
      // The prefix is that of the functions in nix/shell-entry.sh.
      if (RESERVED.has(name) || /^flakewright_/i.test(name))
        add(
          "name-conflict",
          place,
          "key",
          `the variable name \`${name}\` is reserved by ${/^flake/i.test(name) ? "flakewright" : "bash"}`,
          {
            hint: "use another name",
          },
        );
      const value = envValueOf(written, name, place, add);
      return value ? [{ at: place, name, value }] : [];
    }),
  );
}

function envValueOf(written: Value, name: string, at: SpecPath, add: ReporterAdd): EnvValue | undefined {
  if (typeof written === "string") return { kind: "text", text: written };
  const { path, prepend, append } = written;
  const own = (key: string) => key in written;
  if (own("path") && (own("prepend") || own("append"))) {
    const other = own("prepend") ? "prepend" : "append";
    add("schema-value", [...at, other], "key", `\`${name}\` has both \`path\` and \`${other}\``, {
      hint: `delete one of them; an entry of \`${other}\` is a path too`,
    });
    return undefined;
  }
  if (own("path")) return path === undefined ? undefined : { kind: "path", path: plainPath(path) };
  if (!own("prepend") && !own("append")) {
    // What it has is unknown, and reported.
    if (Object.keys(written).length > 0) return undefined;
    add("schema-value", at, "value", `\`${name}\` has no value`, {
      hint: "write `{ path: … }` or `{ prepend: […] }`, or text",
    });
    return undefined;
  }
  const entries = (list: typeof prepend) => (list ?? []).flatMap((entry) => (entry === undefined ? [] : [plainPath(entry)]));
  return { kind: "entries", prepend: entries(prepend), append: entries(append) };
}

/** The files, in the spec's order. */
export function envFilesOf(part: ShellPart["envFiles"], at: SpecPath): EnvFile[] {
  return (part ?? []).flatMap((entry, index) => {
    const file = typeof entry === "string" ? entry : entry?.file;
    const optional = typeof entry === "object" ? entry.optional : undefined;
    if (file === undefined) return [];
    return [{ at: [...at, index], file: plainPath(file), optional: optional ?? DEFAULTS.envFile.optional }];
  });
}

/** A path without `.` and empty parts: `./a//b/.` is `a/b`, and `.` is `""`. */
function plainPath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  return `${path.startsWith("/") ? "/" : ""}${parts.join("/")}`;
}

/** The most bytes of one argument or variable of a program on Linux, with its name, `=` and NUL: MAX_ARG_STRLEN of execve(2). */
const LONGEST = 128 * 1024;
/** For the hook's own lines and for the names of tools that are left out. */
const RESERVE = 2048;

/** Reports `env-too-long`. The variables of a shell are in its hook, which is one variable of the program that starts the shell. */
export function reportTooLong(shells: readonly Shell[], add: ReporterAdd): void {
  for (const shell of shells) {
    const parts = hookParts(shell);
    const whole = parts.reduce((sum, { size }) => sum + size, 0);
    const [largest] = [...parts].sort((a, b) => b.size - a.size);
    if (whole <= LONGEST - RESERVE || !largest) continue;
    const message = `the shell \`${shell.name}\` has ${Math.ceil(whole / 1024)} KiB of variables and hook, and a program takes at most ${(LONGEST - RESERVE) / 1024} KiB`;
    add("env-too-long", largest.at, "value", message, { hint: "keep long values in files that programs read" });
  }
}

/** The parts of a shell's hook with their sizes in bytes, as nix/dev-shells.nix quotes them. */
function hookParts({ env, hook, at }: Shell): { readonly at: SpecPath; readonly size: number }[] {
  const size = (text: string) => Buffer.byteLength(text) + 3 * (text.split("'").length - 1);
  const parts = env.map((variable) => {
    const { value, name } = variable;
    const texts =
      value.kind === "text" ? [value.text] : value.kind === "path" ? [value.path] : [...value.prepend, ...value.append];
    return { at: variable.at, size: texts.reduce((sum, text) => sum + size(text) + 3, 24 + name.length) };
  });
  return hook === "" ? parts : [...parts, { at: [...at, "hook"], size: Buffer.byteLength(hook) }];
}
