import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import type { DocumentKind } from "../../policy/model/document";
import { unknown } from "../../policy/model/unknown";
import { validity } from "../../policy/rules/documents/p25-validity";
import { checkInlineSizes, checkSize } from "../../policy/validity/size";
import { messages } from "./judge";

const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";
const get = { Effect: "Allow", Action: "dynamodb:GetItem", Resource: table };
const judge = (statement: object, kind: "identity" | "trust" | "resource" = "identity") =>
  messages(validity, kind, { Version: "2012-10-17", Statement: { ...get, ...statement } });
const on = (operator: string, key: string, value: unknown) => judge({ Condition: { [operator]: { [key]: value } } });

/** A document of exactly so many characters. */
const sized = (size: number) => `{"Statement":[],"Id":"${"x".repeat(size - 24)}"}`;

describe("limits of documents and of values", () => {
  it("P25: a document may have as many characters as the quota, and not one more", () => {
    const found = (size: number, kind: DocumentKind, more: { type?: string; service?: string } = {}, quota = 2_048) =>
      [...checkSize({ kind, document: readDocument(sized(size)), ...more }, quota)].length;
    for (const [most, kind, more] of [
      [10_240, "identity", {}],
      [6_144, "identity", { type: "aws:iam/policy:Policy" }],
      [10_240, "guardrail", {}],
      [2_048, "guardrail", { type: "aws:transfer/user:User" }],
      [8_192, "resource", { service: "sqs" }],
      [20_480, "resource", { service: "s3", type: "aws:iam/policy:Policy" }],
      [2_048, "trust", { type: "aws:iam/role:Role" }],
    ] as const) {
      assert.equal(found(most, kind, more), 0, `${kind} ${most}`);
      assert.equal(found(most + 1, kind, more), 1, `${kind} ${most}`);
    }
    assert.equal(found(8_192, "trust", {}, 8_192), 0);
    assert.equal(found(8_193, "trust", {}, 8_192), 1);
    assert.equal(found(30_000, "resource", { service: "ecr" }), 0, "no quota is known");
  });

  it("P25: a role's inline policies have a quota together, told where each alone is short enough and known", () => {
    const found = (...policies: unknown[]) =>
      [...checkInlineSizes({ assumeRolePolicy: sized(5_000), inlinePolicies: policies.map((policy) => ({ policy })) })]
        .length;
    assert.equal(found(sized(5_120), sized(5_120)), 0);
    assert.equal(found(sized(5_120), sized(5_121)), 1);
    assert.equal(found(sized(10_240), sized(100)), 1);
    assert.equal(found(sized(10_241), sized(100)), 0, "told of the one");
    assert.equal(found(sized(5_120), sized(5_121), unknown), 0, "judged again by the update");
    assert.equal(found(), 0);
  });

  it("P25: values of numbers, dates, booleans, addresses and ARNs, to the character", () => {
    const right: Record<string, readonly [key: string, values: readonly string[]]> = {
      NumericLessThan: ["aws:MultiFactorAuthAge", ["0", "-1", "3600", "1.25"]],
      DateLessThan: [
        "aws:CurrentTime",
        [
          "2026",
          "2026-01",
          "2026-01-31",
          "2026-01-31T00:00Z",
          "2026-01-31T00:00:00Z",
          "2026-01-31T00:00:00.125Z",
          "2026-01-31T00:00:00+0100",
          "2026-01-31T00:00:00-01:00",
          "1798761600",
        ],
      ],
      Bool: ["aws:SecureTransport", ["true", "FALSE"]],
      IpAddress: ["aws:SourceIp", ["10.0.0.255", "0.0.0.1/32", "198.51.100.0/24", "2001:db8::/128", "2001:DB8::1"]],
      ArnLike: ["aws:SourceArn", ["*", "arn:aws:s3:::orders", "arn:aws:s3*", "*:aws:s3:::orders"]],
    };
    for (const [operator, [key, values]] of Object.entries(right)) {
      for (const value of values) assert.deepEqual(on(operator, key, value), [], `${operator} ${value}`);
    }
    const wrong: typeof right = {
      NumericLessThan: ["aws:MultiFactorAuthAge", ["x1", "1x", "1.", "1.x", "--1", ""]],
      DateLessThan: [
        "aws:CurrentTime",
        [
          "x2026-01",
          "2026-01x",
          "2026-1",
          "2026-01-31T00",
          "2026-01-31T00:00:00",
          "2026-01-31T00:00:00.Z",
          "2026-01-31T00:00:00.xZ",
          "2026-01-31T00:00:00 0100",
          "2026-01-31T00:00:00+x100",
          "2026-01-31T00:00:00+0x00",
          "2026-01-31T00:00:00+01x0",
          "2026-01-31T00:00:00+010x",
        ],
      ],
      Bool: ["aws:SecureTransport", ["untrue", "trues", "1"]],
      IpAddress: [
        "aws:SourceIp",
        [
          "10.0.0",
          "10.0.0.0.0",
          "10.0.0.256",
          "10.0.0.1000",
          "x10.0.0.0",
          "10.0.0.0/33",
          "10.0.0.0/x8",
          "10.0.0.0/8x",
          "10.0.0.0/8/8",
          "10.0.0.0/",
          "2001:db8::/129",
          "2001:dg8::",
          "g2001:db8::",
          "2001:db8::g",
        ],
      ],
      ArnLike: ["aws:SourceArn", ["orders", "arn:aws:s3", "xarn:aws:s3:::orders", "a*b"]],
    };
    for (const [operator, [key, values]] of Object.entries(wrong)) {
      for (const value of values) assert.equal(on(operator, key, value).length > 0, true, `${operator} ${value}`);
    }
  });

  it("P25: principals, accounts and actions, to the character", () => {
    const principal = (Principal: object) =>
      messages(validity, "trust", {
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Principal, Action: "sts:AssumeRole" },
      }).length;
    const account = "111122223333";
    for (const AWS of [
      "*",
      account,
      `arn:aws:iam::${account}:root`,
      `arn:aws-us-gov:iam::${account}:role/a/b`,
      `arn:aws:sts::${account}:assumed-role/a/b`,
    ]) {
      assert.equal(principal({ AWS }), 0, AWS);
    }
    for (const AWS of [
      `${account}0`,
      `x${account}`,
      `xarn:aws:iam::${account}:root`,
      `arn:aws:iam::${account}0:root`,
      `arn:aws:iam::x${account}:root`,
      `arn:aws:iam::${account}:xroot`,
      `arn:aws:iam::${account}:role/`,
      "arn:aws:iam::cloudfront:role/a",
      `arn:x:iam::${account}:root`,
    ]) {
      assert.equal(principal({ AWS }), 1, AWS);
    }
    for (const Service of ["lambda.amazonaws.com", "ec2.amazonaws.com.cn", "a.b.amazonaws.com"])
      assert.equal(principal({ Service }), 0);
    for (const Service of ["@lambda.amazonaws.com", "lambda.amazonaws.com/", "lambda"])
      assert.equal(principal({ Service }), 1);
    for (const Resource of [
      `x${table}`,
      "arn:aws:dynamodb:eu-west-1:1111222233334:table/o",
      "arn:aws:dynamodb:eu-west-1:x11112222333:table/o",
      ` ${table}`,
      "arn:aws:dynamodb:eu-west-1:111122223333:",
      "arn:aws::eu-west-1:111122223333:table/o",
    ]) {
      assert.equal(judge({ Resource }).length, 1, Resource);
    }
    for (const Action of ["dynamodb", "dynamodb:", ":GetItem", "dynamodb:GetItem:x"]) {
      assert.match(judge({ Action })[0] ?? "", /isn't an action\. Fix: write <service>:<Action>/, Action);
    }
  });

  it("P31: a Version that isn't known yet is none that is wrong", () => {
    for (const document of [unknown, { Version: unknown, Statement: get }]) {
      assert.deepEqual(messages(validity, "identity", document), []);
    }
  });
});
