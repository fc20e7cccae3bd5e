import fc from "fast-check";

/*
 * Specs as people write them, for commands that edit them. Each comment says whose it is: `of jq` goes with jq, `keep 7` belongs to no tool.
 */

export const TOOLS = ["kubectl", "jq", "age", "sops", "k9s", "yq-go", "stern", "kustomize", "ripgrep", "fd", "bat", "shellcheck"];

/** A spec's files, by name. */
export type Files = Readonly<Record<string, string>>;

const KEEP = "\u0001";
/** A comment that stays in every edit; it gets its number when the text is complete. */
const keep = fc.constantFrom(`# ${KEEP}`, `#\t${KEEP}\ttab`, `# - commented-out ${KEEP}`, `# [a, b] { c } "${KEEP}`);
const ownLine = (indentation: string) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: fc.constant("\n") },
    { weight: 2, arbitrary: keep.map((comment) => `${indentation}${comment}\n`) },
    { weight: 1, arbitrary: keep.map((comment) => `\n${indentation}${comment}\n\n`) },
  );
const behind = fc.oneof(
  fc.constant(""),
  fc.constant(""),
  keep.map((comment) => ` ${comment}`),
);
const ofTool = (tool: string) => fc.constantFrom("", "", ` # of ${tool}`, `\t# of ${tool}: not above 1.33`);

/** One entry of a list, in one of the forms that YAML has for it. */
const entry = (tool: string) =>
  fc.constantFrom(tool, `"${tool}"`, `'${tool}'`, `{ package: ${tool} }`, `{ package: "${tool}", description: "a, [b] # c" }`);

const longForm = (tool: string) =>
  fc
    .tuple(ofTool(tool), fc.constantFrom("", `        # of ${tool}: version: "1"\n`, `\n        # of ${tool}: later\n`))
    .map(([after, own]) => `package: ${tool}${after}\n        description: "x"\n${own}`);

const blockList = (tools: readonly string[]) =>
  fc
    .tuple(
      behind,
      ownLine("      "),
      ...tools.map((tool) =>
        fc.tuple(
          ownLine("      "),
          fc.oneof(
            { weight: 3, arbitrary: fc.tuple(entry(tool), ofTool(tool)).map(([text, after]) => `${text}${after}\n`) },
            { weight: 1, arbitrary: longForm(tool) },
          ),
        ),
      ),
    )
    .map(([after, end, ...rows]) => `${after}\n${rows.map(([before, text]) => `${before}      - ${text}`).join("")}${end}`);

const flowLine = (tools: readonly string[]) =>
  fc
    .tuple(fc.constantFrom("[", "[ "), fc.constantFrom(", ", ","), fc.constantFrom("", ","), behind, ...tools.map(entry))
    .map(([open, comma, last, after, ...texts]) => ` ${open}${texts.join(comma)}${last}${open === "[" ? "]" : " ]"}${after}\n`);

const flowLines = (tools: readonly string[]) =>
  fc
    .tuple(
      behind,
      ownLine("        "),
      fc.boolean(),
      fc.boolean(),
      ...tools.map((tool) => fc.tuple(ownLine("        "), entry(tool), ofTool(tool), fc.integer({ min: 0, max: 3 }))),
    )
    .map(([after, end, hasComma, isTight, ...rows]) => {
      const lines = rows.map(([before, text, own, joined], index) => {
        const comma = index < rows.length - 1 || hasComma ? "," : "";
        const isSameLine = joined === 0 && index > 0 && before === "";
        return {
          isSameLine,
          text: `${isSameLine ? " " : `${before}        `}${text}${comma}`,
          // At the end of a line of several tools, a comment can be about all of them.
          own: isSameLine ? own.replace(/# of .*/, `# ${KEEP}`) : own,
        };
      });
      const body = lines.map(({ text, own }, index) => {
        const next = lines[index + 1];
        // A comment ends the line, and so does a closing bracket's own.
        return next?.isSameLine ? text : !next && isTight && own === "" && end === "" ? text : `${text}${own}\n`;
      });
      const isClosed = body.at(-1)?.endsWith("\n");
      return ` [${after}\n${body.join("")}${end}${isClosed ? "    ]" : "]"}\n`;
    });

const list = (tools: readonly string[]) => fc.oneof(blockList(tools), flowLine(tools), flowLines(tools));

const group = (name: string, tools: readonly string[], anchor = "") =>
  fc
    .tuple(fc.constantFrom("", "\n"), ownLine("  "), list(tools), behind, ownLine("    "), fc.boolean())
    .map(([blank, before, text, after, last, titleFirst]) => {
      const title = `    title: "${name} # no comment"\n`;
      const packages = `    packages:${anchor === "" ? "" : ` &${anchor}`}${text}`;
      return `${blank}${before}  ${name}:${after}\n${titleFirst ? title : ""}${packages}${titleFirst ? "" : last + title}`;
    });

function numbered(text: string): string {
  let number = 0;
  return text.replaceAll(KEEP, () => `keep ${++number}`);
}

/** A spec of the groups `one` and `two`, sometimes with an anchor and a group `three` that has its alias, or in two files. */
export const editedSpec: fc.Arbitrary<Files> = fc
  .tuple(
    fc.shuffledSubarray(TOOLS, { minLength: 2, maxLength: 8 }),
    fc.record({ crlf: fc.boolean(), ends: fc.boolean(), bom: fc.boolean(), alias: fc.boolean(), files: fc.boolean() }),
    ownLine(""),
  )
  .chain(([tools, { crlf, ends, bom, alias, files }, end]) => {
    const cut = Math.max(1, Math.floor(tools.length / 2));
    const [first, second] = [tools.slice(0, cut), tools.slice(cut)];
    return fc.tuple(group("one", first, alias ? "shared" : ""), group("two", second)).map(([one, two]): Files => {
      const third = alias && !files ? "  three:\n    packages: *shared # an alias\n" : "";
      const form = (text: string) => {
        const whole = numbered(ends ? text : text.replace(/\n+$/, ""));
        return (bom ? "\ufeff" : "") + (crlf ? whole.replaceAll("\n", "\r\n") : whole);
      };
      const head = "# the spec\nversion: 1\nname: demo   # its name\nnixpkgs: nixos-26.05\n\n";
      if (!files) return { "platform.yaml": form(`${head}groups:\n${one}${two}${third}${end}`) };
      return {
        "platform.yaml": form(`${head}include: [base.yaml] # shared\ngroups:\n${two}${end}`),
        "base.yaml": form(`# the base\ngroups:\n${one}`),
      };
    });
  });
