import assert from "node:assert/strict";
import { actionsOf, services } from "../../policy/catalogue/actions";
import type { DocumentKind } from "../../policy/model/document";
import type { ExampleResource, RuleId } from "../../policy/model/rule";
import { messageOf } from "../../policy/pack/judge";
import { policiesOf } from "../../policy/pack/policies";
import { accountsOfProvider } from "../../policy/principals/ownAccounts";
import { rules } from "../../policy/rules";
import { judgeExample } from "./judge";

/** Messages of one rule, or of all. */
function found(
  statement: Record<string, unknown>,
  { kind = "identity", service, rule }: { kind?: DocumentKind; service?: string; rule?: RuleId } = {},
): string[] {
  const document = { Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] };
  return rules
    .filter(({ id }) => rule === undefined || id === rule)
    .flatMap((each) => judgeExample(each, { kind, document, ...(service && { service }) }).map(messageOf));
}

function inStack(rule: RuleId, resources: readonly ExampleResource[]): string[] {
  return rules.filter(({ id }) => id === rule).flatMap((each) => judgeExample(each, { resources }).map(messageOf));
}

describe("cases that were false alarms", () => {
  it("P43: EventBridge is let into topics and keys without a condition, which it couldn't take; into queues with one", () => {
    const events = (service: string, Action: string) =>
      found(
        { Principal: { Service: "events.amazonaws.com" }, Action, Resource: "*" },
        { kind: "resource", service, rule: "P15" },
      ).length;
    assert.equal(events("sns", "sns:Publish"), 0);
    assert.equal(events("kms", "kms:GenerateDataKey"), 0);
    assert.equal(events("sqs", "sqs:SendMessage"), 1);
  });

  it("P43: the fix for a statement of several services shuts none of them out, and its ARN is the service's", () => {
    const [mixed = ""] = found(
      { Principal: { Service: ["ec2.amazonaws.com", "pods.eks.amazonaws.com"] }, Action: "sts:AssumeRole" },
      { kind: "trust", rule: "P15" },
    );
    assert.match(mixed, /to a statement of pods\.eks\.amazonaws\.com alone/);
    assert.match(mixed, /arn:aws:eks:<region>/);
    const [unknown = ""] = found(
      { Principal: { Service: "billingconsole.amazonaws.com" }, Action: "sts:AssumeRole" },
      { kind: "trust", rule: "P15" },
    );
    assert.doesNotMatch(unknown, /arn:aws:/);
  });

  it("P43: an action without resource types may have the whole of its service or of a type", () => {
    const match = (Action: string, Resource: string) => found({ Action, Resource }, { rule: "P25" }).length;
    assert.equal(match("s3:ListAllMyBuckets", "arn:aws:s3:::*"), 0);
    assert.equal(match("logs:DescribeQueries", "arn:aws:logs:*:*:log-group:*"), 0);
    assert.equal(match("logs:DescribeQueries", "arn:aws:logs:*:*:log-group:/aws/lambda/*"), 1);
    assert.equal(match("s3:ListAllMyBuckets", "arn:aws:sqs:*:*:*"), 1);
  });

  it("P43: the root of a key's account may have wildcards, as AWS's own statement has them", () => {
    const key = (AWS: string) =>
      found(
        { Principal: { AWS }, Action: ["kms:Create*", "kms:Describe*"], Resource: "*" },
        { kind: "resource", service: "kms", rule: "P3" },
      ).length;
    assert.equal(key("arn:aws:iam::111122223333:root"), 0);
    assert.equal(key("arn:aws:iam::111122223333:role/admin"), 2);
  });

  it("P43: what only tells of permissions manages none", () => {
    assert.deepEqual(found({ Action: "glue:GetStage", Resource: "*" }, { rule: "P12" }), []);
    assert.deepEqual(found({ Action: "secretsmanager:ValidateResourcePolicy", Resource: "*" }, { rule: "P12" }), []);
    assert.equal(found({ Action: "secretsmanager:PutResourcePolicy", Resource: "*" }, { rule: "P12" }).length, 1);
    // AWS's list has these among its permissions management.
    const telling = [...services()]
      .flatMap((service) => [...actionsOf(service).values()])
      .filter(({ access, name }) => access.has("Permissions management") && /^(Get|List|Describe)/.test(name))
      .map(({ key }) => key);
    assert.ok(telling.length >= 30, `${telling.length}`);
    assert.deepEqual(found({ Action: telling, Resource: "*" }, { rule: "P12" }), []);
  });

  it("P43: an object's ACL is read as a bucket's is, and a block on the account covers its buckets", () => {
    const type = "aws:s3/bucketObjectv2:BucketObjectv2";
    assert.equal(inStack("P21", [{ type, name: "o", props: { bucket: "b", acl: "public-read" } }]).length, 1);
    assert.equal(inStack("P21", [{ type, name: "o", props: { bucket: "b", acl: "private" } }]).length, 0);
    const bucket = { type: "aws:s3/bucket:Bucket", name: "data", props: { bucket: "orders" } };
    const account = (blockPublicAcls: boolean) => ({
      type: "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
      name: "account",
      props: { blockPublicAcls, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    });
    assert.equal(inStack("P24", [bucket]).length, 1);
    assert.equal(inStack("P24", [bucket, account(true)]).length, 0);
    assert.equal(inStack("P24", [bucket, account(false)]).length, 1);
  });

  it("P43: a principal of the role's own account shows no External ID, wherever that account is told", () => {
    const type = "aws:iam/role:Role";
    const Statement = [
      { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111122223333:role/deployer" }, Action: "sts:AssumeRole" },
    ];
    const role = (props: Record<string, unknown>) =>
      inStack("P16", [
        { type, name: "r", props: { assumeRolePolicy: { Version: "2012-10-17", Statement }, ...props } },
      ]);
    assert.equal(role({}).length, 1);
    for (const account of ["111122223333", "444455556666"]) {
      const expected = account === "111122223333" ? 0 : 1;
      assert.equal(role({ arn: `arn:aws:iam::${account}:role/r` }).length, expected);
      assert.equal(role({ permissionsBoundary: `arn:aws:iam::${account}:policy/b` }).length, expected);
      assert.equal(role({ managedPolicyArns: [`arn:aws:iam::${account}:policy/b`] }).length, expected);
      assert.deepEqual(accountsOfProvider({ allowedAccountIds: JSON.stringify([account]) }), [account]);
    }
    assert.equal(role({ managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }).length, 1);
    // Of several that a provider may be in, none is known to be the one.
    assert.deepEqual(accountsOfProvider({ allowedAccountIds: '["111122223333", "444455556666"]' }), []);
  });

  it("P44: nothing is mended unless a stack asks for it", () => {
    const levels = new Set(policiesOf(rules).map(({ enforcementLevel }) => enforcementLevel));
    assert.deepEqual([...levels].sort(), ["advisory", "mandatory"]);
  });

  it("P44: a bucket that serves a website speaks HTTP, and isn't asked for TLS", () => {
    const policy = {
      type: "aws:s3/bucketPolicy:BucketPolicy",
      name: "policy",
      props: { bucket: "site", policy: { Version: "2012-10-17", Statement: [] } },
    };
    const website = (type: string) => ({
      type,
      name: "website",
      props: { bucket: "site" },
      dependencies: { bucket: ["site"] },
    });
    const site = { type: "aws:s3/bucket:Bucket", name: "site", props: { bucket: "site" } };
    assert.equal(inStack("P23", [site]).length, 1);
    assert.equal(inStack("P23", [site, policy]).length, 1);
    for (const kind of ["BucketWebsiteConfiguration", "BucketWebsiteConfigurationV2"]) {
      const type = `aws:s3/${kind.charAt(0).toLowerCase()}${kind.slice(1)}:${kind}`;
      assert.deepEqual(inStack("P23", [site, policy, website(type)]), [], kind);
    }
    assert.deepEqual(
      inStack("P23", [{ ...site, props: { ...site.props, website: { indexDocument: "index.html" } } }]),
      [],
    );
  });
});
