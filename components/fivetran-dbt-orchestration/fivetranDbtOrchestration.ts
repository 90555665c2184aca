import * as pulumi from "@pulumi/pulumi";
import { alarms, dashboard } from "../parts/alarms";
import { ArgumentCheck } from "../parts/arguments";
import { componentOptions, componentType, ownOutputs } from "../parts/component";
import { contextOf } from "../parts/context";
import { operationalTable } from "../parts/keyedTable";
import { bucketName } from "../parts/naming";
import { alarmTopic } from "../parts/notificationTopic";
import { secureBucket } from "../parts/secureBucket";
import { checkDefinition, stateMachineName } from "../parts/stateMachine";
import type { FivetranDbtOrchestrationArgs } from "./args";
import { orchestration, placeholders } from "./definition";
import { normalize } from "./normalize";
import { dbtImage, dbtNetwork, dbtTask } from "./resources/dbt";
import { functions, secrets as secretsOf } from "./resources/functions";
import { runsMachine } from "./resources/machine";
import { schedule } from "./resources/schedule";
import { dashboardBody, orchestrationAlarms } from "./resources/watch";
import { webhookApi } from "./resources/webhookApi";

const typeName = "FivetranDbtOrchestration";

/**
 * Syncs the connections of a Fivetran group, then runs dbt on Fargate: a Step Functions state machine that waits for
 * Fivetran's webhooks by task tokens, asks the API where none comes, and always waits within a bound. With a schedule,
 * one run at a time, notifications that name each failed connection or dbt node, alarms and a dashboard.
 *
 * **A dbt project, every morning**
 * ```ts
 * import { FivetranDbtOrchestration } from "pulumi-data-pipelines";
 *
 * const nightly = new FivetranDbtOrchestration("nightly", {
 *   groupId: "projected_sickle",
 *   fivetranSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:fivetran-AbCdEf",
 *   schedule: { expression: "cron(0 5 * * ? *)", timeZone: "Europe/Zurich" },
 *   dbt: {
 *     projectFolder: "functions/fivetran-dbt-orchestration/dbt/example-project",
 *     snowflakeSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:snowflake-AbCdEf",
 *     environment: { SNOWFLAKE_ACCOUNT: "myorg-myaccount", SNOWFLAKE_USER: "DBT" },
 *   },
 * });
 * export const runThisOnce = nightly.registerWebhookCommand;
 * ```
 *
 * **A large group, your own network and image, dbt even when some syncs fail**
 * ```ts
 * import { FivetranDbtOrchestration } from "pulumi-data-pipelines";
 *
 * const hourly = new FivetranDbtOrchestration("hourly", {
 *   groupId: "projected_sickle",
 *   fivetranSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:fivetran-AbCdEf",
 *   maxConnections: 400,
 *   quorum: 95,
 *   overlap: "queue",
 *   schedule: { expression: "rate(1 hour)" },
 *   network: { vpcId: "vpc-0a1b2c3d", subnetIds: ["subnet-0a1b2c3d", "subnet-1a2b3c4d"] },
 *   dbt: {
 *     image: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/dbt:1.4.0",
 *     command: ["build", "--select", "tag:hourly"],
 *     snowflakeSecretArn: "arn:aws:secretsmanager:eu-central-1:123456789012:secret:snowflake-AbCdEf",
 *   },
 * });
 * export const dashboard = hourly.dashboardUrl;
 * ```
 *
 * @throws ArgumentError when an argument is wrong, with its path, its value and the fix
 */
export class FivetranDbtOrchestration extends pulumi.ComponentResource {
  /** Fivetran's id of the group. */
  readonly groupId: pulumi.Output<string>;
  /** ARN of the secret with Fivetran's API key. */
  readonly apiSecretArn: pulumi.Output<string>;
  /** Address that Fivetran calls; `registerWebhookCommand` registers it. */
  readonly webhookUrl: pulumi.Output<string>;
  /** Run once after the first `pulumi up`: registers the webhook, makes its secret and stores it. */
  readonly registerWebhookCommand: pulumi.Output<string>;
  /** ARN of the secret that webhooks are signed with. */
  readonly webhookSecretArn: pulumi.Output<string>;
  /** ARN of the state machine; start it for a run by hand. */
  readonly stateMachineArn: pulumi.Output<string>;
  /** `inline` or `distributed`, as decided by `mapMode` and `maxConnections`. */
  readonly mapMode: pulumi.Output<string>;
  /** Table of the task tokens that runs wait for. */
  readonly waitsTableName: pulumi.Output<string>;
  /** dbt's artifacts of each run, under `runs/<execution name>/`. */
  readonly artifactsBucketName: pulumi.Output<string>;
  /** Where dbt's image is pushed; empty where an image is given. */
  readonly repositoryUrl: pulumi.Output<string>;
  /** ARN of the ECS cluster that dbt runs in. */
  readonly clusterArn: pulumi.Output<string>;
  /** dbt's output. */
  readonly dbtLogGroupName: pulumi.Output<string>;
  /** Failed runs and alarms. */
  readonly alarmTopicArn: pulumi.Output<string>;
  /** Address of the dashboard in CloudWatch. */
  readonly dashboardUrl: pulumi.Output<string>;
  /** Names of the alarms in CloudWatch. */
  readonly alarmNames: pulumi.Output<string[]>;

  constructor(name: string, args: FivetranDbtOrchestrationArgs, opts?: pulumi.ComponentResourceOptions) {
    const type = componentType(typeName);
    super(type, name, {}, componentOptions(type, name, opts));
    const owner = `${typeName} "${name}"`;
    const plan = normalize(new ArgumentCheck(owner), name, args);
    const { flow, logRetentionDays } = plan;
    checkDefinition(owner, orchestration(flow, placeholders).definition);
    const context = contextOf(this, name, owner, { tags: args.tags, allowDestroy: plan.allowDestroy });

    const { arn: stateMachineArn } = stateMachineName(context, "runs");
    const secrets = secretsOf(context, plan);
    const waits = operationalTable(context, "waits");
    const handlers = functions(context, { plan, secrets, waits, stateMachineArn });
    const api = webhookApi(context, handlers.webhook, { rate: plan.webhookRate, logRetentionDays });

    const artifacts = secureBucket(context, "artifacts", {
      bucketName: bucketName(context, "artifacts", plan.bucketNameSuffix),
      expirations: [{ id: "runs", prefix: "runs/", days: plan.artifactDays }],
      noncurrentDays: 30,
    });
    const image = dbtImage(context, plan.dbt);
    const network = dbtNetwork(context, plan.network);
    const dbt = dbtTask(context, plan, image.uri, artifacts);

    const topic = alarmTopic(context, plan.alarmTopicArn);
    const runs = runsMachine(context, { plan, stateMachineArn, handlers, waits, dbt, network, artifacts, topic });
    const missedRuns = plan.schedule && schedule(context, plan.schedule, stateMachineArn, runs);

    const watched = {
      pipeline: flow.pipeline,
      stateMachineArn,
      apiId: api.apiId,
      logGroupName: dbt.logGroupName,
      functions: handlers,
      missedRuns,
      silence: plan.silence,
    };
    const alarmNames = alarms(context, topic.arn, orchestrationAlarms(watched));

    const apiUrl = args.fivetranApiUrl === undefined ? "" : ` --api-url ${plan.fivetranApiUrl}`;
    this.groupId = pulumi.output(flow.groupId);
    this.apiSecretArn = secrets.fivetranArn;
    this.webhookUrl = api.url;
    this.registerWebhookCommand = pulumi.interpolate`npx pulumi-data-pipelines register-webhook --url ${api.url} --group ${flow.groupId} --secret-arn ${secrets.webhookArn} --api-secret-arn ${secrets.fivetranArn}${apiUrl}`;
    this.webhookSecretArn = secrets.webhookArn;
    this.stateMachineArn = runs.arn;
    this.mapMode = pulumi.output<string>(flow.mapMode);
    this.waitsTableName = waits.table.name;
    this.artifactsBucketName = artifacts.bucketName;
    this.repositoryUrl = image.repositoryUrl;
    this.clusterArn = dbt.clusterArn;
    this.dbtLogGroupName = pulumi.output(dbt.logGroupName);
    this.alarmTopicArn = topic.arn;
    this.dashboardUrl = dashboard(context, "runs", dashboardBody(watched, context.account.region));
    this.alarmNames = pulumi.output(alarmNames);
    this.registerOutputs(ownOutputs(this));
  }
}
