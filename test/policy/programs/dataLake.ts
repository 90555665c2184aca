/** A data team's lake: raw and curated buckets, Firehose in, a Glue crawler and job, Lake Formation, Athena for analysts. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const region = aws.getRegionOutput().region;
const { accountId } = aws.getCallerIdentityOutput();
const key = new aws.kms.Key("lake", { enableKeyRotation: true });

interface Zone {
  readonly bucket: aws.s3.Bucket;
}

/** @param objects whether the TLS statement covers the objects too: the first zones were made without */
function zone(name: string, objects = true): Zone {
  const bucket = new aws.s3.Bucket(`lake-${name}`);
  new aws.s3.BucketServerSideEncryptionConfiguration(`lake-${name}`, {
    bucket: bucket.id,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: key.arn } }],
  });
  new aws.s3.BucketPublicAccessBlock(`lake-${name}`, {
    bucket: bucket.id,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  new aws.s3.BucketPolicy(`lake-${name}`, {
    bucket: bucket.id,
    policy: bucket.arn.apply((arn) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "DenyInsecureTransport",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:*",
            Resource: objects ? [arn, `${arn}/*`] : [arn],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      }),
    ),
  });
  return { bucket };
}

const raw = zone("raw", false);
const curated = zone("curated");
const results = zone("athena-results");

const stream = new aws.iam.Role("events-stream", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "firehose.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": accountId } },
      },
    ],
  }),
});
new aws.iam.RolePolicy("events-stream", {
  role: stream.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Deliver",
        Effect: "Allow",
        Action: [
          "s3:AbortMultipartUpload",
          "s3:GetBucketLocation",
          "s3:ListBucket",
          "s3:ListBucketMultipartUploads",
          "s3:PutObject",
        ],
        Resource: [raw.bucket.arn, pulumi.interpolate`${raw.bucket.arn}/events/*`],
      },
      {
        Sid: "Encrypt",
        Effect: "Allow",
        Action: ["kms:Decrypt", "kms:GenerateDataKey"],
        Resource: [key.arn],
        Condition: { StringEquals: { "kms:ViaService": pulumi.interpolate`s3.${region}.amazonaws.com` } },
      },
      {
        Sid: "Errors",
        Effect: "Allow",
        Action: ["logs:PutLogEvents"],
        Resource: pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws/kinesisfirehose/events:log-stream:*`,
      },
    ],
  }),
});
new aws.kinesis.FirehoseDeliveryStream("events", {
  destination: "extended_s3",
  extendedS3Configuration: {
    roleArn: stream.arn,
    bucketArn: raw.bucket.arn,
    prefix: "events/",
    compressionFormat: "GZIP",
  },
});

const catalog = new aws.glue.CatalogDatabase("lake", { name: "lake" });
const glueTrust = aws.iam.assumeRolePolicyForPrincipal({ Service: "glue.amazonaws.com" });

const crawlerRole = new aws.iam.Role("crawler", { assumeRolePolicy: glueTrust });
new aws.iam.RolePolicyAttachment("crawler", {
  role: crawlerRole.name,
  policyArn: "arn:aws:iam::aws:policy/service-role/AWSGlueServiceRole",
});
new aws.glue.Crawler("raw-events", {
  databaseName: catalog.name,
  role: crawlerRole.arn,
  s3Targets: [{ path: pulumi.interpolate`s3://${raw.bucket.bucket}/events/` }],
});

const jobRole = new aws.iam.Role("curate", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRole"],
        principals: [{ type: "Service", identifiers: ["glue.amazonaws.com"] }],
        conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [accountId] }],
      },
    ],
  }).json,
});
new aws.iam.RolePolicy("curate", {
  role: jobRole.id,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      { sid: "ReadRaw", actions: ["s3:GetObject"], resources: [pulumi.interpolate`${raw.bucket.arn}/events/*`] },
      {
        sid: "WriteCurated",
        actions: ["s3:Put*", "s3:DeleteObject"],
        resources: [pulumi.interpolate`${curated.bucket.arn}/*`],
      },
      { sid: "ListBoth", actions: ["s3:ListBucket"], resources: [raw.bucket.arn, curated.bucket.arn] },
      {
        sid: "Catalog",
        actions: [
          "glue:GetDatabase",
          "glue:GetTable",
          "glue:GetPartitions",
          "glue:BatchCreatePartition",
          "glue:UpdateTable",
        ],
        resources: [
          pulumi.interpolate`arn:aws:glue:${region}:${accountId}:catalog`,
          pulumi.interpolate`arn:aws:glue:${region}:${accountId}:database/${catalog.name}`,
          pulumi.interpolate`arn:aws:glue:${region}:${accountId}:table/${catalog.name}/*`,
        ],
      },
      {
        sid: "Logs",
        actions: ["logs:*"],
        resources: [pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws-glue/*`],
      },
    ],
  }).json,
});
new aws.glue.Job("curate", {
  roleArn: jobRole.arn,
  glueVersion: "5.0",
  command: { scriptLocation: pulumi.interpolate`s3://${curated.bucket.bucket}/scripts/curate.py` },
  defaultArguments: {
    "--job-language": "python",
    "--WAREHOUSE_USER": "loader",
    "--WAREHOUSE_PASSWORD": "Winter-Lake-77",
    "--TempDir": pulumi.interpolate`s3://${curated.bucket.bucket}/tmp/`,
  },
});

const registrar = new aws.iam.Role("lake-formation", {
  assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lakeformation.amazonaws.com" }),
  inlinePolicies: [
    {
      name: "curated",
      policy: pulumi.jsonStringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "Objects",
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            Resource: pulumi.interpolate`${curated.bucket.arn}/*`,
          },
          { Sid: "List", Effect: "Allow", Action: "s3:ListBucket", Resource: curated.bucket.arn },
        ],
      }),
    },
  ],
});
new aws.lakeformation.Resource("curated", { arn: curated.bucket.arn, roleArn: registrar.arn });

const analysts = new aws.athena.Workgroup("analysts", {
  configuration: {
    resultConfiguration: { outputLocation: pulumi.interpolate`s3://${results.bucket.bucket}/analysts/` },
  },
});
/** By single sign-on: its sessions carry the team as a tag. */
const analyst = new aws.iam.Role("analyst", {
  assumeRolePolicy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: pulumi.interpolate`arn:aws:iam::${accountId}:root` },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:PrincipalTag/team": config.get("team") ?? "analytics" } },
      },
    ],
  }),
});
new aws.iam.RolePolicy("analyst", {
  role: analyst.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Query",
        Effect: "Allow",
        Action: [
          "athena:StartQueryExecution",
          "athena:StopQueryExecution",
          "athena:GetQueryExecution",
          "athena:GetQueryResults",
        ],
        Resource: analysts.arn,
      },
      { Sid: "Metadata", Effect: "Allow", Action: ["glue:Get*"], Resource: "*" },
      { Sid: "LakeFormation", Effect: "Allow", Action: "lakeformation:GetDataAccess", Resource: "*" },
      {
        Sid: "Results",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject"],
        Resource: pulumi.interpolate`${results.bucket.arn}/analysts/*`,
      },
    ],
  }),
});

export const workgroup = analysts.name;
