import assert from "node:assert/strict";
import type { ResourceRule } from "../../../policy/model/rule";
import { rules } from "../../../policy/rules";
import { serviceWildcard } from "../../../policy/rules/actions/p02-service-wildcard";
import { publicAccessBlock } from "../../../policy/rules/exposure/p24-public-access-block";
import { judgeStackOf, unknownText } from "./engine";

const type = "aws:iam/policy:Policy";
const statement = { Sid: "Files", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::files/*" };

/** What is told of the resource; rules on the whole stack tell by themselves what they couldn't read. */
async function judge(policy: unknown) {
  const told = await judgeStackOf(rules, [{ type, name: "late", props: { policy } }]);
  return told
    .filter((each) => each.policy !== "policy-not-evaluated-stack")
    .map(({ policy: name, level, message }) => `[${level}] ${name}: ${message}`);
}

describe("what isn't known at preview", () => {
  it("P31: a document that isn't known is told, and no rule violates or throws", async () => {
    const [told = "", ...more] = await judge(unknownText);
    assert.deepEqual(more, []);
    assert.match(
      told,
      /^\[advisory\] policy-not-evaluated: not evaluated, because only the update knows it: policy\. It is judged again by the update, or by `pulumi policy analyze`.*\[P31: /,
    );
  });

  it("P31: the known part is judged, the unknown part is named", async () => {
    const unknownResource = {
      Version: "2012-10-17",
      Statement: [{ ...statement, Action: "s3:*", Resource: [unknownText] }],
    };
    const told = await judge(unknownResource);
    assert.ok(
      told.some((each) => /^\[mandatory\] iam-no-service-wildcard: policy, statement Files: /.test(each)),
      told.join("\n"),
    );
    assert.ok(
      told.some((each) => /not evaluated.*: policy: Statement\[0\]\.Resource/.test(each)),
      told.join("\n"),
    );
    const harmless = await judge({ Version: "2012-10-17", Statement: [{ ...statement, Condition: unknownText }] });
    assert.deepEqual(
      harmless.map((each) => each.split(":")[0]),
      ["[advisory] policy-not-evaluated"],
    );
  });

  it("P31: a document that is known leaves nothing to tell", async () => {
    assert.deepEqual(await judge(JSON.stringify({ Version: "2012-10-17", Statement: [statement] })), []);
  });

  it("P31: of a resource's properties only those that a rule reads are told", async () => {
    const rule: ResourceRule = {
      ...serviceWildcard,
      scope: "resource",
      types: ["test:thing"],
      *check({ props }) {
        if (props.open === true) yield { message: "it is open", fix: "close it" };
      },
    };
    const things = [
      { type: "test:thing", name: "read", props: { open: unknownText } },
      { type: "test:thing", name: "unread", props: { open: false, note: unknownText } },
      { type: "test:thing", name: "open", props: { open: true } },
    ];
    const told = await judgeStackOf([rule], things);
    assert.deepEqual(
      told.map(({ policy, urn }) => `${policy} ${urn?.split("::").pop()}`),
      ["policy-not-evaluated read", "iam-no-service-wildcard open"],
    );
    assert.match(told[0]?.message ?? "", /knows it: open\./);
    const off = await judgeStackOf([rule], things, { [rule.name]: { enforcementLevel: "disabled" } });
    assert.deepEqual(off, []);
  });

  it("P31: a rule on the stack that couldn't read a resource whole says so once", async () => {
    const blockType = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    const on = {
      blockPublicAcls: true,
      blockPublicPolicy: unknownText,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    };
    const told = await judgeStackOf(
      [publicAccessBlock],
      [
        { type: "aws:s3/bucket:Bucket", name: "data", props: { bucket: "data" } },
        { type: blockType, name: "block", props: on, dependencies: { bucket: ["data"] } },
      ],
    );
    assert.deepEqual(
      told.map(({ policy, level }) => `${policy} ${level}`),
      ["policy-not-evaluated-stack advisory"],
    );
    assert.match(told[0]?.message ?? "", /^P24 could not read all of block, /);
  });
});
