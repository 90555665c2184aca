import assert from "node:assert/strict";
import { edgesOf, powerOf } from "../../policy/escalation/power";
import type { Resource } from "../../policy/model/rule";
import { unknown } from "../../policy/model/unknown";
import { principalsOf, type RoleModel } from "../../policy/principals/principals";

const account = "111122223333";
const arnOf = (name: string, path = "/") => `arn:aws:iam::${account}:role${path}${name}`;
const text = (...Statement: unknown[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const allow = (Action: unknown, Resource: unknown, more: object = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const trusting = (Principal: unknown, Action: unknown = "sts:AssumeRole") =>
  text({ Effect: "Allow", Principal, Action });
const lambda = { Service: "lambda.amazonaws.com" };
const admin = allow("*", "*");

function resource(type: string, name: string, props: object, dependencies: Resource["dependencies"] = {}): Resource {
  return { type: `aws:${type}`, name, urn: name, props: props as Resource["props"], dependencies };
}

/** A role with one inline policy; `props` in place of what it has otherwise. */
function role(
  name: string,
  statements: readonly unknown[],
  props: object = {},
  dependencies: Resource["dependencies"] = {},
) {
  const inlinePolicies = statements.length > 0 ? [{ name: "own", policy: text(...statements) }] : [];
  const given = { name, arn: arnOf(name), assumeRolePolicy: trusting(lambda), inlinePolicies, ...props };
  return resource("iam/role:Role", name, given, dependencies);
}

function modelOf(resources: readonly Resource[], name: string): RoleModel {
  const model = principalsOf(resources).roles.find((each) => each.resource.name === name);
  assert.ok(model);
  return model;
}

/** How `from` gets on to other roles. */
function ways(resources: readonly Resource[], from = "from"): string[] {
  return edgesOf(modelOf(resources, from), principalsOf(resources)).map(({ by }) => by);
}

const powerIn = (resources: readonly Resource[], name = "from") =>
  powerOf(modelOf(resources, name), principalsOf(resources));

describe("what the roles of a stack may do", () => {
  it("P9: who may do everything is said with the reason, unless a boundary limits it", () => {
    assert.equal(powerIn([role("from", [admin])]).administrator, "may do everything");
    const managed = { managedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] };
    assert.equal(powerIn([role("from", [], managed)]).administrator, "has AdministratorAccess");
    assert.equal(powerIn([role("from", [allow("s3:*", "*")])]).administrator, undefined);
    const limit = resource("iam/policy:Policy", "limit", { arn: "arn:limit", policy: text(allow("s3:*", "*")) });
    const limited = [limit, role("from", [admin], { permissionsBoundary: "arn:limit" })];
    assert.equal(powerIn(limited).administrator, undefined);
    const bounded = role("from", [allow(["iam:PutUserPolicy", "s3:GetObject"], "*")], {
      permissionsBoundary: "arn:limit",
    });
    assert.deepEqual(powerIn([limit, bounded]).methods, []);
    assert.equal(powerIn([limit, bounded]).effective.grants("s3:GetObject").length, 1);
    assert.equal(powerIn([limit, bounded]).effective.grants("iam:PutUserPolicy").length, 0);
  });

  it("P8: one's own role is known by its ARN, or by name and path; AWS's policies are nobody's own", () => {
    const methods = (action: string, on: string, props: object = {}) =>
      powerIn([role("from", [allow(action, on)], props)]).methods.map(({ id }) => id);
    assert.deepEqual(methods("iam:PutRolePolicy", arnOf("from")), ["iam-005"]);
    assert.deepEqual(methods("iam:PutRolePolicy", arnOf("to")), []);
    const nameless = { arn: undefined, path: "/app/" };
    const anyAccount = (name: string) => `arn:aws:iam::000000000000:role${name}`;
    assert.deepEqual(methods("iam:PutRolePolicy", anyAccount("/app/from"), nameless), ["iam-005"]);
    assert.deepEqual(methods("iam:PutRolePolicy", anyAccount("/from"), nameless), []);
    assert.deepEqual(methods("iam:PutRolePolicy", anyAccount("/from"), { arn: undefined }), ["iam-005"]);
    assert.deepEqual(methods("iam:PutRolePolicy", anyAccount("/from"), { arn: undefined, path: unknown }), ["iam-005"]);
    assert.deepEqual(methods("iam:PutRolePolicy", anyAccount("/from"), { arn: undefined, name: unknown }), []);
    const policy = (arn: string) => ({ managedPolicyArns: [arn] });
    const own = `arn:aws:iam::${account}:policy/own`;
    assert.deepEqual(methods("iam:CreatePolicyVersion", own, policy(own)), ["iam-001"]);
    const aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    assert.deepEqual(methods("iam:CreatePolicyVersion", aws, policy(aws)), []);
  });
});

describe("how one gets from one role to the next", () => {
  it("P9: a trust that names the role is enough, one that names its account needs the permission too", () => {
    const to = (AWS: unknown, props: object = {}) => role("to", [], { assumeRolePolicy: trusting({ AWS }), ...props });
    const from = role("from", [allow("s3:GetObject", "arn:aws:s3:::b/*")]);
    assert.deepEqual(ways([from, to(arnOf("from"))]), ["assumes to"]);
    assert.deepEqual(ways([from, to([arnOf("x"), arnOf("from")])]), ["assumes to"]);
    for (const other of [arnOf("other"), account, "*", `arn:aws:iam::${account}:root`])
      assert.deepEqual(ways([from, to(other)]), []);
    const allowed = role("from", [allow("sts:AssumeRole", arnOf("to"))]);
    assert.deepEqual(ways([allowed, to(arnOf("other"))]), []);
    for (const other of [account, "*", `arn:aws:iam::${account}:root`])
      assert.deepEqual(ways([allowed, to(other)]), ["assumes to"]);
    assert.deepEqual(ways([role("from", [allow("sts:AssumeRole", arnOf("x"))]), to(account)]), []);
    assert.deepEqual(ways([allowed, role("to", [], { assumeRolePolicy: unknown })]), []);
    assert.deepEqual(ways([allowed, role("to", [], { assumeRolePolicy: undefined })]), []);
    const federated = { assumeRolePolicy: trusting({ AWS: arnOf("from") }, "sts:TagSession") };
    assert.deepEqual(ways([from, role("to", [], federated)]), [], "tagging a session lets nobody in");
    const second = text(
      { Effect: "Allow", Principal: lambda, Action: "sts:AssumeRole" },
      { Effect: "Allow", Principal: { AWS: arnOf("from") }, Action: "sts:AssumeRole" },
    );
    assert.deepEqual(ways([from, role("to", [], { assumeRolePolicy: second })]), ["assumes to"]);
    assert.deepEqual(
      ways([role("from", [admin], { assumeRolePolicy: trusting({ AWS: arnOf("from") }) })]),
      [],
      "not to itself",
    );
  });

  it("P9: a role of which only the name is known is met in whatever account", () => {
    const nameless = { arn: undefined };
    const to = (AWS: string) => role("to", [], { assumeRolePolicy: trusting({ AWS }) });
    const from = role("from", [], nameless);
    assert.deepEqual(ways([from, to(arnOf("from"))]), ["assumes to"]);
    assert.deepEqual(ways([from, to(arnOf("from", "/app/"))]), []);
    assert.deepEqual(ways([from, to(arnOf("other"))]), []);
    assert.deepEqual(ways([role("from", []), to("arn:aws:iam::444455556666:role/from")]), [], "its ARN is known");
    const rewrites = (pattern: string, props: object = nameless) =>
      ways([role("from", [allow("iam:UpdateAssumeRolePolicy", pattern)]), role("to", [], props)]);
    assert.deepEqual(rewrites(arnOf("to")), ["rewrites the trust of to"]);
    assert.deepEqual(rewrites(arnOf("t*")), ["rewrites the trust of to"]);
    assert.deepEqual(rewrites(arnOf("x")), []);
    assert.deepEqual(rewrites(`arn:aws:s3:::role/to`), []);
    assert.deepEqual(rewrites("arn:aws:iam::444455556666:role/to", {}), []);
    assert.deepEqual(rewrites(arnOf("to"), { arn: undefined, name: unknown }), []);
  });

  it("P9: at preview the unknown principal of a trust is the role that the trust's value comes from", () => {
    const trust = {
      Version: "2012-10-17",
      Statement: { Effect: "Allow", Principal: { AWS: unknown }, Action: "sts:AssumeRole" },
    };
    const to = (dependencies: Resource["dependencies"]) => role("to", [], { assumeRolePolicy: trust }, dependencies);
    assert.deepEqual(ways([role("from", []), to({ assumeRolePolicy: ["from"] })]), ["assumes to"]);
    assert.deepEqual(ways([role("from", []), to({ assumeRolePolicy: ["x"] })]), []);
    assert.deepEqual(ways([role("from", []), to({})]), []);
    const known = role("to", [], {}, { assumeRolePolicy: ["from"] });
    assert.deepEqual(ways([role("from", []), known]), []);
  });

  it("P9: a role is passed to a service that it trusts, by one who can start something there", () => {
    const start = allow(["lambda:CreateFunction", "lambda:InvokeFunction"], "*");
    const pass = (on: string, Condition: object = {}) => allow("iam:PassRole", on, { Condition });
    const to = role("to", []);
    const by = (...statements: unknown[]) => ways([role("from", statements), to]);
    assert.deepEqual(by(pass(arnOf("to")), start), ["passes to to a new function, invoked"]);
    assert.deepEqual(by(pass(arnOf("x")), start), []);
    assert.deepEqual(by(pass(arnOf("to")), allow("lambda:CreateFunction", "*")), []);
    assert.deepEqual(by(pass(arnOf("to")), allow("lambda:InvokeFunction", "*")), []);
    assert.deepEqual(by(start), []);
    const service = (name: string) => ({ StringEquals: { "iam:PassedToService": name } });
    assert.deepEqual(by(pass(arnOf("to"), service("ecs-tasks.amazonaws.com")), start), []);
    assert.deepEqual(
      by(
        pass(arnOf("to"), service("ecs-tasks.amazonaws.com")),
        pass(arnOf("to"), service("lambda.amazonaws.com")),
        start,
      ),
      ["passes to to a new function, invoked"],
    );
    const from = role("from", [pass("*"), start]);
    for (const Principal of [{ Service: "ecs-tasks.amazonaws.com" }, { AWS: account }]) {
      assert.deepEqual(ways([from, role("to", [], { assumeRolePolicy: trusting(Principal) })]), []);
    }
    const tagging = { assumeRolePolicy: trusting(lambda, "sts:TagSession") };
    assert.deepEqual(ways([from, role("to", [], tagging)]), []);
  });

  it("P9: the code of a function is changed by one who may change that one", () => {
    const named = "arn:aws:lambda:eu-west-1:111122223333:function:orders";
    const changed = (action: string, on: unknown, props: object, type = "lambda/function:Function") =>
      ways([
        role("from", [allow(action, on)]),
        role("to", []),
        role("other", []),
        resource(type, "orders-function", { role: arnOf("to"), roleArn: arnOf("to"), ...props }),
      ]);
    const says = ["changes the code of orders-function, which runs with to"];
    for (const action of ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"]) {
      assert.deepEqual(changed(action, named, { arn: named, name: "orders" }), says);
      assert.deepEqual(changed(action, [`${named}-x`, named], { arn: named }), says);
      assert.deepEqual(changed(action, named, { name: "orders" }), says);
      assert.deepEqual(changed(action, `${named}-x`, { arn: named, name: "orders" }), []);
      assert.deepEqual(changed(action, named, { name: "others" }), []);
      assert.deepEqual(changed(action, named, { name: unknown }), []);
      assert.deepEqual(changed(action, named, { arn: unknown, name: "orders" }), says);
      assert.deepEqual(changed(action, named, { arn: named }, "sfn/stateMachine:StateMachine"), []);
    }
    assert.deepEqual(changed("lambda:InvokeFunction", named, { arn: named }), []);
  });
});
