/** Bars of what there is of each kind. They fill the width that there is, so that no text stands in them. */
import { html, type Markup } from "./markup";

export interface Part {
  /** Of the style's `fill-` classes. */
  readonly kind: string;
  readonly count: number;
}

/** Width of the least part: a record among a million is still seen. */
const least = 8;

/** @param most what a full bar stands for. @default what the parts are together */
export function bar(parts: readonly Part[], most?: number): Markup {
  const shown = parts.filter(({ count }) => count > 0);
  const total = Math.max(
    most ?? 0,
    shown.reduce((sum, { count }) => sum + count, 0),
  );
  const free = 1_000 - least * shown.length;
  let x = 0;
  const drawn = shown.map(({ kind, count }) => {
    const width = least + (free * count) / total;
    const rect = html`<rect class="fill-${kind}" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="10"/>`;
    x += width;
    return rect;
  });
  return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${drawn}</svg>`;
}

/** What the colours mean. @param names by kind */
export function legend(names: Readonly<Record<string, string>>): Markup {
  const keys = Object.entries(names).map(
    ([kind, name]) =>
      html`<span><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="fill-${kind}" width="10" height="10"/></svg>${name}</span> `,
  );
  return html`<p class="small legend">${keys}</p>`;
}
