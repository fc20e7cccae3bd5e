import module from "node:module";

/*
 * Entry of the program. The compile cache must be on before the large part is read, so that part is imported behind it.
 * https://nodejs.org/api/module.html#module-compile-cache: Node 22.1 and later; Node 20 has no such function.
 */
(module as { enableCompileCache?: () => void }).enableCompileCache?.();
const { run } = await import("./cli/run.ts");
await run(new URL(".", import.meta.url));
