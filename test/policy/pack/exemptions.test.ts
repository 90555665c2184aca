import assert from "node:assert/strict";
import { serviceWildcard } from "../../../policy/rules/actions/p02-service-wildcard";
import { lambdaPermission } from "../../../policy/rules/exposure/p22-lambda-permission";
import { tlsOnlyRule } from "../../../policy/rules/exposure/p23-tls-only";
import { publicAccessBlock } from "../../../policy/rules/exposure/p24-public-access-block";
import { judgeStackOf, remediate, unknownText, urnOf } from "./engine";

const type = "aws:iam/policy:Policy";
const document = { Statement: { Sid: "Files", Effect: "Allow", Action: "s3:*", Resource: "arn:aws:s3:::files/*" } };
const wide = { type, name: "wide", props: { policy: JSON.stringify({ Version: "2012-10-17", ...document }) } };
const reason = "an old tool asks for them";
const day = (offset: number) => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

async function judge(...exemptions: readonly Record<string, unknown>[]) {
  const told = await judgeStackOf([serviceWildcard], [wide], { [serviceWildcard.name]: { exemptions } });
  return told.map(({ policy, level, message }) => `[${level}] ${policy}: ${message}`);
}

describe("exemptions of the policy pack", () => {
  it("P32: an exemption by name, URN or pattern covers the finding, which is still told", async () => {
    for (const resource of ["wide", "wi*", urnOf(wide), "urn:pulumi:*::wide"]) {
      const told = await judge({ resource, reason, expires: day(0) });
      assert.equal(told.length, 1, told.join("\n"));
      assert.match(
        told[0] ?? "",
        /^\[advisory\] policy-exempted: exempted from P2 until .*, because an old tool.*s3:\*/,
      );
    }
  });

  it("P32: an exemption for another resource, statement or action covers nothing, and that is told", async () => {
    const others = [
      { resource: "narrow" },
      { resource: "wide", statement: "Other" },
      { resource: "wide", actions: ["sqs:*"] },
    ];
    for (const other of others) {
      const [finding = "", unused = "", ...more] = await judge({ reason, expires: day(9), ...other });
      assert.deepEqual(more, []);
      assert.match(finding, /^\[mandatory\] iam-no-service-wildcard: .*\[P2: /);
      assert.match(
        unused,
        /^\[advisory\] policy-exemptions-in-stack: the exemption from P2 .* is of no use: .*\[P32: /,
      );
    }
    assert.equal(
      (await judge({ resource: "wide", statement: "Files", actions: ["s3:*"], reason, expires: day(9) })).length,
      1,
    );
  });

  it("P32: from the day after its last one it covers nothing and is a violation itself", async () => {
    const told = await judge({ resource: "wide", reason, expires: day(-1) });
    assert.equal(told.length, 2, told.join("\n"));
    assert.match(
      told[0] ?? "",
      /^\[mandatory\] iam-no-service-wildcard: .*The exemption for wide ended on .* \(an old tool/,
    );
    assert.match(
      told[1] ?? "",
      /^\[mandatory\] policy-exemption-expired: the exemption from P2 .* has expired: wide, until/,
    );
  });

  it("P32: a rule on the stack is exempted resource by resource", async () => {
    const buckets = ["one", "two"].map((name) => ({ type: "aws:s3/bucket:Bucket", name, props: { bucket: name } }));
    const exemptions = [{ resource: "one", reason, expires: day(9) }];
    const told = await judgeStackOf([publicAccessBlock], buckets, { [publicAccessBlock.name]: { exemptions } });
    const of = (policy: string) =>
      told.filter((each) => each.policy === policy).map(({ urn }) => urn?.split("::").pop());
    assert.deepEqual(of(publicAccessBlock.name), ["two"]);
    assert.deepEqual(of("policy-exemptions-in-stack"), ["one"]);
    assert.equal(told.length, 2);
  });

  it("P33: what can be mended is mended, what is exempted is left alone", async () => {
    const type = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    const block = { type, name: "block", props: { bucket: "one", ignorePublicAcls: true } };
    const on = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
    assert.deepEqual({ ...((await remediate([publicAccessBlock], block)) as object) }, { bucket: "one", ...on });
    const right = { ...block, props: { bucket: "one", ...on } };
    assert.equal(await remediate([publicAccessBlock], right), undefined);
    const exemptions = [{ resource: "block", reason, expires: day(9) }];
    assert.equal(await remediate([publicAccessBlock], block, { [publicAccessBlock.name]: { exemptions } }), undefined);
  });

  it("P44: what the update will mend is no mandatory stop of the preview, and isn't told as passed", async () => {
    const statement = {
      Sid: "Read",
      Effect: "Allow",
      Principal: { AWS: "arn:aws:iam::111122223333:role/r" },
      Action: "s3:GetObject",
    };
    const site = (bucket: string, Resource: string, acls: unknown) => [
      { type: "aws:s3/bucket:Bucket", name: "site", props: {} },
      {
        type: "aws:s3/bucketPolicy:BucketPolicy",
        name: "site-policy",
        dependencies: { bucket: ["site"] },
        props: { bucket, policy: { Version: "2012-10-17", Statement: [{ ...statement, Resource }] } },
      },
      {
        type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        name: "site-block",
        dependencies: { bucket: ["site"] },
        props: { bucket, blockPublicAcls: acls, blockPublicPolicy: true, ignorePublicAcls: true },
      },
    ];
    const hook = (of: string) => ({
      type: "aws:lambda/permission:Permission",
      name: "hook",
      props: { action: "lambda:InvokeFunction", function: of, principal: "events.amazonaws.com" },
    });
    const mending = [tlsOnlyRule, publicAccessBlock, lambdaPermission];
    const mend = Object.fromEntries(mending.map(({ name }) => [name, { enforcementLevel: "remediate" }]));
    const judge = async (resources: Parameters<typeof judgeStackOf>[1], config = mend) =>
      (await judgeStackOf(mending, resources, config)).map(({ policy, message }) => ({ policy, message }));
    const known = [
      ...site("site", "arn:aws:s3:::site/*", true),
      hook("arn:aws:lambda:eu-west-1:111122223333:function:hook"),
    ];
    const late = [...site(unknownText, unknownText, true), hook(unknownText)];
    // The update, which knows all, mends all.
    assert.deepEqual(await judge(known), []);
    const told = await judge(late);
    assert.ok(
      told.every(({ policy }) => policy.startsWith("policy-not-evaluated")),
      JSON.stringify(told),
    );
    const messages = told.map(({ message }) => message).join("\n");
    assert.match(messages, /^P22, P23 mend hook, site-policy by the update, which knows what for\..*\[P31: /m);
    // Nobody asked for it: the preview stops.
    const asRules = (await judge(late, {})).map(({ policy }) => policy);
    assert.ok(asRules.includes(tlsOnlyRule.name) && asRules.includes(lambdaPermission.name), asRules.join());
    // What the author set off is never mended.
    const off = await judge([...site(unknownText, unknownText, false)]);
    assert.ok(off.some(({ policy }) => policy === publicAccessBlock.name));
  });
});
