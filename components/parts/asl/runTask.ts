import { type TaskSpec, task } from "./task";
import type { JsonObject, Need, Step } from "./types";

export interface RunTaskSpec<N extends string> extends TaskSpec<N> {
  readonly clusterArn: string;
  /** Without a revision: an execution that began before an update runs the newest one, the older are deregistered. */
  readonly family: string;
  readonly subnetIds: readonly string[];
  readonly securityGroupIds: readonly string[];
  readonly containerName: string;
  /** JSONata that gives a list of words. */
  readonly command: string;
  /** By name; values may be JSONata. */
  readonly environment: Readonly<Record<string, string>>;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
}

/** Runs a Fargate task without a public address and waits until it ends; an exit code other than 0 is an error. */
export function runTask<N extends string>(spec: RunTaskSpec<N>): Step<N> {
  return task({ resource: "arn:aws:states:::ecs:runTask.sync", arguments: request(spec), needs: needs(spec) }, spec);
}

function request(spec: RunTaskSpec<string>): JsonObject {
  return {
    LaunchType: "FARGATE",
    Cluster: spec.clusterArn,
    TaskDefinition: spec.family,
    NetworkConfiguration: {
      AwsvpcConfiguration: {
        Subnets: spec.subnetIds,
        SecurityGroups: spec.securityGroupIds,
        AssignPublicIp: "DISABLED",
      },
    },
    Overrides: {
      ContainerOverrides: [
        {
          Name: spec.containerName,
          Command: spec.command,
          Environment: Object.entries(spec.environment).map(([Name, Value]) => ({ Name, Value })),
        },
      ],
    },
  };
}

/** `arn:aws:ecs:<region>:<account>:cluster/<name>`, from which the ARNs beside it follow. */
function needs({ clusterArn, family, executionRoleArn, taskRoleArn }: RunTaskSpec<string>): Need[] {
  const [arn, partition, , region, account] = clusterArn.split(":");
  const of = (service: string, resource: string) => [arn, partition, service, region, account, resource].join(":");
  const cluster = clusterArn.slice(clusterArn.indexOf("/") + 1);
  const inCluster = { ArnEquals: { "ecs:cluster": clusterArn } };
  return [
    {
      actions: ["ecs:RunTask"],
      resources: [of("ecs", `task-definition/${family}:*`)],
      why: "starts the container",
      conditions: inCluster,
    },
    {
      actions: ["ecs:StopTask", "ecs:DescribeTasks"],
      resources: [of("ecs", `task/${cluster}/*`)],
      why: "waits for the container's end, and stops it with the execution",
      conditions: inCluster,
    },
    {
      actions: ["iam:PassRole"],
      resources: [executionRoleArn, taskRoleArn],
      why: "gives the container its roles, and no other service",
      conditions: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
    },
    // The rule by which Step Functions hears that a task has ended; it makes it itself, under this name.
    {
      actions: ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
      resources: [of("events", "rule/StepFunctionsGetEventsForECSTaskRule")],
      why: "is told when the container ends",
    },
  ];
}
