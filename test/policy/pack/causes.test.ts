import assert from "node:assert/strict";
import { orderOf } from "../../../policy/pack/causes";
import { messageOf } from "../../../policy/pack/judge";
import { rules } from "../../../policy/rules";
import { readCorpus } from "../corpus";
import { judgeExample } from "../judge";
import { judgeStackOf } from "./engine";

const type = "aws:iam/rolePolicy:RolePolicy";
const resource = (Action: unknown, Resource: unknown = "*") => ({
  type,
  name: "wide",
  props: {
    role: "r",
    policy: { Version: "2012-10-17", Statement: [{ Sid: "All", Effect: "Allow", Action, Resource }] },
  },
});

const refusals = async (each: ReturnType<typeof resource>, config = {}) =>
  (await judgeStackOf(rules, [each], config)).filter(({ level }) => level === "mandatory");

describe("findings of one cause, in a preview", () => {
  it("P45: the cause is told first and whole, what comes of it in a line that names it", async () => {
    const [first, ...others] = await refusals(resource("s3:*"));
    assert.match(first?.message ?? "", /^policy, statement All: it allows "s3:\*".* Fix: list the s3 actions/);
    assert.ok(others.length > 2);
    for (const { message } of others) {
      assert.match(message, /^policy, statement All: comes of what P2 tells there, and goes with it \[P\d+: npx/);
    }
    const [administrator, ...more] = await refusals(resource("*"));
    assert.match(administrator?.message ?? "", /\[P1: /);
    for (const { message } of more) assert.match(message, /comes of what P1 tells there/);
  });

  it("P45: each cause is judged before what comes of it, however long the chain", async () => {
    const key = (await refusals(resource(["kms:Decrypt", "kms:DescribeKey"]))).map(({ message }) => message);
    assert.match(key[0] ?? "", /every key.*\[P20: /);
    assert.deepEqual(
      key.slice(1).map((message) => /comes of what (P\d+) tells there.*\[(P\d+): /.exec(message)?.slice(1)),
      [
        ["P20", "P13"],
        ["P20", "P4"],
      ],
    );
    const place = new Map([...rules].map(({ id }) => [id, orderOf(id)]));
    for (const [before, after] of [
      ["P1", "P2"],
      ["P2", "P10"],
      ["P10", "P12"],
      ["P20", "P13"],
      ["P13", "P4"],
    ] as const) {
      assert.ok((place.get(before) ?? 9) < (place.get(after) ?? 0), `${before} before ${after}`);
    }
  });

  it("P45: a rule that is off is the cause of nothing", async () => {
    const told = await refusals(resource("s3:*"), { "iam-no-service-wildcard": { enforcementLevel: "disabled" } });
    assert.ok(told.some(({ message }) => /Fix: name the resources/.test(message)));
    assert.ok(told.every(({ message }) => !/comes of what P2/.test(message)));
  });

  it("P45: the exemption of the cause silences what comes of it: none of the statement's refusals is left", async () => {
    const exemption = {
      resource: "wide",
      statement: "All",
      reason: "the vendor's loader asks for it",
      expires: "2999-12-31",
    };
    const config = { "iam-no-service-wildcard": { exemptions: [exemption] } };
    assert.deepEqual(await refusals(resource("s3:*"), config), []);
    const beside = await refusals(resource(["s3:*", "sqs:SendMessage"]), config);
    assert.deepEqual(beside.map(({ policy }) => policy).sort(), [
      "iam-no-every-resource",
      "iam-no-unconstrained-writes",
    ]);
    const past = { "iam-no-service-wildcard": { exemptions: [{ ...exemption, expires: "2020-01-01" }] } };
    assert.ok((await refusals(resource("s3:*"), past)).length > 3);
  });
});

describe("parameters of all rules", () => {
  const trust = (account: string) => ({
    type: "aws:iam/role:Role",
    name: "vendor",
    props: {
      assumeRolePolicy: {
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:role/x` }, Action: "sts:AssumeRole" },
        ],
      },
    },
  });

  it("P45: trusted accounts are named once; a rule's own are added to them", async () => {
    const config = {
      "policy-parameters": { trustedAccounts: ["111122223333"] },
      "iam-trust-external-id": { trustedAccounts: ["444455556666"] },
    };
    const told = async (account: string) =>
      (await judgeStackOf(rules, [trust(account)], config)).filter(({ policy }) => policy === "iam-trust-external-id");
    assert.deepEqual(await told("111122223333"), []);
    assert.deepEqual(await told("444455556666"), []);
    assert.equal((await told("777788889999")).length, 1);
  });

  it("P45: a mistake in them stops the pack with what to write", async () => {
    const config = { "policy-parameters": { trustedAccounts: ["11112222"] } };
    await assert.rejects(
      judgeStackOf(rules, [trust("111122223333")], config),
      /policy-parameters\.trustedAccounts: "11112222" is not/,
    );
  });
});

describe("resources that a library makes", () => {
  const said = (types: string) => {
    const [violation] = rules.flatMap((rule) => judgeExample(rule, { resources: [resource("s3:*")] }));
    assert.ok(violation);
    return messageOf({ ...violation, urn: `urn:pulumi:dev::shop::${types}::wide` });
  };

  it("P45: the message says what to pass to the component that makes it; one's own components are changed themselves", () => {
    assert.match(
      said(`shop:Web$awsx:ecs:FargateService$${type}`),
      /awsx:ecs:FargateService makes it: pass it one of your own/,
    );
    for (const own of [type, `shop:Web$${type}`, `aws-native:x:Y$${type}`, `awsome:Web$${type}`]) {
      assert.doesNotMatch(said(own), /makes it/, own);
    }
  });
});

describe("the length of messages", () => {
  it("P45: half of them have 250 characters or less, nine in ten 350", () => {
    const lengths = readCorpus()
      .flatMap(({ settings: _, ...example }) => rules.flatMap((rule) => judgeExample(rule, example)))
      .map((violation) => messageOf(violation).length)
      .sort((a, b) => a - b);
    const at = (share: number) => lengths[Math.floor(share * lengths.length)] as number;
    console.log(`      ${lengths.length} messages: median ${at(0.5)}, 90 % ${at(0.9)}, longest ${lengths.at(-1)}`);
    assert.ok(at(0.5) <= 250 && at(0.9) <= 350, `${at(0.5)}, ${at(0.9)}`);
  });
});
