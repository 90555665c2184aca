/** Boxes and the lines between them, from left to right: placed by dagre, drawn as SVG. */
import dagre from "@dagrejs/dagre";
import { grouped, html, type Markup, scrolling } from "./markup";

export interface Box {
  readonly id: string;
  /** Two lines. */
  readonly title: string;
  readonly second: string;
  readonly kind?: "store" | "refusal";
}

export interface Line {
  readonly from: string;
  readonly to: string;
  /** Pixels. */
  readonly width: number;
  readonly kind?: "refusal";
  /** Shown when a pointer rests on it. */
  readonly title: string;
}

const boxWidth = 240;
const boxHeight = 46;
const inset = 10;

/** @param label says what the figure shows; what it holds stands as text elsewhere */
export function graph(label: string, boxes: readonly Box[], lines: readonly Line[]): Markup {
  const layout = new dagre.graphlib.Graph();
  layout.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 90, marginx: 12, marginy: 12 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const { id } of boxes) layout.setNode(id, { width: boxWidth, height: boxHeight });
  for (const { from, to } of lines) layout.setEdge(from, to, {});
  dagre.layout(layout);
  const { width = 0, height = 0 } = layout.graph() as { width?: number; height?: number };
  const [w, h] = [Math.ceil(width), Math.ceil(height)];
  const placed = new Map(boxes.map(({ id }) => [id, layout.node(id) as Point]));
  const starts = ports(lines, placed, "from");
  const ends = ports(lines, placed, "to");
  const paths = lines.map((line, i) => {
    const { points } = layout.edge(line.from, line.to) as { points: Point[] };
    // Dagre's own ends are on the line between the boxes' middles, above or below a box as well.
    return edge(
      line,
      [starts[i], ...points.slice(1, -1), ends[i]].filter((point) => point !== undefined),
    );
  });
  const drawn = boxes.map((box) => node(box, placed.get(box.id) ?? { x: 0, y: 0 }));
  return scrolling(
    label,
    html`<svg role="img" aria-label="${label}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}">${paths}${drawn}</svg>`,
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where each line leaves (or enters) its box: side by side, in the order of what is at their other ends. */
function ports(lines: readonly Line[], placed: ReadonlyMap<string, Point>, end: "from" | "to"): Point[] {
  const other = end === "from" ? "to" : "from";
  const heightOf = (line: Line) => placed.get(line[other])?.y ?? 0;
  const byBox = grouped(lines, (line) => line[end]);
  for (const of of byBox.values()) of.sort((a, b) => heightOf(a) - heightOf(b));
  return lines.map((line) => {
    const of = byBox.get(line[end]) ?? [];
    const { x, y } = placed.get(line[end]) ?? { x: 0, y: 0 };
    const side = end === "from" ? boxWidth / 2 : -boxWidth / 2;
    return { x: x + side, y: y + (boxHeight - 2 * inset) * ((of.indexOf(line) + 0.5) / of.length - 0.5) };
  });
}

/** Through the points, leaving and arriving level. */
function edge({ width, kind, title }: Line, points: readonly Point[]): Markup {
  const [first, ...rest] = points;
  if (first === undefined) return html``;
  let path = `M${at(first)}`;
  let last = first;
  for (const point of rest) {
    const middle = (last.x + point.x) / 2;
    path += `C${at({ x: middle, y: last.y })} ${at({ x: middle, y: point.y })} ${at(point)}`;
    last = point;
  }
  return html`<path class="edge ${kind}" stroke-width="${width.toFixed(1)}" d="${path}"><title>${title}</title></path>`;
}

function at({ x, y }: Point): string {
  return `${x.toFixed(1)} ${y.toFixed(1)}`;
}

function node({ title, second, kind }: Box, { x, y }: Point): Markup {
  const left = x - boxWidth / 2;
  const top = y - boxHeight / 2;
  return html`<g class="node ${kind}"><title>${title}: ${second}</title>
<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="${boxWidth}" height="${boxHeight}" rx="6"/>
<text x="${(left + inset).toFixed(1)}" y="${(top + 19).toFixed(1)}">${fitted(title, 1)}</text>
<text class="second" x="${(left + inset).toFixed(1)}" y="${(top + 36).toFixed(1)}">${fitted(second, 0.85)}</text></g>`;
}

/** Without its middle where it is too wide: names differ at their ends. @param size of the font, of a title's */
function fitted(text: string, size: number): string {
  const room = (boxWidth - 2 * inset) / size;
  const all = [...text];
  if (widthOf(all) <= room) return text;
  let shown = Math.min(all.length, 60);
  const cut = () => [...all.slice(0, Math.floor(shown * 0.4)), "…", ...all.slice(all.length - Math.ceil(shown * 0.6))];
  while (shown > 1 && widthOf(cut()) > room) shown -= 1;
  return cut().join("");
}

/** Pixels at most, in the widest of the usual fonts. */
function widthOf(characters: readonly string[]): number {
  return characters.reduce((sum, character) => {
    if ((character.codePointAt(0) ?? 0) > 0x2e7f) return sum + 14;
    return sum + (/[\p{Lu}@%&…mw]/u.test(character) ? 11 : 8.2);
  }, 0);
}
