/** Why a granted action isn't used in a run without faults. Functions say so beside their code; the rest stands here. */
import { grantsBehind } from "../../components/parts/grants";
import { permissions as connector, fivetranPermissions } from "../../functions/connector-kit/permissions";
import { permissions as applyExports } from "../../functions/export-delta-import/apply/permissions";
import { permissions as controlImports } from "../../functions/export-delta-import/control/permissions";
import { permissions as normaliseExports } from "../../functions/export-delta-import/normalise/permissions";
import { permissions as publishDeltas } from "../../functions/export-delta-import/publish/permissions";
import { permissions as registerExports } from "../../functions/export-delta-import/register/permissions";
import { permissions as listConnections } from "../../functions/fivetran-dbt-orchestration/list-connections/permissions";
import { permissions as syncConnection } from "../../functions/fivetran-dbt-orchestration/sync-connection/permissions";
import { permissions as fivetranWebhook } from "../../functions/fivetran-dbt-orchestration/webhook/permissions";
import { permissions as kafkaSink } from "../../functions/kafka-lambda-sink/service/permissions";
import { permissions as collect } from "../../functions/s3-to-dynamodb/collect/permissions";
import { permissions as load } from "../../functions/s3-to-dynamodb/load/permissions";
import type { Permissions } from "../../functions/shared/permission";
import { permissions as tableChanges } from "../../functions/snowflake-landing/table-changes/permissions";
import { permissions as tableSnapshot } from "../../functions/snowflake-landing/table-snapshot/permissions";

/** By the function's part of its role's name, `…-<part>-role`. */
const declared: Readonly<Record<string, Permissions<string>>> = {
  collect,
  load,
  changes: tableChanges,
  snapshot: tableSnapshot,
  register: registerExports,
  normalise: normaliseExports,
  control: controlImports,
  publish: publishDeltas,
  apply: applyExports,
  function: connector,
  fivetran: fivetranPermissions,
  "list-connections": listConnections,
  "sync-connection": syncConnection,
  "fivetran-webhook": fivetranWebhook,
  "sink-task": kafkaSink,
};

/** What no function of ours declares. Each fits one kind of grant: of these roles, this statement, on these resources. */
interface Reason {
  readonly role: RegExp;
  readonly sid: RegExp;
  readonly actions: readonly string[];
  readonly resource: RegExp;
  readonly reason: string;
}

const aFunction = /^data-pipelines-.*-role$/;
const runs = /-orchestration-runs-role$/;
const imports = /-imports-imports-role$/;
const snowflake = /-snowflake$/;
const call = /^Call\d+$/;
const lock = /:table\/.*-orchestration-waits$/;

const others: readonly Reason[] = [
  {
    role: aFunction,
    sid: /^Logs$/,
    actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
    resource: /:log-group:\/aws\/lambda\/data-pipelines-[\w-]+:\*$/,
    reason: "Lambda writes the function's log with it; the local Lambda writes to a file",
  },
  {
    role: aFunction,
    sid: /^Traces$/,
    actions: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
    resource: /^\*$/,
    reason: "Lambda sends traces with it; the local cloud has no X-Ray",
  },
  {
    role: runs,
    sid: call,
    actions: ["dynamodb:GetItem"],
    resource: lock,
    reason: "finds who holds the run lock; a run alone takes it at once",
  },
  {
    role: runs,
    sid: call,
    actions: ["dynamodb:PutItem"],
    resource: lock,
    reason: "takes the run lock over from an execution that has ended without releasing it",
  },
  {
    role: runs,
    sid: call,
    actions: ["states:DescribeExecution"],
    resource: /:execution:.*-orchestration-runs:\*$/,
    reason: "asks whether the holder of the run lock still runs; a run alone meets none",
  },
  {
    role: runs,
    sid: call,
    actions: ["s3:GetObject"],
    resource: /-orchestration-artifacts-[0-9a-f]{8}\/runs\/\*$/,
    reason: "reads dbt's summary when dbt has failed",
  },
  {
    role: runs,
    sid: call,
    actions: ["ecs:StopTask"],
    resource: /:task\/.*-orchestration-[\w-]+\/\*$/,
    reason: "stops dbt when the run is stopped or out of time",
  },
  {
    role: runs,
    sid: call,
    actions: ["sns:Publish"],
    resource: /:data-pipelines-.*-orchestration-notifications$/,
    reason: "tells people of a run that failed, at least in part",
  },
  {
    role: imports,
    sid: call,
    actions: ["athena:StopQueryExecution"],
    resource: /:workgroup\/.*-imports-imports$/,
    reason: "stops a query when the import is stopped or out of time",
  },
  {
    role: imports,
    sid: call,
    actions: [
      "s3:ListBucketMultipartUploads",
      "s3:AbortMultipartUpload",
      "s3:ListMultipartUploadParts",
      "s3:ListBucket",
      "s3:GetObject",
    ],
    resource: /-imports-work-\w+(\/(staged|deltas|athena)\/\*)?$/,
    reason: "Athena writes large results in parts and looks at its own results; the local one writes each at once",
  },
  {
    role: imports,
    sid: call,
    actions: ["sns:Publish"],
    resource: /:data-pipelines-.*-imports-notifications$/,
    reason: "tells people of an export that is refused or waits, or of an import that failed",
  },
  {
    role: /-(orchestration-runs|imports-imports)-role$/,
    sid: /^Log/,
    actions: [
      "logs:CreateLogDelivery",
      "logs:GetLogDelivery",
      "logs:UpdateLogDelivery",
      "logs:DeleteLogDelivery",
      "logs:ListLogDeliveries",
      "logs:PutResourcePolicy",
      "logs:DescribeResourcePolicies",
      "logs:DescribeLogGroups",
    ],
    resource: /^\*$/,
    reason: "Step Functions sets up the delivery of its log with it; the local one delivers no log",
  },
  {
    role: /-orchestration-schedule-role$/,
    sid: /^Start$/,
    actions: ["states:StartExecution"],
    resource: /:stateMachine:.*-orchestration-runs$/,
    reason: "begins a run at the schedule's time, which the run doesn't wait for",
  },
  {
    role: /-orchestration-schedule-role$/,
    sid: /^DeadLetter$/,
    actions: ["sqs:SendMessage"],
    resource: /-orchestration-schedule-dlq$/,
    reason: "keeps the start of a run that EventBridge Scheduler couldn't make",
  },
  {
    role: /-(orchestration-dbt|kafka-[\w-]+-sink)-execution-role$/,
    sid: /^Pull$/,
    actions: ["ecr:BatchCheckLayerAvailability"],
    resource: /:repository\/.*-(orchestration-dbt|kafka-[\w-]+-sink)$/,
    reason: "asks for an image's layers; the local image has none",
  },
  {
    role: snowflake,
    sid: /^FindBucket$/,
    actions: ["s3:GetBucketLocation"],
    resource: /^arn:aws:s3:::[\w.-]+$/,
    reason: "Snowflake asks for the bucket's region when the stage is made; the local stage doesn't",
  },
  {
    role: snowflake,
    sid: /^ListFiles\d*$/,
    actions: ["s3:ListBucket"],
    resource: /^arn:aws:s3:::[\w.-]+$/,
    reason: "Snowflake lists a stage for bulk loads and refreshes; a run without them only reads files",
  },
  {
    role: snowflake,
    sid: /^ReadFiles\d*$/,
    actions: ["s3:GetObjectVersion"],
    resource: /^arn:aws:s3:::[\w.-]+\/.+\*$/,
    reason: "Snowflake reads a version when the bucket keeps them; the local pipe reads the newest",
  },
  {
    role: /-snowflake-errors$/,
    sid: /^TellErrors$/,
    actions: ["sns:Publish"],
    resource: /:data-pipelines-.*-snowflake-errors$/,
    reason: "Snowflake tells errors with it; a run without faults has none",
  },
];

/** One action of a statement of a role's policy, on one of its resources. */
export interface GrantedAction {
  readonly role: string;
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
}

/** Undefined: there is no reason, so the grant shouldn't be there. */
export function reasonFor({ role, sid, action, resource }: GrantedAction): string | undefined {
  const own = Object.entries(declared).find(([part]) => role.endsWith(`-${part}-role`))?.[1];
  const grant = grantsBehind(own ?? {}, sid).find(
    ({ actions, suffix = "" }) => actions.includes(action) && endsLike(resource, suffix),
  );
  if (grant) return grant.unusedBecause;
  return others.find(
    (each) =>
      each.role.test(role) && each.sid.test(sid) && each.actions.includes(action) && each.resource.test(resource),
  )?.reason;
}

/** A component may narrow the suffix to a prefix: `/*` to `/orders/*`. */
function endsLike(resource: string, suffix: string): boolean {
  return resource.endsWith(suffix) || (suffix === "/*" && /\/.*\*$/.test(resource));
}
