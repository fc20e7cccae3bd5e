import { join } from "node:path";
import type { System } from "../system/system.ts";
import { kindName, type Tree } from "../system/tree.ts";

/** The folder that holds new files until all are written. Whoever has put it there holds the lock of the output folder. */
export const STAGING = ".flakewright.tmp";

/** How long a run waits for another run on the same folder that shows no progress, in milliseconds. */
const LOCK_TIMEOUT = 10_000;
/** How often it looks whether the other one has finished, and whether it lives, in milliseconds. */
const POLL = 20;
const POLL_LIFE = 500;
/** How long a lock without a readable owner is respected, in milliseconds. */
const OWNERLESS = 1000;

const OWNER = "owner";
const HELD = "held";

/** The lock of an output folder. */
export interface Lock {
  /** The folder for new and old files. When another run takes the lock over, it is emptied: nothing can be put in place from it. */
  readonly staging: Tree;
  /** Whether no other run has taken it over. */
  isHeld(): Promise<boolean>;
  release(): Promise<void>;
}

/** Who holds a lock, as it stands in the file `owner`. Untrusted input when read. */
interface Owner {
  readonly pid: number;
  readonly hostname: string;
  readonly id: string;
  readonly kernel?: string | undefined;
  readonly namespace?: string | undefined;
  /** Whether the kernel holds a lock for it. */
  readonly isLocked?: boolean | undefined;
  /** When the process started, as the kernel counts. */
  readonly start?: string | undefined;
}

/**
 * Takes the lock of the open output folder `tree` (its path `out` is for messages). Waits while another run holds it and goes on, or
 * others come before this one; takes over a lock whose process has ended. The staging folder is made under another name, with its owner and a file that the kernel has locked
 * for it, and gets its name when it is complete. The kernel's lock says whether the owner lives, also in another process namespace,
 * where its pid says nothing. Where there is none, the pid and the process's start are asked, if they mean something here.
 */
export async function lock(system: System, tree: Tree, out: string): Promise<Lock> {
  /** Counts sleeps: clocks can jump. */
  let waited = 0;
  let lookedAt = -POLL_LIFE;
  let progress: string | undefined;
  let lost = 0;
  for (;;) {
    const there = await tree.status(STAGING);
    if (there !== undefined && there.kind !== "directory")
      throw new Error(`${join(out, STAGING)} is a ${kindName(there)}, and no folder of a run: delete it`);
    if (there === undefined) {
      const taken = await take(system, tree);
      // Once, another run can be the reason.
      if (taken === "lost" && ++lost > 2)
        throw new Error(
          `the file system of ${out} loses the files of a folder that is renamed: nothing was written; use another one for the output`,
        );
      if (taken && taken !== "lost") {
        try {
          await removeLeftovers(system, tree);
        } catch (error) {
          await taken.release();
          throw error;
        }
        return taken;
      }
    }
    const seen = await look(tree);
    const { held } = seen;
    if (waited - lookedAt >= POLL_LIFE) {
      // The names change with each file that the other run writes or moves.
      const now = [held, ...seen.names].join("\n");
      if (now !== progress) {
        progress = now;
        waited = 0;
      }
      lookedAt = waited;
      const isOver = waited >= LOCK_TIMEOUT;
      const life = seen.isClosed ? "unknown" : await lifeOf(system, tree, STAGING, held);
      // A machine of this name that has been started since then, or an earlier version, which did not say where it ran.
      const isForgotten = life === "unknown" && isOver && ownerOf(held)?.hostname === system.hostname;
      if (life === "ended" || isForgotten || (life === "ownerless" && waited >= OWNERLESS)) {
        await takeAway(system, tree, STAGING, held);
        continue;
      }
      if (isOver) {
        const rest = `has made no progress for ${LOCK_TIMEOUT / 1000} seconds; stop it and delete ${join(out, STAGING)}`;
        throw new Error(`another flakewright${nameOf(held)} is writing to ${out} and ${rest}`);
      }
    }
    await system.sleep(POLL);
    waited += POLL;
  }
}

/**
 * Makes a staging folder and puts it in its place; undefined when another run was faster, `lost` when the folder is there without the file
 * that was in it, as with some drivers of FAT.
 */
async function take(system: System, tree: Tree): Promise<Lock | "lost" | undefined> {
  // What a run has begun is done before anybody has read that it was stopped.
  const letSignals = system.holdSignals();
  try {
    const taken = await makeAndPlace(system, tree);
    if (typeof taken === "object") return { ...taken, release: () => taken.release().finally(letSignals) };
    await letSignals();
    return taken;
  } catch (error) {
    await letSignals();
    throw error;
  }
}

async function makeAndPlace(system: System, tree: Tree): Promise<Lock | "lost" | undefined> {
  const id = system.randomId();
  const aside = `${STAGING}-${id}`;
  await tree.mkdir(aside);
  const made = await tree.open(aside);
  if (!made) return undefined;
  let staging = made;
  let text = "";
  let letGo: (() => void) | undefined;
  const release = async (at: string) => {
    try {
      // Under its own name again, nobody waits for it while it is being removed.
      if (at === aside || (await tree.renameFolder(at, aside, { file: OWNER, text }))) await tree.remove(aside);
    } finally {
      letGo?.();
      staging.close();
    }
  };
  try {
    letGo = await staging.hold(HELD);
    const start = system.processStart(system.pid);
    const owner: Owner = {
      pid: system.pid,
      hostname: system.hostname,
      id,
      ...system.place,
      isLocked: letGo !== undefined,
      start,
    };
    text = JSON.stringify(owner);
    await staging.write(OWNER, text, 0o644);
    if (await tree.renameFolder(aside, STAGING, { file: OWNER, text })) {
      // By its new name, for a system that finds open folders by their paths.
      const placed = await tree.open(STAGING);
      const isHeld = async () => (await placed?.read(OWNER))?.toString() === text;
      if (placed && (await isHeld())) {
        staging.close();
        staging = placed;
        return { staging, isHeld, release: () => release(STAGING) };
      }
      const isLost = placed && (await placed.read(OWNER)) === undefined;
      placed?.close();
      if (isLost) {
        await takeAway(system, tree, STAGING, undefined);
        await release(aside);
        return "lost";
      }
    }
  } catch (error) {
    await release(aside);
    // A run that holds the lock removes what looks abandoned: this folder, before its owner was in it.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  await release(aside);
  return undefined;
}

/** What can be seen of the lock that is there. That of another user may be closed to this one, as with umask 077. */
async function look(tree: Tree) {
  try {
    return { held: (await tree.read(join(STAGING, OWNER)))?.toString(), names: await tree.list(STAGING), isClosed: false };
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return { held: undefined, names: [], isClosed: true };
  }
}

const isForbidden = (error: unknown): boolean => ["EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");

/** Removes a folder that nobody uses, as far as this user may: what is left has a name that nobody waits for. */
async function removeUnused(tree: Tree, folder: string): Promise<void> {
  await tree.remove(folder).catch((error) => {
    if (!isForbidden(error)) throw error;
  });
}

/** Removes an abandoned lock, once: of several runs that find it, one renames it, and none touches the lock that comes next. */
async function takeAway(system: System, tree: Tree, folder: string, held: string | undefined): Promise<void> {
  const aside = `${STAGING}-${system.randomId()}`;
  if (await tree.renameFolder(folder, aside, { file: OWNER, text: held })) await removeUnused(tree, aside);
}

/** Removes what killed runs have left under other names. */
async function removeLeftovers(system: System, tree: Tree): Promise<void> {
  for (const name of await tree.list(".")) {
    if (!name.startsWith(`${STAGING}-`) || (await tree.status(name))?.kind !== "directory") continue;
    try {
      const held = (await tree.read(join(name, OWNER)))?.toString();
      if (["ended", "ownerless"].includes(await lifeOf(system, tree, name, held))) await removeUnused(tree, name);
    } catch (error) {
      // That of another user.
      if (!isForbidden(error)) throw error;
    }
  }
}

/** An owner's text as data; undefined when it is none. */
function ownerOf(text: string | undefined): Owner | undefined {
  let value: Partial<Owner> | null;
  try {
    value = JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
  // Of 0 and below, the kernel says that there are such processes: they mean groups.
  return Number.isSafeInteger(value?.pid) && Number(value?.pid) > 0 && typeof value?.hostname === "string"
    ? (value as Owner)
    : undefined;
}

/** The lock's owner for a message; `""` when the lock has no valid one. */
function nameOf(held: string | undefined): string {
  const owner = ownerOf(held);
  return owner && /^[\w.-]+$/.test(owner.hostname) ? ` (process ${owner.pid} on ${owner.hostname})` : "";
}

/** Whether the process that made a staging folder is there; `unknown` when nothing here can tell. */
async function lifeOf(
  system: System,
  tree: Tree,
  folder: string,
  held: string | undefined,
): Promise<"alive" | "ended" | "unknown" | "ownerless"> {
  const owner = ownerOf(held);
  if (!owner) return "ownerless";
  if (owner.isLocked) {
    const isHeld = await tree.isHeld(join(folder, HELD));
    // A lock of another machine is seen only on some network file systems.
    if (isHeld || (isHeld === false && owner.kernel === system.place.kernel)) return isHeld ? "alive" : "ended";
  }
  const { kernel, namespace } = system.place;
  const isHere = owner.hostname === system.hostname;
  if (owner.kernel === kernel && (kernel !== undefined || isHere)) {
    if (owner.namespace !== namespace) return "alive";
    return system.processStart(owner.pid) === (owner.start ?? "") ? "alive" : "ended";
  }
  // The first version did not say where its processes ran.
  return isHere && owner.kernel === undefined && system.processStart(owner.pid) !== undefined ? "alive" : "unknown";
}
