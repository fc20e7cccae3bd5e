import { dirname, isAbsolute, join, resolve } from "node:path";
import { MAX_BYTES } from "../read/source.ts";
import type { Includes } from "../read/spec.ts";
import type { System } from "../system/system.ts";

/** Reads the files that the spec includes, and notes them in `filesRead`. */
export async function includesOf(
  system: System,
  spec: string,
  filesRead: Map<string, Uint8Array | undefined>,
): Promise<Includes> {
  return {
    root: (await system.realpath(spec)) ?? resolve(system.cwd, spec),
    load(written, from) {
      const file = isAbsolute(written) ? written : join(dirname(from), written);
      const read = system.readRegularFile(file, MAX_BYTES);
      filesRead.set(resolve(system.cwd, file), typeof read === "string" ? undefined : read.bytes);
      if (typeof read === "string") return read;
      filesRead.set(read.path, read.bytes);
      return { file, ...read };
    },
  };
}
