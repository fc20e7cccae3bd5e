/**
 * Replaces control characters, and those that turn the order of others, by visible symbols: a terminal would execute them. Line breaks and
 * tabs stay.
 */
export const visible = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) =>
    character < "\u0020" ? symbol(character) : "\ufffd",
  );

/** The same for a name, which is one line. */
export const visibleName = (name: string): string => visible(name).replace(/[\t\n]/g, symbol);

const symbol = (control: string): string => String.fromCharCode(0x2400 + control.charCodeAt(0));

/**
 * A text in which a CI service finds no command to itself. GitHub's and Forgejo's runners take `::name::` at the start of a line, after
 * white space too, and `##[name]` anywhere (TryParseV2 and TryParse in
 * https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs), Azure's takes `##vso[name]`, TeamCity
 * `##teamcity[name]`.
 */
export const withoutCommands = (text: string): string =>
  text.replace(/^(\s*)::/gm, "$1›::").replace(/##(?=(?:vso|teamcity)?\[)/g, "##›");

/** The same for JSON, which means the same: `#` is only in its strings, and no line of it begins with `::`. */
export const jsonWithoutCommands = (json: string): string => json.replace(/##(?=(?:vso|teamcity)?\[)/g, "#\\u0023");
