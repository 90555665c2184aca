import assert from "node:assert/strict";
import { narrows } from "../../policy/matching/conditionValues";
import { rules } from "../../policy/rules";
import { judgeExample } from "./judge";

/** Rules that refuse an identity policy of one statement. */
function refusedBy(statement: Record<string, unknown>): string[] {
  const document = { Version: "2012-10-17", Statement: [{ Sid: "S", Effect: "Allow", ...statement }] };
  return rules.filter((rule) => judgeExample(rule, { kind: "identity", document }).length > 0).map(({ id }) => id);
}

/** With a wildcard, as by StringLike. */
const like = (...values: string[]) => values.map((value) => ({ value, isPattern: /[*?]/.test(value) }));

describe("conditions by their values", () => {
  it("P38: which policy may be attached narrows nothing where it is the administrator's", () => {
    const attach = (operator: string, ...arns: string[]) =>
      refusedBy({
        Action: "iam:AttachRolePolicy",
        Resource: "*",
        Condition: { [operator]: { "iam:PolicyARN": arns } },
      });
    for (const arns of [
      ["arn:aws:iam::aws:policy/AdministratorAccess"],
      ["arn:aws:iam::aws:policy/IAMFullAccess"],
      ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "arn:aws:iam::aws:policy/PowerUserAccess"],
    ]) {
      assert.deepEqual(attach("ArnEquals", ...arns), ["P4", "P8", "P12"], arns.join());
    }
    for (const arns of [["*:policy/Admin*"], ["arn:aws:iam::*:policy/*"], ["arn:aws:iam::111122223333:policy/*-*"]]) {
      assert.deepEqual(attach("ArnLike", ...arns), ["P4", "P8", "P12"], arns.join());
    }
    assert.deepEqual(attach("ArnEquals", "arn:aws:iam::111122223333:policy/orders-read"), []);
    assert.deepEqual(attach("ArnLike", "arn:aws:iam::111122223333:policy/teams/orders-*"), []);
    assert.deepEqual(attach("ArnNotEquals", "arn:aws:iam::aws:policy/AdministratorAccess"), ["P4", "P8", "P12", "P26"]);
  });

  it("P38: a tag, a name or an ARN narrows where its patterns together leave names out", () => {
    for (const values of [
      ["*-*"],
      ["?*"],
      ["a*", "*"],
      ["arn:aws:ecs:*:*:cluster/*"],
      ["arn:aws:ecs:*:*:cluster/*-*"],
    ]) {
      assert.equal(narrows("ecs:cluster", like(...values)), false, values.join());
    }
    const letters = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"].map((letter) => `${letter}*`);
    assert.equal(narrows("aws:resourcetag/team", like(...letters)), false);
    for (const values of [
      ["orders"],
      ["orders-*"],
      ["*-orders"],
      ["arn:aws:ecs:*:*:cluster/orders*"],
      ["alias/orders-*"],
    ]) {
      assert.equal(narrows("ecs:cluster", like(...values)), true, values.join());
    }
    assert.equal(narrows("kms:resourcealiases", like("alias/*")), false);
    assert.equal(narrows("aws:resourcetag/team", []), false);
  });

  it("P38: a pattern for services names one or none", () => {
    for (const value of ["*", "*.amazonaws.com", "?*.amazonaws.com", "*amazon*", "e*.amazonaws.com", "*s*"]) {
      assert.equal(narrows("iam:passedtoservice", like(value)), false, value);
    }
    for (const value of ["lambda.amazonaws.com", "ecs-tasks*", "lambda.amazonaws.com.cn", "states.*"]) {
      assert.equal(narrows("iam:passedtoservice", like(value)), true, value);
    }
  });

  it("P38: a resource policy for * is open to the world where its condition is for anybody", () => {
    const open = (condition: Record<string, unknown>) => {
      const statement = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::b/*" };
      const document = { Version: "2012-10-17", Statement: [{ ...statement, Condition: condition }] };
      const rule = rules.find(({ id }) => id === "P21");
      assert.ok(rule);
      return judgeExample(rule, { kind: "resource", service: "s3", document }).length > 0;
    };
    const every = Array.from({ length: 256 }, (_, i) => `${i}.0.0.0/8`);
    assert.equal(open({ StringLike: { "aws:SourceVpce": "vpce-*" } }), true);
    assert.equal(open({ StringLike: { "aws:userid": "AROA*" } }), true);
    assert.equal(open({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::orders-*" } }), true);
    assert.equal(open({ IpAddress: { "aws:SourceIp": every } }), true);
    assert.equal(open({ StringEquals: { "aws:SourceVpce": "vpce-0a1b2c3d4e5f67890" } }), false);
    assert.equal(open({ StringLike: { "aws:userid": "AROAEXAMPLEID:*" } }), false);
    assert.equal(open({ ArnLike: { "aws:SourceArn": "arn:aws:s3:::orders" } }), false);
    assert.equal(open({ IpAddress: { "aws:SourceIp": every.slice(0, 3) } }), false);
  });
});
