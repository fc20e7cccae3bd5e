import { memoized } from "../../report/memoized.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text → HTML that shows exactly that text, as an element's content or inside a quoted attribute. */
export const htmlText = (text: string): string =>
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c) : text;

/** Links to elements of the same page, in order. All tools of a group have the same list. */
export const htmlLinks = memoized((links: readonly { readonly id: string; readonly name: string }[]): string =>
  links.map(({ id, name }) => `<a href="#${htmlText(id)}">${htmlText(name)}</a>`).join(" "),
);
