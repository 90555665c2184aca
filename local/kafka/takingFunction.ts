/** A function of the local Lambda that takes a sink's records, and tells this process what it got. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { CreateFunctionCommand, LambdaClient, waitUntilFunctionActiveV2 } from "@aws-sdk/client-lambda";
import { refusal } from "../processes/ownAddress";
import type { Services } from "../processes/services";
import { zipOf } from "../samples/zip";

/** What the function was given in one invocation. */
export interface Taken {
  readonly topic: string;
  readonly partition: number;
  readonly offsets: readonly number[];
}

export class TakingFunction {
  /** In the order in which the function told it. */
  readonly taken: Taken[] = [];

  private constructor(
    readonly arn: string,
    private readonly server: Server,
    taken: Taken[],
  ) {
    this.taken = taken;
  }

  /** Makes the function under a role of its own, which may write its log. */
  static async make({ aws }: Services, name: string): Promise<TakingFunction> {
    const taken: Taken[] = [];
    const { server, url } = await listen(taken);
    const client = {
      endpoint: aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    const lambda = new LambdaClient(client);
    const iam = new IAMClient(client);
    try {
      const { Role } = await iam.send(
        new CreateRoleCommand({ RoleName: `${name}-role`, AssumeRolePolicyDocument: JSON.stringify(trust) }),
      );
      await iam.send(
        new PutRolePolicyCommand({
          RoleName: `${name}-role`,
          PolicyName: "log",
          PolicyDocument: JSON.stringify(log(name)),
        }),
      );
      const { FunctionArn = "" } = await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Role: Role?.Arn,
          Runtime: "nodejs22.x",
          Handler: "index.handler",
          Timeout: 30,
          Code: { ZipFile: await zipOf({ "index.mjs": Buffer.from(handler) }) },
          Environment: { Variables: { TELL_URL: url } },
        }),
      );
      await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 30, minDelay: 0.1 }, { FunctionName: name });
      return new TakingFunction(FunctionArn, server, taken);
    } catch (error) {
      server.close();
      throw error;
    } finally {
      lambda.destroy();
      iam.destroy();
    }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const trust = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

const log = (name: string) => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/${name}:*`,
    },
  ],
});

/** Answers in the list's second form: an element each, in their order. */
const handler = `export const handler = async (records) => {
  const [{ payload: { topic, partition } }] = records;
  const offsets = records.map(({ payload }) => payload.offset);
  const told = await fetch(process.env.TELL_URL, { method: "POST", body: JSON.stringify({ topic, partition, offsets }) });
  if (!told.ok) throw new Error("what was taken couldn't be told: " + told.status);
  return records.map(({ payload: { value } }) => ({ status: "taken", fields: Object.keys(value ?? {}).length }));
};
`;

async function listen(taken: Taken[]): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    const { port } = server.address() as AddressInfo;
    if (refusal(request, port) !== undefined) {
      response.writeHead(403).end();
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      taken.push(JSON.parse(Buffer.concat(chunks).toString()) as Taken);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
