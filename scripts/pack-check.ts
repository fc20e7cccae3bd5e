import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/* `npm run pack:check`: packing twice gives the same bytes, and the package contains only the files that are meant to be published. */

const root = fileURLToPath(new URL("../", import.meta.url));
const PUBLISHED = [
  /^dist\/(flakewright|[a-z-]+-[A-Z0-9]{8})\.js$/,
  /^dist\/(LICENSES\.txt|(package|templates)\.json)$/,
  /^dist\/knowledge\/[a-z-]+\.(tsv|nix)$/,
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
    // `npm pack` runs `prepare`, which rebuilds dist/.
    const output = execFileSync("npm", ["pack", "--json", "--pack-destination", folder], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [packed] = JSON.parse(output.slice(output.indexOf("[\n"))) as [Packed];
    const unexpected = packed.files.map((file) => file.path).filter((path) => !PUBLISHED.some((pattern) => pattern.test(path)));
    if (unexpected.length > 0) throw new Error(`the package contains files that are not in the list: ${unexpected.join(", ")}`);
    const bytes = readFileSync(join(folder, packed.filename));
    console.log(`${packed.filename}: ${bytes.length} bytes, ${packed.files.length} files`);
    return createHash("sha256").update(bytes).digest("hex");
  });
  if (hashes[0] !== hashes[1]) throw new Error(`packing is not reproducible: ${hashes.join(" and ")}`);
  console.log(`packing is reproducible: sha256 ${hashes[0]}`);
} finally {
  rmSync(folder, { recursive: true });
}
