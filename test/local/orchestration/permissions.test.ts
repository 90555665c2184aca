import assert from "node:assert/strict";
import { fetchJson } from "../../../local/processes/localFetch";
import { assertLeft, assertNothingLeft } from "./place";
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

  it("O3, O8: after all scenarios no lock is left, and no token but of syncs that never ended", async () => {
    await Promise.all(Object.values(here().scenarios));
    const unended = { side: ["put_off_for_ever"], quiet: ["hanging"], nightly: ["stuck"], large: [], triggered: [] };
    for (const group of ["side", "quiet", "nightly", "large", "triggered"] as const) {
      await assertLeft(here(), group, unended[group]);
    }
  });

  it("O11: with IAM enforced no scenario was denied anything", async () => {
    await Promise.all(Object.values(here().scenarios));
    const denied = (await ledger()).filter(({ decision }) => decision !== "Allow");
    assert.deepEqual(denied, []);
  });

  it("O20: a task's token is answered with the right on its own state machine, or on its Map's executions", async () => {
    await Promise.all(Object.values(here().scenarios));
    const answers = (await ledger()).filter(({ action }) => action.startsWith("states:SendTask"));
    const asked = new Set(answers.map(({ resource }) => resource));
    const { side, quiet, nightly, large, triggered } = here().outputs;
    const inline = [side, quiet, nightly, triggered].map(({ stateMachineArn }) => stateMachineArn);
    assert.deepEqual([...asked].sort(), [...inline, `${large.stateMachineArn}/Connections`].sort());
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
