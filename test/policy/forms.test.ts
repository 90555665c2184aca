import assert from "node:assert/strict";
import { stringify } from "yaml";
import { kinds } from "../../policy/forms/kinds";
import { readTemplate } from "../../policy/forms/template";
import type { ExampleResource, RuleId } from "../../policy/model/rule";
import { messageOf, type Violation } from "../../policy/pack/judge";
import { rules } from "../../policy/rules";
import { type CorpusCase, readCorpus } from "./corpus";
import { judgeExample } from "./judge";
import { judgeStackOf, unknownText } from "./pack/engine";

const judge = (resources: readonly ExampleResource[]): Violation[] =>
  rules.flatMap((rule) => judgeExample(rule, { resources }));

const idsOf = (violations: readonly Violation[]): RuleId[] => [...new Set(violations.map(({ rule }) => rule.id))];

/** The same resource by each of the ways that there are beside the `aws` provider. */
function ways(type: string, props: Readonly<Record<string, unknown>>): Map<string, ExampleResource> {
  const [service = "", name = ""] = type.split("::");
  const native = Object.entries(props).map(([key, of]) => [key.charAt(0).toLowerCase() + key.slice(1), of]);
  const template = { Resources: { It: { Type: `AWS::${type}`, Properties: props } } };
  const stack = (templateBody: string) => ({
    type: "aws:cloudformation/stack:Stack",
    name: "x",
    props: { templateBody },
  });
  return new Map<string, ExampleResource>([
    [
      "aws-native",
      { type: `aws-native:${service.toLowerCase()}:${name}`, name: "x", props: Object.fromEntries(native) },
    ],
    [
      "Cloud Control",
      {
        type: "aws:cloudcontrol/resource:Resource",
        name: "x",
        props: { typeName: `AWS::${type}`, desiredState: JSON.stringify(props) },
      },
    ],
    [
      "aws-native's extension",
      { type: "aws-native:index:ExtensionResource", name: "x", props: { type: `AWS::${type}`, properties: props } },
    ],
    ["a template in JSON", stack(JSON.stringify(template))],
    ["a template in YAML", stack(stringify(template))],
  ]);
}

/** Where CloudFormation has a document of the kind: type, property, further properties, and the `aws` provider's. */
function placeOf({ kind = "identity", service }: CorpusCase) {
  if (kind === "identity") {
    return { type: "IAM::ManagedPolicy", property: "PolicyDocument", classic: ["aws:iam/policy:Policy", "policy"] };
  }
  if (kind === "trust") {
    const classic = ["aws:iam/role:Role", "assumeRolePolicy"];
    return { type: "IAM::Role", property: "AssumeRolePolicyDocument", classic };
  }
  const places: Readonly<Record<string, [type: string, property: string, ...classic: string[]]>> = {
    s3: ["S3::BucketPolicy", "PolicyDocument", "aws:s3/bucketPolicy:BucketPolicy", "policy"],
    sqs: ["SQS::QueuePolicy", "PolicyDocument", "aws:sqs/queuePolicy:QueuePolicy", "policy"],
    sns: ["SNS::TopicPolicy", "PolicyDocument", "aws:sns/topicPolicy:TopicPolicy", "policy"],
    // No table has these: they are found by their form.
    kms: ["KMS::Key", "KeyPolicy", "aws:kms/key:Key", "policy"],
    secretsmanager: [
      "SecretsManager::ResourcePolicy",
      "ResourcePolicy",
      "aws:secretsmanager/secretPolicy:SecretPolicy",
      "policy",
    ],
    ec2: ["EC2::VPCEndpoint", "PolicyDocument", "aws:ec2/vpcEndpoint:VpcEndpoint", "policy"],
    es: ["OpenSearchService::Domain", "AccessPolicies", "aws:opensearch/domain:Domain", "accessPolicies"],
  };
  const [type, property, ...classic] = places[service ?? ""] ?? [];
  return type === undefined || property === undefined ? undefined : { type, property, classic };
}

describe("policies by other ways than the aws provider", () => {
  it("P39: a document is judged alike in aws-native, Cloud Control and CloudFormation as with the aws provider", () => {
    let judged = 0;
    // What P25's folder holds is malformed on purpose: without statements nothing shows that it is a policy.
    const cases = readCorpus().filter(({ document, kind, row }) => document && kind !== "guardrail" && row !== "P25");
    for (const [i, each] of cases.entries()) {
      const place = placeOf(each);
      // The machinery is the same for each; every rule's first cases, and a sample of the rest.
      if (!place || (i % 5 !== 0 && cases[i - 1]?.row === each.row)) continue;
      const [type = "", property = ""] = place.classic;
      const expected = idsOf(judge([{ type, name: "x", props: { [property]: each.document } }]));
      for (const [way, resource] of ways(place.type, { [place.property]: each.document })) {
        assert.deepEqual(idsOf(judge([resource])), expected, `${each.name} as ${way}`);
        judged++;
      }
    }
    assert.ok(judged > 300, `${judged} were judged`);
  }).timeout(120_000);

  it("P39: the message says where the document stands in the words of the program", () => {
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
    const trust = { Version: "2012-10-17", Statement: [] };
    const props = { AssumeRolePolicyDocument: trust, Policies: [{ PolicyName: "all", PolicyDocument: policy }] };
    const paths = [...ways("IAM::Role", props)].map(([way, resource]) => {
      const found = judge([resource]).find(({ rule }) => rule.id === "P1");
      assert.equal(found?.urn, "x");
      return `${way}: ${found?.path}`;
    });
    assert.deepEqual(paths, [
      "aws-native: policies[0].policyDocument",
      "Cloud Control: desiredState.Policies[0].PolicyDocument",
      "aws-native's extension: properties.Policies[0].PolicyDocument",
      "a template in JSON: templateBody: Resources.It.Properties.Policies[0].PolicyDocument",
      "a template in YAML: templateBody: Resources.It.Properties.Policies[0].PolicyDocument",
    ]);
  });

  const secret = "correct-horse-battery";
  const environments: [type: string, props: Record<string, unknown>][] = [
    ["Lambda::Function", { Environment: { Variables: { API_TOKEN: secret } } }],
    ["ECS::TaskDefinition", { ContainerDefinitions: [{ Environment: [{ Name: "API_TOKEN", Value: secret }] }] }],
    ["Batch::JobDefinition", { ContainerProperties: { Environment: [{ Name: "API_TOKEN", Value: secret }] } }],
    ["CodeBuild::Project", { Environment: { EnvironmentVariables: [{ Name: "API_TOKEN", Value: secret }] } }],
    [
      "AppRunner::Service",
      {
        SourceConfiguration: {
          ImageRepository: {
            ImageConfiguration: { RuntimeEnvironmentVariables: [{ Name: "API_TOKEN", Value: secret }] },
          },
        },
      },
    ],
    ["Amplify::App", { EnvironmentVariables: [{ Name: "API_TOKEN", Value: secret }] }],
    ["Glue::Job", { DefaultArguments: { "--API_TOKEN": secret } }],
  ];
  for (const [type, props] of environments) {
    it(`P39: a secret in the environment of AWS::${type} is refused by every way`, () => {
      for (const [way, resource] of ways(type, props)) {
        assert.ok(idsOf(judge([resource])).includes("P40"), way);
      }
      const empty = JSON.parse(JSON.stringify(props).replace(secret, ""));
      for (const [way, resource] of ways(type, empty)) {
        assert.ok(!idsOf(judge([resource])).includes("P40"), way);
      }
    });
  }

  it("P39: what lets somebody in without a document is judged by every way", () => {
    const lists: [RuleId, string, Record<string, unknown>][] = [
      ["P19", "IAM::Role", { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }],
      ["P19", "IAM::Group", { ManagedPolicyArns: ["arn:aws:iam::aws:policy/AdministratorAccess"] }],
      ["P21", "Lambda::Url", { AuthType: "NONE" }],
      ["P21", "S3::Bucket", { AccessControl: "PublicRead" }],
      [
        "P22",
        "Lambda::Permission",
        { Action: "lambda:InvokeFunction", FunctionName: "f", Principal: "s3.amazonaws.com" },
      ],
      ["P23", "SQS::Queue", { QueueName: "orders" }],
      ["P24", "S3::Bucket", { BucketName: "orders" }],
      ["P27", "IAM::User", { ManagedPolicyArns: ["arn:aws:iam::111122223333:policy/x"] }],
    ];
    for (const [rule, type, props] of lists) {
      for (const [way, resource] of ways(type, props)) {
        assert.ok(idsOf(judge([resource])).includes(rule), `${rule} ${type} as ${way}`);
      }
    }
    const on = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true };
    for (const [way, resource] of ways("S3::Bucket", { PublicAccessBlockConfiguration: on })) {
      assert.ok(!idsOf(judge([resource])).includes("P24"), way);
    }
  });

  it("P39: every type that the table has is one that is judged", () => {
    for (const type of kinds.keys()) assert.match(type, /^[a-z0-9]+::[a-z0-9]+$/);
  });
});

describe("CloudFormation templates", () => {
  const stack = (templateBody: string, more: Record<string, unknown> = {}): ExampleResource => ({
    type: "aws:cloudformation/stack:Stack",
    name: "legacy",
    props: { templateBody, ...more },
  });
  const found = (template: string, more?: Record<string, unknown>) =>
    judge([stack(template, more)]).map((each) => `${each.rule.id} ${each.path} ${each.statement ?? ""}`.trim());

  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: that is how templates write it
  const roleOf = (statement: string, more = "") => `
Parameters:
  Table: { Type: String, Default: orders }
  Actions: { Type: CommaDelimitedList, Default: "dynamodb:GetItem,dynamodb:Query" }
Conditions:
  IsWide: !Equals [a, b]
Resources:
  Reader:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: Read
            Effect: Allow
${statement.replace(/^/gm, "            ")}
${more}`;

  it("P39: functions are worked out as far as the template tells, and what they refer to counts as named", () => {
    const arn = '!Sub "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${Table}"';
    assert.deepEqual(found(roleOf(`Action: !Ref Actions\nResource: ${arn}`)), []);
    assert.deepEqual(found(roleOf(`Action: dynamodb:GetItem\nResource: !GetAtt Orders.Arn`)), []);
    assert.deepEqual(
      found(roleOf('Action: s3:GetObject\nResource: !Join ["", ["arn:aws:s3:::", !Ref Bucket, "/*"]]')),
      [],
    );
    assert.deepEqual(found(roleOf('Action: s3:GetObject\nResource: !Sub "${Bucket.Arn}/*"')), []);
  });

  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: that is how templates write it

  it("P39: a wildcard isn't hidden by a function, a parameter or the second branch of a condition", () => {
    const wide = (text: string, more?: Record<string, unknown>) =>
      assert.ok(
        found(roleOf(text), more).some((each) =>
          /^P4 .*Resources\.Reader\.Properties\.PolicyDocument Read$/.test(each),
        ),
        text,
      );
    const action = "Action: dynamodb:GetItem\n";
    wide(`${action}Resource: !Sub "*"`);
    wide(`${action}Resource: !Join ["", ["*"]]`);
    wide(`${action}Resource: !If [IsWide, !GetAtt Orders.Arn, "*"]`);
    wide(`${action}Resource:\n  - !If [IsWide, "*", !Ref AWS::NoValue]`);
    wide(`${action}Resource:\n  - !If [IsWide, !GetAtt Orders.Arn, "*"]`);
    wide(`${action}Resource: !Sub "arn:aws:dynamodb:*:*:table/\${Table}"`, { parameters: { Table: "*" } });
    wide(`${action}Resource: !Ref Table`, { parameters: { Table: "*" } });
  });

  it("P39: a template's role, its policies and what runs with it are one stack", () => {
    const text = `
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: { Service: lambda.amazonaws.com }
            Action: sts:AssumeRole
            Condition: { StringEquals: { "aws:SourceAccount": !Ref AWS::AccountId } }
          - Sid: Own
            Effect: Allow
            Principal: { AWS: !Sub "arn:aws:iam::\${AWS::AccountId}:role/deployer" }
            Action: sts:AssumeRole
  Grant:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: grant
      Roles: [!Ref Role]
      PolicyDocument:
        Version: "2012-10-17"
        Statement: { Sid: Put, Effect: Allow, Action: "iam:PutRolePolicy", Resource: !GetAtt Role.Arn }
  One: { Type: AWS::Lambda::Function, Properties: { Role: !GetAtt Role.Arn } }
  Two: { Type: AWS::Lambda::Function, Properties: { Role: !GetAtt Role.Arn } }
`;
    assert.deepEqual(found(text), ["P30 templateBody: Resources.Two.Properties"]);
    const wide = text.replace("!GetAtt Role.Arn }", '"arn:aws:iam::*:role/*" }');
    const ids = found(wide).map((each) => each.split(" ")[0]);
    assert.ok(ids.includes("P8"), ids.join());
  });

  it("P39: a role that something unlisted refers to is used", () => {
    const trust = (service: string) => ({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: service },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": "111122223333" } },
        },
      ],
    });
    const template = (type: string, property: string) => ({
      Resources: {
        Used: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trust("lambda.amazonaws.com") } },
        Other: { Type: "AWS::IAM::Role", Properties: { AssumeRolePolicyDocument: trust("lambda.amazonaws.com") } },
        F: { Type: "AWS::Lambda::Function", Properties: { Role: { "Fn::GetAtt": ["Other", "Arn"] } } },
        User: { Type: type, Properties: { [property]: { "Fn::GetAtt": "Used.Arn" } } },
      },
    });
    assert.deepEqual(found(JSON.stringify(template("AWS::Scheduler::Schedule", "RoleArn"))), []);
    const [unused = ""] = found(
      JSON.stringify(template("AWS::Scheduler::Schedule", "Note")).replace("Used.Arn", "F.Arn"),
    );
    assert.match(unused, /^P36 templateBody: Resources\.Used\.Properties/);
    const { Resources } = template("AWS::Scheduler::Schedule", "Note");
    const Statement = [{ Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::orders/*" }];
    const Grant = {
      Type: "AWS::IAM::Policy",
      Properties: { Roles: [{ Ref: "Used" }], PolicyDocument: { Version: "2012-10-17", Statement } },
    };
    const granted = JSON.stringify({ Resources: { ...Resources, Grant } }).replace("Used.Arn", "F.Arn");
    assert.match(found(granted)[0] ?? "", /^P36 /, "a policy is no use of its role");
  });

  const unread = async (resource: ExampleResource) =>
    (await judgeStackOf(rules, [resource])).filter(({ message }) =>
      /not read|not evaluated|could not read/.test(message),
    );

  it("P39: what can't be read is told once for the stack, by what and why", async () => {
    const cases: [ExampleResource, RegExp][] = [
      [
        stack("", { templateUrl: "https://x.s3.amazonaws.com/t.json" }),
        /legacy \(its template stands elsewhere, at its templateUrl\)/,
      ],
      [stack("Resources: [\n"), /legacy \(it isn't YAML/],
      [
        stack("Transform: AWS::Serverless-2016-10-31\nResources: {F: {Type: AWS::Serverless::Function}}"),
        /F is an AWS::Serv/,
      ],
      [stack("Resources: {S: {Type: AWS::CloudFormation::Stack}}"), /S is a stack whose template stands elsewhere/],
      [{ type: "vpc:tf:aws_iam_role", name: "tf", props: {} }, /tf \(made by a Terraform module\)/],
      [
        { type: "kubernetes:iam.services.k8s.aws/v1alpha1:Role", name: "ack", props: {} },
        /ack \(made by a Kubernetes controller\)/,
      ],
      [
        {
          type: "aws:cloudcontrol/resource:Resource",
          name: "cc",
          props: { typeName: "AWS::IAM::Role", desiredState: "{" },
        },
        /cc \(its desiredState isn't JSON\)/,
      ],
    ];
    for (const [resource, form] of cases) {
      const told = await unread(resource);
      assert.deepEqual(
        told.map(({ policy, level }) => `${policy} ${level}`),
        ["policy-not-evaluated-stack advisory"],
        `${form}: ${told.map(({ message }) => message).join("\n")}`,
      );
      assert.match(told[0]?.message ?? "", form);
    }
  });

  it("P39: a body that only the update knows is told as such, a reference inside a template isn't", async () => {
    const told = await unread(stack(unknownText));
    assert.match(told[0]?.message ?? "", /not evaluated, because only the update knows it: templateBody\./);
    const control = { type: "aws:cloudcontrol/resource:Resource", name: "cc" };
    const late = await unread({ ...control, props: { typeName: "AWS::IAM::Role", desiredState: unknownText } });
    assert.match(late[0]?.message ?? "", /knows it: desiredState\./);
    assert.deepEqual(await unread(stack(roleOf("Action: dynamodb:GetItem\nResource: !GetAtt Orders.Arn"))), []);
  });

  it("P39: a hostile template is refused: aliases of aliases, levels without end, more than CloudFormation takes", () => {
    const bomb = ["a: &a [x,x,x,x,x,x,x,x,x]"];
    for (let i = 1; i < 12; i++) {
      const [last, next] = [String.fromCharCode(96 + i), String.fromCharCode(97 + i)];
      bomb.push(`${next}: &${next} [*${last},*${last},*${last},*${last},*${last},*${last},*${last},*${last}]`);
    }
    const hostile = [bomb.join("\n"), "x".repeat(2_000_000)];
    for (const level of ["[", "{", "- ", "[a: "]) hostile.push(`Resources: ${level.repeat(40_000 / level.length)}`);
    for (const text of hostile) {
      const { resources, unread } = readTemplate(text);
      assert.deepEqual(resources, []);
      assert.equal(unread.length, 1, text.slice(0, 40));
    }
  }).timeout(60_000);

  it("P39: messages never hold what a template's environment says", () => {
    const text =
      "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Environment: {Variables: {DB_PASSWORD: hunter2-secret}}}}}";
    const [first] = judge([stack(text)]);
    assert.ok(first && !messageOf(first).includes("hunter2"));
  });
});
