import { type Diagnostic, hasErrors } from "../report/diagnostic.ts";
import { type Entry, kindName, NotInTree, type Tree } from "../system/tree.ts";
import { BEHIND, edited, foreign, notOurs, type PlannedChange } from "./compare.ts";
import { type Claims, hashOf } from "./manifest.ts";

/** One thing done, and how to undo it. `old` is what the run found, under its name in the staging folder. */
interface Deed {
  readonly change: PlannedChange;
  readonly old: Entry | undefined;
}

/**
 * The changes of one run. Each file is looked at again in the moment it is replaced or removed, and what was there is kept in the
 * staging folder until the end. Whatever somebody did meanwhile becomes a diagnostic, after which nothing more is done and `undo`
 * puts back the rest.
 */
export class Transaction {
  readonly diagnostics: Diagnostic[] = [];
  readonly #deeds: Deed[] = [];
  readonly #tree: Tree;
  readonly #staging: Tree;
  readonly #out: string;
  readonly #claims: Claims;
  readonly #force: boolean;

  constructor(tree: Tree, staging: Tree, out: string, claims: Claims, force: boolean) {
    this.#tree = tree;
    this.#staging = staging;
    this.#out = out;
    this.#claims = claims;
    this.#force = force;
  }

  /** Puts a staged file in its place. `once` files give way to whatever is there. */
  async write(change: PlannedChange, staged: string, old: string): Promise<void> {
    await this.#guarded(change, async () => {
      const { path, found, once } = change;
      const source = this.#entry(staged);
      const backup = this.#entry(old);
      if (found === undefined) {
        if (await this.#tree.place(source, path)) this.#deeds.push({ change, old: undefined });
        else if (!once) await this.#refuse(change);
      } else if (await this.#tree.replace(source, path, runs(change), backup, (content) => hashOf(content) === found))
        this.#deeds.push({ change, old: backup });
      else await this.#refuse(change);
    });
  }

  /** Removes a file. */
  async remove(change: PlannedChange, gone: string): Promise<void> {
    await this.#guarded(change, async () => {
      const { path, found } = change;
      const backup = this.#entry(gone);
      if (await this.#tree.take(path, backup, (content) => hashOf(content) === found)) this.#deeds.push({ change, old: backup });
      else if ((await this.#tree.status(path)) !== undefined) await this.#refuse(change);
    });
  }

  /** Looks at the replaced files once more: a program that had one open may have written into it since. */
  async verify(): Promise<void> {
    for (const { change, old } of this.#deeds) {
      const content = old && (await old.tree.read(old.name));
      if (content && hashOf(content) !== change.found)
        this.diagnostics.push(edited(this.#out, change.path, "was edited while flakewright was writing"));
    }
  }

  /** Puts every file back that is still as this run left it. */
  async undo(): Promise<void> {
    for (const [index, { change, old }] of [...this.#deeds].reverse().entries()) {
      const { path, after } = change;
      const trash = this.#entry(`undone-${index}`);
      const isOurs = (content: Buffer) => content.equals(Buffer.from(after ?? ""));
      try {
        if (old === undefined) await this.#tree.take(path, trash, isOurs);
        else if (after === undefined) await this.#tree.place(old, path);
        // The old file has its own mode already.
        else await this.#tree.replace(old, path, (await isExecutable(old)) ?? runs(change), trash, isOurs);
      } catch (error) {
        if (!(error instanceof NotInTree)) throw error;
      }
    }
    this.#deeds.length = 0;
  }

  #entry(name: string): Entry {
    return { tree: this.#staging, name };
  }

  /** Does nothing after a diagnostic; makes one when a link has come into the path. */
  async #guarded({ path }: PlannedChange, work: () => Promise<void>): Promise<void> {
    if (hasErrors(this.diagnostics)) return;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof NotInTree)) throw error;
      this.diagnostics.push(foreign(this.#out, path, BEHIND));
    }
  }

  /** What is in the way, as a diagnostic; none when it has the planned content. */
  async #refuse({ path, found, after }: PlannedChange): Promise<void> {
    const status = await this.#tree.status(path);
    const content = status?.kind === "file" ? await this.#tree.read(path) : undefined;
    if (content && after !== undefined && content.equals(Buffer.from(after))) return;
    const what = "was edited while flakewright was writing";
    if (status === undefined) this.diagnostics.push(edited(this.#out, path, "was removed while flakewright was writing"));
    else if (!content)
      this.diagnostics.push(foreign(this.#out, path, `a ${kindName(status)} that flakewright did not create is in its place`));
    else if (found !== undefined) this.diagnostics.push(edited(this.#out, path, what));
    else this.diagnostics.push(notOurs(this.#out, path, this.#claims, this.#force) ?? edited(this.#out, path, what));
  }
}

/** Whether a change's file is to be executable. */
const runs = ({ mode }: PlannedChange): boolean => (mode & 0o100) !== 0;

async function isExecutable({ tree, name }: Entry): Promise<boolean | undefined> {
  const status = await tree.status(name);
  return status && (status.mode & 0o100) !== 0;
}
