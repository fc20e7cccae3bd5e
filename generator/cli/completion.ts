import { shellWord } from "../output/printers/shell.ts";
import { addTo } from "../report/lists-by-key.ts";
import { type CommandSpec, type Operands, type OptionName, optionSpecs } from "./arguments.ts";

/*
 * Completion scripts, generated from the table of commands. A script lists the commands of the version that printed it; the line
 * for ~/.bashrc or ~/.zshrc in its header regenerates it at every start of the shell.
 */

type Commands = Readonly<Record<string, CommandSpec>>;

/** Shells that have a completion script. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** The completion script of a shell; its first comment says where to install it. */
export function completionScript(shell: (typeof SHELLS)[number], commands: Commands): string {
  return { bash, zsh, fish }[shell](commands);
}

/** A command's own options and the global ones. */
const optionsOf = (command: CommandSpec): typeof optionSpecs =>
  optionSpecs.filter(([name, option]) => option.global || command.options.includes(name));

const list = (words: readonly string[]): string => shellWord(words.join(" "));

function bash(commands: Commands): string {
  const withValue = optionSpecs.filter(([, option]) => option.type === "string").map(([name]) => `--${name}`);
  const values = optionSpecs.flatMap(([name, option]) => {
    if (option.type !== "string") return [];
    const words = option.words
      ? `_flakewright_words ${list(option.words)}`
      : option.value === "DIR"
        ? "_flakewright_files -d"
        : ":";
    return [`    --${name}) ${words}; return ;;`];
  });
  const operand = (name: string, command: CommandSpec): string => {
    const words: Record<Operands, string> = {
      "": ":",
      "[SPEC]": "_flakewright_files -d; _flakewright_files -f -X '!*.@(yaml|yml)'",
      "[DIR]": "_flakewright_files -d",
      "[PATH]": "_flakewright_files -d; _flakewright_files -f -X '!*.@(yaml|yml)'",
      "[TOOL…]": ":",
      "TOOL…": ":",
      "[RELEASE]": ":",
      "FILE…": "_flakewright_files -f",
      WORD: `_flakewright_words ${list(command.words?.() ?? [])}`,
      SHELL: `_flakewright_words ${list(command.words?.() ?? [])}`,
    };
    return `    ${name}) options=${list(optionsOf(command).map(([option]) => `--${option}`))}; operand() { ${words[command.operands]}; } ;;`;
  };
  return `# bash completion of flakewright. In ~/.bashrc: source <(flakewright completion bash)
_flakewright_words() {
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$1" -- "$cur")
}
_flakewright_files() {
  local word
  compopt -o filenames 2>/dev/null
  while IFS= read -r word; do COMPREPLY+=("$word"); done < <(shopt -s extglob; compgen "$@" -- "$cur")
}
_flakewright() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} command= options i
  COMPREPLY=()
  # COMP_WORDBREAKS holds "=": bash splits --out=DIR into three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  case $prev in
${values.join("\n")}
  esac
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${withValue.join(" | ")}) [[ \${COMP_WORDS[i + 1]} == = ]] && ((i++)); ((i++)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  case $command in
    '') options=${list(optionSpecs.filter(([, option]) => option.global).map(([name]) => `--${name}`))}; operand() { _flakewright_words ${list(Object.keys(commands))}; } ;;
${Object.entries(commands)
  .map(([name, command]) => operand(name, command))
  .join("\n")}
    *) return ;;
  esac
  if [[ $cur == -* ]]; then _flakewright_words "$options"; else operand; fi
  unset -f operand
}
complete -F _flakewright flakewright
`;
}

function zsh(commands: Commands): string {
  // `:` and brackets are syntax in an _arguments specification.
  const plain = (text: string): string => text.replace(/[\\:[\]]/g, "\\$&");
  const option = ([name, { summary, type, value, words, short }]: (typeof optionSpecs)[number]): string => {
    const action = words ? `(${words.join(" ")})` : value === "DIR" ? "_files -/" : " ";
    const argument = type === "string" ? `:${value}:${action}` : "";
    const spec = `[${plain(summary)}]${argument}`;
    const long = shellWord(`--${name}${type === "string" ? "=" : ""}${spec}`);
    return short ? `${long} ${shellWord(`-${short}${spec}`)}` : long;
  };
  const operand = (command: CommandSpec): string[] => {
    const words = `(${(command.words?.() ?? []).join(" ")})`;
    const actions: Record<Operands, string[]> = {
      "": [],
      "[SPEC]": [":spec:_files -g '*.(yaml|yml)'"],
      "[DIR]": [":folder:_files -/"],
      "[PATH]": [":path:_files -g '*.(yaml|yml)'"],
      "[TOOL…]": ["*:tool: "],
      "TOOL…": ["*:tool: "],
      "[RELEASE]": [":release: "],
      "FILE…": ["*:file:_files"],
      WORD: [`:word:${words}`],
      SHELL: [`:shell:${words}`],
    };
    return actions[command.operands].map(shellWord);
  };
  const cases = Object.entries(commands).map(([name, command]) => {
    const specs = [...optionsOf(command).map(option), ...operand(command)];
    return `    ${name}) _arguments ${specs.join(" ")} ;;`;
  });
  const names = Object.entries(commands).map(([name, { summary }]) => `    ${shellWord(`${plain(name)}:${summary}`)}`);
  const globals = optionSpecs.filter(([, spec]) => spec.global).map(option);
  return `#compdef flakewright
# zsh completion of flakewright. In ~/.zshrc, after compinit: source <(flakewright completion zsh)
_flakewright() {
  local state line
  local -a commands=(
${names.join("\n")}
  )
  _arguments -C ${globals.join(" ")} '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument) _flakewright_command "$line[1]" ;;
  esac
}
_flakewright_command() {
  case $1 in
${cases.join("\n")}
  esac
}
# A sourced script registers the function. In $fpath, this file is the function's body at its first call.
if [[ \${funcstack[1]} == _flakewright ]]; then _flakewright "$@"; else compdef _flakewright flakewright; fi
`;
}

function fish(commands: Commands): string {
  const text = (value: string): string => `'${value.replace(/[\\']/g, "\\$&")}'`;
  const lines: string[] = [];
  const add = (...words: string[]) => lines.push(`complete -c flakewright ${words.join(" ")}`);
  const noCommand = "-n __fish_use_subcommand";
  const users = new Map<OptionName, string[]>();
  for (const [name, command] of Object.entries(commands)) {
    add(noCommand, "-f", "-a", name, "-d", text(command.summary));
    for (const option of command.options) addTo(users, option, name);
    const given = `-n ${text(`__fish_seen_subcommand_from ${name}`)}`;
    switch (command.operands) {
      case "":
        add(given, "-f");
        break;
      case "[SPEC]":
        add(given, "-f", "-a", text("(__fish_complete_suffix .yaml | string match -r '^.*(?:/|\\.ya?ml)(?:\\t.*)?$')"));
        break;
      case "[DIR]":
        add(given, "-f", "-a", text("(__fish_complete_directories)"));
        break;
      case "FILE…":
      case "[PATH]":
        break;
      default:
        add(given, "-f", "-a", text((command.words?.() ?? []).join(" ")));
    }
  }
  for (const [name, { summary, type, value, words, short, global }] of optionSpecs) {
    const given = global ? [] : [`-n ${text(`__fish_seen_subcommand_from ${(users.get(name) ?? []).join(" ")}`)}`];
    const argument =
      type === "boolean"
        ? []
        : [
            "-x",
            ...(words ? ["-a", text(words.join(" "))] : value === "DIR" ? ["-a", text("(__fish_complete_directories)")] : []),
          ];
    add(...given, ...(short ? ["-s", short] : []), "-l", name, ...argument, "-d", text(summary));
  }
  return `# fish completion of flakewright. Save it as ~/.config/fish/completions/flakewright.fish
${lines.join("\n")}
`;
}
