import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import { isForEverybodyElse, isForSomebody, namesSource } from "../../policy/matching/pins";
import type { Statement } from "../../policy/model/document";
import { silence } from "../../policy/principals/confusedDeputy";
import { isKeyRoot } from "../../policy/principals/keyRoot";
import { accountOf, isAnybody, isWholeAccount, letsAssume } from "../../policy/principals/principal";

const account = "111122223333";
const role = `arn:aws:iam::${account}:role/load`;

function statement(of: Record<string, unknown>): Statement {
  const [read] = readDocument({ Statement: { Effect: "Allow", ...of } }).statements;
  assert.ok(read);
  return read;
}

const conditionsOf = (Condition: Record<string, unknown>) => statement({ Condition }).conditions;

/** Checks a question on one condition: values that answer yes, and values that answer no. */
function check(
  ask: (Condition: Record<string, unknown>) => boolean,
  operator: string,
  key: string,
  yes: readonly unknown[],
  no: readonly unknown[],
): void {
  for (const value of yes) assert.equal(ask({ [operator]: { [key]: value } }), true, `${operator} ${key} ${value}`);
  for (const value of no) assert.equal(ask({ [operator]: { [key]: value } }), false, `${operator} ${key} ${value}`);
}

describe("principals, and conditions that say who they are", () => {
  const somebody = (Condition: Record<string, unknown>) => isForSomebody(conditionsOf(Condition));

  it("P21: an account, an organisation, an ARN of one owner or a network is somebody", () => {
    for (const key of ["PrincipalAccount", "SourceAccount", "SourceOwner", "VpceAccount"]) {
      check(somebody, "StringEquals", `aws:${key}`, [account], ["", "*", "1111", `${account}0`, [account, "*"]]);
      check(somebody, "StringLike", `aws:${key}`, [account], ["1111*"]);
    }
    for (const key of ["kms:CallerAccount", "s3:DataAccessPointAccount"]) {
      check(somebody, "StringEquals", key, [account], ["*"]);
    }
    for (const key of ["PrincipalOrgID", "SourceOrgID", "VpceOrgID"]) {
      check(somebody, "StringEquals", `aws:${key}`, ["o-abcd123456"], ["*", "o-", "xo-abcd123456", "r-abcd"]);
    }
    for (const key of ["PrincipalOrgPaths", "SourceOrgPaths", "VpceOrgPaths"]) {
      check(somebody, "ForAnyValue:StringLike", `aws:${key}`, ["o-abcd123456/r-ab12/*"], ["o-*", "*/r-ab12/*"]);
    }
    for (const key of ["aws:PrincipalArn", "aws:SourceArn", "aws:SourceVpcArn", "s3:DataAccessPointArn"]) {
      check(somebody, "ArnLike", key, [role, `arn:aws:iam::${account}:*`], ["arn:aws:iam::*:role/load", "*", "load"]);
    }
    check(somebody, "ArnLike", "aws:SourceArn", ["arn:aws:s3:::orders"], ["arn:aws:s3:::o*", "arn:aws:s3:::ord*"]);
    check(somebody, "ArnLike", "aws:SourceArn", [], ["arn:aws:s3:::*orders", "arn:aws:*:::orders"]);
    for (const [key, id] of [
      ["aws:SourceVpc", "vpc-0a1b2c3d"],
      ["aws:SourceVpce", "vpce-0a1b2c3d4e5f67890"],
      ["aws:userid", "AROAEXAMPLEID"],
    ] as const) {
      check(somebody, "StringLike", key, [id], ["*", `?${id}`, "", "vpc-*", "vpce-*", "AROA*", `${id.slice(0, 8)}*`]);
      check(somebody, "StringEquals", key, [id], ["*", "**", ""]);
    }
    check(somebody, "StringLike", "aws:userid", ["AROAEXAMPLEID:*"], ["AROA*:load"]);
    check(somebody, "StringEquals", "aws:PrincipalTag/team", [], ["data"]);
    check(somebody, "Bool", "aws:PrincipalIsAWSService", [], ["true"]);
  });

  it("P21: a network has a size that one may own", () => {
    const ranges = ["10.0.0.0/8", "198.51.100.7", "198.51.100.0/24", "2001:db8::/32", "2001:db8::1"];
    check(somebody, "IpAddress", "aws:SourceIp", ranges, ["10.0.0.0/7", "0.0.0.0/0", "2001::/31", "::/0", []]);
    check(somebody, "IpAddress", "aws:SourceIp", [], [["10.0.0.0/8", "0.0.0.0/0"]]);
    const slashEights = (count: number) => Array.from({ length: count }, (_, i) => `${i}.0.0.0/8`);
    check(somebody, "IpAddress", "aws:SourceIp", [slashEights(16)], [slashEights(17), slashEights(256)]);
    check(somebody, "IpAddressIfExists", "aws:SourceIp", [], ["10.0.0.0/8"]);
    check(somebody, "NotIpAddress", "aws:SourceIp", [], ["10.0.0.0/8"]);
    check(somebody, "IpAddress", "aws:VpcSourceIp", [], ["10.0.0.0/8"]);
  });

  it("P21: what a request may lack, or what is negated, ties nobody down", () => {
    for (const operator of [
      "StringEqualsIfExists",
      "ForAllValues:StringEquals",
      "StringNotEquals",
      "ArnNotLike",
      "NumericEquals",
      "XStringEquals",
      "StringEqualsX",
    ]) {
      check(somebody, operator, "aws:SourceAccount", [], [account]);
    }
    for (const operator of ["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"]) {
      check(somebody, operator, "aws:SourceAccount", [account, [account, "444455556666"]], [[]]);
    }
  });

  it("P21: a Deny for everybody but somebody", () => {
    const others = (Condition: Record<string, unknown>) => isForEverybodyElse(conditionsOf(Condition));
    check(others, "StringNotEquals", "aws:SourceVpce", ["vpce-1"], ["*"]);
    check(others, "StringNotEqualsIfExists", "aws:PrincipalOrgID", ["o-abcd123456"], ["acme"]);
    check(others, "ArnNotLike", "aws:PrincipalArn", [role], ["*"]);
    check(others, "NotIpAddress", "aws:SourceIp", ["10.0.0.0/8"], ["0.0.0.0/0"]);
    check(others, "StringEquals", "aws:SourceVpce", [], ["vpce-1"]);
    assert.equal(others({}), false);
    const service = { "aws:PrincipalIsAWSService": "false" };
    const tied = { StringNotEquals: { "aws:SourceVpce": "vpce-1" } };
    assert.equal(others({ ...tied, BoolIfExists: service }), true);
    assert.equal(others({ ...tied, BoolIfExists: { "aws:ViaAWSService": "false" } }), true);
    assert.equal(others({ ...tied, Bool: { "aws:SecureTransport": "false" } }), false);
  });

  it("P15: the source is an account, an organisation or one owner's ARN", () => {
    const source = (Condition: Record<string, unknown>) => namesSource(conditionsOf(Condition));
    for (const key of ["aws:SourceAccount", "aws:SourceOwner"]) check(source, "StringEquals", key, [account], ["*"]);
    check(source, "ArnLike", "aws:SourceArn", [`arn:aws:sns:*:${account}:*`], ["arn:aws:sns:*:*:orders"]);
    check(source, "StringEquals", "aws:SourceOrgID", ["o-abcd123456"], ["*"]);
    check(source, "ForAnyValue:StringLike", "aws:SourceOrgPaths", ["o-abcd123456/*"], ["*"]);
    check(source, "StringEquals", "aws:PrincipalAccount", [], [account]);
  });

  it("P15: services that don't say for whom they act, in every partition and region", () => {
    for (const service of [
      "ec2.amazonaws.com",
      "ec2.amazonaws.com.cn",
      "ec2.eu-west-1.amazonaws.com",
      "ec2.us-gov-west-1.amazonaws.com",
      "edgelambda.amazonaws.com",
      "apigateway.amazonaws.com",
      "ops.apigateway.amazonaws.com",
      "cloudtrail.amazonaws.com",
      "elastictranscoder.amazonaws.com",
    ]) {
      assert.ok(silence(service, "trust"), service);
      assert.equal(silence(service, "resource"), undefined, service);
    }
    assert.ok(silence("logdelivery.elasticloadbalancing.amazonaws.com", "resource"));
    assert.equal(silence("logdelivery.elasticloadbalancing.amazonaws.com", "trust"), undefined);
    for (const service of ["lambda.amazonaws.com", "ec2.cn", "ec2.eu-west.amazonaws.com", "x.ec2.amazonaws.com"]) {
      assert.equal(silence(service, "trust"), undefined, service);
    }
  });

  it("P14: anybody, a whole account, and one of its principals are told apart", () => {
    for (const each of ["*", "**", "?*", "arn:aws:iam::*:role/load", "arn:aws:iam::1*:root"]) {
      assert.equal(isAnybody(each), true, each);
      assert.equal(isWholeAccount(each), false, each);
    }
    const root = `arn:aws:iam::${account}:root`;
    for (const each of [account, root, `arn:aws:iam::${account}:*`, `arn:aws:iam::${account}:role/*`]) {
      assert.equal(isWholeAccount(each), true, each);
      assert.equal(isAnybody(each), false, each);
      assert.equal(accountOf(each), account);
    }
    for (const each of [`arn:aws:iam::${account}:user/*`, `arn:aws:sts::${account}:assumed-role/*`]) {
      assert.equal(isWholeAccount(each), true, each);
    }
    for (const each of [role, `${role}*`, `arn:aws:iam::${account}:role/app/*`, "1111", "?", "load", ""]) {
      assert.equal(isWholeAccount(each), false, each);
      assert.equal(isAnybody(each), false, each);
    }
    assert.equal(accountOf("1111222233334"), undefined);
    assert.equal(accountOf(`x${account}`), undefined);
    assert.equal(accountOf(`arn:aws-cn:sts::${account}:assumed-role/load/s`), account);
    assert.equal(accountOf(`arn:aws:s3::${account}:x`), undefined);
  });

  it("P14: an Allow of an action that assumes roles lets somebody in", () => {
    const lets = (of: Record<string, unknown>) => letsAssume(statement(of));
    for (const Action of [
      "sts:AssumeRole",
      "STS:assumerole",
      "sts:*",
      "*",
      ["sts:TagSession", "sts:AssumeRoleWithSAML"],
    ]) {
      assert.equal(lets({ Action }), true, `${Action}`);
      assert.equal(lets({ Action, Effect: "Deny" }), false, `${Action}`);
    }
    assert.equal(lets({ Action: "sts:AssumeRoleWithWebIdentity" }), true);
    assert.equal(lets({ NotAction: "sts:TagSession" }), true);
    assert.equal(lets({ NotAction: "sts:TagSession", Effect: "Deny" }), false);
    assert.equal(lets({ Action: ["sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRoot"] }), false);
  });

  it("P20: AWS's own statement of a key names the root of one account and nobody else", () => {
    const isRoot = (Principal: unknown, Effect = "Allow") => isKeyRoot(statement({ Effect, Principal }));
    assert.equal(isRoot({ AWS: account }), true);
    assert.equal(isRoot({ AWS: [account, `arn:aws:iam::${account}:root`] }), true);
    assert.equal(isRoot({ AWS: `arn:aws-cn:iam::${account}:root` }), true);
    assert.equal(isRoot({ AWS: account }, "Deny"), false);
    for (const Principal of [
      { AWS: role },
      { AWS: [account, role] },
      { AWS: [account, "444455556666"] },
      { AWS: [] },
      { AWS: account, Service: "logs.amazonaws.com" },
      { Service: "logs.amazonaws.com" },
      { AWS: `arn:aws:iam::${account}:root/x` },
      { AWS: `x:arn:aws:iam::${account}:root` },
      undefined,
      "*",
    ]) {
      assert.equal(isRoot(Principal), false, JSON.stringify(Principal));
    }
  });
});
