import type { System } from "../../generator/system/system.ts";
import type { Entry, Tree } from "../../generator/system/tree.ts";

/** Where a run is: before a call, or inside one, between its look at a file and what it does with it. */
export interface Step {
  readonly when: "before" | "inside";
  readonly call: keyof Tree | keyof System;
  /** Relative to the opened folder; absolute for calls of `System`. */
  readonly path: string;
  /** Whether the call changes the disk. */
  readonly changes: boolean;
}

const CHANGING = ["mkdir", "write", "overwrite", "place", "replace", "take", "renameFolder", "removeFolder", "remove", "hold"];

/** A system that pauses at each step: `pause` may change files, as another process would, or throw, as a kill would have it. */
export function steppingSystem(system: System, pause: (step: Step) => void | Promise<void>): System {
  return {
    ...system,
    place: system.place,
    mkdir: async (path) => {
      await pause({ when: "before", call: "mkdir", path, changes: true });
      return system.mkdir(path);
    },
    openTree: async (path) => {
      const tree = await system.openTree(path);
      return tree && steppingTree(tree, pause, "");
    },
  };
}

const inner = new WeakMap<Tree, Tree>();
const unwrap = (entry: Entry): Entry => ({ ...entry, tree: inner.get(entry.tree) ?? entry.tree });
const isEntry = (value: unknown): value is Entry => typeof value === "object" && value !== null && "tree" in value;

function steppingTree(tree: Tree, pause: (step: Step) => void | Promise<void>, prefix: string): Tree {
  const stepping =
    (call: keyof Tree) =>
    async (...args: unknown[]) => {
      const name = args.find((arg) => typeof arg === "string") ?? "";
      const path = `${prefix}${name}`;
      const changes = CHANGING.includes(call);
      await pause({ when: "before", call, path, changes });
      const passed = args.map((arg) => {
        if (isEntry(arg)) return unwrap(arg);
        if (typeof arg !== "function") return arg;
        return (content: Buffer) => {
          const answer = arg(content);
          // The real call is synchronous: only a pause that is synchronous too is inside.
          void pause({ when: "inside", call, path, changes });
          return answer;
        };
      });
      const result = await (tree[call] as (...args: unknown[]) => unknown)(...passed);
      return call === "open" && result ? steppingTree(result as Tree, pause, `${path}/`) : result;
    };
  const wrapped = {
    ...Object.fromEntries(
      [...CHANGING, "status", "read", "list", "open", "isHeld"].map((call) => [call, stepping(call as keyof Tree)]),
    ),
    mayLackModes: () => tree.mayLackModes(),
    close: () => tree.close(),
  } as unknown as Tree;
  inner.set(wrapped, tree);
  return wrapped;
}
