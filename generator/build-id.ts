/** Another text for each published build: scripts/build.ts puts its hash there. Undefined when flakewright runs from its sources, as the tests do. */
export const BUILD: string | undefined = "@BUILD@".startsWith("@") ? undefined : "@BUILD@";
