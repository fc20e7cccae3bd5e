import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/* `npm run pack:check`: two packs of one tree are the same bytes, and hold what is meant to be published and nothing else. */

const root = fileURLToPath(new URL("../", import.meta.url));
const MEANT = [
  /^dist\/(flakewright|main)\.js$/,
  /^dist\/LICENSES\.txt$/,
  /^dist\/knowledge\/[a-z-]+\.tsv$/,
  /^spec\/flakewright\.schema\.json$/,
  /^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/,
];

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const folder = mkdtempSync(join(tmpdir(), "flakewright-pack-"));
try {
  const hashes = [1, 2].map(() => {
    // `prepare` builds dist/ anew each time.
    const output = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [packed] = JSON.parse(output.slice(output.indexOf("[\n"))) as [Packed];
    const strangers = packed.files.map((file) => file.path).filter((path) => !MEANT.some((pattern) => pattern.test(path)));
    if (strangers.length > 0) throw new Error(`the package holds what it should not: ${strangers.join(", ")}`);
    const bytes = readFileSync(join(folder, packed.filename));
    console.log(`${packed.filename}: ${bytes.length} bytes, ${packed.files.length} files`);
    return createHash("sha256").update(bytes).digest("hex");
  });
  if (hashes[0] !== hashes[1]) throw new Error(`two packs differ: ${hashes.join(" and ")}`);
  console.log(`two packs, the same bytes: ${hashes[0]}`);
} finally {
  rmSync(folder, { recursive: true });
}
