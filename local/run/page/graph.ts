/** Boxes and the lines between them, from left to right: placed by dagre, drawn as SVG. */
import dagre from "@dagrejs/dagre";
import { html, type Markup, scrolling, shortened } from "./markup";

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
  /** What a pointer that rests on it is told. */
  readonly title: string;
}

const boxWidth = 210;
const boxHeight = 46;
/** Characters that fit. */
const fits = 27;

/** @param label says what the figure shows; what it holds stands as text elsewhere */
export function graph(label: string, boxes: readonly Box[], lines: readonly Line[]): Markup {
  const layout = new dagre.graphlib.Graph({ multigraph: true });
  layout.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 90, marginx: 12, marginy: 12 });
  layout.setDefaultEdgeLabel(() => ({}));
  for (const { id } of boxes) layout.setNode(id, { width: boxWidth, height: boxHeight });
  for (const [i, { from, to }] of lines.entries()) layout.setEdge(from, to, {}, String(i));
  dagre.layout(layout);
  const { width = 0, height = 0 } = layout.graph() as { width?: number; height?: number };
  const paths = lines.map((line, i) => {
    const { points } = layout.edge({ v: line.from, w: line.to, name: String(i) }) as { points: Point[] };
    return edge(line, points);
  });
  const drawn = boxes.map((box) => node(box, layout.node(box.id) as Point));
  return scrolling(
    label,
    html`<svg role="img" aria-label="${label}" width="${Math.ceil(width)}" height="${Math.ceil(height)}" viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}">${paths}${drawn}</svg>`,
  );
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Through dagre's points, leaving and arriving level. */
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
<text x="${(left + 10).toFixed(1)}" y="${(top + 19).toFixed(1)}">${shortened(title, fits)}</text>
<text class="second" x="${(left + 10).toFixed(1)}" y="${(top + 36).toFixed(1)}">${shortened(second, fits + 3)}</text></g>`;
}
