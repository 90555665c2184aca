/** Why a granted action is not used in a run without faults. Functions say so beside their code; the rest stands here. */

import { permissions as connector, fivetranPermissions } from "../../functions/connector-kit/permissions";
import { permissions as listConnections } from "../../functions/fivetran-dbt-orchestration/list-connections/permissions";
import { permissions as pollConnection } from "../../functions/fivetran-dbt-orchestration/poll-connection/permissions";
import { permissions as releaseWaits } from "../../functions/fivetran-dbt-orchestration/release-waits/permissions";
import { permissions as syncConnection } from "../../functions/fivetran-dbt-orchestration/sync-connection/permissions";
import { permissions as fivetranWebhook } from "../../functions/fivetran-dbt-orchestration/webhook/permissions";
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
  function: connector,
  fivetran: fivetranPermissions,
  "list-connections": listConnections,
  "sync-connection": syncConnection,
  "poll-connection": pollConnection,
  "fivetran-webhook": fivetranWebhook,
  "release-waits": releaseWaits,
};

const delivery = "Step Functions sets up the delivery of its log with it; the local one delivers no log";
/** By part and action: what roles without a function of ours leave unused in a run without faults. */
const ofRoles: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  runs: {
    "dynamodb:GetItem": "finds who holds the run lock; a run alone takes it at once",
    "dynamodb:PutItem": "takes the run lock over from an execution that has ended without releasing it",
    "states:DescribeExecution": "asks whether the holder of the run lock still runs; a run alone meets none",
    "s3:GetObject": "reads dbt's summary when dbt has failed",
    "ecs:StopTask": "stops dbt when the run is stopped or out of time",
    "sns:Publish": "tells people of a run that failed, at least in part",
    "logs:CreateLogDelivery": delivery,
    "logs:GetLogDelivery": delivery,
    "logs:UpdateLogDelivery": delivery,
    "logs:DeleteLogDelivery": delivery,
    "logs:ListLogDeliveries": delivery,
    "logs:PutResourcePolicy": delivery,
    "logs:DescribeResourcePolicies": delivery,
    "logs:DescribeLogGroups": delivery,
  },
  schedule: { "states:StartExecution": "begins a run at the schedule's time, which the run doesn't wait for" },
  "dbt-execution": { "ecr:BatchCheckLayerAvailability": "asks for an image's layers; the local image has none" },
};

/** By action: what AWS or Snowflake does on our behalf, which the local services do without asking IAM. */
const onBehalf: Readonly<Record<string, string>> = {
  "logs:CreateLogStream": "Lambda writes the function's log with it; the local Lambda writes to a file",
  "logs:PutLogEvents": "Lambda writes the function's log with it; the local Lambda writes to a file",
  "xray:PutTraceSegments": "Lambda sends traces with it; the local cloud has no X-Ray",
  "xray:PutTelemetryRecords": "Lambda sends traces with it; the local cloud has no X-Ray",
  "sqs:ReceiveMessage": "Lambda's poller takes messages with it; the local poller reads the queue directly",
  "sqs:DeleteMessage": "Lambda's poller takes messages with it; the local poller reads the queue directly",
  "sqs:GetQueueAttributes": "Lambda's poller takes messages with it; the local poller reads the queue directly",
  "dynamodb:DescribeStream": "Lambda's poller reads the stream with it; the local poller reads the table directly",
  "dynamodb:GetRecords": "Lambda's poller reads the stream with it; the local poller reads the table directly",
  "dynamodb:GetShardIterator": "Lambda's poller reads the stream with it; the local poller reads the table directly",
  "dynamodb:ListStreams": "Lambda's poller reads the stream with it; the local poller reads the table directly",
  "s3:GetBucketLocation": "Snowflake asks for the bucket's region when the stage is made; the local stage doesn't",
  "s3:ListBucket": "Snowflake lists a stage for bulk loads and refreshes; a run without them only reads files",
  "s3:GetObjectVersion": "Snowflake reads a version when the bucket keeps them; the local pipe reads the newest",
  "sns:Publish": "Snowflake tells errors with it; a run without faults has none",
};

/** Undefined: there is no reason, so the grant shouldn't be there. */
export function reasonFor(role: string, action: string): string | undefined {
  const own = Object.entries(declared).find(([part]) => role.endsWith(`-${part}-role`))?.[1];
  for (const grants of Object.values(own ?? {})) {
    for (const { actions, unusedBecause } of grants) {
      if (unusedBecause !== undefined && actions.includes(action)) return unusedBecause;
    }
  }
  const other = Object.entries(ofRoles).find(([part]) => role.endsWith(`-${part}-role`))?.[1];
  return other?.[action] ?? onBehalf[action];
}
