import { readDocument } from "../../document/readDocument";
import type { Resource, StackFinding, StackRule } from "../../model/rule";
import { unknown } from "../../model/unknown";
import { isTlsOnly, isTlsService, type TlsService, tlsActions, withTlsOnly } from "./tls";

/** What holds data, and the resource that holds its policy. */
interface Kind {
  readonly service: TlsService;
  readonly types: readonly string[];
  readonly policyType: string;
  /** Of the policy resource: what names the bucket, queue or topic, and the property of the latter that it equals. */
  readonly names: string;
  readonly equals: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    service: "s3",
    types: ["aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"],
    policyType: "aws:s3/bucketPolicy:BucketPolicy",
    names: "bucket",
    equals: ["bucket", "id"],
  },
  {
    service: "sqs",
    types: ["aws:sqs/queue:Queue"],
    policyType: "aws:sqs/queuePolicy:QueuePolicy",
    names: "queueUrl",
    equals: ["url", "id"],
  },
  {
    service: "sns",
    types: ["aws:sns/topic:Topic"],
    policyType: "aws:sns/topicPolicy:TopicPolicy",
    names: "arn",
    equals: ["arn", "id"],
  },
];

const queue = { type: "aws:sqs/queue:Queue", name: "orders", props: { name: "orders" } };
const arn = "arn:aws:sqs:eu-west-1:111122223333:orders";
const tlsOnly = {
  Sid: "TlsOnly",
  Effect: "Deny",
  Principal: "*",
  Action: "sqs:*",
  Resource: arn,
  Condition: { Bool: { "aws:SecureTransport": "false" } },
};

/** P23: data goes over TLS alone. */
export const tlsOnlyRule: StackRule = {
  id: "P23",
  name: "tls-only",
  title: "Buckets, queues and topics over TLS alone",
  level: "mandatory",
  severity: "medium",
  why: "S3, SQS and SNS also answer plain HTTP: without the Deny, data and signed requests can be read on the way.",
  details:
    "Each bucket, queue and topic of the stack needs a policy with a Deny for the principal `*` under the condition aws:SecureTransport false, " +
    "over the bucket and its objects (or the queue, the topic) and all actions; of a topic, whose policy takes no `sns:*`, over sns:Publish. " +
    "Beside that condition only aws:PrincipalIsAWSService may stand. A bucket, queue or topic without any policy violates too, and so does a policy for one outside the stack. " +
    "Buckets that serve a website are excepted: S3 serves it over plain HTTP alone. " +
    "Where a stack sets the level to `remediate`, the statement is added to a policy that is there and whose bucket, queue or topic is known; it can't see there whether a bucket serves a website, which an exemption keeps as it is.",
  sources: ["checkov CKV_AWS_379", "cdk-nag AwsSolutions-S10, SQS4, SNS3", "AWS FSBP S3.5"],
  wrong: { resources: [queue] },
  right: {
    resources: [
      queue,
      {
        type: "aws:sqs/queuePolicy:QueuePolicy",
        name: "orders-policy",
        props: { policy: { Version: "2012-10-17", Statement: [tlsOnly] } },
        dependencies: { queueUrl: ["orders"] },
      },
    ],
  },
  scope: "stack",
  *check(resources) {
    for (const kind of kinds) {
      const holders = resources.filter(({ type }) => kind.types.includes(type));
      const websites = holders.filter((resource) => isWebsite(resource, resources));
      const policies = resources.filter(({ type }) => type === kind.policyType);
      const isOfWebsite = (policy: Resource) => websites.some((website) => isOf(policy, website, kind));
      for (const policy of policies) if (!isOfWebsite(policy)) yield* missingIn(policy, kind.service);
      for (const resource of holders.filter((each) => !websites.includes(each))) {
        if (policies.some((policy) => isOf(policy, resource, kind))) continue;
        const own = resource.props.policy;
        if (own !== undefined && own !== null && own !== "") yield* missingIn(resource, kind.service);
        else
          yield { urn: resource.urn, message: "it has no policy that refuses plain HTTP", fix: fixFor(kind.service) };
      }
    }
  },
  alone: {
    kinds: ["resource"],
    *check({ service, document }) {
      if (isTlsService(service) && isTlsOnly(document, service) === false) {
        yield { message: "it doesn't refuse requests over plain HTTP", fix: fixFor(service) };
      }
    },
  },
  mend: {
    types: kinds.map(({ policyType }) => policyType),
    remediate({ type, props }) {
      const kind = kinds.find(({ policyType }) => policyType === type);
      if (!kind || isTlsOnly(readDocument(props.policy), kind.service) !== false) return undefined;
      const policy = withTlsOnly(props.policy, kind.service, aboutWhat(kind, props));
      return policy === undefined ? undefined : { policy };
    },
  },
};

const websiteTypes = [
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
  "aws:s3/bucketWebsiteConfigurationV2:BucketWebsiteConfigurationV2",
];

/** S3 serves websites over plain HTTP alone, so that the Deny would shut every visitor out. */
function isWebsite(bucket: Resource, resources: readonly Resource[]): boolean {
  const { website } = bucket.props;
  if (website !== undefined && website !== null) return true;
  return resources.some(
    ({ type, props, dependencies }) =>
      websiteTypes.includes(type) &&
      (dependencies.bucket?.includes(bucket.urn) ||
        (typeof props.bucket === "string" && props.bucket === bucket.props.bucket)),
  );
}

function* missingIn({ urn, props }: Resource, service: TlsService): Generator<StackFinding> {
  if (isTlsOnly(readDocument(props.policy), service) !== false) return;
  yield { urn, message: "its policy doesn't refuse requests over plain HTTP", fix: fixFor(service) };
}

function isOf(policy: Resource, resource: Resource, { names, equals }: Kind): boolean {
  if (policy.dependencies[names]?.includes(resource.urn)) return true;
  const name = policy.props[names];
  return name !== undefined && name !== unknown && equals.some((property) => resource.props[property] === name);
}

function fixFor(service: TlsService): string {
  const resource = service === "s3" ? '["<bucket ARN>", "<bucket ARN>/*"]' : '"<its ARN>"';
  return `add {"Effect": "Deny", "Principal": "*", "Action": "${tlsActions[service]}", "Resource": ${resource}, "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`;
}

/** ARNs of what the policy is for; none when they can't be told. */
function aboutWhat({ service, names }: Kind, props: Resource["props"]): readonly string[] {
  const name = props[names];
  if (typeof name !== "string") return [];
  if (service === "sns") return [name];
  if (service === "s3") {
    const partition = /"arn:(aws[\w-]*):/.exec(JSON.stringify(props.policy))?.[1] ?? "aws";
    return [`arn:${partition}:s3:::${name}`, `arn:${partition}:s3:::${name}/*`];
  }
  const [, region, china, account, queueName] =
    /^https:\/\/sqs\.([\w-]+)\.amazonaws\.com(\.cn)?\/(\d{12})\/([\w.-]+)$/.exec(name) ?? [];
  if (region === undefined) return [];
  const partition = china ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return [`arn:${partition}:sqs:${region}:${account}:${queueName}`];
}
