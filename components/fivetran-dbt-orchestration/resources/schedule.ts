import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../parts/context";
import { startStatement } from "../../parts/eventRule";
import { physicalName } from "../../parts/naming";
import { role, serviceTrust } from "../../parts/role";
import type { SchedulePlan } from "../normalizeSchedule";

/** Starts runs by the clock of a time zone, under a role that may do this alone. */
export function schedule(
  context: Context,
  { expression, timeZone, enabled }: SchedulePlan,
  stateMachineArn: pulumi.Input<string>,
  stateMachine: pulumi.Resource,
): void {
  const name = `${context.name}-schedule`;
  const starter = role(context, "schedule-role", {
    description: `Starts the runs of ${context.name}`,
    trust: serviceTrust(context, "scheduler.amazonaws.com"),
    statements: [startStatement(stateMachineArn)],
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
      },
    },
    { parent: context.parent, dependsOn: [...starter.policies, stateMachine] },
  );
}
