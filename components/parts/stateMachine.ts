import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import type { Definition, Need } from "./asl/types";
import { DefinitionError, validate } from "./asl/validate";
import type { Context } from "./context";
import { physicalName } from "./naming";
import type { Statement } from "./policyDocument";
import { role, serviceTrust } from "./role";

/** Physical name and ARN, known before the state machine is there: its own functions may need them. */
export interface StateMachineName {
  readonly name: string;
  readonly arn: pulumi.Output<string>;
}

export function stateMachineName(context: Context, part: string): StateMachineName {
  const name = physicalName(context.name, part, "stateMachine");
  return { name, arn: arnOf(context.account, "states", `stateMachine:${name}`) };
}

export interface StateMachineArgs {
  readonly description: string;
  readonly definition: pulumi.Output<Definition>;
  /** What the definition's states need. Derive it from what is known at preview, and the role's policy is shown there. */
  readonly needs: pulumi.Output<readonly Need[]>;
  /** `ALL`, `ERROR`, `FATAL` or `OFF`. */
  readonly logLevel: string;
  readonly logRetentionDays: number;
  /** Traces every execution in X-Ray. */
  readonly tracing: boolean;
  /** What the states call. */
  readonly dependsOn: readonly pulumi.Resource[];
}

/** A Standard state machine with its own role, which may do what the definition does and nothing else, and its log group. */
export function stateMachine(context: Context, part: string, args: StateMachineArgs): aws.sfn.StateMachine {
  const { name: physical } = stateMachineName(context, part);
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    // Under this path the group needs no line in the account's one resource policy for log deliveries.
    { name: `/aws/vendedlogs/states/${physical}`, retentionInDays: args.logRetentionDays, tags: context.tags },
    child,
  );
  const { role: runner, policies } = role(context, `${part}-role`, {
    description: args.description,
    trust: serviceTrust(context, "states.amazonaws.com"),
    statements: args.needs.apply((needs) => roleStatements(needs, args)),
  });
  return new aws.sfn.StateMachine(
    name,
    {
      name: physical,
      type: "STANDARD",
      roleArn: runner.arn,
      definition: args.definition.apply((known) => JSON.stringify(known, undefined, 2)),
      loggingConfiguration: {
        level: args.logLevel,
        // The input of a task that waits has its token.
        includeExecutionData: false,
        logDestination: pulumi.interpolate`${logs.arn}:*`,
      },
      tracingConfiguration: { enabled: args.tracing },
      tags: context.tags,
    },
    { ...child, dependsOn: [...policies, ...args.dependsOn] },
  );
}

/**
 * Checks a definition in the constructor, before anything is registered; made with ARNs that stand in for those that are
 * known later, because its shape doesn't depend on them.
 *
 * @throws pulumi.RunError naming each state that is wrong
 */
export function checkDefinition(owner: string, definition: Definition): void {
  try {
    validate(definition);
  } catch (error) {
    throw error instanceof DefinitionError ? new pulumi.RunError(`${owner}: ${error.message}`) : error;
  }
}

/** The definition's needs, each once, and what Step Functions itself needs for log and traces. */
export function roleStatements(
  needs: readonly Need[],
  { logLevel, tracing }: Pick<StateMachineArgs, "logLevel" | "tracing">,
): Statement[] {
  const statements: Statement[] = merged(needs).map(({ actions, resources, conditions, why }, i) => ({
    why,
    Sid: `Call${i + 1}`,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    Condition: conditions,
  }));
  // Neither log deliveries nor X-Ray have resources to restrict these to.
  if (logLevel !== "OFF") {
    statements.push({ why: "writes its log", Sid: "Log", Effect: "Allow", Action: logDelivery, Resource: "*" });
  }
  if (tracing) {
    const why = "writes its traces; AWS knows no resource for it";
    statements.push({ why, Sid: "Traces", Effect: "Allow", Action: traces, Resource: "*" });
  }
  return statements;
}

/** The same actions under the same conditions stand in one statement, with the reasons of all. */
function merged(needs: readonly Need[]): Need[] {
  const byActions = new Map<string, Need>();
  for (const need of needs) {
    const key = JSON.stringify([need.actions, need.conditions]);
    const before = byActions.get(key);
    const resources = [...new Set([...(before?.resources ?? []), ...need.resources])];
    const why = [...new Set([...(before?.why.split("; ") ?? []), need.why])].join("; ");
    byActions.set(key, { ...need, resources, why });
  }
  return [...byActions.values()];
}

const logDelivery = [
  "logs:CreateLogDelivery",
  "logs:GetLogDelivery",
  "logs:UpdateLogDelivery",
  "logs:DeleteLogDelivery",
  "logs:ListLogDeliveries",
  "logs:PutResourcePolicy",
  "logs:DescribeResourcePolicies",
  "logs:DescribeLogGroups",
];
const traces = [
  "xray:PutTraceSegments",
  "xray:PutTelemetryRecords",
  "xray:GetSamplingRules",
  "xray:GetSamplingTargets",
];
