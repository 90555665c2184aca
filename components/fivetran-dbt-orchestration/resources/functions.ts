import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { environment as listEnvironment } from "../../../functions/fivetran-dbt-orchestration/list-connections/environment";
import { permissions as listPermissions } from "../../../functions/fivetran-dbt-orchestration/list-connections/permissions";
import { environment as syncEnvironment } from "../../../functions/fivetran-dbt-orchestration/sync-connection/environment";
import { permissions as syncPermissions } from "../../../functions/fivetran-dbt-orchestration/sync-connection/permissions";
import {
  startOnText,
  environment as webhookEnvironment,
} from "../../../functions/fivetran-dbt-orchestration/webhook/environment";
import { permissions as webhookPermissions } from "../../../functions/fivetran-dbt-orchestration/webhook/permissions";
import type { Context } from "../../parts/context";
import type { GrantTarget } from "../../parts/grants";
import type { KeyedTable } from "../../parts/keyedTable";
import { physicalName } from "../../parts/naming";
import { type NodeFunction, nodeFunction } from "../../parts/nodeFunction";
import { syncFunctionTimeout } from "../limits";
import type { OrchestrationPlan } from "../normalize";

export interface Functions {
  readonly list: NodeFunction;
  readonly sync: NodeFunction;
  readonly webhook: NodeFunction;
}

export interface FunctionNeeds {
  readonly plan: OrchestrationPlan;
  readonly secrets: Secrets;
  readonly waits: KeyedTable;
  readonly stateMachineArn: pulumi.Input<string>;
}

/** Seconds; the API client's patience with Fivetran ends before. */
const timeout = 300;
/** Fivetran waits for an answer to its webhook for some seconds, API Gateway 30. */
const webhookTimeout = 29;
/** The three functions, each with a role of its own. */
export function functions(context: Context, { plan, secrets, waits, stateMachineArn }: FunctionNeeds): Functions {
  const shared = { memory: 256, timeout, logRetentionDays: plan.logRetentionDays, tracing: plan.tracing };
  const pipeline = { PIPELINE: plan.flow.pipeline };
  const api = { FIVETRAN_API_URL: plan.fivetranApiUrl, API_SECRET_ARN: secrets.fivetranArn };
  const apiTargets = { apiSecret: [{ arn: secrets.fivetranArn }], apiSecretKey: secrets.keys };
  const table = { WAITS_TABLE: waits.table.name };
  const waitsTable = [{ arn: waits.tableArn }];
  const machine = [{ arn: stateMachineArn }];
  const tokens = { taskTokens: machine, childTokens: plan.flow.mapMode === "distributed" ? machine : [] };
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
      description: "Stores a task token, looks at a connection and triggers its sync",
      timeout: syncFunctionTimeout(plan.flow.pollInterval),
      environmentSpec: syncEnvironment,
      environment: { ...pipeline, ...api, ...table },
      permissions: syncPermissions,
      targets: { ...apiTargets, waitsTable, ...tokens },
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
        START_ON: startOnText(plan.startOn),
      },
      permissions: webhookPermissions,
      targets: {
        webhookSecret: [{ arn: secrets.webhookArn }],
        webhookSecretKey: secrets.keys,
        waitsTable,
        ...tokens,
        stateMachine: plan.startOn.length > 0 ? machine : [],
      },
    }),
  };
}

export interface Secrets {
  readonly fivetranArn: pulumi.Output<string>;
  readonly webhookArn: pulumi.Output<string>;
  /** What a function that reads secrets is granted beside the secret: nothing without a key of their own. */
  readonly keys: readonly GrantTarget[];
}

/** The secrets as they are given; the webhook's is made where it isn't, without a value, which no program should know. */
export function secrets(context: Context, plan: OrchestrationPlan): Secrets {
  const { fivetranSecretArn, webhookSecretArn, secretsKmsKeyArn } = plan;
  return {
    fivetranArn: pulumi.output(fivetranSecretArn),
    webhookArn: pulumi.output(webhookSecretArn ?? webhookSecret(context, plan).arn),
    keys: secretsKmsKeyArn === undefined ? [] : [{ arn: secretsKmsKeyArn }],
  };
}

function webhookSecret(context: Context, { secretsKmsKeyArn }: OrchestrationPlan): aws.secretsmanager.Secret {
  return new aws.secretsmanager.Secret(
    `${context.name}-webhook-secret`,
    {
      name: physicalName(context.name, "webhook", "secret"),
      description: "What Fivetran signs webhooks with; filled when the webhook is registered",
      kmsKeyId: secretsKmsKeyArn,
      recoveryWindowInDays: context.allowDestroy ? 0 : 30,
      tags: context.tags,
    },
    { parent: context.parent },
  );
}
