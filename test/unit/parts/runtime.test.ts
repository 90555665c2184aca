import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { accountOf } from "../../../components/parts/account";
import type { Context } from "../../../components/parts/context";
import { eventRule } from "../../../components/parts/eventRule";
import { type FargateTaskArgs, fargateTask } from "../../../components/parts/fargateTask";
import { network } from "../../../components/parts/network";
import { reasonIn } from "../../../components/parts/policyDocument";
import { externalTrust, role, serviceTrust } from "../../../components/parts/role";
import { at, resolved, runMocked } from "../mocks";
import { statementsAt } from "./documents";

/** A component as the parts see it. */
function contextOf(more: Partial<Context> = {}): Context {
  const parent = new pulumi.ComponentResource("test:index:Owner", "mine");
  return {
    name: "mine",
    owner: 'Owner "mine"',
    parent,
    account: accountOf(parent),
    tags: { Team: "data" },
    allowDestroy: false,
    ...more,
  };
}

const start = { Sid: "Start", Effect: "Allow", Action: "states:StartExecution", Resource: "arn:aws:states:m" } as const;
const explained = { ...start, why: "starts what has to run" };

describe("the part role", () => {
  it("S4: its name, ARN and policies follow from the part's name, and a boundary bounds it", async () => {
    const boundary = "arn:aws:iam::000000000000:policy/bound";
    const run = await runMocked(() => {
      const context = contextOf({ permissionsBoundaryArn: boundary });
      return role(context, "load-role", {
        description: 'Runs "load" (of mine)',
        trust: serviceTrust(context, "lambda.amazonaws.com"),
        statements: [explained],
        more: [[{ ...explained, Sid: "More" }]],
      });
    });
    const made = run.named("mine-load-role");
    assert.equal(at(made, "name"), "data-pipelines-test-mine-load-role");
    assert.equal(at(made, "permissionsBoundary"), boundary);
    assert.equal(at(made, "tags.Team"), "data");
    assert.equal(at(made, "description"), "Runs load of mine");
    assert.equal(await resolved(run.result.arn), `arn:aws:iam::000000000000:role/${run.result.roleName}`);
    assert.deepEqual(statementsAt(run.named("mine-load-role-policy")), [start]);
    assert.deepEqual(statementsAt(run.named("mine-load-role-policy-2")), [{ ...start, Sid: "More" }]);
    assert.equal(at(run.named("mine-load-role-policy-2-attachment"), "role"), "data-pipelines-test-mine-load-role");
    assert.equal(run.result.policies.length, 2);
    const document = String(at(run.named("mine-load-role-policy"), "policy"));
    assert.equal(reasonIn(document, "Start", "states:StartExecution"), "starts what has to run");
    assert.equal(reasonIn(document, "Other", "states:StartExecution"), undefined);
    assert.equal(reasonIn('{"Version":"2012-10-17","Statement":[]}', "Start", "states:StartExecution"), undefined);
  });

  it("P15, P16: a service is trusted for this account alone, somebody else's account by its External ID alone", async () => {
    const run = await runMocked(() => {
      const context = contextOf();
      const shared = { description: "x", statements: [explained] };
      role(context, "a-role", { ...shared, trust: serviceTrust(context, "ecs-tasks.amazonaws.com") });
      role(context, "b-role", {
        ...shared,
        trust: externalTrust("Them", "arn:aws:iam::111111111111:root", "id-1", "they work with it"),
      });
    });
    const trust = (name: string) => JSON.parse(String(at(run.named(name), "assumeRolePolicy"))).Statement;
    assert.deepEqual(trust("mine-a-role"), [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "ecs-tasks.amazonaws.com" },
        Condition: { StringEquals: { "aws:SourceAccount": "000000000000" } },
      },
    ]);
    assert.deepEqual(trust("mine-b-role"), [
      {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Sid: "Them",
        Principal: { AWS: "arn:aws:iam::111111111111:root" },
        Condition: { StringEquals: { "sts:ExternalId": "id-1" } },
      },
    ]);
  });
});

describe("the part eventRule", () => {
  it("O20: starts one state machine by a role that may do this alone, and tries for a day", async () => {
    const run = await runMocked(() =>
      eventRule(contextOf(), "exported", {
        description: "Exports",
        pattern: { source: ["aws.s3"], detail: { bucket: { name: [pulumi.output("exports")] } } },
        stateMachineArn: start.Resource,
        dependsOn: [],
        deadLetterArn: "arn:aws:sqs:us-east-1:000000000000:dead",
      }),
    );
    assert.deepEqual(JSON.parse(String(at(run.named("mine-exported-rule"), "eventPattern"))), {
      source: ["aws.s3"],
      detail: { bucket: { name: ["exports"] } },
    });
    const target = run.named("mine-exported-target");
    assert.equal(at(target, "arn"), start.Resource);
    assert.equal(at(target, "roleArn"), "arn:aws:iam::000000000000:role/data-pipelines-test-mine-exported-rule-role");
    assert.deepEqual(at(target, "retryPolicy"), { maximumEventAgeInSeconds: 86_400, maximumRetryAttempts: 185 });
    assert.equal(at(target, "deadLetterConfig.arn"), "arn:aws:sqs:us-east-1:000000000000:dead");
    assert.deepEqual(statementsAt(run.named("mine-exported-rule-role-policy")), [start]);
  });
});

describe("the part network", () => {
  it("O11: a given network gets a security group with the ports that were asked for, and nothing comes in", async () => {
    const run = await runMocked(() =>
      network(contextOf(), "sink", {
        given: { vpcId: "vpc-1", subnetIds: ["subnet-1"] },
        description: "sink: out to brokers",
        egress: [{ port: 9098, description: "Brokers", cidrBlock: "10.0.0.0/16" }],
      }),
    );
    const group = run.named("mine-sink-security-group");
    assert.deepEqual(at(group, "ingress"), []);
    assert.deepEqual(at(group, "egress"), [
      { protocol: "tcp", fromPort: 9098, toPort: 9098, cidrBlocks: ["10.0.0.0/16"], description: "Brokers" },
    ]);
    assert.deepEqual(await resolved(run.result.subnetIds), ["subnet-1"]);
  });
});

describe("the part fargateTask", () => {
  const args = (more: Partial<FargateTaskArgs> = {}): FargateTaskArgs => ({
    container: "main",
    image: pulumi.output("000000000000.dkr.ecr.us-east-1.amazonaws.com/mine@sha256:0"),
    cpu: 256,
    memory: 512,
    architecture: "ARM64",
    environment: { REGION: "here" },
    statements: [],
    logRetentionDays: 30,
    ...more,
  });

  it("O11: secrets are references, each secret is granted once, and its key with it", async () => {
    const secretArn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:kafka-AbCdEf";
    const kms = "arn:aws:kms:us-east-1:000000000000:key/1";
    const run = await runMocked(() =>
      fargateTask(
        contextOf(),
        "sink",
        args({
          secrets: { USER: { secretArn, key: "user" }, PASSWORD: { secretArn, key: "password" } },
          secretsKmsKeyArn: kms,
        }),
      ),
    );
    const [container] = JSON.parse(String(at(run.named("mine-sink-task"), "containerDefinitions")));
    assert.deepEqual(container.secrets, [
      { name: "USER", valueFrom: `${secretArn}:user::` },
      { name: "PASSWORD", valueFrom: `${secretArn}:password::` },
    ]);
    const granted = statementsAt(run.named("mine-sink-execution-role-policy"));
    assert.deepEqual(
      granted.filter(({ Sid }) => Sid?.startsWith("Secret")).map(({ Action, Resource }) => [Action, Resource]),
      [
        ["secretsmanager:GetSecretValue", secretArn],
        ["kms:Decrypt", kms],
      ],
    );
  });

  it("O11: a read-only container writes to its volumes alone", async () => {
    const run = await runMocked(() =>
      fargateTask(contextOf(), "sink", args({ readOnly: true, writable: ["/tmp", "/var/cache"] })),
    );
    const task = run.named("mine-sink-task");
    const [container] = JSON.parse(String(at(task, "containerDefinitions")));
    assert.equal(container.readonlyRootFilesystem, true);
    assert.deepEqual(container.mountPoints, [
      { sourceVolume: "tmp", containerPath: "/tmp" },
      { sourceVolume: "var-cache", containerPath: "/var/cache" },
    ]);
    assert.deepEqual(at(task, "volumes"), [{ name: "tmp" }, { name: "var-cache" }]);
  });
});
