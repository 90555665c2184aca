/**
 * What a resource of CloudFormation's is in terms of the `aws` provider, for whose types the rules are written. The
 * types of aws-native and of Cloud Control are the same.
 */
import { asArray, isRecord } from "../model/shape";
import { unknown } from "../model/unknown";
import { type Form, type Native, nested, withSmallKeys } from "./native";

type Shape = (native: Native) => readonly Form[];

/** @param names property of the `aws` provider → the native one, where nothing else differs */
function same(type: string, names: Readonly<Record<string, string>>): Shape {
  return (native) => [native.form(type, names)];
}

const grouped = (type: string, owner: string, names: string): Shape =>
  same(type, { [owner]: names, name: "PolicyName", policy: "PolicyDocument" });

const rolePolicy = "aws:iam/rolePolicy:RolePolicy";
const userPolicy = "aws:iam/userPolicy:UserPolicy";
const groupPolicy = "aws:iam/groupPolicy:GroupPolicy";

/** Documents inside a user or group. */
function inline(native: Native, type: string, owner: string): Form[] {
  const { own } = native;
  return asArray(native.get("Policies")).map((each, i) => ({
    type,
    props: { [owner]: unknown, policy: nested(each, "PolicyDocument") },
    paths: { policy: `${native.path("Policies")}[${i}].${native.spell("PolicyDocument")}` },
    dependencies: { [owner]: [own] },
  }));
}

function attached(native: Native, type: string, owner: string): Form[] {
  if (native.get("ManagedPolicyArns") === undefined) return [];
  const form = native.form(type, { policyArn: "ManagedPolicyArns" });
  return [{ ...form, props: { ...form.props, [owner]: unknown }, dependencies: { [owner]: [native.own] } }];
}

const role: Shape = (native) => {
  const form = native.form("aws:iam/role:Role", {
    name: "RoleName",
    arn: "Arn",
    assumeRolePolicy: "AssumeRolePolicyDocument",
    managedPolicyArns: "ManagedPolicyArns",
    permissionsBoundary: "PermissionsBoundary",
    inlinePolicies: "Policies",
  });
  const policies = native.get("Policies");
  const inlinePolicies =
    policies === undefined || policies === unknown
      ? policies
      : asArray(policies).map((each) =>
          isRecord(each) ? { name: nested(each, "PolicyName"), policy: nested(each, "PolicyDocument") } : each,
        );
  return [{ ...form, props: { ...form.props, inlinePolicies } }];
};

/** One document for any number of roles, users and groups. */
const policy: Shape = (native) => {
  const owners = [
    ["Roles", grouped(rolePolicy, "role", "Roles")],
    ["Users", grouped(userPolicy, "user", "Users")],
    ["Groups", grouped(groupPolicy, "group", "Groups")],
  ] as const;
  const given = owners.filter(([names]) => asArray(native.get(names)).length > 0);
  return (given.length > 0 ? given : owners.slice(0, 1)).flatMap(([, shape]) => shape(native));
};

const managedPolicy: Shape = (native) => {
  const form = native.form("aws:iam/policy:Policy", {
    name: "ManagedPolicyName",
    policy: "PolicyDocument",
    arn: "PolicyArn",
  });
  const attachment = (type: string, owner: string, names: string): Form[] => {
    if (asArray(native.get(names)).length === 0) return [];
    const to = native.form(type, { [owner]: names });
    const dependencies = { ...to.dependencies, policyArn: [native.own] };
    return [{ ...to, props: { ...to.props, policyArn: unknown }, dependencies }];
  };
  return [
    form,
    ...attachment("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role", "Roles"),
    ...attachment("aws:iam/userPolicyAttachment:UserPolicyAttachment", "user", "Users"),
  ];
};

const acls: Readonly<Record<string, string>> = {
  PublicRead: "public-read",
  PublicReadWrite: "public-read-write",
  AuthenticatedRead: "authenticated-read",
};

const bucket: Shape = (native) => {
  const form = native.form("aws:s3/bucket:Bucket", {
    bucket: "BucketName",
    acl: "AccessControl",
    website: "WebsiteConfiguration",
  });
  const { acl } = form.props;
  const own = { ...form, props: { ...form.props, acl: typeof acl === "string" ? (acls[acl] ?? acl) : acl } };
  const block = native.get("PublicAccessBlockConfiguration");
  if (block === undefined) return [own];
  const flags = ["BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"];
  const props = flags.map((flag) => [
    flag[0]?.toLowerCase() + flag.slice(1),
    block === unknown ? unknown : nested(block, flag),
  ]);
  return [
    own,
    {
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      props: { bucket: unknown, ...Object.fromEntries(props) },
      paths: {},
      dependencies: { bucket: [native.own] },
    },
  ];
};

/** `[{Name, Value}]` as the map that the `aws` provider has. */
function asMap(pairs: unknown): unknown {
  if (!Array.isArray(pairs)) return pairs;
  return Object.fromEntries(pairs.map((each) => [String(nested(each, "Name")), nested(each, "Value")]));
}

const small =
  (type: string, names: Readonly<Record<string, string>>, ...properties: string[]): Shape =>
  (native) => {
    const form = native.form(type, names);
    const props = properties.map((property) => [property, withSmallKeys(form.props[property])]);
    return [{ ...form, props: { ...form.props, ...Object.fromEntries(props) } }];
  };

const appRunner: Shape = (native) => {
  const form = native.form("aws:apprunner/service:Service", { sourceConfiguration: "SourceConfiguration" });
  const key = "runtimeEnvironmentVariables";
  const withMap = (value: unknown): unknown => {
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, of]) => [name, name === key ? asMap(of) : withMap(of)]),
    );
  };
  return [{ ...form, props: { sourceConfiguration: withMap(withSmallKeys(form.props.sourceConfiguration)) } }];
};

const amplify =
  (type: string): Shape =>
  (native) => {
    const form = native.form(type, { environmentVariables: "EnvironmentVariables" });
    return [{ ...form, props: { environmentVariables: asMap(form.props.environmentVariables) } }];
  };

const eventRule: Shape = (native) =>
  asArray(native.get("Targets")).map((target, i) => ({
    type: "aws:cloudwatch/eventTarget:EventTarget",
    props: { roleArn: nested(target, "RoleArn") },
    paths: { roleArn: `${native.path("Targets")}[${i}].${native.spell("RoleArn")}` },
    dependencies: {},
  }));

const lambda: Shape = (native) => {
  const form = native.form("aws:lambda/function:Function", {
    name: "FunctionName",
    role: "Role",
    environment: "Environment",
    arn: "Arn",
  });
  const { environment } = form.props;
  const variables = isRecord(environment) ? { variables: nested(environment, "Variables") } : environment;
  return [{ ...form, props: { ...form.props, environment: variables } }];
};

const queueNames = { policy: "PolicyDocument", queueUrl: "Queues" };
const topicNames = { policy: "PolicyDocument", arn: "Topics" };

/** One that is for a single queue or topic names it, as the `aws` provider's does. */
const forOne =
  (type: string, names: Readonly<Record<string, string>>, property: string): Shape =>
  (native) => {
    const form = native.form(type, names);
    const given = form.props[property];
    const [first, ...others] = asArray(given);
    return [{ ...form, props: { ...form.props, [property]: others.length === 0 ? first : given } }];
  };

/** By the type in small letters, without `AWS::`. */
export const kinds: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ["iam::role", role],
  ["iam::policy", policy],
  ["iam::rolepolicy", grouped(rolePolicy, "role", "RoleName")],
  ["iam::userpolicy", grouped(userPolicy, "user", "UserName")],
  ["iam::grouppolicy", grouped(groupPolicy, "group", "GroupName")],
  ["iam::managedpolicy", managedPolicy],
  [
    "iam::user",
    (native) => [
      ...inline(native, userPolicy, "user"),
      ...attached(native, "aws:iam/userPolicyAttachment:UserPolicyAttachment", "user"),
    ],
  ],
  [
    "iam::group",
    (native) => [
      ...inline(native, groupPolicy, "group"),
      ...attached(native, "aws:iam/groupPolicyAttachment:GroupPolicyAttachment", "group"),
    ],
  ],
  ["iam::instanceprofile", same("aws:iam/instanceProfile:InstanceProfile", { role: "Roles" })],
  [
    "sso::permissionset",
    (native) => [
      native.form("aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy", {
        inlinePolicy: "InlinePolicy",
      }),
      native.form("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", {
        managedPolicyArn: "ManagedPolicies",
      }),
    ],
  ],
  ["organizations::policy", same("aws:organizations/policy:Policy", { content: "Content", type: "Type" })],
  ["s3::bucket", bucket],
  ["s3::bucketpolicy", same("aws:s3/bucketPolicy:BucketPolicy", { bucket: "Bucket", policy: "PolicyDocument" })],
  ["sqs::queue", same("aws:sqs/queue:Queue", { name: "QueueName", url: "QueueUrl" })],
  ["sqs::queuepolicy", forOne("aws:sqs/queuePolicy:QueuePolicy", queueNames, "queueUrl")],
  ["sqs::queueinlinepolicy", same("aws:sqs/queuePolicy:QueuePolicy", { ...queueNames, queueUrl: "Queue" })],
  ["sns::topic", same("aws:sns/topic:Topic", { name: "TopicName", arn: "TopicArn" })],
  ["sns::topicpolicy", forOne("aws:sns/topicPolicy:TopicPolicy", topicNames, "arn")],
  ["sns::topicinlinepolicy", same("aws:sns/topicPolicy:TopicPolicy", { ...topicNames, arn: "TopicArn" })],
  ["lambda::function", lambda],
  [
    "lambda::permission",
    same("aws:lambda/permission:Permission", {
      action: "Action",
      function: "FunctionName",
      principal: "Principal",
      sourceArn: "SourceArn",
      sourceAccount: "SourceAccount",
      principalOrgId: "PrincipalOrgID",
      eventSourceToken: "EventSourceToken",
      functionUrlAuthType: "FunctionUrlAuthType",
    }),
  ],
  ["lambda::url", same("aws:lambda/functionUrl:FunctionUrl", { authorizationType: "AuthType" })],
  [
    "lambda::layerversionpermission",
    same("aws:lambda/layerVersionPermission:LayerVersionPermission", {
      principal: "Principal",
      organizationId: "OrganizationId",
    }),
  ],
  [
    "ecs::taskdefinition",
    small(
      "aws:ecs/taskDefinition:TaskDefinition",
      {
        containerDefinitions: "ContainerDefinitions",
        taskRoleArn: "TaskRoleArn",
        executionRoleArn: "ExecutionRoleArn",
      },
      "containerDefinitions",
    ),
  ],
  [
    "batch::jobdefinition",
    small(
      "aws:batch/jobDefinition:JobDefinition",
      { containerProperties: "ContainerProperties", nodeProperties: "NodeProperties", ecsProperties: "EcsProperties" },
      "containerProperties",
      "nodeProperties",
      "ecsProperties",
    ),
  ],
  [
    "codebuild::project",
    small("aws:codebuild/project:Project", { environment: "Environment", serviceRole: "ServiceRole" }, "environment"),
  ],
  ["apprunner::service", appRunner],
  ["amplify::app", amplify("aws:amplify/app:App")],
  ["amplify::branch", amplify("aws:amplify/branch:Branch")],
  [
    "glue::job",
    same("aws:glue/job:Job", {
      roleArn: "Role",
      defaultArguments: "DefaultArguments",
      nonOverridableArguments: "NonOverridableArguments",
    }),
  ],
  ["events::rule", eventRule],
  ["stepfunctions::statemachine", same("aws:sfn/stateMachine:StateMachine", { roleArn: "RoleArn" })],
  ["pipes::pipe", same("aws:pipes/pipe:Pipe", { roleArn: "RoleArn" })],
  ["sagemaker::notebookinstance", same("aws:sagemaker/notebookInstance:NotebookInstance", { roleArn: "RoleArn" })],
  // Session policies.
  ["eks::podidentityassociation", same("aws:eks/podIdentityAssociation:PodIdentityAssociation", { policy: "Policy" })],
  ["rolesanywhere::profile", same("aws:rolesanywhere/profile:Profile", { sessionPolicy: "SessionPolicy" })],
  ["transfer::user", same("aws:transfer/user:User", { policy: "Policy" })],
  ["secretsmanager::secret", same("aws:secretsmanager/secret:Secret", { name: "Name" })],
  ["ssm::parameter", same("aws:ssm/parameter:Parameter", { name: "Name" })],
]);
