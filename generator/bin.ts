import { BUILD } from "./build-id.ts";
import { nodeHost } from "./host.ts";
import { isUnchanged, type Request } from "./memo.ts";

/*
 * What the published command starts with. A plain `generate` after which nothing changed ends here; everything else is cli.ts's,
 * which the build keeps in a file of its own so that it need not even be read.
 */

function plainGenerate([command, ...rest]: readonly string[]): Request | undefined {
  if (command !== "generate" || BUILD === undefined) return undefined;
  const request = { spec: "spec/platform.yaml", out: "out", build: BUILD };
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at] ?? "";
    if (word === "--out" && rest[at + 1] !== undefined) request.out = rest[++at] ?? "";
    else if (word.startsWith("-") || at > 0) return undefined;
    else request.spec = word;
  }
  return request;
}

const request = plainGenerate(process.argv.slice(2));
if (!request || !(await isUnchanged(nodeHost(process.cwd(), process.env), request))) await import("./cli.ts");
