import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context";
import { physicalName } from "./naming";
import type { Statement } from "./policyDocument";
import { role, serviceTrust } from "./role";

export interface EventRuleArgs {
  readonly description: string;
  /** EventBridge's pattern; its values may be known later. */
  readonly pattern: pulumi.Input<Readonly<Record<string, unknown>>>;
  readonly stateMachineArn: pulumi.Input<string>;
  /** The state machine, or whatever has to be there before the rule starts executions. */
  readonly dependsOn: readonly pulumi.Resource[];
  /** ARN of a queue for events whose execution couldn't be started; its policy has to let EventBridge send. @default none */
  readonly deadLetterArn?: pulumi.Input<string>;
}

/** Starts an execution for each event that fits, with the event as its input, under a role that may do this alone. */
export function eventRule(context: Context, part: string, args: EventRuleArgs): aws.cloudwatch.EventRule {
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  const rule = new aws.cloudwatch.EventRule(
    `${name}-rule`,
    {
      name: physicalName(context.name, part, "rule"),
      description: args.description,
      eventPattern: pulumi.jsonStringify(args.pattern),
      tags: context.tags,
    },
    child,
  );
  const starter = role(context, `${part}-rule-role`, {
    description: `Starts executions for the rule ${part} of ${context.name}`,
    trust: serviceTrust(context, "events.amazonaws.com"),
    statements: [startStatement(args.stateMachineArn, "the rule starts an execution")],
  });
  new aws.cloudwatch.EventTarget(
    `${name}-target`,
    {
      rule: rule.name,
      arn: args.stateMachineArn,
      roleArn: starter.role.arn,
      retryPolicy: { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 },
      deadLetterConfig: args.deadLetterArn === undefined ? undefined : { arn: args.deadLetterArn },
    },
    { ...child, dependsOn: [...starter.policies, ...args.dependsOn] },
  );
  return rule;
}

/** What a role needs to start executions of one state machine. */
export function startStatement(stateMachineArn: pulumi.Input<string>, why: string): Statement {
  return { why, Sid: "Start", Effect: "Allow", Action: "states:StartExecution", Resource: stateMachineArn };
}
