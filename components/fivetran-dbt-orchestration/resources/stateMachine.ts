import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Need } from "../../parts/asl/types";
import type { Context } from "../../parts/context";
import { physicalName } from "../../parts/naming";
import { type Statement, serviceTrust } from "../../parts/policyDocument";
import { orchestration } from "../definition";
import type { FlowReferences, FlowSettings } from "../settings";

export interface StateMachineArgs {
  readonly name: string;
  readonly flow: FlowSettings;
  /** What is known before anything is made; with it the role's policy is. */
  readonly references: pulumi.Output<Omit<FlowReferences, "subnetIds" | "securityGroupIds">>;
  readonly subnetIds: pulumi.Input<pulumi.Input<string>[]>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly logLevel: string;
  readonly logRetentionDays: number;
  readonly tracing: boolean;
  readonly dependsOn: readonly pulumi.Resource[];
}

/** The state machine with its own role, which may do what the definition does and nothing else, and its log group. */
export function stateMachine(context: Context, args: StateMachineArgs): aws.sfn.StateMachine {
  const name = `${context.name}-runs`;
  const child = { parent: context.parent };
  const { flow, references, tracing } = args;
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    // Under this path the group needs no line in the account's one resource policy for log deliveries.
    { name: `/aws/vendedlogs/states/${args.name}`, retentionInDays: args.logRetentionDays, tags: context.tags },
    child,
  );
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      name: physicalName(context.name, "runs-role", "role"),
      description: `Runs the state machine of ${context.name}`,
      assumeRolePolicy: serviceTrust("states.amazonaws.com", context.account.accountId),
      tags: context.tags,
    },
    child,
  );
  const policy = new aws.iam.RolePolicy(
    `${name}-role-policy`,
    {
      role: role.name,
      policy: references.apply((known) => {
        const { needs } = orchestration(flow, { ...known, subnetIds: [], securityGroupIds: [] });
        return JSON.stringify({ Version: "2012-10-17", Statement: roleStatements(needs, args) });
      }),
    },
    child,
  );
  const definition = pulumi
    .all([references, args.subnetIds, args.securityGroupId])
    .apply(([known, subnetIds, securityGroupId]) =>
      JSON.stringify(
        orchestration(flow, { ...known, subnetIds, securityGroupIds: [securityGroupId] }).definition,
        undefined,
        2,
      ),
    );
  return new aws.sfn.StateMachine(
    name,
    {
      name: args.name,
      type: "STANDARD",
      roleArn: role.arn,
      definition,
      loggingConfiguration: {
        level: args.logLevel,
        // The input of a task that waits has its token.
        includeExecutionData: false,
        logDestination: pulumi.interpolate`${logs.arn}:*`,
      },
      tracingConfiguration: { enabled: tracing },
      tags: context.tags,
    },
    { ...child, dependsOn: [policy, ...args.dependsOn] },
  );
}

/** The definition's needs, each once, and what Step Functions itself needs for log and traces. */
export function roleStatements(
  needs: readonly Need[],
  { logLevel, tracing }: Pick<StateMachineArgs, "logLevel" | "tracing">,
): Statement[] {
  const unique = [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
  const statements: Statement[] = merged(unique).map(({ actions, resources, conditions }, i) => ({
    Sid: `Call${i + 1}`,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(conditions === undefined ? {} : { Condition: conditions }),
  }));
  // Neither log deliveries nor X-Ray have resources to restrict these to.
  if (logLevel !== "OFF") statements.push({ Sid: "Log", Effect: "Allow", Action: logDelivery, Resource: "*" });
  if (tracing) statements.push({ Sid: "Traces", Effect: "Allow", Action: traces, Resource: "*" });
  return statements;
}

/** The same actions under the same conditions stand in one statement. */
function merged(needs: readonly Need[]): Need[] {
  const byActions = new Map<string, Need>();
  for (const need of needs) {
    const key = JSON.stringify([need.actions, need.conditions]);
    const resources = new Set([...(byActions.get(key)?.resources ?? []), ...need.resources]);
    byActions.set(key, { ...need, resources: [...resources] });
  }
  return [...byActions.values()];
}

const logDelivery = [
  ...["logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery"],
  ...["logs:ListLogDeliveries", "logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"],
];
const traces = [
  ...["xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"],
];
