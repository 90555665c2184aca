import type * as pulumi from "@pulumi/pulumi";
import { environment as listEnvironment } from "../../../functions/fivetran-dbt-orchestration/list-connections/environment";
import { permissions as listPermissions } from "../../../functions/fivetran-dbt-orchestration/list-connections/permissions";
import { environment as pollEnvironment } from "../../../functions/fivetran-dbt-orchestration/poll-connection/environment";
import { permissions as pollPermissions } from "../../../functions/fivetran-dbt-orchestration/poll-connection/permissions";
import { environment as releaseEnvironment } from "../../../functions/fivetran-dbt-orchestration/release-waits/environment";
import { permissions as releasePermissions } from "../../../functions/fivetran-dbt-orchestration/release-waits/permissions";
import { environment as syncEnvironment } from "../../../functions/fivetran-dbt-orchestration/sync-connection/environment";
import { permissions as syncPermissions } from "../../../functions/fivetran-dbt-orchestration/sync-connection/permissions";
import { environment as webhookEnvironment } from "../../../functions/fivetran-dbt-orchestration/webhook/environment";
import { permissions as webhookPermissions } from "../../../functions/fivetran-dbt-orchestration/webhook/permissions";
import type { Context } from "../../parts/context";
import { type NodeFunction, nodeFunction } from "../../parts/nodeFunction";
import type { OperationalTable } from "../../parts/operationalTable";
import type { OrchestrationPlan } from "../normalize";
import type { Secrets } from "./secrets";

export interface Functions {
  readonly list: NodeFunction;
  readonly sync: NodeFunction;
  readonly poll: NodeFunction;
  readonly webhook: NodeFunction;
  readonly release: NodeFunction;
}

export interface FunctionNeeds {
  readonly plan: OrchestrationPlan;
  readonly secrets: Secrets;
  readonly waits: OperationalTable;
  readonly stateMachineArn: pulumi.Input<string>;
}

/** Seconds; the API client's patience with Fivetran ends before. */
const timeout = 300;
/** Fivetran waits for an answer to its webhook for some seconds, API Gateway 30. */
const webhookTimeout = 29;
/** IAM knows no resource for the two calls: the token says which task is meant. */
const anyTask = [{ arn: "*" }];

/** The five functions, each with a role of its own. */
export function functions(context: Context, { plan, secrets, waits, stateMachineArn }: FunctionNeeds): Functions {
  const shared = { memory: 256, timeout, logRetentionDays: plan.logRetentionDays, tracing: plan.tracing };
  const pipeline = { PIPELINE: plan.flow.pipeline };
  const api = { FIVETRAN_API_URL: plan.fivetranApiUrl, API_SECRET_ARN: secrets.fivetranArn };
  const apiTargets = { apiSecret: [{ arn: secrets.fivetranArn }], apiSecretKey: secrets.keys };
  const table = { WAITS_TABLE: waits.table.name };
  const waitsTable = [{ arn: waits.arn }];
  const starts = plan.startOn.length > 0;
  return {
    list: nodeFunction(context, "list-connections", {
      ...shared,
      folder: "fivetran-dbt-orchestration/list-connections",
      description: "Lists the connections of a Fivetran group",
      environmentSpec: listEnvironment,
      environment: { ...pipeline, ...api },
      permissions: listPermissions,
      targets: apiTargets,
    }),
    sync: nodeFunction(context, "sync-connection", {
      ...shared,
      folder: "fivetran-dbt-orchestration/sync-connection",
      description: "Stores a task token, then triggers a sync",
      environmentSpec: syncEnvironment,
      environment: { ...pipeline, ...api, ...table },
      permissions: syncPermissions,
      targets: { ...apiTargets, waitsTable, taskTokens: anyTask },
    }),
    poll: nodeFunction(context, "poll-connection", {
      ...shared,
      folder: "fivetran-dbt-orchestration/poll-connection",
      description: "Asks Fivetran how a sync is getting on",
      environmentSpec: pollEnvironment,
      environment: { ...pipeline, ...api, ...table },
      permissions: pollPermissions,
      targets: { ...apiTargets, waitsTable },
    }),
    webhook: nodeFunction(context, "fivetran-webhook", {
      ...shared,
      folder: "fivetran-dbt-orchestration/webhook",
      timeout: webhookTimeout,
      description: "Sends the tokens back when Fivetran says that a sync has ended",
      environmentSpec: webhookEnvironment,
      environment: {
        ...pipeline,
        ...table,
        WEBHOOK_SECRET_ARN: secrets.webhookArn,
        STATE_MACHINE_ARN: stateMachineArn,
        GROUP_ID: plan.flow.groupId,
        START_ON: starts ? plan.startOn.join(",") : "none",
      },
      permissions: webhookPermissions,
      targets: {
        webhookSecret: [{ arn: secrets.webhookArn }],
        webhookSecretKey: secrets.keys,
        waitsTable,
        taskTokens: anyTask,
        stateMachine: starts ? [{ arn: stateMachineArn }] : [],
      },
    }),
    release: nodeFunction(context, "release-waits", {
      ...shared,
      folder: "fivetran-dbt-orchestration/release-waits",
      timeout: 60,
      description: "Removes what an execution that has ended has left in the table of waits",
      environmentSpec: releaseEnvironment,
      environment: { ...pipeline, ...table },
      permissions: releasePermissions,
      targets: { waitsTable },
    }),
  };
}
