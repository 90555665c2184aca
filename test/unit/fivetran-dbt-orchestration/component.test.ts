import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { FivetranDbtOrchestrationArgs } from "../../../components/fivetran-dbt-orchestration/args";
import { dbtContext } from "../../../components/fivetran-dbt-orchestration/resources/dbt";
import { metricsLine } from "../../../functions/shared/metrics";
import { at, mockPlace, resolved } from "../mocks";
import { refusesPlainHttp, roleStatements, statementsAt } from "../parts/documents";
import { deploy, deployed, image, secretArn } from "./deploy";

const exampleProject = join(
  __dirname,
  "..",
  "..",
  "..",
  "functions",
  "fivetran-dbt-orchestration",
  "dbt",
  "example-project",
);
const project = { projectFolder: exampleProject, snowflakeSecretArn: secretArn("snowflake") };

describe("FivetranDbtOrchestration", () => {
  it("O1: the definition is that of the plan, with the deployed names, and the log has no tokens", async () => {
    const run = await deploy();
    const machine = run.named("nightly-runs");
    const definition = JSON.parse(String(at(machine, "definition")));
    assert.equal(definition.States["Run dbt"].Arguments.TaskDefinition, `${deployed}-dbt`);
    const network = definition.States["Run dbt"].Arguments.NetworkConfiguration.AwsvpcConfiguration;
    assert.deepEqual(network, {
      Subnets: ["subnet-1", "subnet-2"],
      SecurityGroups: ["nightly-dbt-security-group-id"],
      AssignPublicIp: "DISABLED",
    });
    assert.equal(at(machine, "loggingConfiguration.includeExecutionData"), false);
    assert.equal(at(machine, "loggingConfiguration.level"), "ERROR");
  });

  it("O3, O22: the table of waits expires what is left, and isn't protected like data", async () => {
    const run = await deploy();
    const table = run.named("nightly-waits");
    assert.deepEqual(at(table, "ttl"), { attributeName: "expiresAt", enabled: true });
    assert.equal(at(table, "hashKey"), "pk");
    assert.equal(at(table, "rangeKey"), "sk");
    assert.deepEqual(at(table, "serverSideEncryption"), { enabled: true });
    assert.equal(table.inputs.pointInTimeRecovery, undefined);
    assert.equal(table.inputs.deletionProtectionEnabled, undefined);
    assert.equal(run.registrations.find(({ name }) => name === "nightly-waits")?.protect, false);
  });

  it("O5: one throttled route with an access log, which only that API may call", async () => {
    const run = await deploy({ webhookRate: 20 });
    assert.equal(at(run.named("nightly-webhook-route"), "routeKey"), "POST /fivetran");
    const stage = run.named("nightly-webhook-stage");
    assert.equal(at(stage, "defaultRouteSettings.throttlingRateLimit"), 20);
    assert.ok(String(at(stage, "accessLogSettings.format")).includes("$context.status"));
    assert.ok(!String(at(stage, "accessLogSettings.format")).includes("body"));
    assert.equal(
      at(run.named("nightly-webhook-permission"), "sourceArn"),
      "arn:aws:execute-api:us-east-1:000000000000:nightly-webhook-api-id/*/POST/fivetran",
    );
    assert.equal(await resolved(run.result.webhookUrl), "https://abc123.execute-api.us-east-1.amazonaws.com/fivetran");
  });

  it("O5: the command that registers the webhook names address, group and secrets, and no secret's value", async () => {
    const run = await deploy();
    const command = await resolved(run.result.registerWebhookCommand);
    assert.equal(
      command,
      "npx pulumi-data-pipelines register-webhook --url https://abc123.execute-api.us-east-1.amazonaws.com/fivetran" +
        ` --group projected_sickle --secret-arn ${secretArn("nightly-webhook-secret")} --api-secret-arn ${secretArn("fivetran")}`,
    );
    const given = await deploy({ webhookSecretArn: secretArn("mine") });
    assert.equal(given.ofType("aws:secretsmanager/secret:Secret").length, 0);
    assert.equal(given.ofType("aws:secretsmanager/secretVersion:SecretVersion").length, 0);
  });

  it("O6: only where connections start runs may the webhook start executions", async () => {
    const starts = async (startOnConnections: string[]) => {
      const run = await deploy({ startOnConnections });
      const variables = at(run.named("nightly-fivetran-webhook"), "environment.variables");
      const actions = roleStatements(run, "nightly-fivetran-webhook").flatMap(({ Action }) => Action);
      return { START_ON: Reflect.get(Object(variables), "START_ON"), may: actions.includes("states:StartExecution") };
    };
    assert.deepEqual(await starts([]), { START_ON: "none", may: false });
    assert.deepEqual(await starts(["iron_bird", "late_rain"]), { START_ON: "iron_bird,late_rain", may: true });
  });

  it("O19: connections that start runs have them queued, so that none is lost", async () => {
    const states = async (args: Partial<FivetranDbtOrchestrationArgs>) => {
      const definition = JSON.parse(String(at((await deploy(args)).named("nightly-runs"), "definition")));
      return { queue: "Wait for lock holder" in definition.States, skip: "Skip run" in definition.States };
    };
    assert.deepEqual(await states({ startOnConnections: ["iron_bird"] }), { queue: true, skip: false });
    assert.deepEqual(await states({}), { queue: false, skip: true });
    assert.deepEqual(await states({ startOnConnections: ["iron_bird"], overlap: "allow" }), {
      queue: false,
      skip: false,
    });
  });

  it("O20: task tokens are answered for this state machine alone, and for its Map's executions where it has some", async () => {
    const machine = `arn:aws:states:us-east-1:000000000000:stateMachine:${deployed}-runs`;
    const answers = async (part: string, args: Partial<FivetranDbtOrchestrationArgs>): Promise<string[]> => {
      const statements = roleStatements(await deploy(args), part);
      const tokens = statements.filter(({ Action }) =>
        [Action].flat().some((action) => action.startsWith("states:SendTask")),
      );
      return [...new Set(tokens.flatMap(({ Resource }) => [Resource].flat()))].sort();
    };
    for (const part of ["nightly-sync-connection", "nightly-fivetran-webhook"]) {
      assert.deepEqual(await answers(part, {}), [machine]);
      assert.deepEqual(await answers(part, { mapMode: "distributed" }), [machine, `${machine}/*`]);
    }
    assert.deepEqual(await answers("nightly-list-connections", {}), []);
  });

  it("O22: without a bound of its own a run may last as long as everything in it can take, and at least a day", async () => {
    const timeout = async (args: Partial<FivetranDbtOrchestrationArgs>): Promise<number> =>
      JSON.parse(String(at((await deploy(args)).named("nightly-runs"), "definition"))).TimeoutSeconds;
    assert.equal(await timeout({}), 86_400);
    const rounds = await timeout({ maxConnections: 400 });
    assert.ok(rounds > 10 * 21_600 + 7_200, `${rounds} s for ten rounds of connections`);
    assert.equal(await timeout({ maxConnections: 400, runTimeout: 600_000 }), 600_000);
  });

  it("O10: only functions that talk to Fivetran may read its key, and a key of one's own is granted with it", async () => {
    const kms = "arn:aws:kms:us-east-1:000000000000:key/1";
    const run = await deploy({ secretsKmsKeyArn: kms });
    const reads = (part: string, secret: string): boolean =>
      roleStatements(run, part).some(
        ({ Action, Resource }) =>
          [Action].flat().includes("secretsmanager:GetSecretValue") && [Resource].flat().includes(secretArn(secret)),
      );
    for (const part of ["nightly-list-connections", "nightly-sync-connection"]) {
      assert.ok(reads(part, "fivetran"), part);
      assert.ok(
        roleStatements(run, part).some(({ Resource }) => [Resource].flat().includes(kms)),
        part,
      );
    }
    assert.ok(!reads("nightly-fivetran-webhook", "fivetran"));
    assert.ok(reads("nightly-dbt-execution", "snowflake"));
    assert.ok(!reads("nightly-dbt-task", "snowflake"));
  });

  it("O11, O18: the repository scans, keeps its tags and cleans up, and never by the lack of a tag", async () => {
    const run = await deploy({ dbt: project });
    const repository = run.named("nightly-dbt-repository");
    assert.equal(at(repository, "imageTagMutability"), "IMMUTABLE");
    assert.deepEqual(at(repository, "imageScanningConfiguration"), { scanOnPush: true });
    const { rules } = JSON.parse(String(at(run.named("nightly-dbt-repository-lifecycle"), "policy")));
    assert.deepEqual(
      rules.map(({ selection }: { selection: object }) => selection),
      [{ tagStatus: "any", countType: "imageCountMoreThan", countNumber: 100 }],
    );
  });

  it("O18: the image is pushed and run by its digest, without a tag that could be there already, for its platform", async () => {
    const run = await deploy({ dbt: project });
    const [built] = run.ofType("docker-build:index:Image");
    const url = `000000000000.dkr.ecr.us-east-1.amazonaws.com/${deployed}-dbt`;
    assert.equal(built?.inputs.tags, undefined);
    assert.equal(built?.inputs.push, false);
    assert.deepEqual(built?.inputs.exports, [{ registry: { names: [url], pushByDigest: true } }]);
    assert.deepEqual(built?.inputs.platforms, ["linux/amd64"]);
    const [container] = JSON.parse(String(at(run.named("nightly-dbt-task"), "containerDefinitions")));
    assert.equal(container.image, `${url}@sha256:0`);
    const other = (await deploy({ dbt: { ...project, architecture: "ARM64" } })).ofType("docker-build:index:Image")[0];
    assert.deepEqual(other?.inputs.platforms, ["linux/arm64"]);
  });

  it("O18: a .dockerignore that leaves dbt_project.yml out is an error; what dbt and secrets leave lying about isn't in the image", async () => {
    const folder = mkdtempSync(join(tmpdir(), "dbt-project-"));
    try {
      for (const path of ["dbt_project.yml", "models/target/a.sql", "target/run.sql", ".env.local", "keys/dbt.p8"]) {
        mkdirSync(join(folder, path, ".."), { recursive: true });
        writeFileSync(join(folder, path), "");
      }
      const { files, folder: context } = dbtContext(folder);
      const own = files.filter((file) => file.startsWith("project/"));
      assert.deepEqual(own, ["project/dbt_project.yml", "project/models/target/a.sql"]);
      rmSync(context, { recursive: true });
      writeFileSync(join(folder, ".dockerignore"), "*.yml");
      assert.throws(() => dbtContext(folder), /\.dockerignore leaves dbt_project\.yml out of the image\. Fix: /);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("O11: the task has two roles, credentials as secrets, a log group, and no public address", async () => {
    const run = await deploy();
    const task = run.named("nightly-dbt-task");
    assert.notEqual(at(task, "executionRoleArn"), at(task, "taskRoleArn"));
    const [container] = JSON.parse(String(at(task, "containerDefinitions")));
    assert.equal(container.image, image);
    assert.deepEqual(container.secrets, [
      { name: "SNOWFLAKE_PRIVATE_KEY", valueFrom: `${secretArn("snowflake")}:privateKey::` },
    ]);
    assert.equal(container.logConfiguration.options["awslogs-group"], `/aws/ecs/${deployed}-dbt`);
    const pull = statementsAt(run.named("nightly-dbt-execution-role-policy")).find(({ Sid }) => Sid === "Pull");
    assert.equal(pull?.Resource, "arn:aws:ecr:us-east-1:000000000000:repository/dbt");
    assert.deepEqual(statementsAt(run.named("nightly-dbt-task-role-policy")), [
      {
        Sid: "Artifacts",
        Effect: "Allow",
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${deployed}-artifacts-${mockPlace}/runs/*`,
      },
    ]);
    const group = run.named("nightly-dbt-security-group");
    assert.deepEqual(at(group, "ingress"), []);
    assert.equal(run.ofType("awsx:ec2:Vpc").length, 0);
  });

  it("O23: the container knows which variables are secret; a secret output among the plain ones is refused", async () => {
    const dbt = {
      image,
      snowflakeSecretArn: secretArn("snowflake"),
      secretKeys: { SNOWFLAKE_PASS: "password", PGPASS: "pg" },
    };
    const [container] = JSON.parse(
      String(at((await deploy({ dbt })).named("nightly-dbt-task"), "containerDefinitions")),
    );
    const told = container.environment.find(({ name }: { name: string }) => name === "REDACTED_VARIABLES");
    assert.equal(told?.value, "SNOWFLAKE_PASS,PGPASS");
    const leaking = { ...dbt, environment: { SNOWFLAKE_USER: pulumi.secret("hunter2") } };
    await assert.rejects(deploy({ dbt: leaking }), (error: Error) => {
      assert.match(error.message, /environment\.SNOWFLAKE_USER is "a secret"/);
      return !error.message.includes("hunter2");
    });
    const known = { ...dbt, environment: { SNOWFLAKE_USER: pulumi.output("DBT") } };
    assert.match(String(at((await deploy({ dbt: known })).named("nightly-dbt-task"), "containerDefinitions")), /"DBT"/);
  });

  it("O11: without a network a VPC is made, and dbt runs in its private subnets", async () => {
    const run = await deploy({ network: undefined });
    assert.equal(run.ofType("awsx:ec2:Vpc").length, 1);
    assert.equal(at(run.named("nightly-dbt-security-group"), "vpcId"), "vpc-made");
    const definition = String(at(run.named("nightly-runs"), "definition"));
    assert.ok(definition.includes("subnet-made-2"));
  });

  it("O22: images and artifacts don't go through the NAT gateway: all route tables of the VPC have an endpoint for S3", async () => {
    const run = await deploy({ network: undefined });
    const endpoint = run.named("nightly-vpc-s3");
    assert.equal(at(endpoint, "vpcEndpointType"), "Gateway");
    assert.equal(at(endpoint, "serviceName"), "com.amazonaws.us-east-1.s3");
    assert.deepEqual(at(endpoint, "routeTableIds"), ["rtb-private", "rtb-public"]);
    assert.equal((await deploy()).ofType("aws:ec2/vpcEndpoint:VpcEndpoint").length, 0);
  });

  it("O12: the schedule has its time zone and a role that may start this state machine alone", async () => {
    const schedule = { expression: "cron(0 5 ? * MON-FRI *)", timeZone: "Europe/Zurich" };
    const run = await deploy({ schedule });
    const made = run.named("nightly-schedule");
    assert.equal(at(made, "scheduleExpression"), schedule.expression);
    assert.equal(at(made, "scheduleExpressionTimezone"), "Europe/Zurich");
    assert.equal(at(made, "state"), "ENABLED");
    const [start, ...more] = statementsAt(run.named("nightly-schedule-role-policy"));
    assert.deepEqual(
      [start?.Action, start?.Resource, more.map(({ Sid }) => Sid)],
      ["states:StartExecution", at(made, "target.arn"), ["DeadLetter"]],
    );
    assert.equal(at(made, "target.arn"), `arn:aws:states:us-east-1:000000000000:stateMachine:${deployed}-runs`);
    assert.equal((await deploy()).ofType("aws:scheduler/schedule:Schedule").length, 0);
  });

  it("O13: alarms for failed, timed out and stuck runs and for the webhook tell the topic", async () => {
    const run = await deploy();
    const alarms = run.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
    const metrics = alarms.map(({ inputs }) => String(inputs.metricName));
    for (const metric of ["ExecutionsFailed", "ExecutionsTimedOut", "StuckWaits", "4xx", "5xx", "Errors"]) {
      assert.ok(metrics.includes(metric), metric);
    }
    const topic = `arn:aws:sns:us-east-1:000000000000:${deployed}-notifications`;
    for (const alarm of alarms) assert.deepEqual(alarm.inputs.alarmActions, [topic]);
    assert.ok(refusesPlainHttp(statementsAt(run.named("nightly-topic-policy"))));
    const given = await deploy({ alarmTopicArn: "arn:aws:sns:us-east-1:000000000000:mine" });
    assert.equal(given.ofType("aws:sns/topic:Topic").length, 0);
    assert.equal(await resolved(given.result.alarmTopicArn), "arn:aws:sns:us-east-1:000000000000:mine");
  });

  it("O13: each alarm's metric, from which value it goes off, and after how long", async () => {
    const run = await deploy({ schedule: { expression: "rate(1 hour)" } });
    const alarms = run.ofType("aws:cloudwatch/metricAlarm:MetricAlarm").filter(({ name }) => !/runs-silent/.test(name));
    const told = alarms.map(({ inputs }) => {
      const { namespace, metricName, dimensions, statistic, threshold, evaluationPeriods } = inputs;
      assert.equal(inputs.comparisonOperator, "GreaterThanThreshold");
      assert.deepEqual([inputs.period, inputs.treatMissingData], [300, "notBreaching"]);
      return [
        namespace,
        metricName,
        Object.values(dimensions as object).join(" "),
        statistic,
        threshold,
        evaluationPeriods,
      ];
    });
    const machine = `arn:aws:states:us-east-1:000000000000:stateMachine:${deployed}-runs`;
    const api = "nightly-webhook-api-id $default";
    const functions = ["list-connections", "sync-connection", "fivetran-webhook"];
    const expected = [
      ["AWS/States", "ExecutionsFailed", machine, "Sum", 0, 1],
      ["AWS/States", "ExecutionsTimedOut", machine, "Sum", 0, 1],
      ["AWS/States", "ExecutionsAborted", machine, "Sum", 0, 1],
      ["DataPipelines", "StuckWaits", deployed, "Sum", 0, 1],
      ["DataPipelines", "WebhooksForged", deployed, "Sum", 5, 1],
      ["AWS/ApiGateway", "4xx", api, "Sum", 10, 1],
      ["AWS/ApiGateway", "5xx", api, "Sum", 0, 1],
      ["AWS/SQS", "ApproximateNumberOfMessagesVisible", `${deployed}-schedule-dlq`, "Maximum", 0, 1],
      ...functions.map((part) => ["AWS/Lambda", "Errors", `${deployed}-${part}`, "Sum", 0, 3]),
    ];
    assert.deepEqual(told.map(String).sort(), expected.map(String).sort());
  });

  it("O13: the functions emit the metrics that the alarms look at, under the same names and dimensions", async () => {
    const run = await deploy();
    const alarms = run.ofType("aws:cloudwatch/metricAlarm:MetricAlarm");
    for (const metric of ["StuckWaits", "WebhooksForged"] as const) {
      const alarm = alarms.find(({ inputs }) => inputs.metricName === metric)?.inputs;
      const pipeline = String(at(run.named("nightly-sync-connection"), "environment.variables.PIPELINE"));
      const line = JSON.parse(metricsLine(pipeline, { [metric]: 1 }));
      const [{ Namespace, Dimensions }] = line._aws.CloudWatchMetrics;
      assert.deepEqual(
        [alarm?.namespace, alarm?.dimensions],
        [Namespace, { [Dimensions[0][0]]: line[Dimensions[0][0]] }],
      );
    }
  });

  it("O13: the dashboard is JSON with graphs of runs, webhooks, functions and dbt's log", async () => {
    const run = await deploy();
    const { widgets } = JSON.parse(String(at(run.named("nightly-dashboard"), "dashboardBody")));
    assert.equal(widgets.length, 7);
    assert.match(
      String(await resolved(run.result.dashboardUrl)),
      /#dashboards\/dashboard\/data-pipelines-test-nightly-runs$/,
    );
  });

  it("O11: in a first preview the role's policy is known before anything is made", async () => {
    const run = await deploy({}, { preview: true });
    assert.ok(statementsAt(run.named("nightly-runs-role-policy")).length > 5);
  });
});
