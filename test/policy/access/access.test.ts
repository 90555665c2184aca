import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { accessByStack } from "../../../policy/access/cli";
import { compare } from "../../../policy/access/compare";
import { fromFile } from "../../../policy/access/fromFile";
import { accessOf, type Grant } from "../../../policy/access/grants";
import { formatAccess } from "../../../policy/access/markdown";
import { referenceOf, writtenReference } from "../../../policy/access/reference";
import { ownAccess } from "../../../tools/access/cli";

const root = join(__dirname, "../../..");
const read: Grant = {
  who: "role reader",
  effect: "Allow",
  actions: ["s3:GetObject"],
  resources: ["arn:aws:s3:::orders/in/*"],
  conditions: [],
};
const source = (...accounts: string[]) => [`StringEquals aws:sourceaccount: ${accounts.join(", ")}`];

describe("npm run policy:access", () => {
  it("P29: the stacks have no more access than the committed reference, which is up to date", async () => {
    const stacks = await accessByStack(ownAccess.stacks, { source: ownAccess });
    const grants = Object.fromEntries(Object.entries(stacks).map(([name, access]) => [name, access.grants]));
    const reference = referenceOf(readFileSync(ownAccess.reference, "utf8"));
    for (const [stack, access] of Object.entries(stacks)) {
      assert.ok(access.grants.length > 10, stack);
      assert.deepEqual(access.unknown, []);
      const { wider, narrower } = compare(reference[stack] ?? [], access.grants);
      assert.deepEqual({ wider, narrower }, { wider: [], narrower: [] }, "npm run policy:access -- --update");
    }
    const page = readFileSync(ownAccess.page, "utf8");
    assert.equal(formatAccess(grants, await ownAccess.why()), page, "npm run policy:access -- --update");
    assert.ok(
      page.split("\n").every((line) => !/^\| .*\|\s+\|$/.test(line)),
      "every row has its reason",
    );
  });

  it("P29: an action, a resource, a principal more or a condition less is wider", () => {
    const wider = (now: Partial<Grant>, before: Partial<Grant> = {}) =>
      compare([{ ...read, ...before }], [{ ...read, ...now }]).wider;
    assert.deepEqual(wider({}), []);
    assert.deepEqual(wider({ actions: ["s3:GetObject", "s3:PutObject"] }), [
      "role reader: s3:PutObject on arn:aws:s3:::orders/in/*",
    ]);
    assert.deepEqual(wider({ actions: ["s3:Get*"] }), ["role reader: s3:Get* on arn:aws:s3:::orders/in/*"]);
    assert.deepEqual(wider({ resources: ["arn:aws:s3:::orders/*"] }), [
      "role reader: s3:GetObject on arn:aws:s3:::orders/*",
    ]);
    assert.equal(wider({ who: "role other" }).length, 1);
    assert.equal(wider({}, { conditions: source("1") }).length, 1);
    assert.equal(wider({ conditions: source("1", "2") }, { conditions: source("1") }).length, 1);
    assert.equal(compare([{ ...read, effect: "Deny" }], []).wider.length, 1, "what is no longer denied");
  });

  it("P29: less access is told as narrower, and is no failure", () => {
    const narrower = (now: Partial<Grant>, before: Partial<Grant> = {}) => {
      const difference = compare([{ ...read, ...before }], [{ ...read, ...now }]);
      assert.deepEqual(difference.wider, []);
      return difference.narrower.length;
    };
    assert.equal(narrower({}, { actions: ["s3:GetObject", "s3:PutObject"] }), 1);
    assert.equal(narrower({}, { resources: ["*"] }), 1);
    assert.equal(narrower({ conditions: source("1") }), 1);
    assert.equal(narrower({ conditions: source("1") }, { conditions: source("1", "2") }), 1);
    assert.equal(compare([], [{ ...read, effect: "Deny" }]).narrower.length, 1);
  });

  it("P29: --check shows the difference and ends with 1 until --update", () => {
    const folder = mkdtempSync(join(tmpdir(), "access-"));
    try {
      const reference = join(folder, "reference.json");
      const state = join(folder, "state.json");
      writeFileSync(reference, writtenReference({ dev: [read] }));
      writeFileSync(state, JSON.stringify(stateOf(["s3:GetObject", "s3:DeleteObject"])));
      const run = (...args: string[]) => {
        const cli = [
          "--import",
          "tsx",
          "policy/access/cli.ts",
          "--stack",
          "dev",
          "--file",
          state,
          "--reference",
          reference,
        ];
        return spawnSync(process.execPath, [...cli, ...args], { cwd: root, encoding: "utf8" });
      };
      const wider = run("--check");
      assert.equal(wider.status, 1, wider.stderr);
      assert.match(wider.stdout, /^\+ dev: role reader: s3:DeleteObject on arn:aws:s3:::orders\/in\/\*$/m);
      assert.equal(run("--update").status, 0);
      assert.equal(run("--check").status, 0);
      writeFileSync(state, "{}");
      assert.equal(run("--check").status, 2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("P29, P31: roles, attachments, resource policies and Lambda permissions are read from a state; unknown parts are told", () => {
    const { grants, unknown } = accessOf(fromFile("state.json", JSON.stringify(stateOf(["s3:GetObject"]))));
    const lines = grants.map(({ who, actions, resources }) => `${who}: ${actions.join(" ")} on ${resources.join(" ")}`);
    assert.deepEqual(lines.sort(), [
      "Service lambda.amazonaws.com: sts:AssumeRole on arn:aws:iam::000000000000:role/reader",
      "Service s3.amazonaws.com: lambda:InvokeFunction on load",
      "role reader: all of arn:aws:iam::aws:policy/ReadOnlyAccess on *",
      "role reader: s3:GetObject on arn:aws:s3:::orders/in/*",
    ]);
    assert.deepEqual(unknown, []);
    const urn = "urn:pulumi:dev::p::aws:iam/rolePolicy:RolePolicy::late";
    const policy = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    const inputs = { role: "reader", policy };
    const preview = { steps: [{ op: "create", newState: { type: "aws:iam/rolePolicy:RolePolicy", urn, inputs } }] };
    assert.deepEqual(accessOf(fromFile("preview.json", JSON.stringify(preview))).unknown, ["late: policy"]);
  });
});

function stateOf(actions: readonly string[]) {
  const document = (statement: Record<string, unknown>) =>
    JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
  const resource = (type: string, name: string, inputs: Record<string, unknown>, outputs = {}) => ({
    urn: `urn:pulumi:dev::p::${type}::${name}`,
    type,
    inputs,
    outputs: { ...inputs, ...outputs },
  });
  const trust = document({ Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" });
  const policy = document({ Action: actions, Resource: "arn:aws:s3:::orders/in/*" });
  const policyArn = "arn:aws:iam::000000000000:policy/read";
  const roleArn = "arn:aws:iam::000000000000:role/reader";
  const managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
  return {
    version: 3,
    deployment: {
      resources: [
        resource("aws:iam/role:Role", "reader", { name: "reader", assumeRolePolicy: trust }, { arn: roleArn }),
        resource("aws:iam/policy:Policy", "read", { policy }, { arn: policyArn }),
        resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "a", { role: "reader", policyArn }),
        resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "b", { role: "reader", policyArn: managed }),
        resource("aws:lambda/permission:Permission", "p", {
          action: "lambda:InvokeFunction",
          function: "load",
          principal: "s3.amazonaws.com",
          sourceArn: "arn:aws:s3:::orders",
        }),
      ],
    },
  };
}
