import assert from "node:assert/strict";
import type { FivetranDbtOrchestrationArgs } from "../../../components/fivetran-dbt-orchestration/args";
import { resolved } from "../mocks";
import { deploy, image, secretArn, smallest } from "./deploy";

const dbt = smallest.dbt;
const snowflakeSecretArn = secretArn("snowflake");
const schedule = (expression: string, timeZone?: string) => ({ schedule: { expression, timeZone } });

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ["a misspelt argument", { group: "x" }, /group is "x"\. Not known here/],
  ["no group", { groupId: undefined }, /groupId is not set/],
  ["a secret that isn't an ARN", { fivetranSecretArn: "key" }, /fivetranSecretArn is "key".*secretsmanager/],
  ["an id that isn't one", { includeConnections: ["a b"] }, /includeConnections\[0\] is "a b"/],
  ["in both lists", { includeConnections: ["a"], excludeConnections: ["a"] }, /excludeConnections is \["a"\]/],
  ["an outcome that isn't there", { onPaused: "ignore" }, /onPaused is "ignore".*"skip", "fail", "resume"/],
  ["a quorum of 0", { quorum: 0 }, /quorum is 0.*1 to 100 percent/],
  ["a quorum of 101", { quorum: 101 }, /quorum is 101/],
  ["too many at once inline", { mapMode: "inline", concurrency: 41 }, /concurrency is 41.*distributed/],
  ["too many inline", { mapMode: "inline", maxConnections: 500 }, /mapMode is "inline".*25000/],
  ["polls beyond a history", { pollInterval: 15, syncTimeout: 604_800 }, /pollInterval is 15/],
  ["a poll past its bound", { pollInterval: 3600, syncTimeout: 600 }, /pollInterval is 3600.*syncTimeout \(600\)/],
  [
    "O22: a run shorter than its parts",
    { runTimeout: 50_000 },
    /runTimeout is 50000\. 2 round\(s\) of 40 connections.*can take 53190 s/,
  ],
  [
    "O22: a run longer than a year",
    { concurrency: 1, maxConnections: 200, syncTimeout: 604_800 },
    /concurrency is 1.*the year/,
  ],
  [
    "O19: triggers that a run under way would lose",
    { overlap: "skip", startOnConnections: ["a"] },
    /overlap is "skip".*"queue"/,
  ],
  ["O16: a look before the function has ended", { pollInterval: 14 }, /pollInterval is 14.*from 15/],
  ["a wait without a queue", { queueTimeout: 600 }, /queueTimeout is 600.*overlap: "queue"/],
  ["cron with five fields", schedule("cron(0 5 * * *)"), /schedule\.expression.*six fields/],
  ["cron with a day too many", schedule("cron(0 5 1 * MON *)"), /Exactly one of day of month and day of week/],
  ["cron with an hour too many", schedule("cron(0 25 * * ? *)"), /A field has a form/],
  ["a rate without its plural", schedule("rate(2 hour)"), /plural/],
  ["a rate of nothing", schedule("rate(0 hours)"), /Give 1 with a singular/],
  ["a time zone that isn't there", schedule("rate(1 hour)", "Europe/Zurihc"), /timeZone is "Europe\/Zurihc"/],
  ["neither image nor project", { dbt: { snowflakeSecretArn } }, /dbt\.projectFolder is not set.*either/],
  ["image and project", { dbt: { ...dbt, projectFolder: "." } }, /Give either dbt.projectFolder or dbt.image/],
  ["a folder without a project", { dbt: { snowflakeSecretArn, projectFolder: "docs" } }, /no docs\/dbt_project\.yml/],
  ["an image without a tag", { dbt: { ...dbt, image: "dbt" } }, /dbt\.image is "dbt"/],
  ["dbt in dbt's words", { dbt: { ...dbt, command: ["dbt", "build"] } }, /dbt\.command/],
  ["memory that Fargate hasn't", { dbt: { ...dbt, cpu: 512, memory: 8192 } }, /dbt\.memory is 8192.*1024 to 4096/],
  ["a cpu that Fargate hasn't", { dbt: { ...dbt, cpu: 300 } }, /dbt\.cpu is 300/],
  [
    "a secret in the open",
    { dbt: { ...dbt, environment: { SNOWFLAKE_PASSWORD: "hunter2" } } },
    /dbt\.environment\.SNOWFLAKE_PASSWORD.*secretKeys/,
  ],
  ["a variable of the component's", { dbt: { ...dbt, environment: { RUN_ID: "x" } } }, /The component sets it/],
  ["no Snowflake credentials", { dbt: { image } }, /dbt\.snowflakeSecretArn is not set/],
  ["a network without subnets", { network: { vpcId: "vpc-1", subnetIds: [] } }, /network\.subnetIds is \[\]/],
  ["a log level that isn't there", { logLevel: "DEBUG" }, /logLevel is "DEBUG"/],
  ["a topic that isn't one", { alarmTopicArn: "arn:aws:sqs:us-east-1:000000000000:q" }, /alarmTopicArn.*sns/],
];

describe("FivetranDbtOrchestration's arguments", () => {
  for (const [what, args, expected] of wrong) {
    it(`O14: ${what} fails in the constructor, and says what to give`, async () => {
      await assert.rejects(deploy(args as Partial<FivetranDbtOrchestrationArgs>), (error: Error) => {
        assert.match(error.message, /^FivetranDbtOrchestration "nightly": /);
        assert.match(error.message, expected);
        assert.ok(!error.message.includes("hunter2"), "secrets aren't repeated");
        return true;
      });
    });
  }

  for (const expression of [
    "rate(1 day)",
    "cron(0/15 * * * ? *)",
    "cron(30 6 L * ? 2026-2030)",
    "cron(0 8 ? * 2#1 *)",
  ]) {
    it(`O12: ${expression} is taken`, async () => {
      const run = await deploy(schedule(expression, "America/New_York"));
      assert.equal(run.named("nightly-schedule").inputs.scheduleExpression, expression);
    });
  }

  it("O14: the Map's mode follows from the most connections that a run may meet", async () => {
    const mode = async (args: Partial<FivetranDbtOrchestrationArgs>) => resolved((await deploy(args)).result.mapMode);
    assert.equal(await mode({}), "inline");
    assert.equal(await mode({ maxConnections: 400 }), "distributed");
    assert.equal(await mode({ concurrency: 100 }), "distributed");
    assert.equal(await mode({ maxConnections: 300, pollInterval: 21_600 }), "inline");
  });
});
