import * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../parts/context";
import { functionRule } from "../../parts/functionRule";
import type { AlarmTopic } from "../../parts/notificationTopic";
import { stateMachine } from "../../parts/stateMachine";
import { importFlow } from "../definition";
import type { ImportPlan } from "../normalize";
import type { Functions } from "./functions";
import type { QueryPlace, Stores } from "./stores";

/** What an import uses. */
export interface ImportNeeds {
  readonly plan: ImportPlan;
  readonly stateMachineArn: pulumi.Output<string>;
  readonly handlers: Functions;
  readonly stores: Stores;
  readonly place: QueryPlace;
  readonly topic: AlarmTopic;
}

/** The state machine of the imports, and the rule that frees the table of one that doesn't end by itself. */
export function importsMachine(
  context: Context,
  { plan, stateMachineArn, handlers, stores, place, topic }: ImportNeeds,
): void {
  const references = pulumi.output({
    normaliseArn: handlers.normalise.functionArn,
    controlArn: handlers.control.functionArn,
    publishArn: handlers.publish.functionArn,
    workgroupArn: place.workgroupArn,
    databaseArn: place.databaseArn,
    workBucketArn: stores.work.arn,
    registryTableName: stores.registry.tableName,
    topicArn: topic.arn,
  });
  const made = references.apply((known) => importFlow(plan.flow, known));
  stateMachine(context, "imports", {
    description: `Imports exports for ${context.name}`,
    definition: made.apply(({ definition }) => definition),
    needs: made.apply(({ needs }) => needs),
    logLevel: plan.logLevel,
    logRetentionDays: plan.logRetentionDays,
    tracing: plan.tracing,
    dependsOn: [
      ...Object.values(handlers).map(({ lambda }) => lambda),
      stores.work.bucket,
      ...place.ready,
      ...topic.ready,
    ],
  });
  functionRule(context, "ended", {
    description: "Imports that failed, timed out or were stopped: their table is freed",
    pattern: {
      source: ["aws.states"],
      "detail-type": ["Step Functions Execution Status Change"],
      detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"], stateMachineArn: [stateMachineArn] },
    },
    target: handlers.control,
  });
}
