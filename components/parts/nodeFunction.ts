import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EnvironmentSpec } from "../../functions/shared/environment";
import type { Permissions } from "../../functions/shared/permission";
import { arnOf } from "./account";
import { ArgumentError } from "./arguments";
import { type BundleFiles, bundleOf } from "./bundle";
import type { Context } from "./context";
import { type EnvironmentInputs, functionEnvironment } from "./functionEnvironment";
import { type GrantTargets, grantStatements, maxManagedPolicies, packStatements, type SizedStatement } from "./grants";
import { physicalName } from "./naming";
import type { Statement } from "./policyDocument";
import { type ComponentRole, role, serviceTrust } from "./role";

export interface NodeFunctionArgs<S extends EnvironmentSpec, Role extends string> {
  /** Folder below functions/: `<component>/<function>`. Needed unless `code` is given. */
  readonly folder?: string;
  /** Code instead of the folder's, with an `index` module that exports `handler`. @default the folder's bundle */
  readonly code?: pulumi.Input<pulumi.asset.Archive>;
  readonly description: string;
  /** What `environment.ts` declares. */
  readonly environmentSpec: S;
  readonly environment: EnvironmentInputs<S>;
  /** A user's own variables beside those. @default none */
  readonly variables?: Readonly<Record<string, string>>;
  /** What `permissions.ts` declares. */
  readonly permissions: Permissions<Role>;
  readonly targets: GrantTargets<Role>;
  /** ARNs of queues that Lambda reads for the function. @default none */
  readonly consumes?: readonly pulumi.Input<string>[];
  /** Text of `config.json` beside the handler. @default no such file */
  readonly config?: pulumi.Input<string>;
  /** MB. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  readonly logRetentionDays: number;
  /** Traces every request in X-Ray. @default false */
  readonly tracing?: boolean;
}

export interface NodeFunction {
  readonly lambda: aws.lambda.Function;
  readonly functionName: string;
  readonly functionArn: pulumi.Output<string>;
  readonly roleName: string;
  /** Known at preview. */
  readonly roleArn: pulumi.Output<string>;
  readonly logGroupName: string;
}

/** A Lambda function with its own role, log group and bundle. */
export function nodeFunction<S extends EnvironmentSpec, Role extends string>(
  context: Context,
  part: string,
  args: NodeFunctionArgs<S, Role>,
): NodeFunction {
  const name = `${context.name}-${part}`;
  const child = { parent: context.parent };
  const functionName = physicalName(context.name, part, "function");
  const logGroupName = `/aws/lambda/${functionName}`;
  const logs = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: logGroupName, retentionInDays: args.logRetentionDays, tags: context.tags },
    child,
  );
  const statements = [
    ...ownStatements(context, args, logGroupName),
    ...grantStatements(args.permissions, args.targets),
  ];
  const own = functionRole(context, part, statements);
  const lambda = new aws.lambda.Function(
    name,
    {
      name: functionName,
      description: args.description,
      role: own.role.arn,
      runtime: "nodejs22.x",
      architectures: ["arm64"],
      handler: "index.handler",
      code: args.code ?? archive(bundleOf(args.folder ?? part), args.config),
      memorySize: args.memory,
      timeout: args.timeout,
      environment: {
        variables: functionEnvironment(`${context.owner}, function ${part}`, {
          ...args.variables,
          ...args.environment,
        }),
      },
      tracingConfig: { mode: args.tracing === true ? "Active" : "PassThrough" },
      loggingConfig: { logFormat: "Text", logGroup: logs.name },
      tags: context.tags,
    },
    { ...child, dependsOn: [...own.policies] },
  );
  return {
    lambda,
    functionName,
    functionArn: arnOf(context.account, "lambda", `function:${functionName}`),
    roleName: own.roleName,
    roleArn: own.arn,
    logGroupName,
  };
}

/** What every function needs beside what its code does: to log, to be traced, and that Lambda reads its queues. */
function ownStatements(
  { account }: Context,
  { consumes = [], tracing = false }: Pick<NodeFunctionArgs<EnvironmentSpec, string>, "consumes" | "tracing">,
  logGroupName: string,
): SizedStatement[] {
  const statements: Statement[] = [
    {
      why: "writes its log",
      Sid: "Logs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: arnOf(account, "logs", `log-group:${logGroupName}:*`),
    },
  ];
  if (consumes.length > 0) {
    statements.push({
      why: "Lambda takes the messages from the queue for the function",
      Sid: "ConsumeQueue",
      Effect: "Allow",
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
      Resource: consumes,
    });
  }
  if (tracing) {
    // X-Ray has no resources to restrict these to.
    const Action = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
    statements.push({
      why: "writes its traces; AWS knows no resource for it",
      Sid: "Traces",
      Effect: "Allow",
      Action,
      Resource: "*",
    });
  }
  return statements.map((statement) => ({ statement, size: 500 }));
}

function functionRole(context: Context, part: string, statements: readonly SizedStatement[]): ComponentRole {
  const { inline, managed } = packStatements(statements);
  if (managed.length > maxManagedPolicies) {
    throw new ArgumentError(
      `${context.owner}, function ${part}`,
      "policies",
      `${managed.length} beside the inline one`,
      `AWS attaches ${maxManagedPolicies} to a role. Split the sources over two components, or shorten their prefixes.`,
    );
  }
  return role(context, `${part}-role`, {
    description: `Runs the function ${part} of ${context.owner}`,
    trust: serviceTrust(context, "lambda.amazonaws.com"),
    statements: inline,
    more: managed,
  });
}

/** A bundle as Lambda takes it. */
export function archive({ code, map }: BundleFiles, config?: pulumi.Input<string>): pulumi.Input<pulumi.asset.Archive> {
  const files = { "index.mjs": new pulumi.asset.FileAsset(code), "index.mjs.map": new pulumi.asset.FileAsset(map) };
  if (config === undefined) return new pulumi.asset.AssetArchive(files);
  return pulumi
    .output(config)
    .apply((text) => new pulumi.asset.AssetArchive({ ...files, "config.json": new pulumi.asset.StringAsset(text) }));
}

/**
 * Lets a function continue itself as often as its work needs. Lambda otherwise takes it for a mistake and stops a chain
 * of about 16 invocations, through a queue as well as direct; what was left would end in the dead-letter queue.
 */
export function allowRecursion({ name, parent }: Context, part: string, { lambda }: NodeFunction): void {
  new aws.lambda.FunctionRecursionConfig(
    `${name}-${part}-recursion`,
    { functionName: lambda.name, recursiveLoop: "Allow" },
    { parent },
  );
}
