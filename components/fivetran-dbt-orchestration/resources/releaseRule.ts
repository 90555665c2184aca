import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf } from "../../parts/account";
import type { Context } from "../../parts/context";
import { physicalName } from "../../parts/naming";
import type { NodeFunction } from "../../parts/nodeFunction";

/** Executions that end other than by their own last state release what they hold by this rule. */
export function releaseRule(context: Context, release: NodeFunction, stateMachineArn: pulumi.Input<string>): void {
  const name = `${context.name}-release`;
  const child = { parent: context.parent };
  const ruleName = physicalName(context.name, "release", "rule");
  const rule = new aws.cloudwatch.EventRule(
    `${name}-rule`,
    {
      name: ruleName,
      description: "Executions that failed, timed out or were stopped",
      eventPattern: pulumi.jsonStringify({
        source: ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        detail: { status: ["FAILED", "TIMED_OUT", "ABORTED"], stateMachineArn: [stateMachineArn] },
      }),
      tags: context.tags,
    },
    child,
  );
  const permission = new aws.lambda.Permission(
    `${name}-permission`,
    {
      action: "lambda:InvokeFunction",
      function: release.lambda.name,
      principal: "events.amazonaws.com",
      sourceArn: arnOf(context.account, "events", `rule/${ruleName}`),
    },
    child,
  );
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      arn: release.lambda.arn,
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    },
    { ...child, dependsOn: permission },
  );
}
