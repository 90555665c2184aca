import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf, roleArnOf } from "../../parts/account";
import type { Context } from "../../parts/context";
import { physicalName } from "../../parts/naming";
import type { SecureBucket } from "../../parts/secureBucket";
import type { OrchestrationPlan } from "../normalize";
import type { DbtPlan } from "../normalizeDbt";
import { dbtContainer, runsPrefix } from "../settings";
import { dbtRoles } from "./dbtRoles";

export interface DbtTask {
  /** Known at preview, like the two roles' ARNs. */
  readonly clusterArn: pulumi.Output<string>;
  readonly clusterName: string;
  readonly family: string;
  readonly executionRoleArn: pulumi.Output<string>;
  readonly taskRoleArn: pulumi.Output<string>;
  readonly logGroupName: string;
  readonly ready: pulumi.Resource[];
}

/** Seconds that ECS gives dbt to stop, at most 120. */
const stopTimeout = 120;

/** Cluster, task definition and log group: what `ecs:runTask` needs. */
export function dbtTask(
  context: Context,
  plan: OrchestrationPlan,
  image: pulumi.Output<string>,
  artifacts: SecureBucket,
): DbtTask {
  const name = `${context.name}-dbt`;
  const child = { parent: context.parent };
  const { dbt } = plan;
  const clusterName = physicalName(context.name, "dbt", "cluster");
  const family = physicalName(context.name, "dbt", "taskFamily");
  const cluster = new aws.ecs.Cluster(
    `${name}-cluster`,
    { name: clusterName, settings: [{ name: "containerInsights", value: "enabled" }], tags: context.tags },
    child,
  );
  const logGroupName = `/aws/ecs/${family}`;
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: logGroupName, retentionInDays: plan.logRetentionDays, tags: context.tags },
    child,
  );
  const roles = dbtRoles(context, { plan, image, artifacts, logGroupName });
  const task = new aws.ecs.TaskDefinition(
    `${name}-task`,
    {
      family,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(dbt.cpu),
      memory: String(dbt.memory),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: dbt.architecture },
      executionRoleArn: roles.execution.arn,
      taskRoleArn: roles.task.arn,
      containerDefinitions: pulumi.jsonStringify([
        {
          name: dbtContainer,
          image,
          essential: true,
          command: dbt.command,
          stopTimeout,
          // Hands signals on to dbt and waits for what it leaves behind.
          linuxParameters: { initProcessEnabled: true },
          environment: environment(dbt, artifacts),
          secrets: Object.entries(dbt.secretKeys).map(([variable, key]) => ({
            name: variable,
            valueFrom: pulumi.interpolate`${dbt.snowflakeSecretArn}:${key}::`,
          })),
          logConfiguration: {
            logDriver: "awslogs",
            options: {
              "awslogs-group": logGroupName,
              "awslogs-region": context.account.region,
              "awslogs-stream-prefix": "run",
            },
          },
        },
      ]),
      tags: context.tags,
    },
    { ...child, dependsOn: [logs, ...roles.policies] },
  );
  return {
    clusterArn: arnOf(context.account, "ecs", `cluster/${clusterName}`),
    clusterName,
    family,
    executionRoleArn: roleArnOf(context.account, roles.executionName),
    taskRoleArn: roleArnOf(context.account, roles.taskName),
    logGroupName,
    ready: [cluster, task],
  };
}

function environment({ environment: own, timeout }: DbtPlan, { bucketName }: SecureBucket) {
  const all = {
    ...own,
    ARTIFACTS_BUCKET: bucketName,
    ARTIFACTS_PREFIX: runsPrefix,
    DBT_TIMEOUT_SECONDS: String(timeout),
  };
  return Object.entries(all).map(([name, value]) => ({ name, value }));
}
