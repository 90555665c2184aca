import assert from "node:assert/strict";
import { grantStatements, grantsBehind } from "../../../../components/parts/grants";
import { permissions as load } from "../../../../functions/s3-to-dynamodb/load/permissions";
import { reasonFor } from "../../../../local/run/unusedReasons";

const role = "data-pipelines-local-ingest-load-role";
const target = (name: string) => ({ arn: `arn:aws:x:::data-pipelines-local-${name}` });
const targets = Object.fromEntries(Object.keys(load).map((name) => [name, [target(name)]]));
const statements = grantStatements(load, targets as never).map(({ statement }) => statement);

describe("The reasons for grants that a run doesn't use", () => {
  it("S8: a function's reason is that of its own grant, found by the statement that the grant became", () => {
    const declared = Object.values(load).flat();
    const found = statements.flatMap(({ Sid }) => grantsBehind(load, Sid));
    assert.deepEqual(new Set(found), new Set(declared), "each grant stands behind one statement");
    let excused = 0;
    for (const { Sid } of statements) {
      for (const grant of grantsBehind(load, Sid)) {
        for (const action of grant.actions) {
          const resource = `arn:aws:x:::data-pipelines-local-thing${grant.suffix ?? ""}`;
          assert.equal(reasonFor({ role, sid: Sid, action, resource }), grant.unusedBecause, `${Sid} ${action}`);
          excused += grant.unusedBecause === undefined ? 0 : 1;
        }
      }
    }
    assert.ok(excused > 0, "load has grants of failure paths");
  });

  it("S8: the schedule's grant has its reason, for its own state machine only", () => {
    const schedule = {
      role: "data-pipelines-local-orchestration-schedule-role",
      sid: "Start",
      action: "states:StartExecution",
    };
    const machines = "arn:aws:states:us-east-1:000000000000:stateMachine";
    const own = reasonFor({ ...schedule, resource: `${machines}:data-pipelines-local-orchestration-runs` });
    assert.match(own ?? "", /at the schedule's time/);
    assert.equal(reasonFor({ ...schedule, resource: `${machines}:*` }), undefined);
  });

  const aTable = "arn:aws:dynamodb:us-east-1:000000000000:table/of-somebody-else";
  const aTopic = "arn:aws:sns:us-east-1:000000000000:data-pipelines-local-files-snowflake-errors";
  const aBucket = "arn:aws:s3:::data-pipelines-local-ingest-landing";
  const foreign: readonly (readonly [what: string, grant: Parameters<typeof reasonFor>[0]])[] = [
    ["a bucket's list for the loader", { role, sid: "ListFiles", action: "s3:ListBucket", resource: aBucket }],
    ["Snowflake's topic for the loader", { role, sid: "TellErrors", action: "sns:Publish", resource: aTopic }],
    ["an item of any table", { role, sid: "Other1", action: "dynamodb:PutItem", resource: aTable }],
    [
      "an action that the statement's grants don't have",
      { role, sid: "Table1", action: "dynamodb:Scan", resource: aTable },
    ],
    [
      "a bucket's objects under another role",
      {
        role: "data-pipelines-local-x-role",
        sid: "ReadFiles",
        action: "s3:GetObjectVersion",
        resource: `${aBucket}/a/*`,
      },
    ],
    [
      "every bucket for Snowflake",
      {
        role: "data-pipelines-local-files-snowflake",
        sid: "FindBucket",
        action: "s3:GetBucketLocation",
        resource: "*",
      },
    ],
    ["the logs of everything", { role, sid: "Logs", action: "logs:PutLogEvents", resource: "*" }],
  ];
  for (const [what, grant] of foreign) {
    it(`S8: ${what} is excused by nothing`, () => {
      assert.equal(reasonFor(grant), undefined);
    });
  }
});
