import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "../../parts/context";
import { physicalName } from "../../parts/naming";
import { policyDocument, serviceTrust } from "../../parts/policyDocument";
import type { SchedulePlan } from "../normalizeSchedule";

/** Starts runs by the clock of a time zone, under a role that may do this alone. */
export function schedule(
  context: Context,
  { expression, timeZone, enabled }: SchedulePlan,
  stateMachineArn: pulumi.Input<string>,
  stateMachine: pulumi.Resource,
): void {
  const name = `${context.name}-schedule`;
  const child = { parent: context.parent };
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: physicalName(context.name, "schedule-role", "role"),
      description: `Starts the runs of ${context.name}`,
      assumeRolePolicy: serviceTrust("scheduler.amazonaws.com", context.account.accountId),
      tags: context.tags,
    },
    child,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-role-policy`,
    {
      role: role.name,
      policy: policyDocument([
        { Sid: "StartRuns", Effect: "Allow", Action: "states:StartExecution", Resource: stateMachineArn },
      ]),
    },
    child,
  );
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
        roleArn: role.arn,
        input: JSON.stringify({ started_by: "schedule" }),
        // A run that is hours late is the next run's work.
        retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 10 },
      },
    },
    { ...child, dependsOn: [policy, stateMachine] },
  );
}
