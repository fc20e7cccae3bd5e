import { dirname, isAbsolute, join, resolve } from "node:path";
import { isSpecPath } from "../knowledge/spec-file.ts";
import { MAX_BYTES } from "../read/source.ts";
import type { Includes } from "../read/spec.ts";
import type { System } from "../system/system.ts";

/**
 * Reads the files that the spec includes, and notes them in `filesRead`. Only files that are YAML by their name, also behind a link: findings
 * show lines of a spec's files, and a stranger's pull request could name /etc/shadow of the machine that checks it.
 */
export async function includesOf(
  system: System,
  spec: string,
  filesRead: Map<string, Uint8Array | undefined>,
): Promise<Includes> {
  return {
    root: (await system.realpath(spec)) ?? resolve(system.cwd, spec),
    load(written, from) {
      const file = isAbsolute(written) ? written : join(dirname(from), written);
      const found = isSpecPath(file) ? system.readRegularFile(file, MAX_BYTES) : NO_YAML;
      const read = typeof found === "string" || isSpecPath(found.path) ? found : NO_YAML;
      filesRead.set(resolve(system.cwd, file), typeof read === "string" ? undefined : read.bytes);
      if (typeof read === "string") return read;
      filesRead.set(read.path, read.bytes);
      return { file, ...read };
    },
  };
}

const NO_YAML = "is not a YAML file: its name has to end in .yaml or .yml, also that of the file behind a link";
