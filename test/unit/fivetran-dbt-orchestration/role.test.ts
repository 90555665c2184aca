import assert from "node:assert/strict";
import type { FivetranDbtOrchestrationArgs } from "../../../components/fivetran-dbt-orchestration/args";
import type { Definition } from "../../../components/parts/asl/types";
import { at, type MockRun, mockAccount, mockRegion } from "../mocks";
import { type DeployedStatement, statementsAt } from "../parts/documents";
import { allows, type Call, callsOf, grantsOf } from "./calls";
import { deploy, deployed } from "./deploy";

/** What Step Functions itself needs to write its log and traces; the definition doesn't call it. */
const ofTheService = new Set(["Log", "Traces"]);

interface Deployed {
  readonly calls: readonly Call[];
  readonly statements: readonly DeployedStatement[];
}

async function documents(args: Partial<FivetranDbtOrchestrationArgs> = {}): Promise<Deployed> {
  const run: MockRun<unknown> = await deploy(args);
  const machine = run.named("nightly-runs");
  const definition = JSON.parse(String(at(machine, "definition"))) as Definition;
  const task = run.named("nightly-dbt-task");
  const place = {
    account: mockAccount,
    region: mockRegion,
    stateMachine: `${deployed}-runs`,
    passedRoles: [String(at(task, "executionRoleArn")), String(at(task, "taskRoleArn"))],
  };
  return { calls: callsOf(definition, place), statements: statementsAt(run.named("nightly-runs-role-policy")) };
}

function check({ calls, statements }: Deployed): { missing: string[]; unused: string[] } {
  const grants = grantsOf(statements.filter(({ Sid }) => !ofTheService.has(String(Sid))));
  return {
    missing: calls
      .filter((call) => !grants.some((grant) => allows(grant, call)))
      .map(({ action, resource }) => `${action} on ${resource}`),
    unused: grants
      .filter((grant) => !calls.some((call) => allows(grant, call)))
      .map(({ action, resource }) => `${action} on ${resource}`),
  };
}

describe("the state machine's role", () => {
  const cases: readonly (readonly [string, Partial<FivetranDbtOrchestrationArgs>])[] = [
    ["inline", {}],
    ["distributed", { mapMode: "distributed" }],
    ["side by side", { overlap: "allow" }],
    ["with a topic of somebody else", { alarmTopicArn: "arn:aws:sns:us-east-1:000000000000:alerts" }],
  ];
  for (const [what, args] of cases) {
    it(`O1, O11: ${what}: every call is allowed, and nothing else is granted`, async () => {
      const found = await documents(args);
      assert.ok(found.calls.length > 10);
      assert.deepEqual(check(found), { missing: [], unused: [] });
    });
  }

  it("O11: without any one of its grants a call is missing", async () => {
    const { calls, statements } = await documents({ mapMode: "distributed" });
    for (const statement of statements.filter(({ Sid }) => !ofTheService.has(String(Sid)))) {
      for (const action of [statement.Action].flat()) {
        const less = { ...statement, Action: [statement.Action].flat().filter((each) => each !== action) };
        const { missing } = check({ calls, statements: statements.map((each) => (each === statement ? less : each)) });
        assert.ok(missing.length > 0, `${action} could go`);
      }
    }
  });

  it("O11: a grant too many, a wider one, and PassRole for another service are found", async () => {
    const { calls, statements } = await documents();
    const more: DeployedStatement = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::other/*" };
    assert.deepEqual(check({ calls, statements: [...statements, more] }).unused, [
      "s3:GetObject on arn:aws:s3:::other/*",
    ]);
    const other = statements.map((each) =>
      [each.Action].flat().includes("iam:PassRole")
        ? { ...each, Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } } }
        : each,
    );
    const { missing, unused } = check({ calls, statements: other });
    assert.equal(missing.length, 2);
    assert.equal(unused.length, 2);
  });

  it("O11: no wildcard of actions, and no resource * but where the service has none", async () => {
    const { statements } = await documents();
    for (const { Sid, Action, Resource } of statements) {
      assert.ok([Action].flat().every((action) => !action.includes("*")));
      assert.equal([Resource].flat().includes("*"), ofTheService.has(String(Sid)), String(Sid));
    }
  });

  it("O11: without a log the role has no rights on logs, with traces those of X-Ray", async () => {
    const { statements } = await documents({ logLevel: "OFF", tracing: true });
    assert.deepEqual(
      statements.map(({ Sid }) => String(Sid)).filter((sid) => ofTheService.has(sid)),
      ["Traces"],
    );
  });
});
