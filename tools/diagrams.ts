/** Writes what is drawn and counted from the code into the docs, between markers. `--check` only says what is old. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { importFlow, placeholders as importPlaceholders } from "../components/export-delta-import/definition";
import { importAlarms } from "../components/export-delta-import/resources/watch";
import type { FlowSettings as ImportSettings } from "../components/export-delta-import/settings";
import { orchestration, placeholders } from "../components/fivetran-dbt-orchestration/definition";
import { historyEvents, mapModeFor, transitions } from "../components/fivetran-dbt-orchestration/limits";
import type { FlowSettings } from "../components/fivetran-dbt-orchestration/settings";
import { diagram } from "../components/parts/asl/diagram";
import { argumentTables, commentTables, outputTable } from "./fromComments";

const root = join(__dirname, "..");
const docs = join(root, "docs");

/** The flow as the docs show it: every default, one run at a time. */
export const documentedFlow: FlowSettings = {
  pipeline: "nightly",
  groupId: "projected_sickle",
  include: [],
  exclude: [],
  onPaused: "skip",
  scheduleType: "",
  overlap: "queue",
  queueTimeout: 7200,
  concurrency: 40,
  maxConnections: 50,
  mapMode: "inline",
  pollInterval: 900,
  syncTimeout: 21_600,
  maxReschedules: 3,
  quorum: 100,
  dbtCommand: ["build"],
  dbtTimeout: 7200,
  runTimeout: 86_400,
};

/** By marker: what stands between `<!-- <marker>: begin -->` and `<!-- <marker>: end -->`. */
export function generated(): Readonly<Record<string, string>> {
  return {
    diagram: stateDiagram(),
    arguments: argumentTables("components/fivetran-dbt-orchestration/args.ts"),
    states: commentTables("functions/shared/fivetran/connectionState.ts", "What becomes of a connection"),
    limits: limitsTable(),
  };
}

/** An import with every default. */
export const documentedImport: ImportSettings = {
  pipeline: "imports",
  readConcurrency: 5,
  publishConcurrency: 5,
  functionTimeout: 900,
  queryTimeout: 1_800,
  approvalTimeout: 86_400,
  catchUpTimeout: 21_600,
  catchUpInterval: 60,
  importTimeout: 194_400,
};

/** The same for the page of ExportDeltaImport. */
export function generatedImport(): Readonly<Record<string, string>> {
  return {
    diagram: mermaid(diagram(importFlow(documentedImport, importPlaceholders).definition)),
    arguments: argumentTables("components/export-delta-import/args.ts"),
    outputs: outputTable("components/export-delta-import/exportDeltaImport.ts"),
    alarms: importAlarmTable(),
  };
}

/** By page of docs/: what it takes from the code. */
export const generatedPages: Readonly<Record<string, () => Readonly<Record<string, string>>>> = {
  "fivetran-dbt-orchestration.md": generated,
  "export-delta-import.md": generatedImport,
  "s3-to-dynamodb.md": () => ({ arguments: argumentTables("components/s3-to-dynamodb/args.ts") }),
  "fivetran-connector.md": () => ({ arguments: argumentTables("components/fivetran-connector/args.ts") }),
  "kafka-lambda-sink.md": () => ({ arguments: argumentTables("components/kafka-lambda-sink/args.ts") }),
};

function importAlarmTable(): string {
  const named = (part: string) => ({ functionName: `the ${part} function` });
  const alarms = importAlarms({
    pipeline: "imports",
    stateMachineArn: "…",
    targetTableName: "…",
    workgroupName: "…",
    functions: {
      register: named("register"),
      normalise: named("normalise"),
      control: named("control"),
      publish: named("publish"),
      apply: named("apply"),
    },
    queue: { dlqName: "`registerDlqUrl`" },
    failures: { queueName: "`applyFailuresUrl`" },
    retentionHours: 168,
    maxScannedBytesPerDay: 0,
  });
  const rows = alarms.map(({ part, description }) => {
    const [, meaning = "", fix = ""] = /^(.*?\.) (.*)$/.exec(description) ?? [];
    if (fix === "") throw new Error(`The alarm ${part} doesn't say what to do: ${description}`);
    return `| \`${part}\` | ${meaning.charAt(0).toUpperCase()}${meaning.slice(1)} | ${fix} |`;
  });
  return ["| alarm | what it means | what to do |", "|---|---|---|", ...rows].join("\n");
}

function stateDiagram(): string {
  return mermaid(diagram(orchestration(documentedFlow, placeholders).definition));
}

function mermaid(text: string): string {
  return `\`\`\`mermaid\n${text}\`\`\``;
}

function limitsTable(): string {
  const number = (n: number): string => n.toLocaleString("en");
  const rows = [1, 10, 50, 200, 1000].map((connections) => {
    const good = { connections, polls: 0, reschedules: 0, looks: 0 };
    const worst = { connections, polls: 24, reschedules: 3, looks: 0 };
    const mode = mapModeFor(worst, 40);
    return [
      number(connections),
      number(transitions(good)),
      `$${((transitions(good) * 25) / 1_000_000).toFixed(4)}`,
      number(transitions(worst)),
      number(historyEvents(worst, "inline")),
      mode,
      number(historyEvents(worst, mode)),
    ];
  });
  const head = [
    "connections",
    "transitions, all by webhook",
    "their price",
    "transitions, 24 looks and 3 reschedules each",
    "history events of that, inline",
    "mode by `auto`",
    "history events in that mode",
  ];
  return [head, head.map((_, i) => (i === 5 ? "---" : "---:")), ...rows]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");
}

/** The page with everything up to date. @throws Error naming a marker that the page hasn't */
export function upToDate(text: string, contents: Readonly<Record<string, string>> = generated()): string {
  return Object.entries(contents).reduce((page, [marker, content]) => {
    const [begin, end] = [`<!-- ${marker}: begin -->`, `<!-- ${marker}: end -->`];
    const [from, to] = [page.indexOf(begin), page.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`The page has no ${begin} … ${end}; put them where it belongs.`);
    return `${page.slice(0, from + begin.length)}\n${content}\n${page.slice(to)}`;
  }, text);
}

if (require.main === module) {
  for (const [name, contents] of Object.entries(generatedPages)) {
    const page = join(docs, name);
    const text = readFileSync(page, "utf8");
    const wanted = upToDate(text, contents());
    if (text === wanted) console.log(`${name} is up to date.`);
    else if (process.argv.includes("--check")) {
      console.error(`${name} is old; run: npm run docs:diagrams`);
      process.exitCode = 1;
    } else {
      writeFileSync(page, wanted);
      console.log(`${name} is written.`);
    }
  }
}
