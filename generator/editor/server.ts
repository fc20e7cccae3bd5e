import { fileURLToPath } from "node:url";
import {
  type Connection,
  createConnection,
  type Diagnostic,
  DidChangeWatchedFilesNotification,
  ErrorCodes,
  type InitializeParams,
  type InitializeResult,
  ProposedFeatures,
  ResponseError,
  type TextDocumentPositionParams,
  TextDocumentSyncKind,
  TextDocuments,
} from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";
import { maskForms } from "../commands/masked-outcome.ts";
import type { Options, Terminal } from "../commands/outcome.ts";
import type { Place } from "../report/diagnostic.ts";
import { ioErrorText } from "../report/io-error.ts";
import type { System } from "../system/system.ts";
import { completionsAt } from "./completion.ts";
import { type Cursor, cursorAt } from "./cursor.ts";
import { changesOf, diagnosticsByFile, fixActions } from "./diagnostics.ts";
import { hoverText } from "./hover.ts";
import { type NamedThing, nameAt, namesOf, renameProblem } from "./names.ts";
import { Shown } from "./shown.ts";
import { symbolsOf } from "./symbols.ts";
import { type EditedSpec, Workspace } from "./workspace.ts";

/** As many as a spec of 5,000 packages has. */
const MOST_CHARACTERS = 1_000_000;

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
  readonly #shown = new Shown();
  #timer: NodeJS.Timeout | undefined;
  #checking: Promise<void> = Promise.resolve();

  constructor(connection: Connection, workspace: Workspace) {
    this.#connection = connection;
    this.#workspace = workspace;
  }

  start(): void {
    const connection = this.#connection;
    let watches = false;
    connection.onInitialize(({ capabilities }: InitializeParams): InitializeResult => {
      watches = capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
      return {
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
      };
    });
    connection.onInitialized(() => {
      const watchers = WATCHED.map((globPattern) => ({ globPattern }));
      if (watches) void connection.client.register(DidChangeWatchedFilesNotification.type, { watchers });
    });
    this.#documents.onDidChangeContent(({ document }) => {
      const path = pathOf(document.uri);
      if (path === undefined) return;
      this.#workspace.setOpen(path, document);
      this.#changed.add(path);
      this.#settleSoon();
    });
    this.#documents.onDidClose(({ document }) => {
      const path = pathOf(document.uri);
      if (path === undefined) return;
      this.#workspace.setClosed(path);
      this.#changed.add(path);
      void this.#settle();
    });
    // Files that another program writes: Git, `pin`, Nix.
    connection.onDidChangeWatchedFiles(() => {
      this.#workspace.forget();
      for (const path of this.#workspace.known()) this.#changed.add(path);
      this.#settleSoon();
    });
    connection.onCodeAction(async ({ textDocument, range }) => {
      const here = await this.#at(textDocument.uri);
      if (!here) return [];
      const { path, document, specs } = here;
      const [start, end] = [document.offsetAt(range.start), document.offsetAt(range.end)];
      const touches = (from: number, to: number) => from <= end && start <= to;
      return (await Promise.all(specs.map((spec) => fixActions(this.#workspace, spec, path, touches)))).flat();
    });
    connection.onHover(async (params) => {
      if (!(await this.#serves(params.textDocument.uri))) return null;
      const { spec, cursor, word } = await this.#word(params);
      const text = cursor && hoverText(cursor.path, cursor.isKey, word, spec && this.#workspace.facts(spec));
      return text === undefined ? null : { contents: { kind: "markdown", value: text } };
    });
    connection.onCompletion(async ({ textDocument, position }) => {
      const here = await this.#at(textDocument.uri);
      if (!here || isTooLarge(here.document) || !(await this.#workspace.serves(here.path))) return null;
      const { document, specs } = here;
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
      const { name, spec } = await this.#name(params);
      if (!name || !spec?.source || isSecret(name.name, spec)) return null;
      const problem = renameProblem(spec.source, name, params.newName);
      // The editor shows the text.
      if (problem !== undefined) return new ResponseError(ErrorCodes.InvalidParams, maskForms(problem));
      const places = [...(name.declaration ? [name.declaration] : []), ...name.references];
      const edits = places.map((range) => ({ range, text: params.newName }));
      return { changes: await changesOf(this.#workspace, edits) };
    });
    connection.onDocumentSymbol(async ({ textDocument }) => {
      const document = this.#documents.get(textDocument.uri);
      const isServed = document && !isTooLarge(document) && (await this.#serves(textDocument.uri));
      return isServed ? symbolsOf(document) : [];
    });
    this.#documents.listen(connection);
    connection.listen();
  }

  /** Whether a document is of a spec. */
  async #serves(uri: string): Promise<boolean> {
    const path = pathOf(uri);
    return path !== undefined && this.#workspace.serves(path);
  }

  #settleSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#settle(), QUIET);
  }

  /** Checks the specs of the files that changed, one after the other, and shows what it finds. */
  async #settle(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // An error of one check, such as a folder that can't be read, must not end the checks.
    this.#checking = this.#checking
      .then(() => this.#check())
      .catch((error: unknown) => this.#connection.console.error(maskForms(ioErrorText(error))));
    await this.#checking;
  }

  async #check(): Promise<void> {
    const changed = [...this.#changed];
    this.#changed.clear();
    const paths = new Set<string>();
    for (const path of changed) {
      const specs = await this.#workspace.specsOf(path);
      for (const spec of specs) paths.add(spec.path);
      if (!this.#workspace.known().includes(path) || specs.some((spec) => spec.path === path)) continue;
      this.#workspace.drop(path);
      await this.#show(path, new Map());
    }
    for (const path of paths)
      await this.#show(path, await diagnosticsByFile(this.#workspace, await this.#workspace.refresh(path)));
  }

  async #show(spec: string, found: ReadonlyMap<string, Diagnostic[]>): Promise<void> {
    for (const [uri, diagnostics] of this.#shown.replace(spec, found))
      await this.#connection.sendDiagnostics({ uri, diagnostics });
  }

  /** A file and its specs, as they are now. */
  async #at(uri: string): Promise<{ path: string; document: TextDocument; specs: EditedSpec[] } | undefined> {
    if (this.#changed.size > 0) await this.#settle();
    await this.#checking;
    const path = pathOf(uri);
    if (path === undefined) return undefined;
    return { path, document: await this.#workspace.document(path), specs: await this.#workspace.specsOf(path) };
  }

  /** The word under a position, whole. */
  async #word({
    textDocument,
    position,
  }: TextDocumentPositionParams): Promise<{ spec?: EditedSpec; cursor?: Cursor; word: string }> {
    const here = await this.#at(textDocument.uri);
    if (!here || isTooLarge(here.document)) return { word: "" };
    const { document, specs } = here;
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
    const here = await this.#at(textDocument.uri);
    if (!here) return {};
    const { path, document, specs } = here;
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

/** Files that are read beside the documents of an editor. */
const WATCHED = ["**/*.{yaml,yml}", "**/*.pins.json", "**/*.sizes.json", "**/flake.lock"];

/** The path of a document; undefined for one that is in no file, such as a new one or an old revision in Git. */
function pathOf(uri: string): string | undefined {
  try {
    return uri.startsWith("file:") ? fileURLToPath(uri) : undefined;
  } catch {
    // An address of another machine.
    return undefined;
  }
}

/** Whether a document is far larger than any spec, so that parsing it at each keystroke would block the editor. */
const isTooLarge = (document: TextDocument): boolean => document.getText().length > MOST_CHARACTERS;

/** Whether a name is a secret, or holds a part of one, in the wrong place. */
const isSecret = (name: string, spec: EditedSpec | undefined): boolean =>
  spec?.compiled !== undefined && spec.compiled.mask(name) !== name;
