import assert from "node:assert/strict";
import * as aws from "@pulumi/aws";
import { findDocuments, holdsDocuments } from "../../policy/document/locations";
import { resourcePolicies } from "../../policy/document/resourcePolicies";
import { messageOf } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import { readCorpus } from "./corpus";
import { judgeExample } from "./judge";

const statement = { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" };
const document = { Version: "2012-10-17", Statement: [statement] };

/** Every resource class of the AWS package has its token in a static member. */
function tokens(): Set<string> {
  const found = new Set<string>();
  for (const module of Object.values(aws)) {
    if (typeof module !== "object" || module === null) continue;
    for (const name of Object.keys(module)) {
      const value: unknown = Reflect.get(module, name);
      const type: unknown = typeof value === "function" ? Reflect.get(value, "__pulumiType") : undefined;
      if (typeof type === "string") found.add(type);
    }
  }
  return found;
}

/** As aws.iam.getPolicyDocument writes documents: pretty, lists of one as the value, longer ones in falling order. */
function providerForm(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(providerForm);
    if (items.length === 1) return items[0];
    return items.every((item) => typeof item === "string") ? [...items].sort().reverse() : items;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, of]) => [key, providerForm(of)]));
}

describe("where policy documents stand", () => {
  it("P31: the types are those of the AWS package, old and new ones", () => {
    const known = tokens();
    assert.ok(known.size > 1000, `${known.size} types`);
    assert.deepEqual(
      [...resourcePolicies.keys()].filter((type) => !known.has(type)),
      [],
    );
  });

  for (const [type, { property, service }] of resourcePolicies) {
    it(`P31: ${type}.${property} is read`, () => {
      for (const source of [document, JSON.stringify(document)]) {
        const [found, ...others] = findDocuments(type, { [property]: source });
        assert.deepEqual([found?.kind, found?.service, found?.path, others], ["resource", service, property, []]);
        assert.deepEqual(found?.document.statements[0]?.actions, ["s3:GetObject"]);
      }
      assert.deepEqual(findDocuments(type, {}), []);
      assert.ok(holdsDocuments(type));
    });
  }

  it("P31: identity documents stand in roles, policies, users, groups and permission sets", () => {
    const places: [string, Record<string, unknown>, string][] = [
      ["aws:iam/role:Role", { inlinePolicies: [{ name: "a", policy: document }] }, "inlinePolicies[0].policy"],
      ["aws:iam/rolePolicy:RolePolicy", { policy: document }, "policy"],
      ["aws:iam/policy:Policy", { policy: document }, "policy"],
      ["aws:iam/userPolicy:UserPolicy", { policy: document }, "policy"],
      ["aws:iam/groupPolicy:GroupPolicy", { policy: document }, "policy"],
      ["aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", { inlinePolicy: document }, "inlinePolicy"],
    ];
    for (const [type, props, path] of places) {
      const found = findDocuments(type, props).map((each) => [each.kind, each.path]);
      assert.deepEqual(found, [["identity", path]], type);
    }
  });

  it("P31: an organisation's control policies grant nothing: their Allow * violates no rule", () => {
    const everything = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
    for (const type of ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", undefined]) {
      const props = { content: JSON.stringify(everything), ...(type ? { type } : {}) };
      const [found] = findDocuments("aws:organizations/policy:Policy", props);
      assert.equal(found?.kind, "guardrail");
      const resources = [{ type: "aws:organizations/policy:Policy", name: "all", props }];
      assert.deepEqual(
        rules.flatMap((rule) => judgeExample(rule, { resources })),
        [],
      );
    }
    assert.deepEqual(findDocuments("aws:organizations/policy:Policy", { type: "TAG_POLICY", content: "{}" }), []);
  });

  it("P31: a document says the same as an object, as JSON text and as aws.iam.getPolicyDocument writes it", () => {
    const role = "aws:iam/rolePolicy:RolePolicy";
    // What P25's folder holds is malformed on purpose, and getPolicyDocument writes no such thing.
    const documents = readCorpus().filter(
      ({ kind = "identity", document, row }) => kind === "identity" && document && row !== "P25",
    );
    assert.ok(documents.length > 50);
    for (const { name, document } of documents) {
      // Labels by index or Sid stay; actions in messages are in the order of the document, so they are counted.
      const judge = (policy: unknown) => {
        const resources = [{ type: role, name: "p", props: { role: "r", policy } }];
        return rules.map((rule) => `${rule.id} ${judgeExample(rule, { resources }).length}`);
      };
      const asObject = judge(document);
      assert.deepEqual(judge(JSON.stringify(document)), asObject, name);
      assert.deepEqual(judge(JSON.stringify(providerForm(document), null, 2)), asObject, name);
    }
  });

  it("P31: a document of a place that was added is judged, with the place in the message", () => {
    const policy = { ...document, Statement: [{ ...statement, Principal: "*" }] };
    const example = {
      resources: [{ type: "aws:glue/resourcePolicy:ResourcePolicy", name: "glue", props: { policy } }],
    };
    const [found] = rules.filter(({ id }) => id === "P21").flatMap((rule) => judgeExample(rule, example));
    assert.match(
      found ? messageOf(found) : "",
      /^policy, statement Read: it allows s3:GetObject to the principal "\*"/,
    );
  });
});
