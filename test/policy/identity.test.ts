import assert from "node:assert/strict";
import { actionInfo } from "../../policy/catalogue/actions";
import type { DocumentRule, RuleId } from "../../policy/model/rule";
import { unknown } from "../../policy/model/unknown";
import { rules } from "../../policy/rules";
import { credentialActions } from "../../policy/rules/resources/credentials";
import { dataReads } from "../../policy/rules/resources/dataReads";
import { messages } from "./judge";

const table = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders";

function ruleOf(id: RuleId): DocumentRule {
  const rule = rules.find((each) => each.id === id);
  assert.equal(rule?.scope, "document");
  return rule as DocumentRule;
}

function judge(id: RuleId, statement: Record<string, unknown>, kind: "identity" | "resource" = "identity"): string[] {
  return messages(ruleOf(id), kind, { Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
}

function only(found: readonly string[]): string {
  assert.equal(found.length, 1, found.join("\n"));
  return found[0] ?? "";
}

describe("rules on identity documents", () => {
  it("P2: the message says how many actions a service wildcard stands for", () => {
    assert.match(only(judge("P2", { Action: "sqs:*", Resource: "*" })), /"sqs:\*", every action of sqs \(\d+ today\)/);
  });

  it("P2: a pattern is a service wildcard when it leaves no action of the service out", () => {
    assert.equal(judge("P2", { Action: "rds-db:conn*", Resource: "*" }).length, 1, "rds-db has one action");
    assert.equal(judge("P2", { Action: "sqs:*e*", Resource: "*" }).length, 1, "each of SQS's has an e");
    assert.deepEqual(judge("P2", { Action: "sqs:*queue*", Resource: "*" }), []);
    assert.deepEqual(judge("P2", { Action: "nosuchservice:a*", Resource: "*" }), []);
  });

  it("P3: the message lists what the wildcard stands for, in AWS's spelling", () => {
    const message = only(judge("P3", { Action: "SQS:delete*", Resource: "*" }));
    assert.match(message, /"SQS:delete\*", 2 of .* sqs:DeleteMessage, sqs:DeleteQueue/);
    assert.equal(judge("P3", { Action: ["sqs:Get*", "sqs:Send*", "sqs:SendMessage"], Resource: "*" }).length, 2);
  });

  it("P4: the message names the action, the resource, its ARN form and the keys that would narrow it", () => {
    const message = only(judge("P4", { Action: "ecs:StopTask", Resource: "*" }));
    assert.match(message, /ecs:StopTask on "\*"/);
    assert.match(message, /ecs:StopTask takes arn:\$\{Partition\}:ecs:\$\{Region\}:\$\{Account\}:task\//);
    assert.match(message, /add a condition on aws:ResourceTag\/<key>, ecs:cluster/);
  });

  it("P4: many actions of a wildcard are one finding, shortened", () => {
    assert.match(only(judge("P4", { Action: "s3:Put*", Resource: "*" })), /\(s3:Put\*\) and \d+ more on "\*"/);
  });

  it("P4: a condition or resource that isn't known yet is not evaluated; the known rest is", () => {
    assert.deepEqual(judge("P4", { Action: "dynamodb:DescribeTable", Resource: "*", Condition: unknown }), []);
    assert.deepEqual(judge("P4", { Action: "dynamodb:DescribeTable", Resource: unknown }), []);
    assert.equal(judge("P4", { Action: "dynamodb:DescribeTable", Resource: [unknown, "*"] }).length, 1);
    const Condition = { StringEquals: { "aws:ResourceTag/pipeline": unknown } };
    assert.deepEqual(judge("P4", { Action: "dynamodb:DescribeTable", Resource: "*", Condition }), []);
  });

  it("P4: a resource's own policy may name it by *", () => {
    assert.deepEqual(judge("P4", { Action: "kms:Decrypt", Resource: "*" }, "resource"), []);
  });

  it("P4: a full wildcard is left to P1 by every other rule", () => {
    for (const id of ["P2", "P3", "P4", "P6", "P7", "P10", "P11", "P12", "P13", "P17"] as const) {
      assert.deepEqual(judge(id, { Action: ["*", "*:*"], Resource: "*" }), [], id);
    }
  });

  it("P4: conditions that don't have to hold don't narrow", () => {
    const narrowed = (Condition: unknown) =>
      judge("P4", { Action: "dynamodb:DescribeTable", Resource: "*", Condition }).length;
    const tag = { "aws:ResourceTag/pipeline": "orders" };
    assert.equal(narrowed({ StringEquals: tag }), 0);
    assert.equal(narrowed({ StringEqualsIgnoreCase: tag }), 0);
    assert.equal(narrowed({ "ForAnyValue:StringLike": tag }), 0);
    for (const operator of ["StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals", "Null", "Bool"]) {
      assert.equal(narrowed({ [operator]: tag }), 1, operator);
    }
    assert.equal(narrowed({ StringEquals: { "aws:ResourceTag/pipeline": [] } }), 1);
    assert.equal(narrowed({ StringLike: { "aws:ResourceTag/pipeline": ["orders", "*"] } }), 1);
    assert.equal(narrowed({ StringEquals: { "aws:RequestTag/pipeline": "orders" } }), 1);
  });

  it("P5: the message says what is left out; that something is left out is known before it is known what", () => {
    const message = only(judge("P5", { NotAction: ["iam:*", "organizations:*"], Resource: "*" }));
    assert.match(message, /by NotAction, all actions but iam:\*, organizations:\*/);
    assert.equal(judge("P5", { Action: "s3:GetObject", NotResource: unknown }).length, 1);
  });

  it("P6: no condition mends a PassRole of every role", () => {
    const Condition = { StringEquals: { "iam:PassedToService": "lambda.amazonaws.com", "aws:ResourceTag/a": "b" } };
    const message = only(judge("P6", { Action: "iam:PassRole", Resource: "*", Condition }));
    assert.match(message, /iam:PassRole takes arn:\$\{Partition\}:iam::\$\{Account\}:role\/\$\{RoleNameWithPath\}\)/);
    assert.doesNotMatch(message, /add a condition/);
  });

  it("P7: the service must be named, by a condition that must hold", () => {
    const found = (Condition: unknown) =>
      judge("P7", { Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/task", Condition }).length;
    assert.equal(found({ StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }), 0);
    assert.equal(found(unknown), 0);
    assert.equal(found({ StringEquals: { "iam:PassedToService": unknown } }), 0);
    for (const value of ["*", "*.amazonaws.com", "*amazonaws.com", "*.amazonaws.com.cn"]) {
      assert.equal(found({ StringLike: { "iam:PassedToService": ["ecs-tasks.amazonaws.com", value] } }), 1, value);
    }
    assert.equal(found({ ArnLike: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } }), 1);
    assert.equal(found(undefined), 1);
  });

  it("P10: every action of the list is one of AWS's, in its spelling; what is data isn't on it", () => {
    for (const action of credentialActions) {
      assert.equal(actionInfo(action)?.key, action);
      assert.ok(!dataReads.has(action), action);
    }
  });

  it("P10: what AWS can't restrict is refused unless one of its own keys must hold", () => {
    const token = { Action: "sts:GetFederationToken", Resource: "*" };
    assert.equal(judge("P10", { ...token, Action: "sts:GetSessionToken" }).length, 1);
    assert.equal(judge("P10", { Action: "appsync:CreateApiKey", Resource: "*" }).length, 1);
    assert.equal(judge("P10", token).length, 1);
  });

  it("P11: every action of the list is one of AWS's that can be restricted to a resource", () => {
    for (const action of dataReads) {
      assert.equal(actionInfo(action)?.key, action);
      assert.notEqual(actionInfo(action)?.resourceTypes.length, 0, action);
      assert.equal(judge("P11", { Action: action, Resource: "*" }).length, 1, action);
    }
  });

  it("P12: what can and what can't be restricted are told apart", () => {
    const found = judge("P12", { Action: ["logs:PutResourcePolicy", "s3:PutBucketPolicy"], Resource: "*" });
    assert.equal(found.length, 2);
    assert.match(found[0] ?? "", /s3:PutBucketPolicy takes/);
    assert.match(found[1] ?? "", /logs:PutResourcePolicy, which AWS can't restrict to a resource/);
    const Condition = { StringEquals: { "logs:LogGeneratingResourceArns": "x" } };
    assert.equal(judge("P12", { Action: "logs:PutResourcePolicy", Resource: "*", Condition }).length, 0);
  });

  it("P13: writes are those of AWS's tables, less what other rules are about", () => {
    const action = (name: string) => judge("P13", { Action: name, Resource: "*" }).length;
    assert.equal(action("dynamodb:DeleteTable"), 1);
    assert.equal(action("dynamodb:TagResource"), 1);
    for (const other of ["dynamodb:ListTables", "dynamodb:Query", "iam:PassRole", "sts:AssumeRole", "sts:TagSession"]) {
      assert.equal(action(other), 0, other);
    }
    assert.equal(judge("P13", { Action: "dynamodb:DeleteTable", Resource: table }).length, 0);
  });

  it("P17: every way to assume a role counts, being one's own role's name doesn't", () => {
    const found = (Action: string, Resource: string) => judge("P17", { Action, Resource }).length;
    for (const action of ["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity", "sts:*"]) {
      assert.equal(found(action, "*"), 1, action);
    }
    assert.equal(found("sts:AssumeRole", "arn:aws:iam::111122223333:role/*/reader"), 0);
    assert.equal(found("sts:AssumeRole", "arn:aws:iam::*:*"), 1);
  });
});
