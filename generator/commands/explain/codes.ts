import { explanationOf, isAcceptable } from "../../lint/rules.ts";
import { factsOf, type Meaning } from "./meaning.ts";

/** The meaning of a diagnostic code. */
export function codeMeaning(code: string): Meaning | undefined {
  const found = explanationOf(code);
  if (!found) return undefined;
  return {
    kind: "code",
    title: `${code} (${found.severity}): ${found.summary}`,
    text: found.cause,
    facts: factsOf({
      accept: isAcceptable(code) ? `under \`lint\`, with \`code: ${code}\` and a reason` : undefined,
      source: found.source,
    }),
    example: { wrong: found.example, right: found.fixed },
  };
}
