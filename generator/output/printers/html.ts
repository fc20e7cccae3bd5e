const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text → HTML that shows exactly that text, as an element's content or inside a quoted attribute. */
export const htmlText = (text: string): string =>
  /[&<>"']/.test(text) ? text.replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c) : text;

/** Links to elements of the same page, in order. */
export function htmlLinks(links: readonly { readonly id: string; readonly name: string }[]): string {
  let text = written.get(links);
  if (text === undefined) {
    text = links.map(({ id, name }) => `<a href="#${htmlText(id)}">${htmlText(name)}</a>`).join(" ");
    written.set(links, text);
  }
  return text;
}

/** The HTML of each list of links: all tools of a group have the same one. */
const written = new WeakMap<object, string>();
