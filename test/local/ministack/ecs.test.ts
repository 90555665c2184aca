import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { EC2 } from "@aws-sdk/client-ec2";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { localFolder } from "../../../local/setup/paths";
import { arn, type Statement, StepCloud } from "./stepCloud";

const image = "000000000000.dkr.ecr.us-east-1.amazonaws.com/dbt:latest";
const dockerfile = `FROM python:3.12-slim
RUN pip install boto3
WORKDIR /app
COPY main.py ./
COPY models/ /app/models/
COPY greet /app/bin/
ENV PATH=/app/bin:$PATH
ENV MODELS=/app/models
ENTRYPOINT ["python", "/app/main.py"]
CMD ["nothing"]
`;
const program = `import os, subprocess, sys, time, boto3
what = sys.argv[1]
print("argument", what, flush=True)
if what == "hang":
    open(os.environ["PID_FILE"], "w").write(str(os.getpid())); time.sleep(60)
if what == "write":
    body = "|".join([os.environ["PASSWORD"], os.environ["RUN_ID"], ",".join(sorted(os.listdir(os.environ["MODELS"]))),
        subprocess.check_output(["greet"], text=True).strip()])
    boto3.client("s3").put_object(Bucket="artifacts", Key="runs/" + os.environ["RUN_ID"], Body=body.encode())
if what == "elsewhere":
    boto3.client("s3").put_object(Bucket="artifacts", Key="other", Body=b"")
sys.exit(3 if what == "fail" else 0)
`;

interface Task {
  readonly Containers: readonly { readonly ExitCode?: number; readonly Name: string }[];
  readonly StoppedReason: string;
  readonly StopCode: string;
  readonly TaskArn: string;
}

describe("The local ECS", () => {
  let cloud: StepCloud;
  let folder: string;
  let secret: string;
  let network: object;
  let execution: Statement[];
  let task: Statement[];

  before(async function () {
    this.timeout(300_000);
    cloud = await StepCloud.start("ecs-test");
    folder = await mkdtemp(join(localFolder, "ecs-test-"));
    await mkdir(join(folder, "models"));
    await writeFile(join(folder, "models", "a.sql"), "select 1");
    await writeFile(join(folder, "main.py"), program);
    await writeFile(join(folder, "greet"), "#!/bin/sh\necho hello\n", { mode: 0o755 });
    await writeFile(join(folder, "Dockerfile"), dockerfile);
    const built = await fetch(`${cloud.services.aws.endpoint}/_local/images`, {
      method: "POST",
      body: JSON.stringify({ uri: image, context: folder }),
    });
    assert.equal(built.status, 200, await built.text());
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = { endpoint: cloud.services.aws.endpoint, region: "us-east-1", credentials };
    const ec2 = new EC2(client);
    const { Vpc } = await ec2.createVpc({ CidrBlock: "10.0.0.0/16" });
    const { Subnet } = await ec2.createSubnet({ VpcId: Vpc?.VpcId, CidrBlock: "10.0.1.0/24" });
    network = { AwsvpcConfiguration: { Subnets: [Subnet?.SubnetId] } };
    const SecretString = '{"password":"open sesame"}';
    secret = (await new SecretsManager(client).createSecret({ Name: "snowflake", SecretString })).ARN ?? "";
    await new CloudWatchLogs(client).createLogGroup({ logGroupName: "/dbt" });
    await cloud.s3.createBucket({ Bucket: "artifacts" });
    await cloud.ecs.createCluster({ clusterName: "dbt" });
    execution = [
      { actions: ["ecr:GetAuthorizationToken"], resources: ["*"] },
      { actions: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], resources: [arn("ecr", "repository/dbt")] },
      { actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [`${arn("logs", "log-group:/dbt")}:*`] },
      { actions: ["secretsmanager:GetSecretValue"], resources: [secret] },
    ];
    task = [{ actions: ["s3:PutObject"], resources: ["arn:aws:s3:::artifacts/runs/*"] }];
  });

  after(async () => {
    await cloud?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  /** Registers a definition with such an execution role and gives a state that runs it. */
  async function runs(command: string, allowed: readonly Statement[], more: object = {}) {
    const executionRoleArn = await cloud.role("ecs-tasks", allowed);
    const taskRoleArn = await cloud.role("ecs-tasks", task);
    const { taskDefinition } = await cloud.ecs.registerTaskDefinition({
      family: "dbt",
      requiresCompatibilities: ["FARGATE"],
      networkMode: "awsvpc",
      cpu: "256",
      memory: "512",
      executionRoleArn,
      taskRoleArn,
      containerDefinitions: [
        {
          name: "dbt",
          image,
          essential: true,
          secrets: [{ name: "PASSWORD", valueFrom: `${secret}:password::` }],
          environment: [{ name: "PID_FILE", value: join(folder, `${command}.pid`) }],
          logConfiguration: {
            logDriver: "awslogs",
            options: { "awslogs-group": "/dbt", "awslogs-region": "us-east-1", "awslogs-stream-prefix": command },
          },
        },
      ],
    });
    const Environment = [{ Name: "RUN_ID", Value: "{% $states.context.Execution.Name %}" }];
    const state = {
      Type: "Task",
      Resource: "arn:aws:states:::ecs:runTask.sync",
      Arguments: {
        Cluster: "dbt",
        TaskDefinition: taskDefinition?.taskDefinitionArn,
        LaunchType: "FARGATE",
        NetworkConfiguration: network,
        Overrides: { ContainerOverrides: [{ Name: "dbt", Command: [command], Environment }] },
      },
      End: true,
      ...more,
    };
    const rule = arn("events", "rule/StepFunctionsGetEventsForECSTaskRule");
    const statements: Statement[] = [
      { actions: ["ecs:RunTask"], resources: [taskDefinition?.taskDefinitionArn ?? ""] },
      { actions: ["ecs:DescribeTasks", "ecs:StopTask"], resources: [arn("ecs", "task/dbt/*")] },
      { actions: ["iam:PassRole"], resources: [executionRoleArn, taskRoleArn] },
      { actions: ["events:PutTargets", "events:PutRule", "events:DescribeRule"], resources: [rule] },
    ];
    return { state, statements };
  }

  async function failed(command: string, allowed: readonly Statement[]): Promise<Task> {
    const { state, statements } = await runs(command, allowed);
    const { status, error, cause } = await cloud.run({ Run: state }, statements);
    assert.deepEqual([status, error], ["FAILED", "States.TaskFailed"], cause);
    return JSON.parse(cause ?? "{}") as Task;
  }

  function alive(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  }

  /** The process of the hanging container, once it runs. */
  async function hanging(): Promise<number> {
    const { readFile } = await import("node:fs/promises");
    return cloud.eventually(async () => {
      const text = await readFile(join(folder, "hang.pid"), "utf8").catch(() => "");
      return text === "" ? undefined : Number(text);
    }, "the container runs");
  }

  it("O10: a task runs the image's program with command, environment and secret, in its own role, and its output is in the log", async () => {
    const { state, statements } = await runs("write", execution);
    const { status, cause, output, name } = await cloud.run({ Run: state }, statements);
    assert.equal(status, "SUCCEEDED", cause);
    assert.equal((JSON.parse(output ?? "{}") as Task).Containers[0]?.ExitCode, 0);
    const object = await cloud.s3.getObject({ Bucket: "artifacts", Key: `runs/${name}` });
    assert.equal(await object.Body?.transformToString(), `open sesame|${name}|a.sql|hello`);
    const logs = new CloudWatchLogs({
      endpoint: cloud.services.aws.endpoint,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const { events = [] } = await logs.filterLogEvents({ logGroupName: "/dbt", logStreamNamePrefix: "write/" });
    assert.deepEqual(
      events.map(({ message }) => message),
      ["argument write"],
    );
  });

  it("O10: a non-zero exit fails the task, and the cause says which code", async () => {
    const { Containers, StoppedReason, StopCode } = await failed("fail", execution);
    assert.deepEqual(
      [Containers[0]?.Name, Containers[0]?.ExitCode, StopCode, StoppedReason],
      ["dbt", 3, "EssentialContainerExited", "Essential container in task exited"],
    );
  });

  it("O12: what the task's role doesn't allow is denied to the program", async () => {
    assert.equal((await failed("elsewhere", execution)).Containers[0]?.ExitCode, 1);
  });

  it("O12: a secret that the execution role may not read fails the start", async () => {
    const { StopCode, StoppedReason } = await failed("write", execution.slice(0, 3));
    assert.equal(StopCode, "TaskFailedToStart");
    assert.match(
      StoppedReason,
      /^ResourceInitializationError: unable to pull secrets.* may not secretsmanager:GetSecretValue/,
    );
  });

  it("O12: an image that the execution role may not pull fails the start", async () => {
    const { StoppedReason } = await failed(
      "write",
      [execution[0], ...execution.slice(2)].filter((each) => each !== undefined),
    );
    assert.match(StoppedReason, /^CannotPullContainerError: .* may not ecr:BatchGetImage/);
  });

  it("O10: a task past its time-out is stopped, and so is one whose execution is stopped", async () => {
    for (const timeout of [true, false]) {
      await rm(join(folder, "hang.pid"), { force: true });
      const stopped = await cloud.ecs.listTasks({ cluster: "dbt", desiredStatus: "STOPPED" });
      const before = new Set(stopped.taskArns);
      const { state, statements } = await runs("hang", execution, timeout ? { TimeoutSeconds: 2 } : {});
      const executionArn = await cloud.start({ Run: state }, statements);
      const pid = await hanging();
      if (!timeout) await cloud.sfn.stopExecution({ executionArn });
      const { status, error } = await cloud.ended(executionArn);
      assert.deepEqual([status, error], timeout ? ["FAILED", "States.Timeout"] : ["ABORTED", undefined]);
      await cloud.eventually(async () => (alive(pid) ? undefined : true), "the process is gone");
      const last = await cloud.eventually(async () => {
        const { taskArns = [] } = await cloud.ecs.listTasks({ cluster: "dbt", desiredStatus: "STOPPED" });
        const taskArn = taskArns.find((arn) => !before.has(arn));
        if (taskArn === undefined) return undefined;
        const { tasks = [] } = await cloud.ecs.describeTasks({ cluster: "dbt", tasks: [taskArn] });
        return tasks.find(({ lastStatus }) => lastStatus === "STOPPED");
      }, "its task is stopped");
      assert.deepEqual([last.stopCode, last.containers?.[0]?.exitCode], ["UserInitiated", 143]);
    }
  });

  it("S1: a container ends with the service that runs it, however that ends", async () => {
    await rm(join(folder, "hang.pid"), { force: true });
    const { state, statements } = await runs("hang", execution);
    await cloud.start({ Run: state }, statements);
    const pid = await hanging();
    process.kill(cloud.services.aws.pid, "SIGKILL");
    for (let tries = 0; tries < 50 && alive(pid); tries++) await sleep(100);
    assert.equal(alive(pid), false);
  });
});
