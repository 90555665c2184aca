import assert from "node:assert/strict";
import { type ActionInfo, actionInfo } from "../../policy/catalogue/actions";
import { isMultivalued, keyType, knowsKey } from "../../policy/catalogue/conditionKeys";
import { readDocument } from "../../policy/document/readDocument";
import { canMatch } from "../../policy/matching/overlap";
import { allowedActions, everywhere, unconstrained, unrestrictable } from "../../policy/matching/reach";
import { arnFormats, coversFormat, isEveryResource, isRestrictable, splitArn } from "../../policy/matching/resources";
import { narrowingKeys } from "../../policy/matching/scopeConditions";
import { isStar } from "../../policy/matching/wildcard";
import type { Statement } from "../../policy/model/document";
import { nearest } from "../../policy/validity/nearest";

function action(key: string): ActionInfo {
  const info = actionInfo(key);
  assert.ok(info, key);
  return info;
}

function statement(of: Record<string, unknown>): Statement {
  const [read] = readDocument({ Statement: { Effect: "Allow", ...of } }).statements;
  assert.ok(read);
  return read;
}

const queue = "arn:aws:sqs:eu-west-1:111122223333:";
const keys = (of: readonly { readonly action: ActionInfo }[]) => of.map((each) => each.action.key).sort();

describe("actions and the resources that they reach", () => {
  it("P4: a pattern is every resource when no name of that kind is left out", () => {
    const every: Record<string, readonly string[]> = {
      "sqs:SendMessage": ["*", "**", "?*", "arn:aws:sqs:*:*:*", `${queue}*`, "arn:*", "arn:aws:sqs*"],
      "s3:GetObject": ["arn:aws:s3:::*", "arn:aws:s3:::*/*", "arn:aws:s3:*"],
      "dynamodb:Query": ["arn:aws:dynamodb:*:*:table/*", "arn:aws:dynamodb:eu-west-1:111122223333:table/*/index/*"],
      "dms:DeleteCertificate": ["arn:aws:dms:*:*:cert:*"],
    };
    for (const [key, patterns] of Object.entries(every)) {
      for (const pattern of patterns) assert.equal(isEveryResource([pattern], action(key)), true, `${key} ${pattern}`);
    }
    const some: Record<string, readonly string[]> = {
      "sqs:SendMessage": [
        "?",
        "",
        "orders",
        `${queue}orders`,
        `${queue}orders-*`,
        `${queue}*-orders`,
        "arn:aws:sns:*:*:*",
        "*orders",
      ],
      "s3:GetObject": ["arn:aws:s3:::orders/*", "arn:aws:s3:::*/in/*", "arn:aws:s3:::orders-*/*"],
      "dynamodb:Query": ["arn:aws:dynamodb:*:*:table/orders/index/*", "arn:aws:dynamodb:*:*:table/orders*"],
    };
    for (const [key, patterns] of Object.entries(some)) {
      for (const pattern of patterns) assert.equal(isEveryResource([pattern], action(key)), false, `${key} ${pattern}`);
    }
  });

  it("P4: * is told in every spelling", () => {
    for (const star of ["*", "**", "?*", "*?"]) assert.equal(isStar(star), true, star);
    for (const other of ["", "?", "a*", "*a", "arn:*"]) assert.equal(isStar(other), false, other);
  });

  it("P4: ARNs are split, also those whose * stands for the rest", () => {
    assert.deepEqual(splitArn("arn:aws:sns:eu-west-1:111122223333:orders:sub"), {
      partition: "aws",
      service: "sns",
      region: "eu-west-1",
      account: "111122223333",
      resource: "orders:sub",
    });
    assert.equal(splitArn("arn:aws:s3*")?.resource, "*");
    assert.equal(splitArn("arn:aws:s3"), undefined);
    assert.equal(splitArn("orders:a:b:c:d:e"), undefined);
  });

  it("P4: the forms of an action are those of all its resource types, or of the required ones", () => {
    assert.ok(
      arnFormats(action("ec2:RunInstances")).length > arnFormats(action("ec2:RunInstances"), { required: true }).length,
    );
    assert.equal(arnFormats(action("ec2:RunInstances"), { required: true }).length, 5);
    assert.equal(isRestrictable(action("xray:PutTraceSegments")), false);
    assert.equal(isRestrictable(action("sqs:SendMessage")), true);
    assert.ok(arnFormats(action("apigateway:GET")).every((format) => !format.includes(", ")));
    const [format = ""] = arnFormats(action("sqs:SendMessage"));
    assert.equal(coversFormat([`${queue}*`], format), true);
    assert.equal(coversFormat(["arn:aws:sns:*:*:*"], format), false);
    assert.equal(coversFormat(["orders"], format), false);
  });

  it("P4: what a statement reaches: unconstrained, everywhere whatever the conditions, and unrestrictable", () => {
    const Condition = { StringEquals: { "aws:ResourceTag/a": "b" } };
    const all = { Action: ["sqs:SendMessage", "xray:PutTraceSegments", "SQS:sendmessage"], Resource: "*" };
    assert.deepEqual(keys(allowedActions(statement(all))), ["sqs:SendMessage", "xray:PutTraceSegments"]);
    assert.deepEqual(keys(unconstrained(statement(all))), ["sqs:SendMessage"]);
    assert.deepEqual(keys(unconstrained(statement({ ...all, Condition }))), []);
    assert.deepEqual(keys(everywhere(statement({ ...all, Condition }))), ["sqs:SendMessage"]);
    assert.deepEqual(keys(unrestrictable(statement(all))), ["xray:PutTraceSegments"]);
    assert.deepEqual(keys(unrestrictable(statement({ ...all, Resource: `${queue}*` }))), []);
    for (const other of [
      { ...all, Effect: "Deny" },
      { ...all, Action: ["*", "s*:Get*", "*:Get*"] },
    ]) {
      assert.deepEqual(allowedActions(statement(other)), []);
    }
    assert.equal(
      unconstrained(statement({ Action: "sqs:Send*", Resource: [`${queue}a`, `${queue}*`] }))[0]?.resources.join(),
      `${queue}*`,
    );
    assert.equal(unconstrained(statement({ Action: "sqs:Send*", Resource: "*" }))[0]?.pattern, "sqs:Send*");
  });

  it("P4: an action that needs several resources is tied by one of them that is named", () => {
    const ec2 = (resource: string) => `arn:aws:ec2:eu-west-1:111122223333:${resource}`;
    const run = (...Resource: string[]) => keys(unconstrained(statement({ Action: "ec2:RunInstances", Resource })));
    assert.deepEqual(run(ec2("instance/*"), ec2("subnet/subnet-1")), []);
    assert.deepEqual(run(ec2("instance/*"), ec2("subnet/*")), ["ec2:RunInstances"]);
    assert.deepEqual(run(ec2("instance/*"), ec2("subnet/subnet-1"), "*"), ["ec2:RunInstances"]);
    assert.deepEqual(run(ec2("*"), ec2("subnet/subnet-1")), ["ec2:RunInstances"]);
  });

  it("P4: the keys that would narrow an action are named, tags before others", () => {
    assert.deepEqual(narrowingKeys(action("ecs:StopTask")), ["aws:ResourceTag/<key>", "ecs:cluster"]);
    assert.deepEqual(narrowingKeys(action("cloudwatch:PutMetricData")).includes("cloudwatch:namespace"), true);
    assert.deepEqual(narrowingKeys(action("rds-db:connect")), []);
  });

  it("P25: a pattern and a form have an ARN in common, or none", () => {
    const form = (key: string) => arnFormats(action(key));
    const can = (pattern: string, key: string) => form(key).some((each) => canMatch(pattern, each));
    for (const pattern of [
      `${queue}orders`,
      "arn:aws:sqs:*:*:orders-??",
      "arn:*orders",
      "arn:aws:s?s:*",
      `${queue}a*b*c`,
    ]) {
      assert.equal(can(pattern, "sqs:SendMessage"), true, pattern);
    }
    for (const pattern of [
      `${queue}orders/a`,
      `${queue}a:b`,
      "arn:aws:sns:*:*:orders",
      "arn:aws:sqs:eu-west-1:1:",
      "x*",
      "arn:aws:s??s:*",
    ]) {
      assert.equal(can(pattern, "sqs:SendMessage"), pattern.endsWith(":1:"), pattern);
    }
    assert.equal(can("arn:aws:s3:::b/*", "s3:ListBucket"), false);
    assert.equal(can("arn:aws:s3:::b*", "s3:GetObject"), true);
    assert.equal(can("arn:aws:s3:::b?x", "s3:GetObject"), true, "? may be the slash");
    assert.equal(can("arn:aws:s3:::?", "s3:ListBucket"), true);
    assert.equal(can("arn:aws:logs:*:*:log-group:/aws/lambda/a:*", "logs:PutLogEvents"), true);
    assert.equal(can("arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/a", "logs:PutLogEvents"), false);
  });

  it("P25: keys have their types, also those with a part to fill in", () => {
    assert.equal(keyType("aws:sourcearn", []), "ARN");
    assert.equal(keyType("aws:principaltag/team", []), "String");
    assert.equal(keyType("aws:principaltag", []), undefined);
    assert.equal(keyType("s3:prefix", ["s3"]), "String");
    assert.equal(keyType("s3:prefix", ["sqs"]), undefined);
    assert.equal(keyType("kms:encryptioncontext:aws:s3:arn", ["kms"]), "String");
    assert.equal(keyType("kms:encryptioncontext:", ["kms"]), undefined);
    assert.equal(isMultivalued("ArrayOfString"), true);
    assert.equal(isMultivalued("String"), false);
    assert.equal(knowsKey(action("s3:ListBucket"), "s3:prefix"), true);
    assert.equal(knowsKey(action("s3:GetObject"), "s3:prefix"), false);
    assert.equal(knowsKey(action("s3:GetObject"), "s3:existingobjecttag/class"), true);
    assert.equal(knowsKey(action("dynamodb:GetItem"), "aws:resourcetag/a"), true, "by its resource type");
    assert.equal(knowsKey(action("secretsmanager:GetSecretValue"), "secretsmanager:resourcetag/a"), true);
  });

  it("P25: the nearest name is one with few edits, or none", () => {
    const names = ["GetItem", "PutItem", "BatchGetItem"];
    assert.equal(nearest("GetItems", names), "GetItem");
    assert.equal(nearest("getitem", names), "GetItem");
    assert.equal(nearest("PetItem", ["PutItem", "GetItem"]), "PutItem", "the first of two equally near");
    assert.equal(nearest("Query", names), undefined);
    assert.equal(nearest("GtItm", names), undefined, "more than a third of it");
    assert.equal(nearest("", names), undefined);
  });
});
