import type { PlannedFile } from "../../generator/output/outputs.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { apply } from "../../generator/write/apply.ts";

/*
 * `endless-writer OUT` writes two trees in turn until it is killed. Its first run is the one after a kill: it must succeed without
 * --force.
 */

/** 200 outputs and one scaffold. Both versions share most of the paths and no content. */
export function version(which: "a" | "b"): PlannedFile[] {
  const paths = [
    ...Array.from({ length: 160 }, (_, i) => `nix/${i % 10}/${i}.nix`),
    // Only paths of outputs are removed.
    ...Array.from({ length: 40 }, (_, i) => `users/user${which === "a" ? i : i + 20}/nix.conf`),
  ];
  return [
    ...paths.map((path, i) => ({
      path,
      text: `${which} ${i}\n`.repeat(20),
      mode: i % 7 ? 0o644 : 0o755,
      once: false,
    })),
    { path: "hosts/box.nix", text: "scaffold\n", mode: 0o644, once: true },
  ];
}

const out = process.argv[2];
if (out && process.argv[1]?.includes("endless-writer")) {
  const system = nodeSystem("/", {});
  for (;;) {
    for (const which of ["b", "a"] as const) {
      const { diagnostics } = await apply(system, out, version(which), false);
      if (diagnostics.length > 0) throw new Error(`cannot complete the killed run: ${JSON.stringify(diagnostics)}`);
      process.stdout.write("complete\n");
    }
  }
}
