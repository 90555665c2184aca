import assert from "node:assert/strict";
import type { Resource, StackRule } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { unknown } from "../../policy/model/unknown";
import { judgeStack } from "../../policy/pack/judge";
import { exclusiveAttachments } from "../../policy/rules/attachments/p28-exclusive-attachments";

const account = "111122223333";
const arnOf = (name: string) => `arn:aws:iam::${account}:role/${name}`;

function resource(type: string, name: string, props: object, dependencies: Resource["dependencies"] = {}): Resource {
  return { type: `aws:${type}`, name, urn: name, props: props as Resource["props"], dependencies };
}

const said = (rule: StackRule, resources: readonly Resource[]) =>
  judgeStack(rule, resources, defaultSettings).map(({ urn, message }) => `${urn}: ${message}`);

describe("exclusive owners, case by case", () => {
  const role = (name: string, props: object = {}) =>
    resource("iam/role:Role", name, { name, arn: arnOf(name), ...props });

  it("P28: two owners of one role's policies are told, what the provider reads back isn't one", () => {
    const policy = (name: unknown) =>
      resource("iam/rolePolicy:RolePolicy", "single", { role: "load", name, policy: "{}" });
    const exclusive = (policyNames: unknown, name = "all") =>
      resource("iam/rolePoliciesExclusive:RolePoliciesExclusive", name, { roleName: "load", policyNames });
    const inline = (...names: unknown[]) =>
      role("load", { inlinePolicies: names.map((name) => ({ name, policy: "{}" })) });
    const two = "load: inlinePolicies owns the role's inline policies, and so does ";
    assert.deepEqual(said(exclusiveAttachments, [inline("a"), policy("b")]), [`${two}RolePolicy single`]);
    assert.deepEqual(said(exclusiveAttachments, [inline("a"), exclusive(["b"])]), [`${two}RolePoliciesExclusive all`]);
    assert.deepEqual(said(exclusiveAttachments, [inline("a"), policy("b"), exclusive(["b"])]), [
      `${two}RolePolicy single, RolePoliciesExclusive all`,
    ]);
    assert.deepEqual(said(exclusiveAttachments, [inline("b"), policy("b")]), [], "read back");
    assert.deepEqual(said(exclusiveAttachments, [inline("b"), exclusive(["b"])]), []);
    assert.deepEqual(said(exclusiveAttachments, [inline("a"), policy(unknown)]), [], "it may be a");
    assert.deepEqual(said(exclusiveAttachments, [inline(unknown), policy("b")]), []);
    assert.deepEqual(
      said(exclusiveAttachments, [role("load", { inlinePolicies: [{ name: "a" }, "x"] }), policy("b")]),
      [],
    );
    assert.deepEqual(said(exclusiveAttachments, [inline("a")]), []);
    assert.deepEqual(said(exclusiveAttachments, [role("load"), policy("b"), exclusive(["a"])]), [
      'single: RolePoliciesExclusive of the role doesn\'t list "b" and removes it',
    ]);
    for (const names of [["a", unknown], ["b"]]) {
      assert.deepEqual(said(exclusiveAttachments, [role("load"), policy("b"), exclusive(names)]), []);
    }
    assert.deepEqual(said(exclusiveAttachments, [role("load"), policy(unknown), exclusive(["a"])]), []);
    assert.deepEqual(said(exclusiveAttachments, [role("load"), exclusive(["a"]), exclusive(["a"], "more")]).length, 1);
  });

  it("P28: two owners of one role's attachments", () => {
    const own = "arn:aws:iam::111122223333:policy/own";
    const attachment = (policyArn: unknown) =>
      resource("iam/rolePolicyAttachment:RolePolicyAttachment", "single", { role: "load", policyArn });
    const exclusive = (policyArns: unknown, name = "all") =>
      resource("iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive", name, {
        roleName: "load",
        policyArns,
      });
    const managed = (...managedPolicyArns: unknown[]) => role("load", { managedPolicyArns });
    const two = "load: managedPolicyArns owns the role's attachments, and so does ";
    assert.deepEqual(said(exclusiveAttachments, [managed("arn:a"), attachment(own)]), [
      `${two}RolePolicyAttachment single`,
    ]);
    assert.deepEqual(said(exclusiveAttachments, [managed("arn:a"), attachment(own), exclusive([own])]), [
      `${two}RolePolicyAttachment single, RolePolicyAttachmentsExclusive all`,
    ]);
    assert.deepEqual(said(exclusiveAttachments, [managed(own), attachment(own)]), [], "read back");
    assert.deepEqual(said(exclusiveAttachments, [managed(own), exclusive([own])]), []);
    assert.deepEqual(said(exclusiveAttachments, [managed("arn:a"), attachment(unknown)]), []);
    assert.deepEqual(said(exclusiveAttachments, [managed(unknown), attachment(own)]), []);
    assert.deepEqual(said(exclusiveAttachments, [role("load"), attachment(own), exclusive(["arn:a"])]), [
      `single: RolePolicyAttachmentsExclusive of the role doesn't list ${own} and detaches it`,
    ]);
    for (const arns of [["arn:a", unknown], [own]]) {
      assert.deepEqual(said(exclusiveAttachments, [role("load"), attachment(own), exclusive(arns)]), []);
    }
    assert.deepEqual(said(exclusiveAttachments, [role("load"), attachment(unknown), exclusive(["arn:a"])]), []);
    assert.equal(said(exclusiveAttachments, [role("load"), exclusive([own]), exclusive([own], "more")]).length, 1);
  });
});
