/** The state machines' runs: a row for each state, with when it was at work. */
import type { ExecutionReport, StateReport } from "../executions";
import { counted, html, type Markup } from "./markup";

const spansShown = 500;
const ticks = 4;

export function timelines(executions: readonly ExecutionReport[]): Markup {
  return html`${executions.map(timeline)}`;
}

function timeline(execution: ExecutionReport): Markup {
  const { machine, name, status, start, seconds, states } = execution;
  const ends = states.flatMap(({ spans }) => spans.map(({ from, to = from }) => to));
  const total = Math.max(seconds ?? 0, ...ends, 0.001);
  const marks = Array.from({ length: ticks + 1 }, (_, i) => html`<span>${((total * i) / ticks).toFixed(1)} s</span>`);
  const good = status === "SUCCEEDED";
  return html`<h3>${machine}</h3>
<p class="small"><strong class="${good ? "good" : "bad"}">${good ? "✔" : "✘"} ${status}</strong> ${
    seconds === undefined ? "and still running" : `in ${seconds.toFixed(1)} s`
  }, begun ${start} · ${counted(states.length, "state")} · <code>${name}</code></p>
<div class="card"><div class="axis" aria-hidden="true">${marks}</div>
<ul class="timeline">${states.map((state) => row(state, total))}</ul></div>`;
}

function row({ name, kind, spans }: StateReport, total: number): Markup {
  const bars = spans.slice(0, spansShown).map(({ from, to = total }, i) => {
    const width = Math.max(3, (1_000 * (to - from)) / total);
    const x = Math.min((1_000 * from) / total, 1_000 - width);
    const isOpen = spans[i]?.to === undefined;
    return html`<rect class="${isOpen ? "fill-open" : "fill-span"}" opacity="0.75" x="${x.toFixed(1)}" width="${width.toFixed(1)}" height="10"/>`;
  });
  return html`<li><span><span>${name} <span class="soft">${kind}</span></span><span class="soft">${facts(spans)}</span></span>
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
