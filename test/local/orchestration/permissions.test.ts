import assert from "node:assert/strict";
import { fetchJson } from "../../../local/processes/localFetch";
import { assertNothingLeft, leftIn } from "./place";
import { run } from "./runs";
import { describeWorld } from "./world";

interface LedgerEntry {
  readonly role: string | null;
  readonly action: string;
  readonly resource: string;
  readonly decision: string;
}

/** Reads ahead of the scenarios' ends what they have left; its last test takes a right away. */
describeWorld("What the orchestration's roles may", (here) => {
  const role = "data-pipelines-orchestration-test-large-sync-connection-role";

  it("O3, O8: after all scenarios no token and no lock is left, of no execution", async () => {
    await Promise.all(Object.values(here().scenarios));
    for (const group of ["side", "nightly", "large"] as const) {
      assert.deepEqual(await leftIn(here(), group), { tokens: [], locks: [] }, group);
    }
  });

  it("O11: with IAM enforced no scenario was denied anything", async () => {
    await Promise.all(Object.values(here().scenarios));
    const denied = (await ledger()).filter(({ decision }) => decision !== "Allow");
    assert.deepEqual(denied, []);
  });

  it("O3: without one of its rights a function fails the run, which names the action", async () => {
    await here().scenarios.large;
    const { iam, sfn, outputs } = here();
    const { PolicyNames: [PolicyName = ""] = [] } = await iam.listRolePolicies({ RoleName: role });
    const { PolicyDocument = "" } = await iam.getRolePolicy({ RoleName: role, PolicyName });
    const document = decodeURIComponent(PolicyDocument);
    const without = document.replaceAll('"dynamodb:PutItem"', '"dynamodb:DescribeTable"');
    assert.notEqual(without, document);
    await iam.putRolePolicy({ RoleName: role, PolicyName, PolicyDocument: without });
    try {
      const refused = await run(sfn, outputs.large.stateMachineArn, { include: ["c002"] });
      assert.equal(refused.status, "FAILED");
      assert.match(refused.cause, /^c002 AccessDeniedException: .*dynamodb:PutItem/m);
      await assertNothingLeft(here(), "large", refused);
      const denied = (await ledger()).filter(({ decision }) => decision !== "Allow");
      assert.deepEqual(
        denied.map(({ role: own, action }) => [own, action]),
        [[role, "dynamodb:PutItem"]],
      );
    } finally {
      await iam.putRolePolicy({ RoleName: role, PolicyName, PolicyDocument: document });
    }
  });

  async function ledger(): Promise<readonly LedgerEntry[]> {
    const { entries } = await fetchJson<{ entries: LedgerEntry[] }>(
      `${here().services.aws.endpoint}/_local/iam-ledger`,
    );
    return entries;
  }
});
