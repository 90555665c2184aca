/** The resource types that the orchestration is made of, on a cloud of its own, by the real engine. */
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import * as aws from "@pulumi/aws";
import * as awsx from "@pulumi/awsx";
import * as pulumi from "@pulumi/pulumi";
import { fetchJson } from "../../local/processes/localFetch";
import { type Services, startServices } from "../../local/processes/services";
import { modelProblems } from "../../local/run/modelProblems";
import { type LocalStack, openStack } from "../../local/run/stack";
import { ensureTools } from "../../local/setup/ensureTools";
import { localFolder } from "../../local/setup/paths";

const principal = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });
const code = 'exports.handler = async (event) => ({ statusCode: 200, body: event.rawPath + " " + event.body });';

let services: Services;
let local: LocalStack;
let folder: string;
let outputs: Record<string, unknown>;

function role(name: string, service: string, statements: pulumi.Input<object>[]): aws.iam.Role {
  const made = new aws.iam.Role(name, { assumeRolePolicy: principal(service) });
  new aws.iam.RolePolicy(name, {
    role: made.name,
    policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements }),
  });
  return made;
}

function allow(actions: string[], ...resources: pulumi.Input<string>[]): pulumi.Input<object> {
  return { Effect: "Allow", Action: actions, Resource: resources };
}

async function program() {
  const network = new awsx.ec2.Vpc("network", {
    cidrBlock: "10.9.0.0/16",
    numberOfAvailabilityZones: 2,
    natGateways: { strategy: "Single" },
    enableDnsHostnames: true,
  });
  const group = new aws.ec2.SecurityGroup("dbt", { vpcId: network.vpcId, description: "dbt" });
  new aws.vpc.SecurityGroupEgressRule("https", {
    securityGroupId: group.id,
    ipProtocol: "tcp",
    fromPort: 443,
    toPort: 443,
    cidrIpv4: "0.0.0.0/0",
  });
  const repository = new awsx.ecr.Repository("dbt", { forceDelete: true });
  const image = new awsx.ecr.Image("dbt", {
    repositoryUrl: repository.url,
    context: join(folder, "image"),
    platform: "linux/amd64",
  });
  const cluster = new aws.ecs.Cluster("dbt", { settings: [{ name: "containerInsights", value: "enabled" }] });
  const execution = role("execution", "ecs-tasks.amazonaws.com", [
    allow(["ecr:GetAuthorizationToken"], "*"),
    allow(["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], repository.repository.arn),
  ]);
  const task = new aws.ecs.TaskDefinition("dbt", {
    family: "dbt",
    cpu: "256",
    memory: "512",
    networkMode: "awsvpc",
    requiresCompatibilities: ["FARGATE"],
    executionRoleArn: execution.arn,
    containerDefinitions: pulumi.jsonStringify([{ name: "dbt", image: image.imageUri, essential: true }]),
  });
  const cloudwatch = "arn:aws:events:us-east-1:000000000000:rule/StepFunctionsGetEventsForECSTaskRule";
  const machineRole = role("machine", "states.amazonaws.com", [
    allow(["ecs:RunTask"], task.arn),
    allow(
      ["ecs:DescribeTasks", "ecs:StopTask"],
      pulumi.interpolate`arn:aws:ecs:us-east-1:000000000000:task/${cluster.name}/*`,
    ),
    allow(["iam:PassRole"], execution.arn),
    allow(["events:PutTargets", "events:PutRule", "events:DescribeRule"], cloudwatch),
  ]);
  const AwsvpcConfiguration = { Subnets: network.privateSubnetIds, SecurityGroups: [group.id] };
  const machine = new aws.sfn.StateMachine("orchestration", {
    roleArn: machineRole.arn,
    definition: pulumi.jsonStringify({
      QueryLanguage: "JSONata",
      StartAt: "Run",
      States: {
        Run: {
          Type: "Task",
          Resource: "arn:aws:states:::ecs:runTask.sync",
          Arguments: {
            Cluster: cluster.arn,
            TaskDefinition: task.arn,
            LaunchType: "FARGATE",
            NetworkConfiguration: { AwsvpcConfiguration },
          },
          Output: "{% $states.result.Containers[0].ExitCode %}",
          End: true,
        },
      },
    }),
  });
  const scheduleRole = role("schedule", "scheduler.amazonaws.com", [allow(["states:StartExecution"], machine.arn)]);
  const times = new aws.scheduler.ScheduleGroup("times", {});
  new aws.scheduler.Schedule("nightly", {
    groupName: times.name,
    scheduleExpression: "cron(0 4 * * ? *)",
    scheduleExpressionTimezone: "Europe/Berlin",
    flexibleTimeWindow: { mode: "OFF" },
    target: { arn: machine.arn, roleArn: scheduleRole.arn, input: "{}", retryPolicy: { maximumRetryAttempts: 0 } },
  });
  const webhook = new aws.lambda.Function("webhook", {
    runtime: "nodejs22.x",
    handler: "index.handler",
    role: role("webhook", "lambda.amazonaws.com", [allow(["sqs:SendMessage"], "arn:aws:sqs:us-east-1:000000000000:x")])
      .arn,
    code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) }),
  });
  const api = new aws.apigatewayv2.Api("webhook", { protocolType: "HTTP" });
  const integration = new aws.apigatewayv2.Integration("webhook", {
    apiId: api.id,
    integrationType: "AWS_PROXY",
    integrationUri: webhook.arn,
    payloadFormatVersion: "2.0",
  });
  new aws.apigatewayv2.Route("webhook", {
    apiId: api.id,
    routeKey: "POST /fivetran",
    target: pulumi.interpolate`integrations/${integration.id}`,
  });
  const log = new aws.cloudwatch.LogGroup("access", { retentionInDays: 1 });
  const stage = new aws.apigatewayv2.Stage("webhook", {
    apiId: api.id,
    name: "$default",
    autoDeploy: true,
    defaultRouteSettings: { throttlingBurstLimit: 20, throttlingRateLimit: 10 },
    accessLogSettings: { destinationArn: log.arn, format: '{"status":"$context.status"}' },
  });
  new aws.lambda.Permission("webhook", {
    function: webhook.name,
    action: "lambda:InvokeFunction",
    principal: "apigateway.amazonaws.com",
    sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
  });
  const { privateSubnetIds, publicSubnetIds } = network;
  return {
    privateSubnetIds,
    publicSubnetIds,
    machineArn: machine.arn,
    imageUri: image.imageUri,
    apiEndpoint: api.apiEndpoint,
    invokeUrl: stage.invokeUrl,
  };
}

describe("Types of the orchestration on the local cloud", () => {
  before(async function () {
    this.timeout(300_000);
    const tools = await ensureTools();
    folder = await mkdtemp(join(localFolder, "orchestration-types-"));
    // Beside the state: the engine's files come and go while the context is read.
    await mkdir(join(folder, "image"));
    await writeFile(
      join(folder, "image", "Dockerfile"),
      'FROM python:3.12-slim\nENTRYPOINT ["python", "-c", "print(42)"]\n',
    );
    services = await startServices({ tools, logSuffix: "orchestration-types" });
    local = await openStack({
      tools,
      services,
      name: "orchestration-types",
      program,
      stateFolder: join(folder, "state"),
      settings: { "aws:region": "us-east-1" },
    });
    const result = await local.stack.up({ color: "never" });
    outputs = Object.fromEntries(Object.entries(result.outputs).map(([name, { value }]) => [name, value]));
  });

  after(async () => {
    await local?.close();
    await services?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  it("O11: the component of awsx makes a network with private subnets in each zone", () => {
    assert.equal((outputs.privateSubnetIds as string[]).length, 2);
    assert.equal((outputs.publicSubnetIds as string[]).length, 2);
  });

  it("O11: the image's build is noted, and a task in the private subnets runs it", async () => {
    const { images } = await fetchJson<{ images: { uri: string; entrypoint: string[] }[] }>(
      `${services.aws.endpoint}/_local/images`,
    );
    assert.deepEqual(
      images.map(({ uri, entrypoint }) => [uri, entrypoint[0]]),
      [[outputs.imageUri, "python"]],
    );
    const sfn = new SFNClient({
      endpoint: services.aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const started = await sfn.send(new StartExecutionCommand({ stateMachineArn: String(outputs.machineArn) }));
    for (let tries = 0; tries < 100; tries++) {
      const { status, output, cause } = await sfn.send(new DescribeExecutionCommand(started));
      if (status !== "RUNNING") {
        assert.deepEqual([status, output], ["SUCCEEDED", "0"], cause);
        return;
      }
      await sleep(100);
    }
    assert.fail("the task still runs after 10 s");
  });

  it("S1: no call of the provider is one that the services' API models refuse", async () => {
    assert.deepEqual(await modelProblems(services.aws.endpoint), []);
  });

  it("O3: the HTTP API answers at its endpoint", async () => {
    for (const url of [`${outputs.apiEndpoint}/fivetran`, `${outputs.invokeUrl}fivetran`]) {
      const answer = await fetch(url, { method: "POST", body: "x" });
      assert.deepEqual([answer.status, await answer.text()], [200, "/fivetran x"]);
    }
  });

  it("S3: a second up changes nothing, and destroy leaves nothing", async function () {
    this.timeout(120_000);
    const { summary } = await local.stack.up({ color: "never" });
    assert.deepEqual(Object.keys(summary.resourceChanges ?? {}), ["same"], JSON.stringify(summary.resourceChanges));
    await local.stack.refresh({ color: "never" });
    await local.stack.destroy({ color: "never" });
    const { deployment } = await local.stack.exportStack();
    assert.deepEqual((deployment as { resources?: { type: string }[] }).resources ?? [], []);
  });
});
