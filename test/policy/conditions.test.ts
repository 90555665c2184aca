import assert from "node:assert/strict";
import { unknown } from "../../policy/model/unknown";
import { validity } from "../../policy/rules/documents/p25-validity";
import { conditionUse } from "../../policy/rules/documents/p26-conditions";
import { messages } from "./judge";

const get = {
  Effect: "Allow",
  Action: "dynamodb:GetItem",
  Resource: "arn:aws:dynamodb:eu-west-1:111122223333:table/orders",
};

function judge(statement: Record<string, unknown>, kind: "identity" | "trust" = "identity"): string[] {
  return messages(validity, kind, { Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

/** What is wrong with a condition of a statement that is right. */
function condition(Condition: unknown, rest: Record<string, unknown> = get): string[] {
  return judge({ ...rest, Condition });
}

/** A policy variable. */
function variable(name: string): string {
  return `\${${name}}`;
}

describe("the rule on valid documents, of conditions", () => {
  it("P25: an operator fits its key's type and its values", () => {
    const right: Record<string, Record<string, unknown>> = {
      StringLike: { "aws:PrincipalTag/a": "b*", "aws:PrincipalArn": "arn:aws:iam::*:role/a" },
      ArnLike: { "aws:SourceArn": "arn:aws:s3:::b", "aws:PrincipalArn": "*" },
      Bool: { "aws:SecureTransport": true, "aws:ViaAWSService": "FALSE" },
      NumericLessThan: { "aws:MultiFactorAuthAge": 3600, "aws:EpochTime": "1798761600" },
      DateGreaterThan: { "aws:CurrentTime": ["2026-01-31T00:00:00Z", "2026-01-31", "1798761600"] },
      IpAddress: { "aws:SourceIp": ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", variable("aws:VpcSourceIp")] },
      Null: { "aws:TokenIssueTime": "true" },
      "ForAnyValue:StringEquals": { "aws:TagKeys": ["a"] },
    };
    for (const [operator, keys] of Object.entries(right)) {
      for (const [key, value] of Object.entries(keys)) {
        const rest = key === "aws:TagKeys" ? { ...get, Action: "dynamodb:TagResource" } : get;
        assert.deepEqual(condition({ [operator]: { [key]: value } }, rest), [], `${operator} ${key}`);
      }
    }
    const wrong: Record<string, Record<string, unknown>> = {
      StringEquals: { "aws:SecureTransport": "true", "aws:SourceIp": "10.0.0.1", "aws:MultiFactorAuthAge": "1" },
      ArnLike: { "aws:SourceArn": "orders", "aws:SourceVpce": "vpce-1", "aws:SecureTransport": "true" },
      Bool: { "aws:PrincipalTag/a": "true", "aws:SecureTransport": "1" },
      NumericLessThan: { "aws:MultiFactorAuthAge": "soon", "aws:PrincipalTag/a": "1" },
      DateGreaterThan: { "aws:CurrentTime": "tomorrow", "aws:PrincipalTag/a": "2026-01-31" },
      IpAddress: { "aws:SourceIp": "10.0.0.300", "aws:PrincipalTag/a": "10.0.0.1" },
      NotIpAddress: { "aws:SourceIp": "10.0.0.0/8/8" },
      Null: { "aws:TokenIssueTime": "yes" },
      NullIfExists: { "aws:TokenIssueTime": "true" },
      StringLike: { "aws:PrincipalTag/a": [] },
    };
    for (const [operator, keys] of Object.entries(wrong)) {
      for (const [key, value] of Object.entries(keys)) {
        assert.equal(condition({ [operator]: { [key]: value } }).length, 1, `${operator} ${key}`);
      }
    }
  });

  it("P25: a key is one that the actions' requests can have", () => {
    const equals = (key: string, rest: Record<string, unknown> = get) =>
      condition({ StringEquals: { [key]: "a" } }, rest).length;
    const objects = { Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };
    const both = { Action: ["s3:GetObject", "s3:ListBucket"], Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"] };
    assert.equal(equals("s3:prefix", objects), 1);
    assert.equal(equals("s3:prefix", both), 1);
    assert.equal(equals("s3:prefix", { ...both, Effect: "Deny" }), 0, "a Deny of both holds where the key is");
    assert.equal(
      equals("s3:prefix", { ...both, Action: ["s3:Get*", "s3:ListBucket"] }),
      0,
      "a wildcard may have others",
    );
    assert.equal(equals("s3:prefix", { ...both, Action: "s3:*" }), 0);
    assert.equal(equals("s3:prefix", { ...both, Action: ["s3:GetObject", unknown] }), 0);
    assert.equal(equals("s3:prefix", { Action: "*", Resource: "*" }), 0);
    assert.equal(equals("S3:ExistingObjectTag/Class", objects), 0);
    assert.equal(equals("s3:ExistingObjectTag", objects), 1);
    assert.equal(equals("aws:ResourceTag/stage"), 0);
    assert.equal(equals("aws:ResourceTag/stage", { Action: "xray:PutTraceSegments", Resource: "*" }), 1);
    assert.equal(equals("aws:PrincipalTag/stage", { Action: "xray:PutTraceSegments", Resource: "*" }), 0);
    assert.equal(equals("aws:PrincipalTags/stage"), 1);
    assert.equal(equals("nonsense"), 1);
  });

  it("P25: tagging a session shares the keys of the request that assumes the role", () => {
    const Condition = { StringEquals: { "sts:ExternalId": "orders-7f3a" } };
    const trust = { Principal: { AWS: "111122223333" }, Action: ["sts:AssumeRole", "sts:TagSession"], Condition };
    assert.deepEqual(judge(trust, "trust"), []);
    assert.equal(judge({ ...trust, Action: "sts:TagSession" }, "trust").length, 1);
  });

  it("P25: keys of identity providers are taken in trusts alone", () => {
    const trust = {
      Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/0A" },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: { "oidc.eks.eu-west-1.amazonaws.com/id/0A:sub": "system:serviceaccount:a:b" } },
    };
    assert.deepEqual(judge(trust, "trust"), []);
    assert.equal(judge({ ...get, Condition: { StringEquals: { "example.com:sub": "a" } } }).length, 1);
  });
});

describe("the rule on conditions", () => {
  const found = (Condition: unknown, Effect = "Allow") =>
    messages(conditionUse, "identity", { Version: "2012-10-17", Statement: [{ ...get, Effect, Condition }] });

  it("P26: the message has the operator to write", () => {
    assert.match(found({ StringLike: { "aws:PrincipalTag/a": "b" } })[0] ?? "", /Fix: write StringEquals \[P26/);
    assert.match(
      found({ StringNotEqualsIgnoreCase: { "aws:PrincipalTag/a": "b?" } }, "Deny")[0] ?? "",
      /Fix: write StringNotLike /,
    );
    assert.match(found({ ArnLikeIfExists: { "aws:SourceArn": "arn:aws:s3:::b" } })[0] ?? "", /Fix: write ArnLike /);
  });

  it("P26: what isn't known yet is no mistake", () => {
    assert.deepEqual(found({ StringLike: { "aws:PrincipalTag/a": unknown } }), []);
    assert.deepEqual(found({ StringNotEquals: { "aws:PrincipalTag/a": "b" }, StringEquals: unknown }), []);
  });

  it("P26: IfExists is fine where the key is held to in another way, or where nothing is allowed", () => {
    const key = { "aws:SourceVpce": "vpce-1" };
    assert.equal(found({ StringEqualsIfExists: key }).length, 1);
    assert.deepEqual(found({ StringEqualsIfExists: key, Null: { "aws:SourceVpce": "false" } }), []);
    assert.deepEqual(found({ StringEqualsIfExists: key }, "Deny"), []);
  });

  it("P26: ForAllValues needs the Null test to say that the key is there", () => {
    const all = { "ForAllValues:StringEquals": { "aws:TagKeys": ["a"] } };
    assert.equal(found(all).length, 1);
    assert.equal(found({ ...all, Null: { "aws:TagKeys": "true" } }).length, 1);
    assert.equal(found({ ...all, Null: { "aws:CalledVia": "false" } }).length, 1);
    assert.deepEqual(found({ ...all, Null: { "aws:TagKeys": "false" } }), []);
  });
});
