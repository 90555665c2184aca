/** The resources that the program makes under a stack's configuration, without an account: by Pulumi's mocks. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { AccessError, type GraphResource, text } from "../../policy/access/graph";
import { parseConfig, withConfigErrors } from "../../stacks/config";
import { program } from "../../stacks/program";

const root = join(__dirname, "../..");
/** Stands for the account that the stack will be in. */
const account = "000000000000";

export async function fromProgram(stack: string): Promise<GraphResource[]> {
  return underConfig(stack, textsOf(fileOf(stack)));
}

/**
 * @param config every value by its full key, as Pulumi hands it over
 * @throws ConfigError for a mistake in it; the lines are those of `yaml`
 */
export async function underConfig(
  stack: string,
  config: Readonly<Record<string, string>>,
  yaml?: string,
): Promise<GraphResource[]> {
  const region = config["aws:region"] ?? "us-east-1";
  const resources: GraphResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, id }) => {
        const props = { ...computed(type, name, inputs, region), ...inputs };
        resources.push({ type, name, props });
        return { id: id || (text(inputs.name) ?? name), state: props };
      },
      call: ({ token }) => answer(token, region),
    },
    "data-pipelines",
    stack,
    false,
  );
  pulumi.runtime.setAllConfig(config);
  try {
    const parsed = parseConfig(stack, config, yaml);
    withConfigErrors(stack, parsed, yaml, () => program(parsed));
    await pulumi.runtime.disconnect();
  } finally {
    pulumi.runtime.setAllConfig({});
  }
  return resources.sort((a, b) => (a.type + a.name < b.type + b.name ? -1 : 1));
}

function fileOf(stack: string): string {
  try {
    return readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8");
  } catch {
    throw new AccessError(`no configuration Pulumi.${stack}.yaml; --stack takes the name of a stack`);
  }
}

/** The values of a stack's file as Pulumi hands them over: structured ones as JSON. */
export function textsOf(yaml: string): Record<string, string> {
  const { config } = parse(yaml) as { config: Readonly<Record<string, unknown>> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

function answer(token: string, region: string): Record<string, unknown> {
  switch (token) {
    case "aws:index/getCallerIdentity:getCallerIdentity":
      return { accountId: account, arn: `arn:aws:iam::${account}:root`, userId: account };
    case "aws:index/getRegion:getRegion":
      return { region, name: region, id: region };
    case "aws:index/getPartition:getPartition":
      return { partition: "aws", dnsSuffix: "amazonaws.com", id: "aws" };
    case "aws:ecr/getAuthorizationToken:getAuthorizationToken":
      return { userName: "AWS", password: "" };
    default:
      throw new AccessError(`the program asks for ${token}, which tools/access/fromProgram.ts doesn't answer; add it`);
  }
}

/** ARN forms by type, for what isn't `<service>:<name>`. */
const forms: Readonly<Record<string, (name: string) => readonly [service: string, resource: string]>> = {
  "aws:dynamodb/table:Table": (name) => ["dynamodb", `table/${name}`],
  "aws:ecr/repository:Repository": (name) => ["ecr", `repository/${name}`],
  "aws:ecs/cluster:Cluster": (name) => ["ecs", `cluster/${name}`],
  "aws:ecs/taskDefinition:TaskDefinition": (name) => ["ecs", `task-definition/${name}:1`],
  "aws:kms/key:Key": (name) => ["kms", `key/${name}`],
  "aws:lambda/function:Function": (name) => ["lambda", `function:${name}`],
  "aws:cloudwatch/logGroup:LogGroup": (name) => ["logs", `log-group:${name}`],
  "aws:cloudwatch/metricAlarm:MetricAlarm": (name) => ["cloudwatch", `alarm:${name}`],
  "aws:cloudwatch/eventRule:EventRule": (name) => ["events", `rule/${name}`],
  "aws:secretsmanager/secret:Secret": (name) => ["secretsmanager", `secret:${name}-abcdef`],
  "aws:sfn/stateMachine:StateMachine": (name) => ["states", `stateMachine:${name}`],
};

/** What the provider would make up, by type, beside an ARN and a name. */
function madeUp(
  type: string,
  name: string,
  arn: string,
  region: string,
  { streamEnabled }: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  switch (type.replace(/^(snowflake:index\/\w+?)(Aws|AwsS3)?:.*$/, "$1")) {
    case "aws:sqs/queue:Queue":
      return { url: `https://sqs.${region}.amazonaws.com/${account}/${name}` };
    case "aws:dynamodb/table:Table":
      return streamEnabled === true ? { streamArn: `${arn}/stream/*` } : {};
    case "aws:apigatewayv2/api:Api":
      return { executionArn: `arn:aws:execute-api:${region}:${account}:${name}` };
    case "awsx:ec2:Vpc":
      return {
        vpcId: "vpc-0",
        privateSubnetIds: ["subnet-0"],
        publicSubnetIds: ["subnet-1"],
        routeTables: [{ id: "rtb-0" }],
      };
    case "snowflake:index/storageIntegration":
      return { storageAwsIamUserArn: "arn:aws:iam::111111111111:user/snowflake", storageAwsExternalId: "external-id" };
    case "snowflake:index/pipe":
      return { notificationChannel: `arn:aws:sqs:${region}:111111111111:snowpipe` };
    case "snowflake:index/notificationIntegration":
      return { awsSnsIamUserArn: "arn:aws:iam::111111111111:user/snowflake", awsSnsExternalId: "external-id" };
    default:
      return {};
  }
}

export function computed(
  type: string,
  logicalName: string,
  inputs: Readonly<Record<string, unknown>>,
  region: string,
): Record<string, unknown> {
  const name = text(inputs.name) ?? text(inputs.bucket) ?? text(inputs.family) ?? logicalName;
  const [, service = "aws", kind = ""] = /^aws:([^/]+)\/([^:]+):/.exec(type) ?? [];
  if (type === "aws:s3/bucket:Bucket") return { arn: `arn:aws:s3:::${name}`, bucket: name };
  if (service === "iam") return { arn: `arn:aws:iam::${account}:${kind}/${name}`, name };
  if (type === "awsx:ec2:Vpc") {
    return { vpcId: "vpc-made", privateSubnetIds: ["subnet-made"], routeTables: [{ id: "rtb-made" }] };
  }
  const [of, resource] = forms[type]?.(name) ?? [service, name];
  const arn = `arn:aws:${of}:${region}:${account}:${resource}`;
  return { arn, name, ...madeUp(type, name, arn, region, inputs) };
}
