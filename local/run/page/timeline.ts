/** The state machines' runs: a row for each state, with when it was at work. */
import type { ExecutionReport, StateReport } from "../executions";
import { counted, html, type Markup } from "./markup";

const spansShown = 500;
const ticks = 4;
const unfolded = 2;

export function timelines(executions: readonly ExecutionReport[]): Markup {
  const few = executions.length <= unfolded;
  return html`${executions.length > 1 ? together(executions) : ""}${executions.map((execution) => timeline(execution, few || !isGood(execution)))}`;
}

/** When each execution ran, beside the others. */
function together(executions: readonly ExecutionReport[]): Markup {
  const starts = executions.map(({ start }) => Date.parse(start) / 1_000);
  const first = Math.min(...starts);
  const rows = executions.map(({ machine, status, seconds }, i): StateReport => {
    const from = (starts[i] ?? first) - first;
    return { name: machine, kind: status, spans: [{ from, to: seconds === undefined ? undefined : from + seconds }] };
  });
  return html`<div class="card">${rowsOf(rows, 0)}</div>`;
}

/** @param seconds how long the axis is at least */
function rowsOf(rows: readonly StateReport[], seconds: number): Markup {
  const ends = rows.flatMap(({ spans }) => spans.map(({ from, to = from }) => to));
  const total = Math.max(seconds, ...ends, 0.001);
  const marks = Array.from({ length: ticks + 1 }, (_, i) => html`<span>${((total * i) / ticks).toFixed(1)} s</span>`);
  return html`<div class="axis" aria-hidden="true">${marks}</div>
<ul class="timeline">${rows.map((each) => row(each, total))}</ul>`;
}

/** Of a few executions all are seen at once, of many those that failed. */
function timeline(execution: ExecutionReport, isOpen: boolean): Markup {
  const { machine, name, start, status, seconds, states } = execution;
  const good = isGood(execution);
  const took = seconds === undefined ? "still running" : `${seconds.toFixed(1)} s`;
  const content = html`<summary>${machine} <strong class="${good ? "good" : "bad"}">${good ? "✔" : "✘"} ${status}</strong> <span class="soft small">${took}, begun ${start}</span></summary>
<p class="small soft">${counted(states.length, "state")} · <code>${name}</code></p>
${rowsOf(states, seconds ?? 0)}`;
  return isOpen ? html`<details open>${content}</details>` : html`<details>${content}</details>`;
}

function isGood({ status }: ExecutionReport): boolean {
  return status === "SUCCEEDED";
}

function row({ name, kind, spans }: StateReport, total: number): Markup {
  const bars = spans.slice(0, spansShown).map(({ from, to = total }, i) => {
    const width = Math.max(3, (1_000 * (to - from)) / total);
    const x = Math.min((1_000 * from) / total, 1_000 - width);
    const isOpen = spans[i]?.to === undefined;
    return html`<rect class="${isOpen ? "fill-open" : "fill-span"}" opacity="0.75" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="10"/>`;
  });
  return html`<li><span><span>${name} <span class="soft">${kind}</span></span><span class="soft facts">${facts(spans)}</span></span>
<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">${bars}</svg></li>`;
}

/** For example `3 times, 4.0 s`: from its first entry until it was left last. */
function facts(spans: StateReport["spans"]): string {
  const left = spans.flatMap(({ to }) => (to === undefined ? [] : [to]));
  const open = spans.length - left.length;
  const first = spans.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY);
  const last = left.reduce((most, to) => Math.max(most, to), first);
  const times = spans.length > 1 ? `${spans.length.toLocaleString("en-US")} times, ` : "";
  return `${times}${(last - first).toFixed(1)} s${open > 0 ? `, ${open} not left` : ""}`;
}
