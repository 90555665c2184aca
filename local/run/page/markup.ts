/** HTML whose values are text unless they were made here. */

export class Markup {
  constructor(readonly text: string) {}
}

export type Value = string | number | Markup | undefined | readonly Value[];

/** A template of HTML or SVG. Values stand in elements or in quoted attributes, never in tags, scripts or styles. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  const texts = values.map((value, i) => textOf(value) + (parts[i + 1] ?? ""));
  return new Markup((parts[0] ?? "") + texts.join(""));
}

function textOf(value: Value): string {
  if (value === undefined) return "";
  if (value instanceof Markup) return value.text;
  return typeof value === "string" || typeof value === "number" ? escaped(String(value)) : value.map(textOf).join("");
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Control characters are shown: a browser drops some, and a name could hide by them or turn what stands around it. */
function escaped(text: string): string {
  return text
    .replace(/[\p{Surrogate}\p{Noncharacter_Code_Point}]/gu, "\ufffd")
    .replace(/[&<>"'`]/g, (character) => entities[character] ?? "")
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, shown);
}

function shown(control: string): string {
  const code = control.charCodeAt(0);
  if (control === "\n" || control === "\t") return control;
  return code < 0x20 ? String.fromCharCode(0x2400 + code) : `\\u${code.toString(16).padStart(4, "0")}`;
}

/** A text for a figure, where nothing wraps. */
export function shortened(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** For example `1 file`, `1,200 files`. */
export function counted(count: number, what: string, plural = `${what}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? what : plural}`;
}

/** A figure or table that is wider than a phone; it can be scrolled by keyboard, too. */
export function scrolling(label: string, content: Markup): Markup {
  return html`<div class="scroll" role="region" tabindex="0" aria-label="${label}">${content}</div>`;
}

export function table(label: string, head: readonly string[], rows: readonly (readonly Value[])[]): Markup {
  const isNumber = head.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] === "number"));
  const cells = (row: readonly Value[]) =>
    row.map((cell) => (typeof cell === "number" ? numberCell(cell) : html`<td>${cell}</td>`));
  return scrolling(
    label,
    html`<table><thead><tr>${head.map((each, i) => html`<th scope="col" class="${isNumber[i] ? "number" : ""}">${each}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${cells(row)}</tr>`)}</tbody></table>`,
  );
}

function numberCell(value: number): Markup {
  return html`<td class="number">${value.toLocaleString("en-US")}</td>`;
}

export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
