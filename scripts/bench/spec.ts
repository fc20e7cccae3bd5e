/** The YAML of a spec of the given size. Each package has a description, each host two groups. */
export function largeSpec({
  groups,
  packages,
  hosts,
  caches,
}: {
  groups: number;
  packages: number;
  hosts: number;
  caches: number;
}): string {
  const lines = ["version: 1", "name: scale", "nixpkgs: 0123456789abcdef0123456789abcdef01234567", "groups:"];
  for (let group = 0; group < groups; group++) {
    lines.push(`  g${group}:`, `    title: Group ${group}`, "    packages:");
    for (let tool = group; tool < packages; tool += groups)
      lines.push(`      - package: python3Packages.tool${tool}`, `        description: Tool ${tool}`);
  }
  if (hosts > 0) lines.push("hosts:");
  for (let host = 0; host < hosts; host++)
    lines.push(
      `  h${host}:`,
      "    system: x86_64-linux",
      `    groups: [g${host % groups}, g${(host * 7 + 1) % groups}]`,
      '    stateVersion: "26.05"',
    );
  if (caches > 0) lines.push("substituters:");
  for (let cache = 0; cache < caches; cache++)
    lines.push(
      `  - url: https://cache${cache}.example/`,
      `    publicKey: cache${cache}-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY=`,
    );
  return `${lines.join("\n")}\n`;
}
