import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import type { Context } from "./context";
import { physicalName } from "./naming";
import type { NodeFunction } from "./nodeFunction";

export interface FunctionRuleArgs {
  readonly description: string;
  /** EventBridge's pattern; its values may be known later. */
  readonly pattern: pulumi.Input<Readonly<Record<string, unknown>>>;
  readonly target: NodeFunction;
}

/** Invokes a function for each event that fits; only this rule may. */
export function functionRule(context: Context, part: string, args: FunctionRuleArgs): void {
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  const ruleName = physicalName(context.name, part, "rule");
  const rule = new aws.cloudwatch.EventRule(
    `${name}-rule`,
    {
      name: ruleName,
      description: args.description,
      eventPattern: pulumi.jsonStringify(args.pattern),
      tags: context.tags,
    },
    child,
  );
  const permission = new aws.lambda.Permission(
    `${name}-permission`,
    {
      action: "lambda:InvokeFunction",
      function: args.target.lambda.name,
      principal: "events.amazonaws.com",
      sourceArn: arnOf(context.account, "events", `rule/${ruleName}`),
    },
    child,
  );
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      arn: args.target.lambda.arn,
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
    },
    { ...child, dependsOn: permission },
  );
}
