/*
 * The commands of a bash text that run in the shell itself and in any case: not those in a subshell, a pipeline, a function, a condition or a
 * loop, and not what follows `&&` and `||`. What the reader does not understand counts as none of them.
 */

export interface Statement {
  /** The command's name and arguments as they are written, without assignments in front of it and without redirections. */
  readonly words: readonly string[];
  /** Where it begins in the text. */
  readonly offset: number;
}

/** The statements, in their order. The text is one that bash can read. */
export function plainStatements(code: string): Statement[] {
  try {
    return new Reader(code).read();
  } catch (error) {
    if (error instanceof NotUnderstood) return [];
    throw error;
  }
}

class NotUnderstood extends Error {}

/** How deep expansions may be in each other. */
const MAX_DEPTH = 100;

type Construct = "if" | "loop" | "case" | "pattern" | "brace" | "paren";

/** Words after which a command follows. */
const BEFORE_COMMAND = new Set(["then", "do", "else", "elif", "!", "time", "if", "while", "until"]);
const OPENS: Readonly<Record<string, Construct>> = {
  if: "if",
  while: "loop",
  until: "loop",
  for: "loop",
  select: "loop",
  case: "case",
  "{": "brace",
};
const CLOSES: Readonly<Record<string, Construct>> = { fi: "if", done: "loop", esac: "case", "}": "brace" };

/** Operators, the longest first. */
const OPERATOR = /&>>|<<-|<<<|;;&|&&|\|\||\|&|;;|;&|&>|>>|<<|<&|>&|<>|>\||[;&|()<>\n]/y;
const SPACE = /(?:[ \t\r]|\\\r?\n)+/y;
const REDIRECTION = /^(?:&>>|<<-|<<<|&>|>>|<<|<&|>&|<>|>\||<|>)$/;

class Reader {
  readonly #code: string;
  #at = 0;
  #depth = 0;
  readonly #open: Construct[] = [];
  readonly #statements: Statement[] = [];
  /** Here-documents that begin after the end of the line. */
  #documents: { readonly end: string; readonly isIndented: boolean }[] = [];

  constructor(code: string) {
    this.#code = code;
  }

  read(): Statement[] {
    /** The operator in front of the command. */
    let before = "";
    let isFunction = false;
    while (this.#at < this.#code.length) {
      const start = this.#next();
      const words: string[] = [];
      let after = "";
      for (;;) {
        const operator = this.#operator();
        if (operator !== undefined) {
          if (REDIRECTION.test(operator)) {
            this.#redirect(operator);
            continue;
          }
          if (operator === "(" && words.length > 0 && words.length <= 2) {
            // `name ()` is a function; `a=(…)` was read as a word.
            this.#expect(")");
            isFunction = true;
            words.length = 0;
            break;
          }
          after = operator;
          break;
        }
        if (this.#at >= this.#code.length) break;
        const word = this.#word();
        if (/^(?:\d+|\{\w+\})$/.test(word) && /[<>]/.test(this.#code[this.#at] ?? "")) continue;
        if (words.length === 0 && this.#keyword(word)) {
          before = "";
          continue;
        }
        if (words.length === 0 && /^[A-Za-z_]\w*(?:\[[^\]]*\])?\+?=/.test(word)) continue;
        words.push(word);
        if (words[0] === "[[") this.#skipTest();
        if (words[0] === "function" && words.length === 2) {
          isFunction = true;
          if (this.#peek("(")) {
            this.#operator();
            this.#expect(")");
          }
          words.length = 0;
          break;
        }
      }
      const isPlain = this.#open.length === 0 && !isFunction && !/^(?:&&|\|\||\|&?)$/.test(before) && !/^(?:\|&?|&)$/.test(after);
      if (words.length > 0 && isPlain) this.#statements.push({ words, offset: start });
      if (words.length > 0) isFunction = false;
      this.#operated(after);
      // A blank line is no end of `a &&`.
      if (words.length > 0 || after !== "\n") before = after;
    }
    if (this.#open.length > 0) throw new NotUnderstood();
    return this.#statements;
  }

  /** Whether the word belongs to a compound command, of which the rest follows. */
  #keyword(word: string): boolean {
    const closed = Object.hasOwn(CLOSES, word) ? CLOSES[word] : undefined;
    if (closed !== undefined) {
      if (this.#open.pop() !== closed) throw new NotUnderstood();
      return true;
    }
    const opened = Object.hasOwn(OPENS, word) ? OPENS[word] : undefined;
    if (opened !== undefined) {
      this.#open.push(opened);
      if (opened === "case") this.#skipToPatterns();
      else if (word === "for" || word === "select") this.#skipLoopHead();
      return true;
    }
    if (BEFORE_COMMAND.has(word)) return true;
    if (word === "coproc") throw new NotUnderstood();
    return false;
  }

  /** What an operator does to the constructs that are open. */
  #operated(operator: string): void {
    const inner = this.#open.at(-1);
    if (operator === "(") {
      if (this.#code[this.#at] === "(") this.#skipParens(this.#at - 1);
      else this.#open.push("paren");
    } else if (operator === ")") {
      if (this.#open.pop() !== "paren") throw new NotUnderstood();
    } else if (/^;;&?$|^;&$/.test(operator)) {
      if (inner !== "case") throw new NotUnderstood();
      this.#skipPattern();
    }
  }

  /** `case WORD in PATTERN)`. */
  #skipToPatterns(): void {
    this.#next();
    this.#word();
    this.#blank();
    this.#next();
    if (this.#word() !== "in") throw new NotUnderstood();
    this.#skipPattern();
  }

  /** A pattern up to its `)`, unless the `case` ends here. */
  #skipPattern(): void {
    this.#blank();
    if (/^esac(?![\w-])/.test(this.#code.slice(this.#at, this.#at + 5))) return;
    if (this.#code[this.#at] === "(") this.#at++;
    for (;;) {
      this.#next();
      if (this.#code[this.#at] === ")") break;
      if (this.#code[this.#at] === "|") this.#at++;
      else this.#word();
    }
    this.#at++;
  }

  /** `for NAME in WORDS` up to its end, or `for ((…))`. */
  #skipLoopHead(): void {
    this.#next();
    if (this.#code.startsWith("((", this.#at)) {
      this.#skipParens(this.#at);
      return;
    }
    while (this.#at < this.#code.length && !/[;\n]/.test(this.#code[this.#at] ?? "")) {
      this.#word();
      this.#next();
    }
  }

  /** The rest of `[[ … ]]`, whose operators are others. */
  #skipTest(): void {
    for (;;) {
      this.#blank();
      if (this.#at >= this.#code.length) throw new NotUnderstood();
      if (/[()<>|&]/.test(this.#code[this.#at] ?? "")) this.#at++;
      else if (this.#word() === "]]") return;
    }
  }

  #redirect(operator: string): void {
    this.#next();
    const word = this.#word();
    if (operator === "<<" || operator === "<<-")
      this.#documents.push({ end: word.replace(/\\(.)|['"]/g, "$1"), isIndented: operator === "<<-" });
  }

  /** Goes over spaces, continued lines and a comment; returns where the next token begins. */
  #next(): number {
    for (;;) {
      SPACE.lastIndex = this.#at;
      this.#at += SPACE.exec(this.#code)?.[0].length ?? 0;
      if (this.#code[this.#at] !== "#") return this.#at;
      const end = this.#code.indexOf("\n", this.#at);
      this.#at = end === -1 ? this.#code.length : end;
    }
  }

  /** The same with the ends of lines. */
  #blank(): void {
    this.#next();
    while (this.#code[this.#at] === "\n") {
      this.#newline();
      this.#next();
    }
  }

  #peek(character: string): boolean {
    this.#next();
    return this.#code[this.#at] === character;
  }

  #expect(character: string): void {
    if (!this.#peek(character)) throw new NotUnderstood();
    this.#at++;
  }

  #operator(): string | undefined {
    this.#next();
    if (/^[<>]\(/.test(this.#code.slice(this.#at, this.#at + 2))) return undefined;
    OPERATOR.lastIndex = this.#at;
    const [operator] = OPERATOR.exec(this.#code) ?? [];
    if (operator === "\n") this.#newline();
    else this.#at += operator?.length ?? 0;
    return operator;
  }

  /** The end of a line, and the here-documents that follow it. */
  #newline(): void {
    this.#at++;
    for (const { end, isIndented } of this.#documents) {
      for (;;) {
        if (this.#at >= this.#code.length) throw new NotUnderstood();
        const newline = this.#code.indexOf("\n", this.#at);
        const line = this.#code.slice(this.#at, newline === -1 ? undefined : newline);
        this.#at = newline === -1 ? this.#code.length : newline + 1;
        if ((isIndented ? line.replace(/^\t+/, "") : line) === end) break;
      }
    }
    this.#documents = [];
  }

  /** A word with its quotes. */
  #word(): string {
    const start = this.#at;
    while (this.#at < this.#code.length) {
      const character = this.#code[this.#at] ?? "";
      const isArray = character === "(" && /(?:[=?*+@!]|^[<>])$/.test(this.#code.slice(start, this.#at));
      if (isArray || /^[<>]\(/.test(this.#code.slice(this.#at, this.#at + 2)))
        this.#skipParens(this.#code.indexOf("(", this.#at));
      else if (/[\s;&|()<>]/.test(character)) break;
      else this.#part();
    }
    if (this.#at === start) throw new NotUnderstood();
    return this.#code.slice(start, this.#at);
  }

  /** One character, or what is quoted or expanded. */
  #part(): void {
    if (++this.#depth > MAX_DEPTH) throw new NotUnderstood();
    const rest = this.#code.slice(this.#at, this.#at + 2);
    if (rest.startsWith("\\")) this.#at += 2;
    else if (rest === "$'") this.#skipTo("'", this.#at + 2, true);
    else if (rest.startsWith("'")) this.#skipTo("'", this.#at + 1, false);
    else if (rest.startsWith("`")) this.#skipTo("`", this.#at + 1, true);
    else if (rest.startsWith('"')) this.#skipQuoted();
    else if (rest === "$(") this.#skipParens(this.#at + 1);
    else if (rest === "${") this.#skipBraces();
    else this.#at++;
    this.#depth--;
  }

  #skipTo(end: string, from: number, hasEscapes: boolean): void {
    for (this.#at = from; this.#code[this.#at] !== end; this.#at++) {
      if (this.#at >= this.#code.length) throw new NotUnderstood();
      if (hasEscapes && this.#code[this.#at] === "\\") this.#at++;
    }
    this.#at++;
  }

  #skipQuoted(): void {
    this.#at++;
    while (this.#code[this.#at] !== '"') {
      if (this.#at >= this.#code.length) throw new NotUnderstood();
      // In double quotes, a single one is a character.
      if (this.#code[this.#at] === "'" || this.#code.startsWith("$'", this.#at)) this.#at++;
      else this.#part();
    }
    this.#at++;
  }

  #skipBraces(): void {
    this.#at += 2;
    while (this.#code[this.#at] !== "}") {
      if (this.#at >= this.#code.length) throw new NotUnderstood();
      this.#part();
    }
    this.#at++;
  }

  /** From an opening parenthesis behind its closing one. */
  #skipParens(from: number): void {
    if (++this.#depth > MAX_DEPTH) throw new NotUnderstood();
    this.#at = from + 1;
    for (;;) {
      if (this.#at >= this.#code.length) throw new NotUnderstood();
      const character = this.#code[this.#at] ?? "";
      if (character === ")") break;
      // A pattern of a `case` has a parenthesis that nothing opens, and a here-document has any.
      if (/^(?:case\b|<<)/.test(this.#code.slice(this.#at, this.#at + 5))) throw new NotUnderstood();
      if (character === "(") this.#skipParens(this.#at);
      else if (character === "#" && /[\s;(]/.test(this.#code[this.#at - 1] ?? "")) this.#next();
      else this.#part();
    }
    this.#at++;
    this.#depth--;
  }
}
