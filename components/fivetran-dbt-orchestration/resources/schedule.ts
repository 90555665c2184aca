import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../parts/context";
import { startStatement } from "../../parts/eventRule";
import { physicalName } from "../../parts/naming";
import { deadLetterQueue } from "../../parts/queueWithDlq";
import { role, serviceTrust } from "../../parts/role";
import type { SchedulePlan } from "../normalizeSchedule";

/**
 * Starts runs by the clock of a time zone, under a role that may do this alone; a start that failed for good goes to a
 * queue.
 *
 * @returns the queue's physical name
 */
export function schedule(
  context: Context,
  { expression, timeZone, enabled }: SchedulePlan,
  stateMachineArn: pulumi.Input<string>,
  stateMachine: pulumi.Resource,
): string {
  const name = `${context.name}-schedule`;
  const missed = deadLetterQueue(context, "schedule");
  const starter = role(context, "schedule-role", {
    description: `Starts the runs of ${context.name}`,
    trust: serviceTrust(context, "scheduler.amazonaws.com"),
    statements: [
      startStatement(stateMachineArn, "the schedule starts an execution"),
      {
        why: "keeps what couldn't be started",
        Sid: "DeadLetter",
        Effect: "Allow",
        Action: "sqs:SendMessage",
        Resource: missed.arn,
      },
    ],
  });
  new aws.scheduler.Schedule(
    name,
    {
      name: physicalName(context.name, "schedule", "schedule"),
      description: `Runs of ${context.name}`,
      scheduleExpression: expression,
      scheduleExpressionTimezone: timeZone,
      state: enabled ? "ENABLED" : "DISABLED",
      flexibleTimeWindow: { mode: "OFF" },
      target: {
        arn: stateMachineArn,
        roleArn: starter.role.arn,
        input: JSON.stringify({ started_by: "schedule" }),
        // A run that is hours late is the next run's work.
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
        deadLetterConfig: { arn: missed.arn },
      },
    },
    { parent: context.parent, dependsOn: [...starter.policies, stateMachine, missed.queue] },
  );
  return missed.queueName;
}
