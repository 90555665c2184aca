import assert from "node:assert/strict";
import { readDocument } from "../../policy/document/readDocument";
import type { ExampleResource, Resource, Rule } from "../../policy/model/rule";
import { defaultSettings } from "../../policy/model/settings";
import { unknown } from "../../policy/model/unknown";
import { judgeResource, messageOf } from "../../policy/pack/judge";
import { powerfulManagedPolicies } from "../../policy/rules/attachments/p19-managed-policies";
import { policiesOfUsers } from "../../policy/rules/attachments/p27-policies-of-users";
import { exclusiveAttachments } from "../../policy/rules/attachments/p28-exclusive-attachments";
import { ownPolicies } from "../../policy/rules/attachments/p35-own-policies";
import { escalation } from "../../policy/rules/escalation/p08-escalation";
import { escalationChain } from "../../policy/rules/escalation/p09-escalation-chain";
import { keys } from "../../policy/rules/exposure/p20-kms";
import { publicPolicy } from "../../policy/rules/exposure/p21-public";
import { lambdaPermission } from "../../policy/rules/exposure/p22-lambda-permission";
import { tlsOnlyRule } from "../../policy/rules/exposure/p23-tls-only";
import { publicAccessBlock } from "../../policy/rules/exposure/p24-public-access-block";
import { isTlsOnly } from "../../policy/rules/exposure/tls";
import { trustOfEverybody } from "../../policy/rules/trusts/p14-trust-of-everybody";
import { serviceSource } from "../../policy/rules/trusts/p15-service-source";
import { externalId } from "../../policy/rules/trusts/p16-external-id";
import { oidcSubject } from "../../policy/rules/trusts/p18-oidc-subject";
import { plainSecrets } from "../../policy/rules/workloads/p40-plain-secrets";
import { judgeExample, messages } from "./judge";

const account = "111122223333";
const resource = (type: string, props: Record<string, unknown>): Resource => ({
  type,
  name: "r",
  urn: "r",
  props,
  dependencies: {},
});
const found = (rule: Rule, resources: readonly ExampleResource[]) => judgeExample(rule, { resources });
const trust = (statement: Record<string, unknown>) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...statement }],
});

describe("trusts whose parts aren't known yet", () => {
  const cases: [string, Parameters<typeof messages>[0], unknown][] = [
    ["P14: an account", trustOfEverybody, { AWS: `arn:aws:iam::${account}:root` }],
    ["P15: a service", serviceSource, { Service: "lambda.amazonaws.com" }],
    ["P16: another account's role", externalId, { AWS: "arn:aws:iam::444455556666:role/collector" }],
  ];
  for (const [title, rule, Principal] of cases) {
    it(`${title} with an unknown condition neither violates nor is it found right`, () => {
      assert.equal(messages(rule, "trust", trust({ Principal })).length, 1);
      const key = rule === serviceSource ? "aws:SourceAccount" : "sts:ExternalId";
      const Condition = { StringEquals: { [key]: unknown } };
      assert.deepEqual(messages(rule, "trust", trust({ Principal, Condition })), []);
      assert.ok(readDocument(trust({ Principal, Condition })).unknown.length > 0);
    });
  }

  it("P14: an unknown principal isn't taken for everybody; a known * beside it is", () => {
    assert.deepEqual(messages(trustOfEverybody, "trust", trust({ Principal: { AWS: unknown } })), []);
    assert.equal(messages(trustOfEverybody, "trust", trust({ Principal: { AWS: [unknown, "*"] } })).length, 1);
  });

  it("P18: the message names the issuer and the subject to write", () => {
    const Principal = { Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` };
    const [message = ""] = messages(
      oidcSubject,
      "trust",
      trust({ Principal, Action: "sts:AssumeRoleWithWebIdentity" }),
    );
    assert.match(message, /any subject of token\.actions\.githubusercontent\.com/);
    assert.match(message, /repo:<organisation>\/<repository>:ref:refs\/heads\/main/);
  });
});

describe("what is mended", () => {
  const permission = (props: Record<string, unknown>) =>
    resource("aws:lambda/permission:Permission", {
      function: `arn:aws:lambda:eu-west-1:${account}:function:f`,
      ...props,
    });

  it("P22: sourceAccount is the function's own account where that is told by its ARN", () => {
    const mend = (props: Record<string, unknown>) => lambdaPermission.remediate?.(permission(props), defaultSettings);
    const s3 = { principal: "s3.amazonaws.com", sourceArn: "arn:aws:s3:::orders" };
    assert.deepEqual(mend(s3), { sourceAccount: account });
    assert.deepEqual(judgeResource(lambdaPermission, permission({ ...s3, ...mend(s3) }), defaultSettings), []);
    assert.equal(mend({ ...s3, function: "f" }), undefined);
    assert.equal(mend({ ...s3, function: unknown }), undefined);
    assert.equal(mend({ ...s3, sourceAccount: account }), undefined);
    assert.equal(mend({ principal: "apigateway.amazonaws.com" }), undefined, "API Gateway's source is an API");
    assert.equal(mend({ principal: account }), undefined);
  });

  it("P22: an unknown source is none that is missing", () => {
    const judge = (props: Record<string, unknown>) =>
      judgeResource(lambdaPermission, permission(props), defaultSettings);
    assert.deepEqual(judge({ principal: "sns.amazonaws.com", sourceArn: unknown }), []);
    assert.deepEqual(judge({ principal: "s3.amazonaws.com", sourceAccount: unknown }), []);
    assert.equal(judge({ principal: "sns.amazonaws.com" }).length, 1);
  });

  const policies: [service: "s3" | "sqs" | "sns", type: string, props: Record<string, unknown>, resources: unknown][] =
    [
      [
        "s3",
        "aws:s3/bucketPolicy:BucketPolicy",
        { bucket: "orders" },
        ["arn:aws:s3:::orders", "arn:aws:s3:::orders/*"],
      ],
      [
        "sqs",
        "aws:sqs/queuePolicy:QueuePolicy",
        { queueUrl: `https://sqs.eu-west-1.amazonaws.com/${account}/orders` },
        `arn:aws:sqs:eu-west-1:${account}:orders`,
      ],
      [
        "sns",
        "aws:sns/topicPolicy:TopicPolicy",
        { arn: `arn:aws:sns:eu-west-1:${account}:orders` },
        `arn:aws:sns:eu-west-1:${account}:orders`,
      ],
    ];
  for (const [service, type, props, resources] of policies) {
    it(`P23: the Deny is added to a policy of ${service}, in the form that it has, and once`, () => {
      const Statement = [
        { Sid: "TlsOnly", Effect: "Allow", Principal: { AWS: account }, Action: `${service}:Get*`, Resource: "*" },
      ];
      for (const policy of [
        { Version: "2012-10-17", Statement },
        JSON.stringify({ Version: "2012-10-17", Statement }),
      ]) {
        const mended = tlsOnlyRule.mend?.remediate(resource(type, { ...props, policy }), defaultSettings);
        assert.equal(typeof mended?.policy, typeof policy);
        assert.equal(isTlsOnly(readDocument(mended?.policy), service), true);
        const text = typeof policy === "string" ? String(mended?.policy) : JSON.stringify(mended?.policy);
        const added = JSON.parse(text).Statement[1];
        assert.deepEqual([added.Sid, added.Resource], ["TlsOnly2", resources]);
        assert.equal(tlsOnlyRule.mend?.remediate(resource(type, { ...props, ...mended }), defaultSettings), undefined);
      }
    });

    it(`P23: a policy of ${service} that can't be read, or isn't known, or is for an unknown resource, isn't mended`, () => {
      const mend = (other: Record<string, unknown>) =>
        tlsOnlyRule.mend?.remediate(resource(type, { ...props, ...other }), defaultSettings);
      assert.equal(mend({ policy: "{" }), undefined);
      assert.equal(mend({ policy: unknown }), undefined);
      const [name = ""] = Object.keys(props);
      assert.equal(mend({ policy: { Version: "2012-10-17", Statement: [] }, [name]: unknown }), undefined);
    });
  }

  it("P23: a Deny some of whose parts aren't known yet is neither right nor wrong", () => {
    const Statement = [{ Effect: "Deny", Principal: "*", Action: "sqs:*", Resource: "*", Condition: unknown }];
    assert.equal(isTlsOnly(readDocument({ Statement }), "sqs"), undefined);
  });

  it("P24, P44: flags that were left out are switched on; those that are set, and unknown ones, are left", () => {
    const block = { blockPublicAcls: true, blockPublicPolicy: false, restrictPublicBuckets: unknown };
    const type = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    const mend = (props: Record<string, unknown>) =>
      publicAccessBlock.mend?.remediate(resource(type, props), defaultSettings);
    assert.deepEqual(mend(block), { ignorePublicAcls: true });
    // What the provider has filled in was left out too; see the properties of a resource after Check.
    const filledIn = { ...block, ignorePublicAcls: false, __defaults: ["ignorePublicAcls"] };
    assert.deepEqual(mend(filledIn), { ignorePublicAcls: true });
    assert.equal(mend({ ...block, blockPublicPolicy: true, ignorePublicAcls: true }), undefined);
  });
});

describe("messages of the rules on grants", () => {
  const role = (name: string, more: Record<string, unknown> = {}): ExampleResource => ({
    type: "aws:iam/role:Role",
    name,
    props: { name, arn: `arn:aws:iam::${account}:role/${name}`, ...more },
  });

  it("P8: the message names the methods by their published ids, the three first, and all their actions", () => {
    const Statement = { Effect: "Allow", Action: "iam:*", Resource: "*" };
    const [violation] = found(escalation, [role("loader", { inlinePolicies: [{ name: "a", policy: { Statement } }] })]);
    assert.match(violation?.message ?? "", /iam-001: .*; and \d+ more$/);
    assert.ok(violation?.actions?.includes("iam:PutRolePolicy"));
    assert.equal(violation?.urn, "loader");
  });

  it("P9: the message tells the whole way", () => {
    const example = escalationChain.wrong.resources ?? [];
    const [violation] = found(escalationChain, example);
    assert.match(violation?.message ?? "", /^it assumes deployer; deployer can escalate by iam-005/);
  });

  it("P9: roles that may assume each other end the search", () => {
    const trusts = (name: string) => trust({ Principal: { AWS: `arn:aws:iam::${account}:role/${name}` } });
    const policy = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
    const resources = [
      role("a", { assumeRolePolicy: trusts("b") }),
      role("b", { assumeRolePolicy: trusts("a") }),
      role("admin", { assumeRolePolicy: trusts("c"), inlinePolicies: [{ name: "all", policy }] }),
    ];
    assert.deepEqual(found(escalationChain, resources), []);
  });

  it("P9: at preview a trust that comes from a role is that role's", () => {
    const policy = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
    const admin = role("admin", {
      arn: unknown,
      assumeRolePolicy: trust({ Principal: { AWS: unknown } }),
      inlinePolicies: [{ name: "all", policy }],
    });
    const resources = [role("loader"), { ...admin, dependencies: { assumeRolePolicy: ["loader"] } }];
    assert.deepEqual(
      found(escalationChain, resources).map(({ urn }) => urn),
      ["loader"],
    );
  });

  it("P19: the message names the policy and where it is; an unknown ARN isn't judged", () => {
    const attach = (policyArns: unknown) =>
      found(powerfulManagedPolicies, [
        {
          type: "aws:iam/groupPolicyAttachmentsExclusive:GroupPolicyAttachmentsExclusive",
          name: "a",
          props: { policyArns },
        },
      ]).map(({ message }) => message);
    assert.deepEqual(attach([unknown, "arn:aws:iam::aws:policy/AmazonS3FullAccess"]), [
      "policyArns[1] is AWS's AmazonS3FullAccess: it allows every action of s3, s3-object-lambda; 3 more reason(s)",
    ]);
    assert.deepEqual(attach(unknown), []);
  });

  it("P35: what P19 refuses isn't advised against as well", () => {
    const props = { role: "loader", policyArn: "arn:aws:iam::aws:policy/AdministratorAccess" };
    const resources = [{ type: "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name: "a", props }];
    assert.equal(found(powerfulManagedPolicies, resources).length, 1);
    assert.deepEqual(found(ownPolicies, resources), []);
  });

  it("P20: AWS's own statement for the account's root is right in a key's policy and wrong for a role", () => {
    const allowed = (AWS: unknown) => ({
      type: "aws:kms/key:Key",
      name: "key",
      props: { policy: { Statement: [{ Effect: "Allow", Principal: { AWS }, Action: "kms:*", Resource: "*" }] } },
    });
    assert.deepEqual(found(keys, [allowed(`arn:aws:iam::${account}:root`)]), []);
    assert.deepEqual(found(keys, [allowed(unknown)]), []);
    assert.match(found(keys, [allowed(`arn:aws:iam::${account}:role/a`)])[0]?.message ?? "", /"kms:\*".*role\/a$/);
  });

  it("P21: a function URL is told of as a resource, without a property path", () => {
    const props = { authorizationType: "NONE" };
    const [violation] = found(publicPolicy, [{ type: "aws:lambda/functionUrl:FunctionUrl", name: "url", props }]);
    assert.match(violation ? messageOf(violation) : "", /^the function's URL takes requests of everybody/);
  });

  it("P27: the user is named where it is known", () => {
    const policy = (user: unknown) => [{ type: "aws:iam/userPolicy:UserPolicy", name: "p", props: { user } }];
    assert.equal(found(policiesOfUsers, policy("ada"))[0]?.message, "it attaches a policy to the user ada");
    assert.equal(found(policiesOfUsers, policy(unknown))[0]?.message, "it attaches a policy to the user");
  });

  it("P28: the finding is on the resource to change, and names the other owner", () => {
    const [violation] = found(exclusiveAttachments, exclusiveAttachments.wrong.resources ?? []);
    assert.equal(violation?.urn, "loader");
    assert.match(violation?.message ?? "", /RolePolicy read$/);
  });

  it("P40: a secret's value never stands in the message", () => {
    const value = "-----BEGIN PRIVATE KEY-----MIIabc";
    const variables = { SETTINGS: value, DB_PASSWORD: "hunter2hunter2", LATER_PASSWORD: unknown };
    const type = "aws:lambda/function:Function";
    const violations = found(plainSecrets, [{ type, name: "f", props: { environment: { variables } } }]);
    assert.deepEqual(
      violations.map(({ message }) => message.split(":")[0]),
      ["environment.variables.SETTINGS", "environment.variables.DB_PASSWORD"],
    );
    for (const violation of violations) assert.doesNotMatch(messageOf(violation), /hunter2|MIIabc/);
  });
});
