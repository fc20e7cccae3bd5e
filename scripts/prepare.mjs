import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/*
 * npm's script `prepare`: builds dist/. For `npm install -g git+URL`, as pre-commit does, npm 11 runs it in a clone without the devDependencies:
 * it takes its own option -g for that of the clone. They are installed first then.
 */

const root = fileURLToPath(new URL("../", import.meta.url));
const run = (program, args, env = process.env) => execFileSync(program, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });

if (!existsSync(join(root, "node_modules/tsx"))) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_config_(global|location|local_prefix|prefix)$/i.test(name)));
  run("npm", ["ci", "--ignore-scripts", "--include=dev"], env);
}
run(process.execPath, ["--import", "tsx", "scripts/build.ts"]);
