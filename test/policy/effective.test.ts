import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import { Effective, mayPassTo } from "../../policy/escalation/effective";
import { methodsOpenTo } from "../../policy/escalation/match";
import { unknown } from "../../policy/model/unknown";

const account = "111122223333";
const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown, more: object = {}) => ({
  ...allow(Action, Resource, more),
  Effect: "Deny",
});
const read = (...Statement: unknown[]) => readDocument({ Version: "2012-10-17", Statement });
const effective = (...statements: unknown[]) => new Effective([read(...statements)]);
const tied = (operator: string, key: string, value: unknown) => ({ Condition: { [operator]: { [key]: value } } });

describe("what a principal may do over all its documents", () => {
  it("P9: everything is every action on every resource, without a condition", () => {
    for (const action of ["*", "**", "*:*", "?*:*?"])
      assert.equal(effective(allow(action, "*")).isAdministrator, true, action);
    assert.equal(effective(allow(["s3:GetObject", "*"], ["arn:aws:s3:::b", "**"])).isAdministrator, true);
    for (const each of [
      allow("s3:*", "*"),
      allow("*:Get*", "*"),
      allow("a*", "*"),
      allow("*", "arn:aws:s3:::*"),
      allow("*", "*a"),
      allow("*", "*", tied("Bool", "aws:MultiFactorAuthPresent", "true")),
      deny("*", "*"),
    ]) {
      assert.equal(effective(each).isAdministrator, false, JSON.stringify(each));
    }
  });

  it("P8: an action is granted where it is named, on resources that it takes, unless it is denied in any case", () => {
    const role = `arn:aws:iam::${account}:role/load`;
    const granted = (...statements: unknown[]) =>
      effective(...statements)
        .grants("iam:PutRolePolicy")
        .map(({ resource }) => resource);
    assert.deepEqual(granted(allow("iam:Put*", [role, "*"])), [role, "*"]);
    assert.deepEqual(granted(allow("iam:GetRole", "*")), []);
    assert.deepEqual(granted(allow("iam:PutRolePolicy", "arn:aws:s3:::b")), []);
    assert.deepEqual(granted(allow(["*", "iam:PutRolePolicy"], "*")), [], "P1 tells of it");
    assert.deepEqual(granted(allow("?*:*", "*")), []);
    assert.deepEqual(granted({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }), ["*"]);
    assert.deepEqual(granted({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), []);
    const all = allow("iam:PutRolePolicy", role);
    assert.deepEqual(granted(all, deny("iam:*", "*")), []);
    assert.deepEqual(granted(all, deny("iam:*", [`${role}x`, role])), []);
    assert.deepEqual(granted(all, deny("iam:*", `${role}x`)), [role]);
    assert.deepEqual(granted(all, deny("s3:*", "*")), [role]);
    assert.deepEqual(granted(all, deny("iam:*", "*", tied("Bool", "aws:SecureTransport", "false"))), [role]);
    assert.deepEqual(granted(all, deny("iam:*", ["*", unknown])), [role]);
    const unrestricted = (resource: string) =>
      effective(allow("sts:GetSessionToken", resource)).grants("sts:GetSessionToken");
    assert.equal(unrestricted("*").length, 1);
    assert.equal(unrestricted("**").length, 1);
    assert.equal(unrestricted("arn:aws:sts:*").length, 0);
    assert.equal(unrestricted("*a").length, 0);
  });

  it("P8: a condition on the action's own keys or on tags narrows, if it must hold", () => {
    const granted = (more: object) =>
      effective(allow("iam:PutRolePolicy", "*", more)).grants("iam:PutRolePolicy").length;
    assert.equal(granted(tied("StringEquals", "iam:PermissionsBoundary", "arn:x")), 0);
    assert.equal(granted(tied("StringEquals", "aws:ResourceTag/team", "data")), 0);
    assert.equal(granted(tied("ForAnyValue:StringEquals", "iam:PermissionsBoundary", "arn:x")), 0);
    assert.equal(granted(tied("StringEqualsIfExists", "iam:PermissionsBoundary", "arn:x")), 1);
    assert.equal(granted(tied("ForAllValues:StringEquals", "iam:PermissionsBoundary", "arn:x")), 1);
    assert.equal(granted(tied("StringEquals", "aws:PrincipalTag/team", "data")), 1);
    assert.equal(granted(tied("StringEquals", "s3:prefix", "x")), 1);
    assert.equal(granted(tied("StringEquals", "iam:PassedToService", "x")), 1);
  });

  it("P8: a boundary takes away what none of its statements allows, and what it denies", () => {
    const within = (...statements: unknown[]) =>
      new Effective([read(allow("iam:PutRolePolicy", "*"))], read(...statements)).grants("iam:PutRolePolicy").length;
    assert.equal(within(allow("s3:*", "*"), allow("iam:*", "*")), 1);
    assert.equal(within(allow("s3:*", "*")), 0);
    assert.equal(within(deny("iam:*", "*")), 0);
    assert.equal(within(allow("*", "*"), deny("iam:*", "*")), 0);
    assert.equal(within({ Effect: "Allow", NotAction: "iam:*", Resource: "*" }), 0);
    assert.equal(within({ Effect: "Allow", NotAction: "s3:*", Resource: "*" }), 1);
  });

  it("P7: a role may be passed to a service unless every value of a condition is another", () => {
    const may = (more: object) =>
      mayPassTo(read(allow("iam:PassRole", "*", more)).statements[0]?.conditions ?? [], "lambda.amazonaws.com");
    assert.equal(may({}), true);
    const key = "iam:PassedToService";
    assert.equal(may(tied("StringEquals", key, "lambda.amazonaws.com")), true);
    assert.equal(may(tied("StringEquals", key, ["ec2.amazonaws.com", "lambda.amazonaws.com"])), true);
    assert.equal(may(tied("StringLike", key, "lam*")), true);
    assert.equal(may(tied("StringEquals", key, "lam*")), false);
    assert.equal(may(tied("StringLike", key, "ec2*")), false);
    assert.equal(may(tied("StringEquals", key, "ec2.amazonaws.com")), false);
  });
});

describe("methods of escalation", () => {
  const open = (own: readonly string[], ...statements: unknown[]) =>
    methodsOpenTo(effective(...statements), own).map(({ id }) => id);
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;

  it("P8: two steps that need the same resource need one that both reach", () => {
    const both = (a: unknown, b: unknown) => open([], allow("iam:AttachRolePolicy", a), allow("sts:AssumeRole", b));
    assert.deepEqual(both(role("a"), role("a")), ["iam-014"]);
    assert.deepEqual(both(role("a*"), role("ab")), ["iam-014"]);
    assert.deepEqual(both(role("ab"), role("a*")), ["iam-014"]);
    assert.deepEqual(both([role("x"), role("a")], [role("y"), role("a")]), ["iam-014"]);
    assert.deepEqual(both(role("a"), role("b")), []);
    assert.deepEqual(open([], allow("iam:AttachRolePolicy", role("a"))), []);
    assert.deepEqual(open([], allow("sts:AssumeRole", role("a"))), []);
  });

  it("P8: a step on all resources isn't open by a named one, a step on oneself is by one's own", () => {
    assert.deepEqual(open([], allow("iam:PutUserPolicy", "*")), ["iam-007"]);
    assert.deepEqual(open([], allow("iam:PutUserPolicy", "**")), ["iam-007"]);
    assert.deepEqual(open([], allow("iam:PutUserPolicy", `arn:aws:iam::${account}:user/*`)), ["iam-007"]);
    assert.deepEqual(open([], allow("iam:PutUserPolicy", `arn:aws:iam::${account}:user/a*`)), []);
    assert.deepEqual(open([role("me")], allow("iam:PutRolePolicy", role("me"))), ["iam-005"]);
    assert.deepEqual(open([role("me")], allow("iam:PutRolePolicy", role("you"))), []);
    assert.deepEqual(open([role("me")], allow("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:one")), []);
  });

  it("P8: of an action with several resource types, the type that counts is reached", () => {
    assert.deepEqual(open([], allow("ssm:StartSession", "arn:aws:ec2:*:*:instance/*")), ["ssm-001"]);
    assert.deepEqual(open([], allow("ssm:StartSession", "*")), ["ssm-001"]);
    assert.deepEqual(open([], allow("ssm:StartSession", "arn:aws:ssm:*:*:document/*")), []);
  });

  it("P8: a method that needs more than another adds nothing to it", () => {
    const code = ["lambda:UpdateFunctionCode", "lambda:InvokeFunction", "lambda:AddPermission"];
    assert.deepEqual(open([], allow(code, "*")), ["lambda-003"]);
    const two = ["iam:PutUserPolicy", "iam:AttachUserPolicy"];
    assert.equal(open([], allow(two, "*")).length, 2);
  });

  it("P8: a role is passed to the service that the method starts something in", () => {
    const pass = (service: string, resource = "*") =>
      open(
        [],
        allow("iam:PassRole", resource, tied("StringEquals", "iam:PassedToService", service)),
        allow(["lambda:CreateFunction", "lambda:InvokeFunction"], "*"),
      );
    assert.deepEqual(pass("lambda.amazonaws.com"), ["lambda-001"]);
    assert.deepEqual(pass("ec2.amazonaws.com"), []);
    assert.deepEqual(pass("lambda.amazonaws.com", role("one")), []);
  });
});
