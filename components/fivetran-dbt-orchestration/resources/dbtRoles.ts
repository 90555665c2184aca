import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf } from "../../parts/account";
import type { Context } from "../../parts/context";
import { physicalName } from "../../parts/naming";
import { type Statement, serviceTrust } from "../../parts/policyDocument";
import type { SecureBucket } from "../../parts/secureBucket";
import type { OrchestrationPlan } from "../normalize";
import { runsPrefix } from "../settings";

export interface DbtRoles {
  /** ECS itself: pulls the image, reads the secret, writes the log. */
  readonly execution: aws.iam.Role;
  readonly executionName: string;
  /** What runs in the container: hands in its artifacts. */
  readonly task: aws.iam.Role;
  readonly taskName: string;
  readonly policies: pulumi.Resource[];
}

interface DbtRolesArgs {
  readonly plan: OrchestrationPlan;
  readonly image: pulumi.Output<string>;
  readonly artifacts: SecureBucket;
  readonly logGroupName: string;
}

/** Two roles, because what dbt runs is code of others: it reads neither the secret again nor the images. */
export function dbtRoles(context: Context, { plan, image, artifacts, logGroupName }: DbtRolesArgs): DbtRoles {
  const { secretsKmsKeyArn, dbt } = plan;
  const decrypt: Statement[] =
    secretsKmsKeyArn === undefined
      ? []
      : [{ Sid: "SecretKey", Effect: "Allow", Action: "kms:Decrypt", Resource: secretsKmsKeyArn }];
  const secret: Statement[] =
    Object.keys(dbt.secretKeys).length === 0
      ? []
      : [
          { Sid: "Secret", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: dbt.snowflakeSecretArn },
          ...decrypt,
        ];
  const execution = taskRole(
    context,
    "dbt-execution",
    "Starts dbt's containers",
    [
      {
        Sid: "Log",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: arnOf(context.account, "logs", `log-group:${logGroupName}:*`),
      },
      ...secret,
    ],
    image.apply(pullStatements),
  );
  const task = taskRole(context, "dbt-task", "What dbt's containers may do", [
    {
      Sid: "Artifacts",
      Effect: "Allow",
      Action: "s3:PutObject",
      Resource: pulumi.interpolate`${artifacts.arn}/${runsPrefix}*`,
    },
  ]);
  return {
    execution: execution.role,
    executionName: execution.name,
    task: task.role,
    taskName: task.name,
    policies: [execution.policy, task.policy],
  };
}

/** Pulling from ECR, for the image's repository alone; an image of another registry is pulled without credentials. */
function pullStatements(image: string): Statement[] {
  const ecr = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(\.cn)?\/([^:@]+)/.exec(image);
  if (ecr === null) return [];
  const [, account, region, china, repository] = ecr;
  return [
    // The token is for the whole registry; IAM knows no resource for it.
    { Sid: "SignIn", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Sid: "Pull",
      Effect: "Allow",
      Action: ["ecr:BatchCheckLayerAvailability", "ecr:GetDownloadUrlForLayer", "ecr:BatchGetImage"],
      Resource: `arn:${china === undefined ? "aws" : "aws-cn"}:ecr:${region}:${account}:repository/${repository}`,
    },
  ];
}

function taskRole(
  context: Context,
  part: string,
  description: string,
  statements: readonly Statement[],
  more: pulumi.Output<Statement[]> = pulumi.output([]),
) {
  const child = { parent: context.parent };
  const name = physicalName(context.name, `${part}-role`, "role");
  const role = new aws.iam.Role(
    `${context.name}-${part}-role`,
    {
      name,
      description,
      assumeRolePolicy: serviceTrust("ecs-tasks.amazonaws.com", context.account.accountId),
      tags: context.tags,
    },
    child,
  );
  const policy = new aws.iam.RolePolicy(
    `${context.name}-${part}-role-policy`,
    {
      role: role.name,
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: more.apply((others) => [...statements, ...others]),
      }),
    },
    child,
  );
  return { role, name, policy };
}
