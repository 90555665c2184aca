/** A local cloud for the tests of Step Functions and ECS: makes roles, functions and state machines by the word. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ECS } from "@aws-sdk/client-ecs";
import { EventBridge } from "@aws-sdk/client-eventbridge";
import { IAM } from "@aws-sdk/client-iam";
import { Lambda } from "@aws-sdk/client-lambda";
import { S3 } from "@aws-sdk/client-s3";
import { type DescribeExecutionCommandOutput, SFN } from "@aws-sdk/client-sfn";
import { SQS } from "@aws-sdk/client-sqs";
import { type Services, startServices } from "../../../local/processes/services";
import { runCommand } from "../../../local/setup/command";
import { ensureServiceTools } from "../../../local/setup/ensureTools";

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

export const arn = (service: string, resource: string): string =>
  service === "s3" ? `arn:aws:s3:::${resource}` : `arn:aws:${service}:us-east-1:000000000000:${resource}`;

export class StepCloud {
  readonly sfn: SFN;
  readonly lambda: Lambda;
  readonly iam: IAM;
  readonly ecs: ECS;
  readonly s3: S3;
  readonly dynamoDb: DynamoDB;
  readonly sqs: SQS;
  readonly events: EventBridge;
  private made = 0;

  private constructor(
    readonly services: Services,
    private readonly python: string,
    private readonly folder: string,
  ) {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = { endpoint: services.aws.endpoint, region: "us-east-1", credentials };
    this.sfn = new SFN({ ...client, disableHostPrefix: true });
    this.lambda = new Lambda(client);
    this.iam = new IAM(client);
    this.ecs = new ECS(client);
    this.s3 = new S3({ ...client, forcePathStyle: true });
    this.dynamoDb = new DynamoDB(client);
    this.sqs = new SQS(client);
    this.events = new EventBridge(client);
  }

  static async start(logSuffix: string): Promise<StepCloud> {
    const tools = await ensureServiceTools();
    const services = await startServices({ tools, logSuffix });
    return new StepCloud(services, tools.awsPython, await mkdtemp(join(tmpdir(), "step-test-")));
  }

  async stop(): Promise<void> {
    await this.services.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** @returns the role's ARN */
  async role(service: string, statements: readonly Statement[]): Promise<string> {
    const RoleName = `role-${this.made++}`;
    const trusted = { Effect: "Allow", Principal: { Service: `${service}.amazonaws.com` }, Action: "sts:AssumeRole" };
    const { Role } = await this.iam.createRole({ RoleName, AssumeRolePolicyDocument: documentOf([trusted]) });
    if (statements.length > 0) {
      const Statement = statements.map(({ actions, resources }) => ({
        Effect: "Allow",
        Action: actions,
        Resource: resources,
      }));
      await this.iam.putRolePolicy({ RoleName, PolicyName: "own", PolicyDocument: documentOf(Statement) });
    }
    return Role?.Arn ?? "";
  }

  /** A function of that body (of `async (event) => {…}`); no permissions. @returns its ARN */
  async function(body: string): Promise<string> {
    const name = `function-${this.made++}`;
    await writeFile(join(this.folder, "index.mjs"), `export const handler = async (event) => {${body}};`);
    const archive = join(this.folder, "code.zip");
    await rm(archive, { force: true });
    await runCommand(this.python, ["-m", "zipfile", "-c", archive, "index.mjs"], { cwd: this.folder });
    const made = await this.lambda.createFunction({
      FunctionName: name,
      Role: await this.role("lambda", []),
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Timeout: 20,
      Code: { ZipFile: await readFile(archive) },
    });
    return made.FunctionArn ?? "";
  }

  /** @returns ARN of the execution */
  async start(
    states: object,
    statements: readonly Statement[],
    input: object = {},
    more: object = {},
  ): Promise<string> {
    const name = `machine-${this.made++}`;
    const definition = { QueryLanguage: "JSONata", StartAt: Object.keys(states)[0], States: states, ...more };
    const { stateMachineArn } = await this.sfn.createStateMachine({
      name,
      definition: JSON.stringify(definition),
      roleArn: await this.role("states", statements),
    });
    const { executionArn } = await this.sfn.startExecution({ stateMachineArn, input: JSON.stringify(input) });
    return executionArn ?? "";
  }

  /** Runs it to its end. */
  async run(...args: Parameters<StepCloud["start"]>): Promise<DescribeExecutionCommandOutput> {
    return this.ended(await this.start(...args));
  }

  async ended(executionArn: string): Promise<DescribeExecutionCommandOutput> {
    for (let tries = 0; tries < 600; tries++) {
      const execution = await this.sfn.describeExecution({ executionArn });
      if (execution.status !== "RUNNING") return execution;
      await sleep(50);
    }
    throw new Error(`${executionArn} still runs after 30 s`);
  }

  async eventually<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
    for (let tries = 0; tries < 200; tries++) {
      const found = await look();
      if (found !== undefined) return found;
      await sleep(50);
    }
    throw new Error(`Not within 10 s: ${what}`);
  }
}

function documentOf(Statement: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

export function invoke(FunctionName: string, Payload: unknown, more: object = {}): object {
  return {
    Type: "Task",
    Resource: "arn:aws:states:::lambda:invoke",
    Arguments: { FunctionName, Payload },
    Output: "{% $states.result.Payload %}",
    End: true,
    ...more,
  };
}
