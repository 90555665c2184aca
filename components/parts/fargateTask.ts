import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf } from "./account";
import type { ArgumentCheck } from "./arguments";
import type { Context } from "./context";
import { functionEnvironment } from "./functionEnvironment";
import { physicalName } from "./naming";
import type { Statement } from "./policyDocument";
import { type ComponentRole, role, serviceTrust } from "./role";

export interface FargateTaskArgs {
  /** Name of the one container. */
  readonly container: string;
  readonly image: pulumi.Output<string>;
  /** @default the image's own */
  readonly command?: readonly string[];
  readonly cpu: number;
  /** MB. */
  readonly memory: number;
  /** `X86_64` or `ARM64`. */
  readonly architecture: string;
  /** Anyone who may look at the task definition reads these: a secret, by its name or as a secret output, is refused. */
  readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
  /** Variable of the container → where ECS reads its value as the task starts. @default none */
  readonly secrets?: Readonly<Record<string, SecretReference>>;
  /** KMS key that the secrets are encrypted with. @default Secrets Manager's own key */
  readonly secretsKmsKeyArn?: pulumi.Input<string> | undefined;
  /** What the code in the container may do. */
  readonly statements: pulumi.Input<readonly Statement[]>;
  readonly logRetentionDays: number;
  /** Seconds between SIGTERM and SIGKILL, at most 120. @default 120 */
  readonly stopTimeout?: number;
  /** Whether the container's files, beside those in `writable`, can't be changed. @default false */
  readonly readOnly?: boolean;
  /** Folders that a read-only container writes to; the image declares each as a VOLUME, with its owner. @default none */
  readonly writable?: readonly string[];
  /** Checks every half minute whether the container is well; ends with 0 if so. @default no check */
  readonly healthCommand?: readonly string[];
}

/** A key of a secret that is JSON text. */
export interface SecretReference {
  readonly secretArn: pulumi.Input<string>;
  readonly key: string;
}

export interface FargateTask {
  /** Known at preview, like the two roles' ARNs. */
  readonly clusterArn: pulumi.Output<string>;
  readonly clusterName: string;
  readonly family: string;
  readonly executionRoleArn: pulumi.Output<string>;
  readonly taskRoleArn: pulumi.Output<string>;
  readonly logGroupName: string;
  /** For a service, which needs the revision; `ecs:runTask` takes the family. */
  readonly definition: aws.ecs.TaskDefinition;
  readonly cluster: aws.ecs.Cluster;
  readonly ready: readonly pulumi.Resource[];
}

/** Cluster, task definition with its two roles, and log group: what `ecs:runTask` or a service needs. */
export function fargateTask(context: Context, part: string, args: FargateTaskArgs): FargateTask {
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  const clusterName = physicalName(context.name, part, "cluster");
  const family = physicalName(context.name, part, "taskFamily");
  const logGroupName = `/aws/ecs/${family}`;
  const cluster = new aws.ecs.Cluster(
    `${name}-cluster`,
    { name: clusterName, settings: [{ name: "containerInsights", value: "enabled" }], tags: context.tags },
    child,
  );
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: logGroupName, retentionInDays: args.logRetentionDays, tags: context.tags },
    child,
  );
  const { execution, task } = roles(context, part, args, logGroupName);
  const definition = new aws.ecs.TaskDefinition(
    `${name}-task`,
    {
      family,
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: String(args.cpu),
      memory: String(args.memory),
      runtimePlatform: { operatingSystemFamily: "LINUX", cpuArchitecture: args.architecture },
      executionRoleArn: execution.role.arn,
      taskRoleArn: task.role.arn,
      volumes: (args.writable ?? []).map((path) => ({ name: volumeOf(path) })),
      containerDefinitions: pulumi.jsonStringify([containerOf(context, args, logGroupName)]),
      tags: context.tags,
    },
    { ...child, dependsOn: [logs, ...execution.policies, ...task.policies] },
  );
  return {
    clusterArn: arnOf(context.account, "ecs", `cluster/${clusterName}`),
    clusterName,
    family,
    executionRoleArn: execution.arn,
    taskRoleArn: task.arn,
    logGroupName,
    definition,
    cluster,
    ready: [cluster, definition],
  };
}

function containerOf({ account, owner }: Context, args: FargateTaskArgs, logGroupName: string) {
  const { secrets = {}, writable = [], readOnly = false, healthCommand } = args;
  return {
    name: args.container,
    image: args.image,
    essential: true,
    command: args.command,
    stopTimeout: args.stopTimeout ?? 120,
    // Hands signals on and waits for what the process leaves behind.
    linuxParameters: { initProcessEnabled: true },
    readonlyRootFilesystem: readOnly ? true : undefined,
    mountPoints: readOnly ? writable.map((path) => ({ sourceVolume: volumeOf(path), containerPath: path })) : undefined,
    healthCheck: healthCommand && { command: ["CMD", ...healthCommand], ...healthTimes },
    environment: Object.entries(functionEnvironment(`${owner}, container ${args.container}`, args.environment)).map(
      ([name, value]) => ({ name, value }),
    ),
    secrets: Object.entries(secrets).map(([name, { secretArn, key }]) => ({
      name,
      valueFrom: pulumi.interpolate`${secretArn}:${key}::`,
    })),
    logConfiguration: {
      logDriver: "awslogs",
      options: {
        "awslogs-group": logGroupName,
        "awslogs-region": account.region,
        "awslogs-stream-prefix": "run",
      },
    },
  };
}

/** In seconds, and times in a row. */
const healthTimes = { interval: 30, timeout: 10, retries: 3, startPeriod: 120 };

/** `/tmp` as `tmp`. */
function volumeOf(path: string): string {
  return path.replace(/^\//, "").replaceAll(/[^\w-]/g, "-");
}

/**
 * Two roles: ECS itself pulls the image, reads the secrets and writes the log under the one, the code in the container
 * works under the other, which reaches neither secrets nor images.
 */
function roles(
  context: Context,
  part: string,
  args: FargateTaskArgs,
  logGroupName: string,
): { execution: ComponentRole; task: ComponentRole } {
  const trust = serviceTrust(context, "ecs-tasks.amazonaws.com");
  const log: Statement = {
    why: "writes its log",
    Sid: "Log",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: arnOf(context.account, "logs", `log-group:${logGroupName}:*`),
  };
  const own = [log, ...secretStatements(args)];
  return {
    execution: role(context, `${part}-execution-role`, {
      description: `Starts the containers ${part} of ${context.name}`,
      trust,
      statements: args.image.apply((image) => [...own, ...pullStatements(image)]),
    }),
    task: role(context, `${part}-task-role`, {
      description: `What the containers ${part} of ${context.name} may do`,
      trust,
      statements: args.statements,
    }),
  };
}

function secretStatements({ secrets = {}, secretsKmsKeyArn }: FargateTaskArgs): Statement[] {
  const arns = [...new Set(Object.values(secrets).map(({ secretArn }) => secretArn))];
  if (arns.length === 0) return [];
  const read: Statement = {
    why: "is given the secret as it starts",
    Sid: "Secret",
    Effect: "Allow",
    Action: "secretsmanager:GetSecretValue",
    Resource: arns.length === 1 && arns[0] !== undefined ? arns[0] : arns,
  };
  if (secretsKmsKeyArn === undefined) return [read];
  const why = "reads a secret that is encrypted with a customer's key";
  return [read, { why, Sid: "SecretKey", Effect: "Allow", Action: "kms:Decrypt", Resource: secretsKmsKeyArn }];
}

/** Pulling from ECR, for the image's repository alone; an image of another registry is pulled without credentials. */
function pullStatements(image: string): Statement[] {
  const ecr = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(\.cn)?\/([^:@]+)/.exec(image);
  if (ecr === null) return [];
  const [, account, region, china, repository] = ecr;
  return [
    {
      why: "signs in to the registry; AWS knows no resource for it",
      Sid: "SignIn",
      Effect: "Allow",
      Action: "ecr:GetAuthorizationToken",
      Resource: "*",
    },
    {
      why: "starts the container from its image",
      Sid: "Pull",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
      Resource: `arn:${china === undefined ? "aws" : "aws-cn"}:ecr:${region}:${account}:repository/${repository}`,
    },
  ];
}

/** MB that Fargate takes, by CPU units: from, to, step. */
const sizes: Readonly<Record<number, readonly [number, number, number]>> = {
  256: [512, 2048, 512],
  512: [1024, 4096, 1024],
  1024: [2048, 8192, 1024],
  2048: [4096, 16_384, 1024],
  4096: [8192, 30_720, 1024],
  8192: [16_384, 61_440, 4096],
  16384: [32_768, 122_880, 8192],
};

/**
 * @param prefix what stands before `cpu` and `memory` in the arguments' paths
 * @throws ArgumentError for a size that Fargate doesn't take
 */
export function checkFargateSize(check: ArgumentCheck, prefix: string, cpu: number, memory: number): void {
  const range = sizes[cpu];
  if (range === undefined) check.fail(`${prefix}cpu`, cpu, `Fargate takes ${Object.keys(sizes).join(", ")}.`);
  const [from, to, step] = range;
  const isBetween =
    cpu === 256 ? [512, 1024, 2048].includes(memory) : memory >= from && memory <= to && memory % step === 0;
  if (!isBetween) {
    const fix = `With ${cpu} CPU units Fargate takes ${from} to ${to} MB in steps of ${step}.`;
    check.fail(`${prefix}memory`, memory, fix);
  }
}
