import { basename, dirname } from "node:path";
import type { System } from "../system/system.ts";
import type { Entry } from "../system/tree.ts";

/**
 * Replaces texts of the author's own files, all or none. Each new text is written beside its file first, so that a full disk or a kill loses
 * nothing; mode and owner stay. A file that somebody has edited since it was read stays as it is, and so do the others. No link is followed.
 *
 * @param before The texts as they were read.
 */
export async function rewrite(
  system: System,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Promise<void> {
  const letSignals = system.holdSignals();
  const done: string[] = [];
  try {
    for (const [file, text] of after) {
      await replace(system, file, before.get(file) ?? "", text);
      done.push(file);
    }
  } catch (error) {
    for (const file of done) await replace(system, file, after.get(file) ?? "", before.get(file) ?? "").catch(() => {});
    throw error;
  } finally {
    await letSignals();
  }
}

async function replace(system: System, file: string, from: string, to: string): Promise<void> {
  const tree = await system.openTree(dirname(file));
  if (!tree) throw new Error(`${dirname(file)} was removed during the run`);
  const name = basename(file);
  const id = system.randomId();
  const entry = (what: string): Entry => ({ tree, name: `.${name.slice(0, 100)}.${what}-${id}` });
  const [made, old] = [entry("new"), entry("old")];
  try {
    const status = await tree.status(name);
    if (status && status.kind !== "file") throw new Error(`${file} is a ${status.kind}: edit the file that it leads to`);
    await tree.write(made.name, to, 0o600);
    const runs = ((status?.mode ?? 0) & 0o100) !== 0;
    if (await tree.replace(made, name, runs, old, (content) => content.equals(Buffer.from(from)))) return;
    throw editedMeanwhile(file);
  } catch (error) {
    // A folder that is closed to this user, or a file that is mounted alone: it can only be written in its place.
    if (!IN_PLACE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    if (!(await tree.read(name))?.equals(Buffer.from(from))) throw editedMeanwhile(file);
    await system.writeFile(file, to);
  } finally {
    for (const { name: left } of [made, old]) await tree.remove(left).catch(() => {});
    tree.close();
  }
}

const IN_PLACE: ReadonlySet<string> = new Set(["EACCES", "EPERM", "EBUSY", "EXDEV"]);

const editedMeanwhile = (file: string): Error =>
  new Error(`${file} was edited during the run, and stays as it is: run the command again`);
