/** A picture of what flowed where. */
import type { DeltaReport, FileReport, RunReport } from "../report";
import { sumsOf } from "./arrived";
import { type Box, graph, type Line } from "./graph";
import { counted, grouped, type Markup } from "./markup";

/** Of a pipeline. */
const sourcesShown = 25;

/** Sources, pipelines and stores, with lines as wide as what flowed is much. */
export function flows({ files: ownFiles, deltas = [], tables }: RunReport): Markup {
  const files = [...ownFiles, ...deltas.map((delta) => flowOf(delta, tables))];
  const boxes = new Map<string, Box>();
  const lines = new Map<string, { line: Omit<Line, "width" | "title">; count: number; of: string }>();
  const most = Math.max(1, ...files.map(({ read }) => read));
  const flow = (from: string, to: string, count: number, kind?: "refusal") => {
    const key = `${from}\n${to}`;
    const known = lines.get(key);
    const of = kind === undefined ? "records" : "rejected";
    lines.set(key, { line: { from, to, kind }, count: (known?.count ?? 0) + count, of });
  };
  for (const [pipeline, of] of grouped(files, (file) => file.pipeline)) {
    const sums = sumsOf(of);
    boxes.set(`p ${pipeline}`, {
      id: `p ${pipeline}`,
      title: pipeline,
      second: `${counted(of.length, "input")} · ${counted(sums.read, "record")}`,
    });
    const sources = [...grouped(of, ({ source }) => source)];
    for (const [i, [source, own]] of sources.entries()) {
      const isShown = i < sourcesShown;
      const id = isShown ? `s ${pipeline} ${source}` : `s ${pipeline}`;
      const rest = sources.length - sourcesShown;
      const title = isShown ? source : counted(rest, "more source");
      boxes.set(id, { id, title, second: isShown ? secondOf(own) : "" });
      flow(id, `p ${pipeline}`, sumsOf(own).read);
    }
    for (const [target, own] of grouped(of, (file) => file.target ?? "")) {
      const { loaded } = sumsOf(own);
      if (target === "") continue;
      const held = tables.find(({ name }) => name === target)?.rows ?? loaded;
      boxes.set(`t ${target}`, { id: `t ${target}`, title: target, second: counted(held, "row"), kind: "store" });
      flow(`p ${pipeline}`, `t ${target}`, loaded);
    }
    if (sums.rejected > 0) {
      const id = `q ${pipeline}`;
      boxes.set(id, { id, title: "rejected", second: counted(sums.rejected, "record"), kind: "refusal" });
      flow(`p ${pipeline}`, id, sums.rejected, "refusal");
    }
  }
  return graph(
    "What flowed from which source through which pipeline into which table",
    [...boxes.values()],
    [...lines.values()].map(({ line, count, of }) => ({
      ...line,
      // The square root keeps a few records beside many visible.
      width: 1.5 + 14 * Math.sqrt(Math.min(1, count / most)),
      title: `${count.toLocaleString("en-US")} ${of}`,
    })),
  );
}

/** The operations of a version, on their way into the target. */
function flowOf(delta: DeltaReport, tables: RunReport["tables"]): FileReport {
  const source = `${delta.tenant}/${delta.table}`;
  return {
    pipeline: "ExportDeltaImport",
    source,
    file: delta.version,
    target: tables.find(({ name }) => name.endsWith(` ${source}`))?.name,
    read: delta.inserted + delta.updated + delta.deleted,
    loaded: delta.applied,
    quarantined: 0,
    reasons: [],
    seconds: delta.seconds,
  };
}

function secondOf(own: readonly FileReport[]): string {
  const [only] = own;
  const name = own.length === 1 && only ? only.file : counted(own.length, "input");
  return `${sumsOf(own).read.toLocaleString("en-US")} · ${name}`;
}
