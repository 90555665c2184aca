/** A report of a local run as one HTML page, which asks nothing of anybody: no script, no font, no picture of another place. */
import { createHash } from "node:crypto";
import type { RunReport } from "../report";
import { access, policies } from "./access";
import { sumsOf, whatArrived, whatDidNot } from "./arrived";
import { deltaTables } from "./deltas";
import { connectorTable, orchestrationTables } from "./details";
import { flows } from "./flows";
import { counted, html, type Markup, Markup as Ready, table } from "./markup";
import { partitionTables } from "./partitions";
import { resourceGraph } from "./resources";
import { style } from "./style";
import { timelines } from "./timeline";

/** What a browser may do for the page: use its own style. */
export const contentPolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

interface Section {
  readonly id: string;
  readonly title: string;
  readonly content: Markup | undefined;
}

/** @param when when the report was made, as the page says it */
export function renderPage(report: RunReport, when: string): string {
  const sections = sectionsOf(report).filter(({ content }) => content !== undefined);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>${report.passed ? "✔" : "✘"} Local run</title>
<style>${new Ready(style)}</style>
</head>
<body>
<header>
<h1>Local run, ${when}</h1>
${verdict(report)}
<nav aria-label="Parts of the page"><ul>${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(({ id, title, content }) => html`<section><h2 id="${id}">${title}</h2>${content}</section>\n`)}
</main>
</body>
</html>
`;
  return page.text;
}

function sectionsOf(report: RunReport): Section[] {
  const {
    files,
    executions = [],
    connectors = [],
    deltas = [],
    kafka = [],
    orchestration,
    iam,
    policy,
    resources = [],
  } = report;
  return [
    { id: "lacking", title: "What didn't arrive, and why", content: whatDidNot(report) },
    {
      id: "flows",
      title: "What flowed where",
      content: files.length + deltas.length > 0 ? html`${flows(report)}${tableRows(report)}` : undefined,
    },
    { id: "files", title: "What arrived", content: files.length > 0 ? whatArrived(report) : undefined },
    { id: "runs", title: "Runs of state machines", content: executions.length > 0 ? timelines(executions) : undefined },
    {
      id: "orchestration",
      title: "Orchestration and dbt",
      content: orchestration && orchestrationTables(orchestration),
    },
    {
      id: "connectors",
      title: "Fivetran connectors",
      content: connectors.length > 0 ? connectorTable(connectors) : undefined,
    },
    { id: "deltas", title: "Exports, by what changed", content: deltas.length > 0 ? deltaTables(deltas) : undefined },
    { id: "partitions", title: "Kafka partitions", content: kafka.length > 0 ? partitionTables(kafka) : undefined },
    { id: "access", title: "Who may do what", content: iam && access(iam, report.isOwnFiles === true) },
    { id: "policies", title: "Policies", content: policy && policies(policy) },
    { id: "resources", title: "Resources", content: resources.length > 0 ? resourceGraph(resources) : undefined },
  ];
}

function tableRows({ tables }: RunReport): Markup {
  if (tables.length === 0) return html``;
  const rows = tables.map(({ name, rows }) => [name, rows]);
  return html`<h3>What the tables hold</h3>${table("What the tables hold", ["table", "rows"], rows)}`;
}

function verdict(report: RunReport): Markup {
  const { passed, problems, files } = report;
  const { rejected } = sumsOf(files);
  const but = rejected > 0 ? `, but ${counted(rejected, "record")} rejected with a reason` : "";
  return html`<p class="verdict ${passed ? "good" : "bad"}">${passed ? `✔ Everything arrived${but}` : `✘ ${counted(problems.length, "problem")}`}</p>
${problems.length > 0 ? html`<ul class="card trouble reasons">${problems.map((problem) => html`<li>${problem}</li>`)}</ul>` : ""}
<dl class="tiles">${tiles(report)}</dl>`;
}

function tiles(report: RunReport): Markup[] {
  const { files, tables, iam, policy, update } = report;
  const { read, loaded, replaced, rejected, missing } = sumsOf(files);
  const tile = (name: string, value: number, small: string, isBad = false) =>
    html`<div><dt>${name}</dt><dd class="${isBad ? "bad" : ""}">${isBad ? "✘ " : ""}${value.toLocaleString("en-US")}<small>${small}</small></dd></div>`;
  const all = [
    tile("Records read", read, `of ${counted(files.length, "input")}`),
    tile("Loaded", loaded, `into ${counted(tables.length, "table")}`),
    tile("Rejected", rejected, rejected > 0 ? "each with its reason below" : "no record"),
    tile(
      "Unaccounted for",
      missing,
      missing === 0 ? "every record is somewhere" : "neither loaded nor rejected",
      missing !== 0,
    ),
  ];
  if (replaced > 0) all.push(tile("Replaced", replaced, "by a later record of the same key"));
  if (iam) {
    all.push(
      tile("Calls denied", iam.denied.length, `of ${counted(iam.calls, "call")} under roles`, iam.denied.length > 0),
    );
    const needless = iam.unused.filter(({ reason }) => reason === "").length;
    all.push(
      tile(
        "Needless grants",
        report.isOwnFiles ? 0 : needless,
        `of ${iam.used.length + iam.unused.length}; ${iam.used.length} were used`,
        !report.isOwnFiles && needless > 0,
      ),
    );
  }
  if (policy) {
    all.push(
      tile(
        "Policy violations",
        policy.violations.length,
        `of ${counted(policy.rules, "rule")}`,
        policy.violations.length > 0,
      ),
    );
  }
  if (update) all.push(tile("Resources", update.created, `created in ${update.seconds.toFixed(1)} s`));
  return all;
}
