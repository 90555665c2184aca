/** The comment of a pull request: what each stack would do, what it costs, who may do more. */
import type { PreviewSummary, Step } from "./summary";

/** GitHub refuses a longer body; the rest of it is in the job's log. */
const maxLength = 60_000;
/** Steps listed for each stack; the others are counted. */
const maxSteps = 60;

/** By type: why its removal needs a second look. */
const holdsData: Readonly<Record<string, string>> = {
  "aws:dynamodb/table:Table": "table with its items",
  "aws:s3/bucket:Bucket": "bucket with its objects",
  "aws:kinesis/stream:Stream": "stream with what isn't read yet",
  "aws:sqs/queue:Queue": "queue with its messages",
  "aws:secretsmanager/secret:Secret": "secret with its value",
  "aws:kms/key:Key": "key that data is encrypted with",
  "snowflake:index/database:Database": "database with its tables",
  "snowflake:index/schema:Schema": "schema with its tables",
  "snowflake:index/table:Table": "table with its rows",
};

/** By type: what costs money as long as it is there, without any use. */
const costs: Readonly<Record<string, string>> = {
  "aws:ec2/natGateway:NatGateway": "NAT gateway, by the hour and by the gigabyte",
  "aws:ec2/vpcEndpoint:VpcEndpoint": "interface endpoint, by the hour (gateway endpoints are free)",
  "aws:ecs/service:Service": "running tasks, by the second",
  "aws:kinesis/stream:Stream": "stream, by the hour",
  "aws:kms/key:Key": "key, by the month",
  "aws:secretsmanager/secret:Secret": "secret, by the month",
  "aws:cloudwatch/metricAlarm:MetricAlarm": "alarm, by the month",
  "aws:cloudwatch/dashboard:Dashboard": "dashboard, by the month",
  "snowflake:index/warehouse:Warehouse": "warehouse, while it runs",
  "snowflake:index/task:Task": "task, by its schedule",
};

/** Found again by it, so that there is one comment, kept up to date. */
export const marker = (kind: string): string => `<!-- data-pipelines ${kind} -->`;

export interface CommentInput {
  readonly summaries: readonly PreviewSummary[];
  /** Text of `policy:access --check`; empty where nobody may do more or less. */
  readonly access: string;
}

export function previewComment({ summaries, access }: CommentInput): string {
  const sorted = [...summaries].sort((a, b) => a.stack.localeCompare(b.stack));
  const parts = [
    marker("preview"),
    "## Preview",
    ["| stack | result | create | update | replace | delete | same |", "|---|---|---:|---:|---:|---:|---:|"]
      .concat(sorted.map(rowOf))
      .join("\n"),
    ...sorted.flatMap(stackPart),
    ...(access.trim() === "" ? [] : ["### Who may do what", fenced(access.trim())]),
  ];
  return shortened(parts.join("\n\n"));
}

function rowOf({ stack, steps, same, succeeded, violations }: PreviewSummary): string {
  const count = (op: string) => steps.filter((step) => step.op === op).length;
  const mandatory = violations.filter(({ level }) => level === "mandatory").length;
  const result = succeeded
    ? "passed"
    : mandatory > 0
      ? `refused by ${plural(mandatory, "policy violation")}`
      : "failed";
  return `| ${stack} | ${result} | ${["create", "update", "replace", "delete"].map(count).join(" | ")} | ${same} |`;
}

function stackPart({ stack, steps, violations, errors }: PreviewSummary): string[] {
  const told = violations.filter(({ level }) => level === "mandatory" || level === "remediate");
  const lost = steps.flatMap((step) =>
    ["delete", "replace"].includes(step.op) && holdsData[step.type] !== undefined
      ? [`- **${step.op} ${code(step.name)}**: ${holdsData[step.type]}`]
      : [],
  );
  const money = costLines(steps);
  const lines = [
    ...(errors.length > 0 ? ["**Errors**", ...errors.map((error) => fenced(error))] : []),
    ...(lost.length > 0 ? ["**Holds data and would go**", lost.join("\n")] : []),
    ...(told.length > 0
      ? ["**Policies**", told.map(({ resource, message }) => `- ${code(resource)}: ${oneLine(message)}`).join("\n")]
      : []),
    ...(money.length > 0 ? ["**Costs without use**", money.join("\n")] : []),
    ...(steps.length > 0 ? [stepsPart(steps)] : []),
  ];
  return lines.length === 0 ? [] : [`### ${stack}`, ...lines];
}

function costLines(steps: readonly Step[]): string[] {
  return Object.entries(costs).flatMap(([type, what]) => {
    const count = (op: string) => steps.filter((step) => step.type === type && step.op === op).length;
    const [more, fewer] = [count("create"), count("delete")];
    if (more === 0 && fewer === 0) return [];
    return [`- ${[more > 0 ? `+${more}` : "", fewer > 0 ? `−${fewer}` : ""].filter(Boolean).join(" ")} ${what}`];
  });
}

function stepsPart(steps: readonly Step[]): string {
  const lines = steps.slice(0, maxSteps).map(({ op, type, name, changed }) => {
    const what = changed.length > 0 ? ` (${changed.map(code).join(", ")})` : "";
    return `- ${op} ${code(name)} ${type}${what}`;
  });
  if (steps.length > maxSteps) lines.push(`- … and ${steps.length - maxSteps} more, in the job's log`);
  return `<details><summary>${plural(steps.length, "change")}</summary>\n\n${lines.join("\n")}\n\n</details>`;
}

/** The body of the issue about drift; undefined where what is deployed is what the program says. */
export function driftIssue(summaries: readonly PreviewSummary[]): string | undefined {
  const drifted = summaries.filter(({ steps, errors }) => steps.length > 0 || errors.length > 0);
  if (drifted.length === 0) return undefined;
  const parts = drifted.map(({ stack, steps, errors }) =>
    [`### ${stack}`, ...errors.map(fenced), ...(steps.length > 0 ? [stepsPart(steps)] : [])].join("\n\n"),
  );
  return shortened(
    [
      marker("drift"),
      "What is deployed isn't what the last update left. `pulumi refresh` takes the change over into the state, `pulumi up` undoes it.",
      ...parts,
    ].join("\n\n"),
  );
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Names come from resources, so they may hold anything. */
function code(text: string): string {
  return `\`${text.replaceAll("`", "'").replaceAll("\n", " ")}\``;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").replaceAll("<", "&lt;");
}

/** A fence longer than any in the text, so that the text can't end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}

function shortened(text: string): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}\n\n… shortened; the job's log has it all.`;
}
