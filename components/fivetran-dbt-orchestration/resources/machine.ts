import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../parts/context";
import type { KeyedTable } from "../../parts/keyedTable";
import type { Network } from "../../parts/network";
import type { AlarmTopic } from "../../parts/notificationTopic";
import type { SecureBucket } from "../../parts/secureBucket";
import { stateMachine } from "../../parts/stateMachine";
import { orchestration } from "../definition";
import type { OrchestrationPlan } from "../normalize";
import type { dbtTask } from "./dbt";
import type { Functions } from "./functions";

/** What a run uses. */
export interface RunNeeds {
  readonly plan: OrchestrationPlan;
  readonly stateMachineArn: pulumi.Output<string>;
  readonly handlers: Functions;
  readonly waits: KeyedTable;
  readonly dbt: ReturnType<typeof dbtTask>;
  readonly network: Network;
  readonly artifacts: SecureBucket;
  readonly topic: AlarmTopic;
}

/** The state machine of the runs. */
export function runsMachine(context: Context, needs: RunNeeds): ReturnType<typeof stateMachine> {
  const { plan, handlers, waits, dbt, network, artifacts, topic } = needs;
  // Without what only an update knows, so that the role's policy is shown in a preview.
  const known = pulumi.output({
    stateMachineArn: needs.stateMachineArn,
    listConnectionsArn: handlers.list.functionArn,
    syncConnectionArn: handlers.sync.functionArn,
    waitsTableArn: waits.tableArn,
    clusterArn: dbt.clusterArn,
    taskFamily: dbt.family,
    taskRoleArn: dbt.taskRoleArn,
    executionRoleArn: dbt.executionRoleArn,
    artifactsBucketArn: artifacts.arn,
    topicArn: topic.arn,
  });
  return stateMachine(context, "runs", {
    description: `Runs the state machine of ${context.name}`,
    definition: pulumi
      .all([known, network.subnetIds, network.securityGroupId])
      .apply(
        ([references, subnetIds, groupId]) =>
          orchestration(plan.flow, { ...references, subnetIds, securityGroupIds: [groupId] }).definition,
      ),
    needs: known.apply(
      (references) => orchestration(plan.flow, { ...references, subnetIds: [], securityGroupIds: [] }).needs,
    ),
    logLevel: plan.logLevel,
    logRetentionDays: plan.logRetentionDays,
    tracing: plan.tracing,
    dependsOn: [
      ...Object.values(handlers).map(({ lambda }) => lambda),
      waits.table,
      artifacts.bucket,
      ...dbt.ready,
      ...network.ready,
      ...topic.ready,
    ],
  });
}
