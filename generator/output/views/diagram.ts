import type { Group, Model } from "../../model/model.ts";
import { isEveryGroup } from "./every-group.ts";

/** The maximum of boxes in a column: the largest ones, and one box for the others. */
const MOST = 18;
/** The maximum of lines on one side; above it, only boxes with few groups have lines. */
const MOST_EDGES = 70;
const FEW = 6;

const BOX = { width: 200, height: 32, gap: 10 };
const BETWEEN = 110;
const TOP = 34;

interface Box {
  readonly label: string;
  /** The whole name; the label may be cut. */
  readonly full: string;
  readonly note: string;
  readonly kind: "group" | "shell" | "host" | "volume" | "more";
  readonly x: number;
  readonly y: number;
  readonly labelX: number;
  readonly noteX: number;
  readonly textY: number;
}

/** A node of the diagram before it has a place. */
interface Node {
  readonly name: string;
  readonly note: string;
  readonly kind: Box["kind"];
  readonly groups: readonly Group[];
}

/**
 * A picture of groups in the middle, the shells that have them on the left, and hosts and volumes on the right: boxes and curves with
 * their coordinates. A large model is cut to what can be read.
 */
export function diagram(model: Model): object | false {
  if (model.groups.length === 0) return false;
  const big = model.groups.length > MOST || model.shells.length > 2 * MOST;
  const all = (groups: readonly Group[]) => model.groups.length > 1 && isEveryGroup(model, groups);
  const node = (name: string, kind: Node["kind"], groups: readonly Group[]): Node => ({
    name,
    kind,
    groups,
    note: all(groups) ? "all groups" : groups.length === 1 ? "" : `${groups.length} groups`,
  });
  // In a large platform, a group's own shell is left out: it has only that group.
  const own = (name: string, groups: readonly Group[]) => groups.length === 1 && groups[0]?.name === name;
  const shells = model.shells.filter((shell) => !(big && own(shell.name, shell.groups)));
  const left = column(shells.map((shell) => node(shell.name, "shell", shell.groups)));
  const right = column([
    ...model.hosts.map((host) => node(host.name, "host", host.groups)),
    ...model.volumes.map((volume) => node(volume.name, "volume", volume.groups)),
  ]);
  const middle = column(
    model.groups.map((group) => ({ name: group.name, kind: "group", groups: [group], note: String(group.tools.length) })),
    (one) => one.groups[0]?.tools.length ?? 0,
  );

  const height = Math.max(left.length, middle.length, right.length) * (BOX.height + BOX.gap) - BOX.gap + TOP + 2;
  const columns = right.length > 0 ? 3 : 2;
  const width = columns * BOX.width + (columns - 1) * BETWEEN + 2;
  const place = (nodes: readonly Node[], index: number) => {
    const used = nodes.length * (BOX.height + BOX.gap) - BOX.gap;
    const start = TOP + Math.max(0, Math.floor((height - 2 - TOP - used) / 2));
    return nodes.map((one, row) => ({ ...one, x: 1 + index * (BOX.width + BETWEEN), y: start + row * (BOX.height + BOX.gap) }));
  };
  const [lefts, middles, rights] = [place(left, 0), place(middle, 1), place(right, 2)];

  const edges: { d: string; kind: string }[] = [];
  const half = BOX.height / 2;
  let cut = big;
  for (const [nodes, side] of [
    [lefts, "left"],
    [rights, "right"],
  ] as const) {
    const bundles = nodes.map((target) => {
      const wanted = new Set(target.groups);
      return { target, sources: middles.filter((group) => group.groups.some((one) => wanted.has(one))) };
    });
    // With too many lines, a box with many groups has their number instead.
    const thick = bundles.reduce((sum, { sources }) => sum + sources.length, 0) > MOST_EDGES;
    for (const { target, sources } of bundles) {
      if (thick && sources.length > FEW) {
        cut = true;
        continue;
      }
      for (const group of sources) {
        const from = side === "left" ? group.x : group.x + BOX.width;
        const to = side === "left" ? target.x + BOX.width : target.x;
        const bend = (from + to) / 2;
        edges.push({
          d: `M${from} ${group.y + half}C${bend} ${group.y + half} ${bend} ${target.y + half} ${to} ${target.y + half}`,
          kind: all(target.groups) ? "all" : side,
        });
      }
    }
  }
  const headings = [
    { text: "Shells", x: 1 },
    { text: "Groups", x: 1 + BOX.width + BETWEEN },
    ...(right.length > 0 ? [{ text: rightHeading(model), x: 1 + 2 * (BOX.width + BETWEEN) }] : []),
  ];
  return {
    width,
    height,
    boxes: [...lefts, ...middles, ...rights].map(box),
    edges,
    headings,
    hosted: right.length > 0,
    cut,
  };
}

const rightHeading = (model: Model): string =>
  model.volumes.length === 0 ? "Hosts" : model.hosts.length === 0 ? "Volumes" : "Hosts and volumes";

/** At most {@link MOST} nodes, the largest ones in their own order, and one for all the others. */
function column(nodes: readonly Node[], size: (node: Node) => number = (node) => node.groups.length): Node[] {
  if (nodes.length <= MOST) return [...nodes];
  const largest = new Set([...nodes].sort((a, b) => size(b) - size(a)).slice(0, MOST - 1));
  const rest = nodes.filter((node) => !largest.has(node));
  // Machines with all groups have them in one list.
  const groups = [...new Set([...new Set(rest.map((node) => node.groups))].flat())];
  return [...nodes.filter((node) => largest.has(node)), { name: `${rest.length} more`, note: "", kind: "more", groups }];
}

function box(node: Node & { readonly x: number; readonly y: number }): Box {
  const room = node.note === "" ? 24 : 24 - node.note.length;
  const characters = [...node.name];
  return {
    label: characters.length > room ? `${characters.slice(0, room - 1).join("")}…` : node.name,
    full: node.name,
    note: node.note,
    kind: node.kind,
    x: node.x,
    y: node.y,
    labelX: node.x + 12,
    noteX: node.x + BOX.width - 12,
    textY: node.y + BOX.height / 2 + 4.5,
  };
}
