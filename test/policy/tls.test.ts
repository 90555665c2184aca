import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import { unknown } from "../../policy/model/unknown";
import { tlsOnlyRule } from "../../policy/rules/exposure/p23-tls-only";
import { isTlsOnly, isTlsService, withTlsOnly } from "../../policy/rules/exposure/tls";

const queue = "arn:aws:sqs:eu-west-1:111122223333:orders";
const plain = { Bool: { "aws:SecureTransport": "false" } };
const both = ["arn:aws:s3:::orders", "arn:aws:s3:::orders/*"];
const refusing = { Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: queue, Condition: plain };
const allowing = { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "sqs:SendMessage", Resource: queue };
const judge = (...Statement: unknown[]) => isTlsOnly(readDocument({ Version: "2012-10-17", Statement }), "sqs");
const objects = (Resource: unknown) =>
  isTlsOnly(readDocument({ Version: "2012-10-17", Statement: { ...refusing, Action: "s3:*", Resource } }), "s3");

describe("the statement that refuses plain HTTP", () => {
  it("P23: buckets, queues and topics have it", () => {
    for (const service of ["s3", "sqs", "sns"]) assert.equal(isTlsService(service), true);
    for (const service of ["kms", "", undefined]) assert.equal(isTlsService(service), false);
  });

  it("P23: it denies everybody every action that moves data, by aws:SecureTransport false and nothing else", () => {
    assert.equal(judge(refusing), true);
    assert.equal(judge(allowing, refusing), true);
    assert.equal(judge({ ...refusing, Principal: { AWS: ["111122223333", "*"], Service: "sns.amazonaws.com" } }), true);
    assert.equal(judge({ ...refusing, Condition: { Bool: { "aws:SecureTransport": ["False"] } } }), true);
    const service = { ...plain, BoolIfExists: { "aws:PrincipalIsAWSService": "false" } };
    assert.equal(judge({ ...refusing, Condition: service }), true);
    for (const change of [
      { Effect: "Allow" },
      { Principal: { AWS: "111122223333" } },
      { Principal: undefined },
      { Action: "sqs:SendMessage" },
      { Resource: [] },
      { Condition: undefined },
      { Condition: { Bool: { "aws:SecureTransport": "true" } } },
      { Condition: { Bool: { "aws:SecureTransport": ["false", "true"] } } },
      { Condition: { Bool: { "aws:SecureTransport": [] } } },
      { Condition: { Bool: { "aws:PrincipalIsAWSService": "false" } } },
      { Condition: { StringEquals: { "aws:SecureTransport": "false" } } },
      { Condition: { Null: { "aws:SecureTransport": "false" } } },
      { Condition: { ...plain, StringEquals: { "aws:SourceVpce": "vpce-1" } } },
    ]) {
      assert.equal(judge({ ...refusing, ...change }), false, JSON.stringify(change));
    }
  });

  it("P23: of a bucket, it is about the bucket and all objects", () => {
    for (const on of [
      both,
      ["*"],
      ["arn:aws:s3:::orders*"],
      ["arn:aws-cn:s3:::a", "arn:aws-cn:s3:::a/*"],
      ["a", "a/*"],
      unknown,
    ]) {
      assert.equal(objects(on), true, String(on));
    }
    for (const on of [
      both.slice(0, 1),
      both.slice(1),
      ["arn:aws:s3:::o", "arn:aws:s3:::o/in/*"],
      ["arn:aws:s3:::o", "arn:aws:s3:::o/*/x"],
      ["arn:aws:s3:::o", ""],
      ["x/arn:aws:s3:::o", "o/*"],
    ]) {
      assert.equal(objects(on), false, String(on));
    }
  });

  it("P23: what isn't known yet may be that statement, or hide it", () => {
    for (const statement of [
      unknown,
      { ...refusing, Effect: unknown },
      { ...refusing, Principal: unknown },
      { ...refusing, Condition: unknown },
    ]) {
      assert.equal(judge(allowing, statement), undefined);
    }
    const many = Array.from({ length: 11 }, () => allowing);
    assert.equal(judge(...many, unknown), undefined, "a statement of two digits");
    assert.equal(isTlsOnly(readDocument(unknown), "sqs"), undefined);
    assert.equal(isTlsOnly(readDocument({ Version: "2012-10-17", Statement: unknown }), "sqs"), undefined);
    assert.equal(isTlsOnly(readDocument({ Version: unknown, Statement: allowing }), "sqs"), false);
    assert.equal(judge({ ...allowing, Principal: unknown }), false, "an Allow refuses nothing");
    assert.equal(judge({ ...refusing, Resource: unknown }), true);
  });

  it("P23: it is added in the form that the policy had, under a Sid of its own", () => {
    const added = { Sid: "TlsOnly", ...refusing };
    assert.deepEqual(withTlsOnly({ Version: "2012-10-17", Statement: allowing }, "sqs", [queue]), {
      Version: "2012-10-17",
      Statement: [allowing, added],
    });
    assert.equal(withTlsOnly('{"Statement":[]}', "sqs", [queue]), JSON.stringify({ Statement: [added] }));
    const taken = [{ Sid: "TlsOnly" }, { Sid: "TlsOnly2" }, unknown];
    const { Statement } = withTlsOnly({ Statement: taken }, "s3", both) as { Statement: Record<string, unknown>[] };
    assert.deepEqual(Statement[3], { ...added, Sid: "TlsOnly3", Action: "s3:*", Resource: both });
    for (const policy of ["{", "[]", unknown, undefined]) assert.equal(withTlsOnly(policy, "sqs", [queue]), undefined);
    for (const resources of [[], ["arn:aws:sqs:*:*:orders"], [queue, "*"], ["arn:aws:s3:::o/*/x"]]) {
      assert.equal(withTlsOnly({ Statement: [] }, "sqs", resources), undefined, resources.join());
    }
  });

  it("P23: the queue's ARN is read from its URL, the bucket's partition from the policy", () => {
    const mend = (type: string, props: Record<string, unknown>) => {
      const resource = { type: `aws:${type}`, name: "r", urn: "r", props, dependencies: {} };
      const settings = { trustedAccounts: [], allowedManagedPolicies: [], trustPolicySize: 2_048 };
      const policy = tlsOnlyRule.mend?.remediate(resource, settings)?.policy;
      return policy === undefined
        ? undefined
        : (policy as { Statement: { Resource: unknown }[] }).Statement.at(-1)?.Resource;
    };
    const url = (queueUrl: unknown) =>
      mend("sqs/queuePolicy:QueuePolicy", { queueUrl, policy: { Statement: [allowing] } });
    assert.equal(
      url("https://sqs.eu-west-1.amazonaws.com/111122223333/orders.fifo"),
      "arn:aws:sqs:eu-west-1:111122223333:orders.fifo",
    );
    assert.equal(
      url("https://sqs.cn-north-1.amazonaws.com.cn/111122223333/o"),
      "arn:aws-cn:sqs:cn-north-1:111122223333:o",
    );
    assert.equal(
      url("https://sqs.us-gov-west-1.amazonaws.com/111122223333/o"),
      "arn:aws-us-gov:sqs:us-gov-west-1:111122223333:o",
    );
    for (const other of [
      "xhttps://sqs.eu-west-1.amazonaws.com/111122223333/o",
      "https://sqs.eu-west-1.amazonaws.com/111122223333/o/x",
      "orders",
      unknown,
    ]) {
      assert.equal(url(other), undefined, String(other));
    }
    const bucket = (arn: string) => {
      const statement = { Effect: "Allow", Principal: { AWS: "111122223333" }, Action: "s3:GetObject", Resource: arn };
      return mend("s3/bucketPolicy:BucketPolicy", { bucket: "o", policy: { Statement: [statement] } });
    };
    assert.deepEqual(bucket("arn:aws-us-gov:s3:::o/*"), ["arn:aws-us-gov:s3:::o", "arn:aws-us-gov:s3:::o/*"]);
    assert.deepEqual(bucket("*"), ["arn:aws:s3:::o", "arn:aws:s3:::o/*"]);
  });
});
