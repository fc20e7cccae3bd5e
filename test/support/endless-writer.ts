import type { PlannedFile } from "../../generator/output/outputs.ts";
import { nodeSystem } from "../../generator/system/node-system.ts";
import { apply } from "../../generator/write/apply.ts";

/*
 * A process that writes one tree over the other for ever, until it is killed: `endless-writer OUT`. Its first tree is the run that comes
 * after a kill: it must complete without being forced.
 */

/** 500 outputs and one scaffold; the two versions share half their paths and no content. */
export function version(which: "a" | "b"): PlannedFile[] {
  const numbers = Array.from({ length: 500 }, (_, i) => (which === "a" ? i : i + 250));
  return [
    ...numbers.map((i) => ({
      path: `nix/${i % 10}/${i}.nix`,
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
      if (diagnostics.length > 0) throw new Error(`does not complete: ${JSON.stringify(diagnostics)}`);
      process.stdout.write("complete\n");
    }
  }
}
