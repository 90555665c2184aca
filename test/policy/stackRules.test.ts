import assert from "node:assert/strict";
import type { Resource, StackRule } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { unknown } from "../../policy/model/unknown";
import { judgeResource, judgeStack } from "../../policy/pack/judge";
import { lambdaPermission } from "../../policy/rules/exposure/p22-lambda-permission";
import { unusedTrust } from "../../policy/rules/trusts/p36-unused-trust";

const account = "111122223333";
const arnOf = (name: string) => `arn:aws:iam::${account}:role/${name}`;

function resource(type: string, name: string, props: object, dependencies: Resource["dependencies"] = {}): Resource {
  return { type: `aws:${type}`, name, urn: name, props: props as Resource["props"], dependencies };
}

const said = (rule: StackRule, resources: readonly Resource[]) =>
  judgeStack(rule, resources, defaultSettings).map(({ urn, message }) => `${urn}: ${message}`);

describe("rules on resources and stacks, case by case", () => {
  const trust = (Action: string, ...Service: string[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Principal: { Service }, Action } });
  const role = (name: string, props: object = {}) =>
    resource("iam/role:Role", name, {
      name,
      arn: arnOf(name),
      assumeRolePolicy: trust("sts:AssumeRole", "lambda.amazonaws.com"),
      ...props,
    });
  const fn = resource("lambda/function:Function", "function", { role: arnOf("load") });

  it("P36: a role that another resource refers to, by dependency or ARN, is used", () => {
    const unused = ["spare: it trusts lambda.amazonaws.com, but nothing of that service runs with the role"];
    const all = (...more: Resource[]) => said(unusedTrust, [role("load"), fn, role("spare"), ...more]);
    assert.deepEqual(all(), unused);
    assert.deepEqual(said(unusedTrust, [role("spare")]), [], "nothing of the service is in the stack");
    assert.deepEqual(all(resource("x/y:Z", "user", {}, { some: ["load", "spare"] })), []);
    assert.deepEqual(all(resource("x/y:Z", "user", {}, { some: ["load"] })), unused);
    assert.deepEqual(all(resource("x/y:Z", "user", { list: [{ of: arnOf("spare") }] })), []);
    assert.deepEqual(all(resource("x/y:Z", "user", { of: `${arnOf("spare-2")} ${arnOf("spare")}:x` })), []);
    for (const other of [arnOf("spare-2"), arnOf("spare/x"), arnOf("spar"), "spare", unknown]) {
      assert.deepEqual(all(resource("x/y:Z", "user", { of: other })), unused, String(other));
    }
    const attaching = ["rolePolicy:RolePolicy", "rolePolicyAttachment:RolePolicyAttachment"];
    for (const type of attaching) {
      assert.deepEqual(all(resource(`iam/${type}`, "attached", { role: "spare" }, { role: ["spare"] })), unused);
    }
    const instance = resource("iam/instanceProfile:InstanceProfile", "p", {}, { role: ["spare"] });
    assert.deepEqual(all(instance), unused, "an instance is no function");
  });

  it("P36: only what lets the service in counts, and a role without a known trust or ARN is judged by what is known", () => {
    const with_ = (props: object) => said(unusedTrust, [role("load"), fn, role("spare", props)]);
    assert.deepEqual(with_({ assumeRolePolicy: trust("sts:TagSession", "lambda.amazonaws.com") }), []);
    assert.deepEqual(with_({ assumeRolePolicy: undefined }), []);
    assert.deepEqual(with_({ assumeRolePolicy: unknown }), []);
    assert.deepEqual(with_({ assumeRolePolicy: trust("sts:AssumeRole", "scheduler.amazonaws.com") }), []);
    assert.equal(with_({ arn: undefined }).length, 1);
    const twice = trust("sts:AssumeRole", "states.amazonaws.com", "lambda.amazonaws.com");
    assert.deepEqual(with_({ assumeRolePolicy: twice }), [
      "spare: it trusts lambda.amazonaws.com, but nothing of that service runs with the role",
    ]);
  });

  it("P22: a service needs a source of one account; only services are judged", () => {
    const found = (props: object) =>
      judgeResource(lambdaPermission, resource("lambda/permission:Permission", "p", props), defaultSettings).map(
        ({ message, fix }) => `${message} → ${fix}`,
      );
    const sns = { principal: "sns.amazonaws.com" };
    const source = `arn:aws:sns:eu-west-1:${account}:orders`;
    assert.deepEqual(found(sns), [
      "it lets sns.amazonaws.com invoke the function for any account → set sourceArn or sourceAccount",
    ]);
    for (const more of [
      { sourceArn: source },
      { sourceAccount: account },
      { principalOrgId: "o-a" },
      { sourceArn: unknown },
    ]) {
      assert.deepEqual(found({ ...sns, ...more }), [], JSON.stringify(more));
    }
    for (const more of [
      { sourceArn: "" },
      { sourceAccount: "" },
      { sourceArn: "*" },
      { sourceArn: "?" },
      { sourceArn: "arn:aws:sns:eu-west-1:*:orders" },
      { sourceArn: "arn:aws:sns:eu-west-1:1*:orders" },
      { sourceArn: "arn:*:*:*:*" },
    ]) {
      assert.equal(found({ ...sns, ...more }).length, 1, JSON.stringify(more));
    }
    assert.deepEqual(found({ ...sns, sourceArn: `${source}*` }), [], "topics of one account");
    assert.deepEqual(found({ principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::orders" }), [
      "it lets s3.amazonaws.com invoke the function for any account → set sourceAccount",
    ]);
    assert.deepEqual(found({ principal: "alexa-appkit.amazon.com" }), [
      "it lets alexa-appkit.amazon.com invoke the function for any skill → set eventSourceToken",
    ]);
    assert.deepEqual(found({ principal: "alexa-appkit.amazon.com", eventSourceToken: "amzn1.ask.skill.1" }), []);
    for (const principal of ["a.b.amazonaws.com", "sns.amazonaws.com.cn", "xs3.amazonaws.com", "s3-x.amazonaws.com"]) {
      assert.match(found({ principal })[0] ?? "", /set sourceArn or/, principal);
    }
    for (const principal of [
      account,
      "*",
      unknown,
      undefined,
      "sns.amazonaws.com/x",
      "@sns.amazonaws.com",
      "sns.example.com",
    ]) {
      assert.deepEqual(found({ principal }), [], String(principal));
    }
  });

  it("P22: it is mended for services that tell the account, where the function's ARN tells it", () => {
    const mend = (props: object) =>
      lambdaPermission.remediate?.(resource("lambda/permission:Permission", "p", props), defaultSettings);
    const fnArn = `arn:aws:lambda:eu-west-1:${account}:function:load`;
    assert.deepEqual(mend({ principal: "s3.amazonaws.com", function: fnArn }), { sourceAccount: account });
    assert.equal(mend({ principal: "s3.amazonaws.com", function: `x${fnArn}` }), undefined);
    assert.equal(mend({ principal: "s3.amazonaws.com", function: "load" }), undefined);
    assert.equal(mend({ principal: "s3.amazonaws.com", function: fnArn, sourceAccount: account }), undefined);
    assert.equal(mend({ principal: account, function: fnArn }), undefined);
    assert.equal(mend({ principal: "alexa-appkit.amazon.com", function: fnArn }), undefined);
  });
});
