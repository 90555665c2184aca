/** Exports by version: what changed from one to the next, and whether the target has it. */
import type { DeltaReport } from "../report";
import { bar, legend } from "./bars";
import { grouped, html, type Markup, table, type Value } from "./markup";

const kinds = ["inserted", "updated", "deleted", "unchanged"] as const;

export function deltaTables(deltas: readonly DeltaReport[]): Markup {
  const exports = [...grouped(deltas, ({ tenant, table: name }) => `${tenant}/${name}`)];
  const head = ["version", "state", "rows", ...kinds, "published", "applied", "seconds"];
  return html`${legend(Object.fromEntries(kinds.map((kind) => [kind, kind])))}${exports.map(
    ([name, versions]) => html`<h3>${name}</h3>${table(`Versions of ${name}`, head, versions.map(row))}`,
  )}`;
}

function row(delta: DeltaReport): Value[] {
  const { version, published, applied, seconds } = delta;
  const counts = kinds.map((kind) => count(delta[kind], delta.expected?.[kind]));
  const parts = kinds.map((kind) => ({ kind, count: delta[kind] }));
  return [version, state(delta), bar(parts), ...counts, published, applied, seconds.toFixed(1)];
}

/** Beside what plain set operations over the two exports give, where that is something else. */
function count(found: number, expected: number | undefined): Value {
  if (expected === undefined || expected === found) return found;
  return html`<strong class="bad">✘ ${found}, reckoned ${expected}</strong>`;
}

function state({ status, reason, inserted, updated, deleted, applied }: DeltaReport): Markup {
  const isWhole = status === "imported" && applied === inserted + updated + deleted;
  const why = reason === undefined ? "" : `: ${reason}`;
  if (status === "approval") return html`<strong class="again">waits for approval${why}</strong>`;
  return html`<span class="${isWhole ? "good" : "bad"}">${isWhole ? "✔" : "✘"} ${status}${why}</span>`;
}
