import module from "node:module";

/*
 * Entry point. The compile cache covers only modules that are loaded after it is enabled, so the rest is imported dynamically.
 * Node 22.1 and later have it (https://nodejs.org/api/module.html#module-compile-cache), Node 20 does not.
 */
(module as { enableCompileCache?: () => void }).enableCompileCache?.();
// Without `await`: the bundle is CommonJS, which has none at its top.
import("./cli/run.ts").then(({ run }) => run(new URL(".", import.meta.url)));
