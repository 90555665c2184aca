import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import type { DocumentKind } from "../../policy/model/document";
import type { DocumentRule } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { judgeDocument } from "../../policy/pack/judge";
import { trustOfEverybody } from "../../policy/rules/trusts/p14-trust-of-everybody";
import { serviceSource } from "../../policy/rules/trusts/p15-service-source";
import { externalId } from "../../policy/rules/trusts/p16-external-id";

const account = "111122223333";
const root = `arn:aws:iam::${account}:root`;

function judge(rule: DocumentRule, kind: DocumentKind, statements: unknown, service?: string): string[] {
  const document = readDocument({ Version: "2012-10-17", Statement: statements });
  return judgeDocument(rule, { path: "policy", kind, document, ...(service ? { service } : {}) }, defaultSettings).map(
    ({ message, fix }) => `${message} → ${fix}`,
  );
}

const trust = (rule: DocumentRule, Principal: unknown, Condition: unknown = {}, more: object = {}) =>
  judge(rule, "trust", { Effect: "Allow", Principal, Action: "sts:AssumeRole", Condition, ...more });

describe("trusts and policies of resources, source by source", () => {
  it("P15: every service of the statement that says for whom it acts is named, with the ARN of its resources", () => {
    const services = (...Service: string[]) => trust(serviceSource, { Service });
    const [two = ""] = services("lambda.amazonaws.com", "ecs-tasks.amazonaws.com", "ec2.amazonaws.com");
    assert.match(two, /^it lets lambda\.amazonaws\.com, ecs-tasks\.amazonaws\.com assume the role for any account → /);
    for (const [service, arn] of [
      ["lambda.amazonaws.com", "lambda"],
      ["ecs-tasks.amazonaws.com", "ecs"],
      ["delivery.logs.amazonaws.com", "logs"],
    ] as const) {
      assert.ok(services(service)[0]?.includes(`"arn:aws:${arn}:<region>:<account>:<resource>"`), service);
    }
    assert.deepEqual(services("*"), [], "P14 tells of it");
    assert.deepEqual(services("ec2.amazonaws.com"), []);
    assert.deepEqual(trust(serviceSource, { Service: "lambda.amazonaws.com" }, {}, { Effect: "Deny" }), []);
    assert.deepEqual(trust(serviceSource, { Service: "lambda.amazonaws.com" }, {}, { Action: "sts:TagSession" }), []);
    assert.deepEqual(trust(serviceSource, { AWS: root }), []);
  });

  it("P15: it is about trusts and resources' policies, not about endpoints", () => {
    const statement = {
      Effect: "Allow",
      Principal: { Service: "sns.amazonaws.com" },
      Action: ["sqs:SendMessage", "sqs:GetQueueUrl"],
      Resource: "*",
    };
    const [message = ""] = judge(serviceSource, "resource", statement, "sqs");
    assert.match(message, /^it lets sns\.amazonaws\.com do sqs:SendMessage, sqs:GetQueueUrl for any account/);
    assert.deepEqual(judge(serviceSource, "resource", statement, "ec2"), []);
    assert.deepEqual(judge(serviceSource, "resource", { ...statement, Effect: "Deny" }, "sqs"), []);
    assert.equal(
      judge(serviceSource, "resource", { ...statement, Principal: { Service: "ec2.amazonaws.com" } }, "sqs").length,
      1,
    );
  });

  it("P15: a key is tied by the context of the encryption or by the caller's account", () => {
    const key = (Condition: unknown, service = "kms") =>
      judge(
        serviceSource,
        "resource",
        {
          Effect: "Allow",
          Principal: { Service: "logs.amazonaws.com" },
          Action: "kms:Decrypt",
          Resource: "*",
          Condition,
        },
        service,
      ).length;
    const arn = `arn:aws:logs:eu-west-1:${account}:*`;
    assert.equal(key({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn } }), 0);
    assert.equal(key({ StringEquals: { "kms:CallerAccount": account } }), 0);
    assert.equal(key({ ArnLike: { "kms:EncryptionContext:aws:logs:arn": arn } }, "sqs"), 1);
    for (const condition of [
      { ArnLike: { "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:*:*" } },
      { ArnLike: { "kms:EncryptionContext:aws:logs:arn": [arn, "arn:aws:logs:eu-west-1:1:*"] } },
      { ArnLike: { "kms:EncryptionContext:aws:logs:arn": [] } },
      { ArnNotLike: { "kms:EncryptionContext:aws:logs:arn": arn } },
      { XStringEquals: { "kms:CallerAccount": account } },
      { StringEquals: { "kms:CallerAccounts": account } },
      { StringEquals: { "x:kms:CallerAccount": account } },
      { StringEquals: { "kms:ViaService": account } },
    ]) {
      assert.equal(key(condition), 1, JSON.stringify(condition));
    }
  });

  it("P14: an account is narrowed by who of it is meant, in every value", () => {
    const narrowed = (operator: string, key: string, value: unknown) =>
      trust(trustOfEverybody, { AWS: root }, { [operator]: { [key]: value } }).length === 0;
    const role = `arn:aws:iam::${account}:role/load`;
    for (const key of ["sts:ExternalId", "aws:PrincipalTag/team", "aws:userid", "aws:username"]) {
      assert.equal(narrowed("StringLike", key, key === "aws:userid" ? "AROAEXAMPLEID:*" : "loader*"), true, key);
      assert.equal(narrowed("StringLike", key, [root]), true, key);
      for (const any of ["*", "**", "", ["a", "*"]]) assert.equal(narrowed("StringLike", key, any), false, key);
    }
    assert.equal(narrowed("ArnLike", "aws:PrincipalArn", role), true);
    const loose = ["role/*", "role/?*", "role/*-*"].map((name) => `arn:aws:iam::${account}:${name}`);
    for (const any of [root, "*", [role, root], ...loose, loose]) {
      assert.equal(narrowed("ArnLike", "aws:PrincipalArn", any), false, String(any));
    }
    for (const key of ["aws:SourceIp", "aws:RequestedRegion", "x:aws:PrincipalTag/"]) {
      assert.equal(narrowed("StringEquals", key, "a"), false, key);
    }
  });

  it("P14: everybody is narrowed to an ARN of an account, or to a role's name within an organisation", () => {
    const narrowed = (Condition: Record<string, unknown>) => trust(trustOfEverybody, "*", Condition).length === 0;
    const organization = { StringEquals: { "aws:PrincipalOrgID": "o-abcd123456" } };
    assert.equal(narrowed({ ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${account}:role/load` } }), true);
    assert.equal(narrowed({ StringLike: { "aws:userid": "AROA1:*" } }), true);
    assert.equal(narrowed({ StringLike: { "aws:userid": "*" } }), false);
    for (const arn of [root, `arn:aws:iam::${account}:role/*`, "arn:aws:iam::*:role/load"]) {
      assert.equal(narrowed({ ArnLike: { "aws:PrincipalArn": arn } }), false, arn);
    }
    for (const name of ["load", "l*d", "app/load"]) {
      assert.equal(
        narrowed({ ...organization, ArnLike: { "aws:PrincipalArn": `arn:aws:iam::*:role/${name}` } }),
        true,
        name,
      );
    }
    assert.equal(narrowed({ ...organization, ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } }), false);
    assert.equal(narrowed(organization), false);
  });

  it("P16: the External ID begins with something; an organisation or the own account does in its place", () => {
    const shown = (Condition: unknown, AWS: unknown = root) => trust(externalId, { AWS }, Condition).length === 0;
    for (const id of ["a", "orders-*", "agreed?b"])
      assert.equal(shown({ StringLike: { "sts:ExternalId": id } }), true, id);
    for (const id of ["", "*", "?a", "*a", "a*"])
      assert.equal(shown({ StringLike: { "sts:ExternalId": id } }), false, id);
    assert.equal(shown({ StringEquals: { "aws:PrincipalOrgID": "o-abcd123456" } }), true);
    for (const id of ["xo-abcd123456", "o-abcd123456/*", "o-*"]) {
      assert.equal(shown({ StringLike: { "aws:PrincipalOrgID": id } }), false, id);
    }
    assert.equal(shown({ StringEquals: { "aws:SourceAccount": account } }), true);
    assert.equal(shown({ StringEquals: { "aws:SourceAccount": "444455556666" } }), false);
    assert.equal(shown({ StringEquals: { "aws:PrincipalAccount": account } }), false);
    assert.equal(shown({}, "*"), true, "P14 tells of it");
    assert.equal(shown({}, "AROAEXAMPLE"), true, "P25 tells of it");
  });
});
