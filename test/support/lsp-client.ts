import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";
import { CLI } from "./cli.ts";

export interface LspPosition {
  readonly line: number;
  readonly character: number;
}
export interface LspDiagnostic {
  readonly code: string;
  readonly message: string;
  readonly severity: number;
  readonly range: { readonly start: LspPosition; readonly end: LspPosition };
}

/** `flakewright lsp` as an editor runs it. Names of files are relative to the folder. */
export class LspClient {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #diagnostics = new Map<string, LspDiagnostic[]>();
  readonly #versions = new Map<string, number>();
  #waiting: { readonly uri: string; readonly done: (diagnostics: LspDiagnostic[]) => void }[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    this.#child = spawn(process.execPath, [...CLI, "lsp"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    const { stdin, stdout } = this.#child;
    if (!stdin || !stdout) throw new Error("the language server has no pipes");
    this.#connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.#connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) => {
      this.#diagnostics.set(uri, diagnostics);
      const here = this.#waiting.filter((one) => one.uri === uri);
      this.#waiting = this.#waiting.filter((one) => one.uri !== uri);
      for (const { done } of here) done(diagnostics);
    });
    this.#connection.listen();
  }

  /** The server's process. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  async start(): Promise<void> {
    await this.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(this.#folder).href,
      capabilities: {},
    });
    await this.#connection.sendNotification("initialized", {});
  }

  uri(name: string): string {
    return pathToFileURL(join(this.#folder, name)).href;
  }

  /** The next diagnostics of a file. */
  next(name: string): Promise<LspDiagnostic[]> {
    return new Promise((done) => this.#waiting.push({ uri: this.uri(name), done }));
  }

  /** The diagnostics that the editor shows of a file now. */
  diagnostics(name: string): readonly LspDiagnostic[] {
    return this.#diagnostics.get(this.uri(name)) ?? [];
  }

  /** Opens a file as it is on disk; the answer is its diagnostics. */
  async open(name: string): Promise<LspDiagnostic[]> {
    const answer = this.next(name);
    this.#versions.set(name, 1);
    await this.#connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri: this.uri(name), languageId: "yaml", version: 1, text: readFileSync(join(this.#folder, name), "utf8") },
    });
    return answer;
  }

  /** Replaces the whole text in the editor; the answer is the file's new diagnostics. */
  async change(name: string, text: string): Promise<LspDiagnostic[]> {
    const answer = this.next(name);
    const version = (this.#versions.get(name) ?? 1) + 1;
    this.#versions.set(name, version);
    await this.#connection.sendNotification("textDocument/didChange", {
      textDocument: { uri: this.uri(name), version },
      contentChanges: [{ text }],
    });
    return answer;
  }

  /** Opens a text that may be in no file; nothing is waited for. */
  async openText(uri: string, text: string): Promise<void> {
    await this.notify("textDocument/didOpen", { textDocument: { uri, languageId: "yaml", version: 1, text } });
  }

  /** Edits ranges of a file, as editors do; the answer is the file's new diagnostics. */
  async edit(name: string, edits: readonly { range: { start: LspPosition; end: LspPosition }; text: string }[]) {
    const answer = this.next(name);
    const version = (this.#versions.get(name) ?? 1) + 1;
    this.#versions.set(name, version);
    await this.notify("textDocument/didChange", { textDocument: { uri: this.uri(name), version }, contentChanges: edits });
    return answer;
  }

  async close(name: string): Promise<void> {
    await this.notify("textDocument/didClose", { textDocument: { uri: this.uri(name) } });
  }

  notify(method: string, params: object): Promise<void> {
    return this.#connection.sendNotification(method, params);
  }

  /** A request as it is, for other documents than the folder's. */
  ask<T>(method: string, params: object): Promise<T> {
    return this.#connection.sendRequest(method, params);
  }

  /** The exit status, when the server has ended. */
  get ended(): Promise<number | null> {
    return new Promise((done) => {
      if (this.#child.exitCode === null) this.#child.on("exit", (status) => done(status));
      else done(this.#child.exitCode);
    });
  }

  /** Ends the server's input, as an editor that crashes. */
  hangUp(): void {
    this.#child.stdin?.end();
  }

  request<T>(method: string, name: string, params: object): Promise<T> {
    return this.#connection.sendRequest(method, { textDocument: { uri: this.uri(name) }, ...params });
  }

  async stop(): Promise<void> {
    await this.#connection.sendRequest("shutdown");
    await this.#connection.sendNotification("exit");
    this.#connection.dispose();
    this.#child.kill();
  }
}
