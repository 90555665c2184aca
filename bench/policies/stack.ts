/** A stack as large as one likes, of the resources that the rules look at; each document is another text. */
import type { SentResource } from "./adapter";

const account = "111122223333";
const region = "eu-west-1";

/** Ten resources of one pipeline: half of them hold documents. */
function pipeline(i: number): SentResource[] {
  const bucket = `bench-${i}`;
  const arn = (service: string, name: string) => `arn:aws:${service}:${region}:${account}:${name}`;
  const document = (...Statement: readonly Record<string, unknown>[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement });
  const tlsOnly = (service: string, Resource: readonly string[]) => ({
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: `${service}:*`,
    Resource,
    Condition: { Bool: { "aws:SecureTransport": "false" } },
  });
  const role = `role-${i}`;
  const queue = `queue-${i}`;
  const on = { blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true };
  return [
    {
      type: "aws:iam/role:Role",
      name: role,
      props: {
        name: role,
        assumeRolePolicy: document({
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        }),
      },
    },
    {
      type: "aws:iam/rolePolicy:RolePolicy",
      name: `${role}-policy`,
      dependencies: { role: [role] },
      props: {
        role,
        policy: document(
          {
            Sid: "Read",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:GetObjectVersion"],
            Resource: `arn:aws:s3:::${bucket}/in/*`,
          },
          { Sid: "Write", Effect: "Allow", Action: "s3:PutObject", Resource: `arn:aws:s3:::${bucket}/out/*` },
          {
            Sid: "Items",
            Effect: "Allow",
            Action: ["dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:BatchWriteItem", "dynamodb:Query"],
            Resource: [arn("dynamodb", `table/t${i}`), arn("dynamodb", `table/l${i}`)],
          },
          {
            Sid: "Queue",
            Effect: "Allow",
            Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"],
            Resource: arn("sqs", queue),
          },
          {
            Sid: "Logs",
            Effect: "Allow",
            Action: "logs:PutLogEvents",
            Resource: arn("logs", `log-group:/aws/lambda/f${i}:*`),
          },
        ),
      },
    },
    { type: "aws:s3/bucket:Bucket", name: bucket, props: { bucket } },
    {
      type: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
      name: `${bucket}-block`,
      dependencies: { bucket: [bucket] },
      props: { bucket, ...on },
    },
    {
      type: "aws:s3/bucketPolicy:BucketPolicy",
      name: `${bucket}-policy`,
      dependencies: { bucket: [bucket] },
      props: { bucket, policy: document(tlsOnly("s3", [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`])) },
    },
    { type: "aws:sqs/queue:Queue", name: queue, props: { name: queue, visibilityTimeoutSeconds: 300 } },
    {
      type: "aws:sqs/queuePolicy:QueuePolicy",
      name: `${queue}-policy`,
      dependencies: { queueUrl: [queue] },
      props: {
        queueUrl: `https://sqs.${region}.amazonaws.com/${account}/${queue}`,
        policy: document(tlsOnly("sqs", [arn("sqs", queue)]), {
          Sid: "Bucket",
          Effect: "Allow",
          Principal: { Service: "s3.amazonaws.com" },
          Action: "sqs:SendMessage",
          Resource: arn("sqs", queue),
          Condition: {
            StringEquals: { "aws:SourceAccount": account },
            ArnLike: { "aws:SourceArn": `arn:aws:s3:::${bucket}` },
          },
        }),
      },
    },
    {
      type: "aws:lambda/function:Function",
      name: `f${i}`,
      dependencies: { role: [role] },
      props: {
        name: `f${i}`,
        role: `arn:aws:iam::${account}:role/${role}`,
        runtime: "nodejs22.x",
        handler: "index.handler",
        memorySize: 512,
        environment: { variables: { TABLE: `t${i}`, BUCKET: bucket } },
      },
    },
    {
      type: "aws:dynamodb/table:Table",
      name: `t${i}`,
      props: { name: `t${i}`, hashKey: "pk", billingMode: "PAY_PER_REQUEST", attributes: [{ name: "pk", type: "S" }] },
    },
    { type: "aws:cloudwatch/logGroup:LogGroup", name: `f${i}-logs`, props: { name: `/aws/lambda/f${i}` } },
  ];
}

export function stackOf(count: number): SentResource[] {
  return Array.from({ length: Math.ceil(count / 10) }, (_, i) => pipeline(i))
    .flat()
    .slice(0, count);
}
