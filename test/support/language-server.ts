import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { createMessageConnection, type MessageConnection, StreamMessageReader, StreamMessageWriter } from "vscode-jsonrpc/node";

/** The parts of LSP answers that the tests use. */
export interface CompletionItem {
  readonly label: string;
  readonly insertText?: string;
  readonly documentation?: string | { readonly value: string };
}

export interface EditorDiagnostic {
  readonly message: string;
  readonly range: { readonly start: { readonly line: number; readonly character: number } };
}

/** yaml-language-server over stdio, as an editor runs it. `│` marks the cursor in a text. */
export class Editor {
  readonly #folder: string;
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  readonly #waiting = new Map<string, (diagnostics: EditorDiagnostic[]) => void>();
  #count = 0;

  /** `folder` contains the schema that the texts' first lines name. */
  constructor(folder: string) {
    this.#folder = folder;
    const home = dirname(createRequire(import.meta.url).resolve("yaml-language-server/package.json"));
    this.#child = spawn(process.execPath, [join(home, "bin/yaml-language-server"), "--stdio"], {
      stdio: ["pipe", "pipe", "ignore"],
    });
    const { stdin, stdout } = this.#child;
    if (!stdin || !stdout) throw new Error("the language server has no pipes");
    this.#connection = createMessageConnection(new StreamMessageReader(stdout), new StreamMessageWriter(stdin));
    this.#connection.onRequest("workspace/configuration", ({ items }: { items: { section: string }[] }) =>
      // No access to the network.
      items.map(({ section }) =>
        section === "yaml" ? { schemaStore: { enable: false }, validate: true, hover: true, completion: true } : null,
      ),
    );
    this.#connection.onRequest("client/registerCapability", () => null);
    this.#connection.onNotification("textDocument/publishDiagnostics", ({ uri, diagnostics }) =>
      this.#waiting.get(uri)?.(diagnostics),
    );
    this.#connection.listen();
  }

  async start(): Promise<void> {
    await this.#connection.sendRequest("initialize", {
      processId: process.pid,
      rootUri: pathToFileURL(this.#folder).href,
      workspaceFolders: null,
      capabilities: {
        workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
        textDocument: { completion: { completionItem: { snippetSupport: true, documentationFormat: ["markdown"] } } },
      },
    });
    await this.#connection.sendNotification("initialized", {});
  }

  async #open(
    marked: string,
  ): Promise<{ uri: string; position: { line: number; character: number }; diagnostics: Promise<EditorDiagnostic[]> }> {
    const cursor = marked.indexOf("│");
    const before = (cursor === -1 ? marked : marked.slice(0, cursor)).split("\n");
    const uri = pathToFileURL(join(this.#folder, `spec-${++this.#count}.yaml`)).href;
    const diagnostics = new Promise<EditorDiagnostic[]>((resolve) => this.#waiting.set(uri, resolve));
    await this.#connection.sendNotification("textDocument/didOpen", {
      textDocument: { uri, languageId: "yaml", version: 1, text: marked.replace("│", "") },
    });
    return { uri, position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 }, diagnostics };
  }

  async complete(marked: string): Promise<CompletionItem[]> {
    const { uri, position } = await this.#open(marked);
    const answer = await this.#connection.sendRequest<{ items: CompletionItem[] } | null>("textDocument/completion", {
      textDocument: { uri },
      position,
    });
    return answer?.items ?? [];
  }

  /** The hover text; `""` when there is none. */
  async hover(marked: string): Promise<string> {
    const { uri, position } = await this.#open(marked);
    const answer = await this.#connection.sendRequest<{ contents: { value: string } } | null>("textDocument/hover", {
      textDocument: { uri },
      position,
    });
    return answer?.contents.value ?? "";
  }

  async diagnostics(text: string): Promise<EditorDiagnostic[]> {
    return (await this.#open(text)).diagnostics;
  }

  async stop(): Promise<void> {
    await this.#connection.sendRequest("shutdown");
    this.#connection.dispose();
    this.#child.kill();
  }
}
