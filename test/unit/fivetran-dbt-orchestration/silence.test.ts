import assert from "node:assert/strict";
import { longestGap } from "../../../components/fivetran-dbt-orchestration/normalizeSchedule";
import { at } from "../mocks";
import { refusesPlainHttp, statementsAt } from "../parts/documents";
import { deploy, deployed } from "./deploy";

const hour = 3600;
const day = 24 * hour;

describe("runs that don't come", () => {
  const gaps: readonly (readonly [string, number | undefined])[] = [
    ["rate(90 minutes)", 1.5 * hour],
    ["rate(1 hour)", hour],
    ["rate(3 days)", 3 * day],
    ["cron(0 5 * * ? *)", day],
    ["cron(0/15 * * * ? *)", hour / 4],
    ["cron(0 6,18 * * ? *)", 12 * hour],
    ["cron(0 6,9 * * ? *)", 21 * hour],
    ["cron(30 8-17 ? * MON-FRI *)", 2 * day + 15 * hour],
    ["cron(0 5 ? * mon-fri *)", 3 * day],
    ["cron(0 5 ? * FRI-MON *)", 4 * day],
    ["cron(0 5 ? * 2,4,6 *)", 3 * day],
    ["cron(0 0 1/10 * ? *)", 10 * day],
    ["cron(0 0 1 * ? *)", 31 * day],
    ["cron(0 0 31 * ? *)", 61 * day],
    ["cron(0 0 L * ? *)", undefined],
    ["cron(0 0 ? * 6L *)", undefined],
    ["cron(0 0 ? * 2#1 *)", undefined],
    ["cron(0 0 ? * * 2027)", undefined],
    ["cron(0 0 29 2 ? *)", undefined],
  ];
  for (const [expression, expected] of gaps) {
    it(`O22: from one run of ${expression} to the next`, () => {
      assert.equal(longestGap(expression), expected);
    });
  }

  const silent = async (expression: string, more: object = {}) => {
    const run = await deploy({ schedule: { expression, ...more } });
    return run.resources.find(({ name }) => name === "nightly-runs-silent-alarm")?.inputs;
  };

  it("O22: no success within the schedule's longest gap and a run's time is an alarm, also where no data come", async () => {
    const alarm = await silent("cron(0 5 ? * MON-FRI *)");
    assert.equal(alarm?.namespace, "AWS/States");
    assert.equal(alarm?.metricName, "ExecutionsSucceeded");
    assert.deepEqual(alarm?.dimensions, {
      StateMachineArn: `arn:aws:states:us-east-1:000000000000:stateMachine:${deployed}-runs`,
    });
    assert.deepEqual([alarm?.statistic, alarm?.comparisonOperator, alarm?.threshold], ["Sum", "LessThanThreshold", 1]);
    assert.equal(alarm?.treatMissingData, "breaching");
    assert.equal(alarm?.period, hour);
    // Three days, two rounds of 40 connections of six hours each with a last look, dbt's two hours, and an hour.
    assert.ok(Number(alarm?.evaluationPeriods) > 72 + 12 + 2, String(alarm?.evaluationPeriods));
    assert.ok(Number(alarm?.evaluationPeriods) <= 72 + 12 + 2 + 4, String(alarm?.evaluationPeriods));
    assert.deepEqual(alarm?.alarmActions, [`arn:aws:sns:us-east-1:000000000000:${deployed}-notifications`]);
  });

  it("O22: where CloudWatch doesn't look back that far, and without a schedule that is switched on, there is none", async () => {
    assert.equal(await silent("cron(0 0 1 * ? *)"), undefined);
    assert.equal(await silent("rate(1 day)", { enabled: false }), undefined);
    const byHand = await deploy();
    assert.ok(!byHand.resources.some(({ name }) => /silent|missed|schedule/.test(name)));
  });

  it("O22: a start that fails for good goes to a queue, which the schedule's role may fill and an alarm watches", async () => {
    const run = await deploy({ schedule: { expression: "rate(1 day)" } });
    const queue = run.named("nightly-schedule-dlq");
    const arn = `arn:aws:sqs:us-east-1:000000000000:${deployed}-schedule-dlq`;
    assert.equal(queue.inputs.sqsManagedSseEnabled, true);
    assert.equal(queue.inputs.messageRetentionSeconds, 14 * day);
    assert.ok(refusesPlainHttp(statementsAt(run.named("nightly-schedule-dlq-policy"))));
    assert.equal(at(run.named("nightly-schedule"), "target.deadLetterConfig.arn"), arn);
    assert.deepEqual(statementsAt(run.named("nightly-schedule-role-policy"))[1], {
      Sid: "DeadLetter",
      Effect: "Allow",
      Action: "sqs:SendMessage",
      Resource: arn,
    });
    const alarm = run.named("nightly-runs-missed-alarm").inputs;
    assert.deepEqual([alarm.namespace, alarm.metricName], ["AWS/SQS", "ApproximateNumberOfMessagesVisible"]);
    assert.deepEqual(alarm.dimensions, { QueueName: queue.inputs.name });
    assert.deepEqual([alarm.comparisonOperator, alarm.threshold], ["GreaterThanThreshold", 0]);
  });
});
