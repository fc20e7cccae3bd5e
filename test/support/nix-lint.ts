import { spawn } from "node:child_process";
import type { Nix } from "./nix.ts";
import { tool } from "./tools.ts";

/*
 * Faults of a generated Nix file beyond syntax: unused bindings (of a `let`, an `inherit` in it, or a function's arguments) and any
 * `with`. It reads Nix by the lexer and grammar of Nix 2.8, but ignores operator precedence, which does not affect names.
 */

interface Binding {
  name: string;
  offset: number;
  /** Counted over the whole file, in order of declaration. */
  index: number;
  /** What the binding's value mentions: that is used only if the binding is. */
  uses: Set<Binding>;
}

/** Who mentions a name: the innermost binding whose value contains the mention, or the file. */
interface Owner {
  uses: Set<Binding>;
  /** Bindings from this index on are declared inside the value: a use in the value is enough for them. */
  since: number;
}

/** Bindings by name. An unknown name is a builtin, or an error that `nix-instantiate --parse` reports. */
interface Scope {
  names: Map<string, Binding>;
  /** The set of a `rec { … }`: its names hide outer ones and are part of its value. */
  parent: Scope | undefined;
}

type Expression =
  | { kind: "name"; name: string }
  | { kind: "all"; parts: Expression[] }
  | { kind: "function"; names: { name: string; offset: number }[]; defaults: Expression[]; body: Expression }
  | { kind: "let"; bindings: Bindings; body: Expression }
  | { kind: "set"; recursive: boolean; bindings: Bindings };

interface Bindings {
  /** One for each definition; several may share a first name. */
  values: { name: string | undefined; offset: number; value: Expression }[];
  /** `inherit x;`: the outer name, and a binding of the same name. */
  inherited: { name: string; offset: number }[];
  /** `inherit (from) x;`: a binding whose value is `from`. */
  inheritedFrom: { names: { name: string; offset: number }[]; from: Expression }[];
}

const IDENTIFIER = /[a-zA-Z_][a-zA-Z0-9_'-]*/y;
const NUMBER = /(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const PATH = /(?:~|[a-zA-Z0-9._+-]*)(?:\/[a-zA-Z0-9._+-]+)+\/?/y;
const PATH_BEFORE_INTERPOLATION = /(?:~|[a-zA-Z0-9._+-]*)\/(?=\$\{)/y;
const PATH_REST = /[a-zA-Z0-9._+/-]+/y;
const SEARCH_PATH = /<[a-zA-Z0-9._+-]+(?:\/[a-zA-Z0-9._+-]+)*>/y;
const URI = /[a-zA-Z][a-zA-Z0-9+.-]*:[a-zA-Z0-9%/?:@&=+$,_.!~*'-]+/y;
const SPACE = /(?:\s|#[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const OPERATOR = /->|\|\||&&|==|!=|<=|>=|\/\/|\+\+|[<>+*/?-]/y;
const KEYWORDS = new Set(["if", "then", "else", "assert", "with", "let", "in", "rec", "inherit"]);

class Parser {
  readonly text: string;
  readonly complaints: string[] = [];
  at = 0;

  constructor(text: string) {
    this.text = text;
  }

  file(): Expression {
    const expression = this.expression();
    if (this.at < this.text.length) this.fail("the end");
    return expression;
  }

  line(offset: number): number {
    return this.text.slice(0, offset).split("\n").length;
  }

  private fail(wanted: string): never {
    const found = JSON.stringify(this.text.slice(this.at, this.at + 20));
    throw new Error(`line ${this.line(this.at)}: ${found} instead of ${wanted}`);
  }

  /** What the pattern matches at this position, without skipping space. */
  private peek(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  private space() {
    this.at += this.peek(SPACE)?.length ?? 0;
  }

  private take(pattern: RegExp): string | undefined {
    const found = this.peek(pattern);
    if (found === undefined) return undefined;
    this.at += found.length;
    this.space();
    return found;
  }

  private symbol(symbol: string): boolean {
    if (!this.text.startsWith(symbol, this.at)) return false;
    this.at += symbol.length;
    this.space();
    return true;
  }

  private need(symbol: string) {
    if (!this.symbol(symbol)) this.fail(`\`${symbol}\``);
  }

  private word(word: string): boolean {
    if (this.peek(IDENTIFIER) !== word) return false;
    this.at += word.length;
    this.space();
    return true;
  }

  private needWord(word: string) {
    if (!this.word(word)) this.fail(`\`${word}\``);
  }

  private expression(): Expression {
    this.space();
    const start = this.at;
    if (this.word("let")) {
      const bindings = this.bindings("in");
      return { kind: "let", bindings, body: this.expression() };
    }
    if (this.word("with")) {
      this.complaints.push(`line ${this.line(start)}: \`with\``);
      return this.sequence(";");
    }
    if (this.word("assert")) return this.sequence(";");
    if (this.word("if")) {
      const condition = this.expression();
      this.needWord("then");
      const yes = this.expression();
      this.needWord("else");
      return { kind: "all", parts: [condition, yes, this.expression()] };
    }
    return this.function() ?? this.operation();
  }

  /** `first; second`. */
  private sequence(separator: string): Expression {
    const first = this.expression();
    this.need(separator);
    return { kind: "all", parts: [first, this.expression()] };
  }

  /** A function; undefined, without consuming anything, where there is none. */
  private function(): Expression | undefined {
    const start = this.at;
    if (this.peek(PATH) === undefined && this.peek(URI) === undefined) {
      const name = this.take(IDENTIFIER);
      if (name !== undefined && this.symbol(":")) {
        return { kind: "function", names: [{ name, offset: start }], defaults: [], body: this.expression() };
      }
      if (name !== undefined && this.symbol("@")) return this.pattern([{ name, offset: start }]);
    }
    this.at = start;
    return this.isPattern() ? this.pattern([]) : undefined;
  }

  /** Whether braces begin a function's arguments: `{ a, …`, `{ a ? …`, `{ a }:`, `{ ... }:` or `{ }:`. Otherwise they are a set. */
  private isPattern(): boolean {
    const start = this.at;
    let found = false;
    if (this.symbol("{")) {
      const named = this.take(IDENTIFIER) !== undefined;
      if (this.symbol("...")) found = true;
      else if (named && (this.text[this.at] === "," || this.text[this.at] === "?")) found = true;
      else if (this.symbol("}")) found = this.text[this.at] === ":" || this.text[this.at] === "@";
    }
    this.at = start;
    return found;
  }

  /** `{ a, b ? 1, ... }@all: body`, with names that were read before it. */
  private pattern(names: { name: string; offset: number }[]): Expression {
    const defaults: Expression[] = [];
    this.need("{");
    while (!this.symbol("}")) {
      if (!this.symbol("...")) {
        const offset = this.at;
        names.push({ name: this.take(IDENTIFIER) ?? this.fail("an argument"), offset });
        if (this.symbol("?")) defaults.push(this.expression());
      }
      if (this.text[this.at] !== "}") this.need(",");
    }
    if (this.symbol("@")) {
      const offset = this.at;
      names.push({ name: this.take(IDENTIFIER) ?? this.fail("a name"), offset });
    }
    this.need(":");
    return { kind: "function", names, defaults, body: this.expression() };
  }

  /** Operands, applied to each other or joined by operators. */
  private operation(): Expression {
    const parts: Expression[] = [];
    for (;;) {
      while (this.take(/!(?!=)|-(?!>)/y) !== undefined) {
        // It mentions no name.
      }
      parts.push(this.select() ?? this.fail("an expression"));
      for (let operand = this.select(); operand !== undefined; operand = this.select()) parts.push(operand);
      let operator = this.take(OPERATOR);
      while (operator === "?") {
        parts.push(...this.attributePath().parts);
        operator = this.take(OPERATOR);
      }
      if (operator === undefined) return parts.length === 1 ? parts[0]! : { kind: "all", parts };
    }
  }

  /** `a.b."c".${d} or e`; undefined where no operand begins. */
  private select(): Expression | undefined {
    const operand = this.simple();
    if (operand === undefined) return undefined;
    const parts = [operand];
    while (this.dot()) {
      parts.push(...this.attributePath().parts);
      if (this.word("or")) parts.push(this.select() ?? this.fail("an alternative"));
    }
    return parts.length === 1 ? operand : { kind: "all", parts };
  }

  private simple(): Expression | undefined {
    const none: Expression = { kind: "all", parts: [] };
    if (this.symbol("(")) {
      const inner = this.expression();
      this.need(")");
      return inner;
    }
    if (this.symbol("[")) {
      const parts: Expression[] = [];
      while (!this.symbol("]")) parts.push(this.select() ?? this.fail("an element"));
      return { kind: "all", parts };
    }
    if (this.symbol("{")) return { kind: "set", recursive: false, bindings: this.bindings("}") };
    if (this.text[this.at] === '"' || this.text.startsWith("''", this.at)) return this.string();
    if (this.beginsPath()) return this.path();
    if (this.take(SEARCH_PATH) !== undefined || this.take(URI) !== undefined) return none;
    const name = this.peek(IDENTIFIER);
    if (name === "rec") {
      this.needWord("rec");
      this.need("{");
      return { kind: "set", recursive: true, bindings: this.bindings("}") };
    }
    if (name !== undefined && !KEYWORDS.has(name)) {
      this.take(IDENTIFIER);
      return { kind: "name", name };
    }
    return name === undefined && this.take(NUMBER) !== undefined ? none : undefined;
  }

  private beginsPath(): boolean {
    return this.peek(PATH) !== undefined || this.peek(PATH_BEFORE_INTERPOLATION) !== undefined;
  }

  /** The dot of an attribute path, not of a `./file` that is the next argument. */
  private dot(): boolean {
    return !this.beginsPath() && this.symbol(".");
  }

  private path(): Expression {
    const parts: Expression[] = [];
    this.at += (this.peek(PATH) ?? this.peek(PATH_BEFORE_INTERPOLATION) ?? "").length;
    for (;;) {
      if (this.text.startsWith("${", this.at)) parts.push(this.interpolation());
      const rest = this.peek(PATH_REST);
      if (rest !== undefined) this.at += rest.length;
      else if (!this.text.startsWith("${", this.at)) break;
    }
    this.space();
    return { kind: "all", parts };
  }

  /** `${…}`, without the space after it. */
  private interpolation(): Expression {
    this.at += 2;
    const inner = this.expression();
    if (this.text[this.at] !== "}") this.fail("`}`");
    this.at += 1;
    return inner;
  }

  private string(): Expression {
    const parts: Expression[] = [];
    const indented = this.text.startsWith("''", this.at);
    this.at += indented ? 2 : 1;
    const plain = indented ? /(?:[^$']|\$[^{']|'[^'$]|''\$|'''|''\\[\s\S])+/y : /(?:[^$"\\]|\$[^{"\\]|\$?\\[\s\S])+/y;
    for (;;) {
      this.at += this.peek(plain)?.length ?? 0;
      if (this.text.startsWith("${", this.at)) parts.push(this.interpolation());
      else if (this.text.startsWith(indented ? "''" : '"', this.at)) break;
      // A single `$` or `'`, before the end or before what ends the run above.
      else if (this.at < this.text.length) this.at += 1;
      else this.fail("the end of a string");
    }
    this.at += indented ? 2 : 1;
    this.space();
    return { kind: "all", parts };
  }

  /** The first name, if it is not dynamic, and what the dynamic parts mention. */
  private attributePath(): { first: string | undefined; parts: Expression[] } {
    const parts: Expression[] = [];
    let first: string | undefined;
    do {
      const atStart = parts.length === 0 && first === undefined;
      if (this.text[this.at] === '"') {
        const begin = this.at;
        const string = this.string();
        parts.push(string);
        // A quoted name without dynamic parts declares a name, too: `let "a" = 1; in a`.
        if (atStart && string.kind === "all" && string.parts.length === 0)
          first = this.text.slice(begin + 1, this.at).replace(/"\s*$/, "");
      } else if (this.text.startsWith("${", this.at)) {
        parts.push(this.interpolation());
        this.space();
      } else {
        const name = this.take(IDENTIFIER) ?? this.fail("an attribute");
        if (atStart) first = name;
      }
    } while (this.dot());
    return { first, parts };
  }

  /** Definitions, with the word or brace that ends them. */
  private bindings(end: "in" | "}"): Bindings {
    const bindings: Bindings = { values: [], inherited: [], inheritedFrom: [] };
    while (end === "in" ? !this.word("in") : !this.symbol("}")) {
      if (this.word("inherit")) {
        let from: Expression | undefined;
        if (this.symbol("(")) {
          from = this.expression();
          this.need(")");
        }
        const names: { name: string; offset: number }[] = [];
        while (!this.symbol(";")) {
          const offset = this.at;
          const name = this.attributePath();
          if (name.first !== undefined) names.push({ name: name.first, offset });
        }
        if (from) bindings.inheritedFrom.push({ names, from });
        else bindings.inherited.push(...names);
      } else {
        const offset = this.at;
        const path = this.attributePath();
        this.need("=");
        const value = this.expression();
        this.need(";");
        bindings.values.push({ name: path.first, offset, value: { kind: "all", parts: [...path.parts, value] } });
      }
    }
    return bindings;
  }
}

/** Declares and looks up names. In the end, `declared` minus what `roots` reach is unused. */
class Resolver {
  readonly declared: Binding[] = [];
  readonly roots: Owner = { uses: new Set(), since: 0 };
  private count = 0;

  private declare(scope: Scope, { name, offset }: { name: string; offset: number }): Binding {
    const known = scope.names.get(name);
    if (known) return known;
    const binding = { name, offset, index: this.count++, uses: new Set<Binding>() };
    scope.names.set(name, binding);
    this.declared.push(binding);
    return binding;
  }

  private use(name: string, scope: Scope | undefined, owner: Owner) {
    for (let here = scope; here; here = here.parent) {
      const binding = here.names.get(name);
      if (binding) {
        (binding.index >= owner.since ? this.roots : owner).uses.add(binding);
        return;
      }
    }
  }

  /** Records all mentions in the expression for `who`. */
  visit(expression: Expression, scope: Scope | undefined, owner: Owner): void {
    switch (expression.kind) {
      case "name":
        this.use(expression.name, scope, owner);
        break;
      case "all":
        for (const part of expression.parts) this.visit(part, scope, owner);
        break;
      case "function": {
        const inner: Scope = { names: new Map(), parent: scope };
        for (const argument of expression.names) this.declare(inner, argument);
        for (const value of expression.defaults) this.visit(value, inner, owner);
        this.visit(expression.body, inner, owner);
        break;
      }
      case "let": {
        const inner: Scope = { names: new Map(), parent: scope };
        this.declareAll(expression.bindings, inner);
        this.visitAll(expression.bindings, scope, inner, (name) =>
          name === undefined ? owner : { uses: inner.names.get(name)!.uses, since: this.count },
        );
        this.visit(expression.body, inner, owner);
        break;
      }
      case "set": {
        const inner: Scope | undefined = expression.recursive ? { names: new Map(), parent: scope } : scope;
        // A set's declarations are its value: a use of the set is a use of them.
        if (expression.recursive && inner) {
          const before = this.declared.length;
          this.declareAll(expression.bindings, inner);
          for (const binding of this.declared.splice(before)) binding.uses = owner.uses;
        }
        this.visitAll(expression.bindings, scope, inner, () => owner);
        break;
      }
    }
  }

  private declareAll(bindings: Bindings, scope: Scope) {
    for (const { name, offset } of bindings.values) if (name !== undefined) this.declare(scope, { name, offset });
    for (const entry of bindings.inherited) this.declare(scope, entry);
    for (const { names } of bindings.inheritedFrom) for (const entry of names) this.declare(scope, entry);
  }

  private visitAll(
    bindings: Bindings,
    outer: Scope | undefined,
    inner: Scope | undefined,
    ownerOf: (name: string | undefined) => Owner,
  ) {
    for (const { name, value } of bindings.values) this.visit(value, inner, ownerOf(name));
    for (const { name } of bindings.inherited) this.use(name, outer, ownerOf(name));
    for (const { names, from } of bindings.inheritedFrom) {
      for (const { name } of names) this.visit(from, inner, ownerOf(name));
    }
  }
}

/** All unused bindings and every `with` of a Nix file, as `line N: …`. Throws at a syntax error. */
export function nixFaults(text: string): string[] {
  const parser = new Parser(text);
  const tree = parser.file();
  const resolver = new Resolver();
  resolver.visit(tree, undefined, resolver.roots);
  const reached = new Set<Binding>();
  const queue = [...resolver.roots.uses];
  for (let binding = queue.pop(); binding; binding = queue.pop()) {
    if (reached.has(binding)) continue;
    reached.add(binding);
    queue.push(...binding.uses);
  }
  const unused = resolver.declared
    .filter((binding) => !reached.has(binding) && !binding.name.startsWith("_"))
    .map((binding) => `line ${parser.line(binding.offset)}: \`${binding.name}\` is never used`);
  return [...parser.complaints, ...unused];
}

/** The errors of `nix-instantiate --parse`, unknown variables included; `""` for none. */
export function syntaxErrors(nix: Nix, files: readonly string[]): Promise<string> {
  return new Promise((done, fail) => {
    const child = spawn(tool("nix-instantiate") ?? "nix-instantiate", ["--parse", ...files], {
      env: { ...process.env, ...nix.env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let stderr = "";
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on("error", fail);
    child.on("close", (status) => done(status === 0 ? stderr : `${stderr}exit status ${status}`));
  });
}
