import { fileURLToPath } from "node:url";
import {
  type Connection,
  createConnection,
  type InitializeResult,
  ProposedFeatures,
  type TextDocumentPositionParams,
  TextDocumentSyncKind,
  TextDocuments,
  type TextEdit,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import type { Options, Terminal } from "../commands/outcome.ts";
import type { Place } from "../report/diagnostic.ts";
import type { System } from "../system/system.ts";
import { completionsAt } from "./completion.ts";
import { type Cursor, cursorAt } from "./cursor.ts";
import { diagnosticsByFile, fixActions } from "./diagnostics.ts";
import { hoverText } from "./hover.ts";
import { type NamedThing, nameAt, namesOf } from "./names.ts";
import { symbolsOf } from "./symbols.ts";
import { type EditedSpec, Workspace } from "./workspace.ts";

/** How long a document must be left alone before it is checked, in milliseconds. */
const QUIET = 120;

/** The language server on two streams, until the editor ends it. */
export function serve(
  system: System,
  options: Omit<Options, "spec" | "out">,
  { input, output }: Pick<Terminal, "input" | "output">,
): Promise<void> {
  const connection = createConnection(ProposedFeatures.all, input, output);
  new Server(connection, new Workspace(system, options)).start();
  return new Promise((ended) => connection.onExit(ended));
}

class Server {
  readonly #connection: Connection;
  readonly #workspace: Workspace;
  readonly #documents = new TextDocuments(TextDocument);
  /** Files that changed since they were last checked. */
  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> = Promise.resolve();

  constructor(connection: Connection, workspace: Workspace) {
    this.#connection = connection;
    this.#workspace = workspace;
  }

  start(): void {
    const connection = this.#connection;
    connection.onInitialize(
      (): InitializeResult => ({
        capabilities: {
          textDocumentSync: TextDocumentSyncKind.Incremental,
          completionProvider: { triggerCharacters: [":", "-", "[", " ", "."] },
          hoverProvider: true,
          definitionProvider: true,
          referencesProvider: true,
          renameProvider: { prepareProvider: true },
          documentSymbolProvider: true,
          codeActionProvider: true,
        },
        serverInfo: { name: "flakewright" },
      }),
    );
    this.#documents.onDidChangeContent(({ document }) => {
      this.#workspace.setOpen(document);
      this.#changed.add(fileURLToPath(document.uri));
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.#settle(), QUIET);
    });
    this.#documents.onDidClose(({ document }) => {
      this.#workspace.setClosed(document.uri);
      this.#changed.add(fileURLToPath(document.uri));
      void this.#settle();
    });
    connection.onCodeAction(async ({ textDocument, range }) => {
      const { path, document, specs } = await this.#at(textDocument.uri);
      const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
      const touches = (from: number, to: number) => from <= end && start <= to;
      return (await Promise.all(specs.map((spec) => fixActions(this.#workspace, spec, path, touches)))).flat();
    });
    connection.onHover(async (params) => {
      if (!(await this.#workspace.serves(fileURLToPath(params.textDocument.uri)))) return null;
      const { spec, cursor, word } = await this.#word(params);
      const text = cursor && hoverText(cursor.path, cursor.isKey, word, spec && this.#workspace.facts(spec));
      return text === undefined ? null : { contents: { kind: "markdown", value: text } };
    });
    connection.onCompletion(async ({ textDocument, position }) => {
      const { path, document, specs } = await this.#at(textDocument.uri);
      if (!(await this.#workspace.serves(path))) return null;
      const cursor = cursorAt(document.getText(), document.offsetAt(position));
      const [spec] = specs;
      if (!cursor) return null;
      const value = spec?.source?.value as Record<string, object> | undefined;
      // A secret in the place of a name is offered nowhere.
      const names = (key: string) => Object.keys(value?.[key] ?? {}).filter((name) => !isSecret(name, spec));
      const declared = { groups: names("groups"), inputs: names("inputs"), hosts: names("hosts") };
      return completionsAt(cursor, declared, spec && this.#workspace.facts(spec));
    });
    connection.onDefinition(async (params) => {
      const { name } = await this.#name(params);
      return name?.declaration ? this.#workspace.location(name.declaration) : null;
    });
    connection.onReferences(async (params) => {
      const { name } = await this.#name(params);
      const places = name ? [...(params.context.includeDeclaration ? [name.declaration] : []), ...name.references] : [];
      return Promise.all(places.flatMap((place) => (place ? [this.#workspace.location(place)] : [])));
    });
    connection.onPrepareRename(async (params) => {
      const { name, place, spec } = await this.#name(params);
      return name && place && !isSecret(name.name, spec)
        ? { range: (await this.#workspace.location(place)).range, placeholder: name.name }
        : null;
    });
    connection.onRenameRequest(async (params) => {
      const { name } = await this.#name(params);
      if (!name) return null;
      const changes: Record<string, TextEdit[]> = {};
      for (const place of [name.declaration, ...name.references]) {
        if (!place) continue;
        const { uri, range } = await this.#workspace.location(place);
        changes[uri] = [...(changes[uri] ?? []), { range, newText: params.newName }];
      }
      return { changes };
    });
    connection.onDocumentSymbol(async ({ textDocument }) => {
      const document = this.#documents.get(textDocument.uri);
      return document && (await this.#workspace.serves(fileURLToPath(textDocument.uri))) ? symbolsOf(document) : [];
    });
    this.#documents.listen(connection);
    connection.listen();
  }

  /** Checks the specs of the files that changed, one after the other, and shows what it finds. */
  async #settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#checking = this.#checking.then(async () => {
      const changed = [...this.#changed];
      this.#changed.clear();
      const paths = new Set<string>();
      for (const path of changed) for (const spec of await this.#workspace.specsOf(path)) paths.add(spec.path);
      for (const path of paths) {
        const spec = await this.#workspace.refresh(path);
        for (const [uri, diagnostics] of await diagnosticsByFile(this.#workspace, spec))
          await this.#connection.sendDiagnostics({ uri, diagnostics });
      }
    });
    await this.#checking;
  }

  /** A file and its specs, as they are now. */
  async #at(uri: string): Promise<{ path: string; document: TextDocument; specs: EditedSpec[] }> {
    if (this.#changed.size > 0) await this.#settle();
    await this.#checking;
    const path = fileURLToPath(uri);
    return { path, document: await this.#workspace.document(path), specs: await this.#workspace.specsOf(path) };
  }

  /** The word under a position, whole. */
  async #word({
    textDocument,
    position,
  }: TextDocumentPositionParams): Promise<{ spec?: EditedSpec; cursor?: Cursor; word: string }> {
    const { document, specs } = await this.#at(textDocument.uri);
    const text = document.getText();
    const offset = document.offsetAt(position);
    const start = offset - (/[\w.'+-]*$/.exec(text.slice(0, offset))?.[0].length ?? 0);
    const word = (/^[\w.'+-]*/.exec(text.slice(start))?.[0] ?? "").replace(/\.$/, "");
    const cursor = cursorAt(text, start + word.length);
    const [spec] = specs;
    return { ...(spec ? { spec } : {}), ...(cursor ? { cursor } : {}), word };
  }

  /** The name under a position, in whichever spec of the file has it. */
  async #name({
    textDocument,
    position,
  }: TextDocumentPositionParams): Promise<{ name?: NamedThing; place?: Place; spec?: EditedSpec }> {
    const { path, document, specs } = await this.#at(textDocument.uri);
    const offset = document.offsetAt(position);
    const isHere = (place: Place) =>
      this.#workspace.absolute(place.file) === path && place.start <= offset && offset <= place.end;
    for (const spec of specs) {
      const name = spec.source && nameAt(namesOf(spec.source), isHere);
      if (!name) continue;
      const place = [name.declaration, ...name.references].find((one) => one && isHere(one));
      return { name, spec, ...(place ? { place } : {}) };
    }
    return {};
  }
}

/** Whether a name is a secret, or holds a part of one, in the wrong place. */
const isSecret = (name: string, spec: EditedSpec | undefined): boolean =>
  spec?.compiled !== undefined && spec.compiled.mask(name) !== name;
