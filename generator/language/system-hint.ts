/* Systems for common names of operating systems and processors. */

const PROCESSORS: readonly (readonly [RegExp, string])[] = [
  [/x86[-_]?64|amd64|x64|intel/, "x86_64"],
  [/aarch64|arm64|armv8|apple|silicon|\bm[1-5]\b/, "aarch64"],
  [/i[3-6]86|\bx86\b/, "i686"],
  [/riscv64/, "riscv64"],
];
const KERNELS: readonly (readonly [RegExp, string])[] = [
  [/darwin|mac|osx|apple/, "darwin"],
  [/linux|debian|ubuntu|nixos|gnu|musl|wsl|windows/, "linux"],
];

/** The systems that a text probably means, the most common first; `[]` if unknown. */
export function meantSystems(text: string): readonly string[] {
  const words = text.toLowerCase();
  const find = (rows: readonly (readonly [RegExp, string])[]) => rows.find(([form]) => form.test(words))?.[1];
  const [processor, kernel] = [find(PROCESSORS), find(KERNELS)];
  if (processor && kernel) return [`${processor}-${kernel}`];
  if (kernel === "darwin") return ["aarch64-darwin"];
  if (kernel) return ["x86_64-linux", "aarch64-linux"];
  return processor ? [`${processor}-linux`] : [];
}
