/** A Postgres of the accounts team: its password rotated by a function, exports to S3, an application that signs in by IAM. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const subnetIds = config.requireObject<string[]>("subnetIds");
const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;

const trustOf = (service: string, condition?: object) => ({
  Version: "2012-10-17" as const,
  Statement: [
    {
      Effect: "Allow" as const,
      Principal: { Service: service },
      Action: "sts:AssumeRole",
      ...(condition && { Condition: condition }),
    },
  ],
});
const fromHere = { StringEquals: { "aws:SourceAccount": accountId } };

const applicationRole = new aws.iam.Role("application", {
  assumeRolePolicy: pulumi.jsonStringify(trustOf("lambda.amazonaws.com", fromHere)),
});

const key = new aws.kms.Key("ledger", {
  enableKeyRotation: true,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Root",
        Effect: "Allow",
        Principal: { AWS: pulumi.interpolate`arn:aws:iam::${accountId}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Application",
        Effect: "Allow",
        Principal: { AWS: applicationRole.arn },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "Database",
        Effect: "Allow",
        Principal: { AWS: "*" },
        Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
        Resource: "*",
        Condition: {
          StringEquals: {
            "kms:ViaService": pulumi.interpolate`rds.${region}.amazonaws.com`,
            "kms:CallerAccount": accountId,
          },
        },
      },
    ],
  }),
});

const monitoring = new aws.iam.Role("monitoring", {
  assumeRolePolicy: JSON.stringify(trustOf("monitoring.rds.amazonaws.com")),
  managedPolicyArns: ["arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"],
});
const subnets = new aws.rds.SubnetGroup("ledger", { subnetIds });
const ledger = new aws.rds.Instance("ledger", {
  engine: "postgres",
  instanceClass: "db.t4g.medium",
  allocatedStorage: 100,
  username: "ledger_admin",
  manageMasterUserPassword: true,
  masterUserSecretKmsKeyId: key.keyId,
  iamDatabaseAuthenticationEnabled: true,
  storageEncrypted: true,
  kmsKeyId: key.arn,
  monitoringInterval: 60,
  monitoringRoleArn: monitoring.arn,
  dbSubnetGroupName: subnets.name,
  publiclyAccessible: false,
  deletionProtection: true,
});

/** Beside the administrator's, which RDS rotates itself: the reports' user. */
const reports = new aws.secretsmanager.Secret("reports-user", { kmsKeyId: key.arn });
const rotatorRole = new aws.iam.Role("rotator", {
  assumeRolePolicy: pulumi.jsonStringify(trustOf("lambda.amazonaws.com", fromHere)),
});
new aws.iam.RolePolicyAttachment("rotator-network", {
  role: rotatorRole.name,
  policyArn: aws.iam.ManagedPolicy.AWSLambdaVPCAccessExecutionRole,
});
const code = new pulumi.asset.AssetArchive({
  "index.js": new pulumi.asset.StringAsset("exports.handler = async () => undefined;"),
});
const rotator = new aws.lambda.Function("rotator", {
  role: rotatorRole.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  code,
  vpcConfig: { subnetIds, securityGroupIds: config.requireObject<string[]>("securityGroupIds") },
  environment: {
    variables: { SECRETS_MANAGER_ENDPOINT: pulumi.interpolate`https://secretsmanager.${region}.amazonaws.com` },
  },
});
new aws.iam.RolePolicy("rotator", {
  role: rotatorRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Rotate",
        Effect: "Allow",
        Action: [
          "secretsmanager:DescribeSecret",
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        Resource: "*",
        Condition: { StringEquals: { "secretsmanager:resource/AllowRotationLambdaArn": rotator.arn } },
      },
      { Sid: "Password", Effect: "Allow", Action: "secretsmanager:GetRandomPassword", Resource: "*" },
      { Sid: "Key", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: key.arn },
    ],
  }),
});
const mayRotate = new aws.lambda.Permission("rotator", {
  action: "lambda:InvokeFunction",
  function: rotator.name,
  principal: "secretsmanager.amazonaws.com",
});
new aws.secretsmanager.SecretRotation(
  "reports-user",
  { secretId: reports.id, rotationLambdaArn: rotator.arn, rotationRules: { automaticallyAfterDays: 30 } },
  { dependsOn: [mayRotate] },
);

const application = new aws.lambda.Function("application", {
  role: applicationRole.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  code,
  environment: { variables: { DB_HOST: ledger.address, DB_USER: "application", REPORTS_SECRET: reports.arn } },
});
new aws.iam.RolePolicy("application", {
  role: applicationRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "SignIn",
        Effect: "Allow",
        Action: "rds-db:connect",
        Resource: pulumi.interpolate`arn:aws:rds-db:${region}:${accountId}:dbuser:${ledger.resourceId}/application`,
      },
      {
        Sid: "OldClusters",
        Effect: "Allow",
        Action: "rds-db:connect",
        Resource: pulumi.interpolate`arn:aws:rds-db:${region}:${accountId}:dbuser:*/*`,
      },
      { Sid: "Secret", Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: reports.arn },
    ],
  }),
});

const exported = new aws.s3.Bucket("ledger-exports");
const exporter = new aws.iam.Role("exporter", {
  assumeRolePolicy: pulumi.jsonStringify(trustOf("export.rds.amazonaws.com", fromHere)),
});
new aws.iam.RolePolicy("exporter", {
  role: exporter.id,
  policy: exported.arn.apply((arn) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        { Sid: "Bucket", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: arn },
        {
          Sid: "Objects",
          Effect: "Allow",
          Action: ["s3:PutObject*", "s3:GetObject*", "s3:DeleteObject*"],
          Resource: `${arn}/*`,
        },
      ],
    }),
  ),
});

export const endpoint = ledger.endpoint;
export const functions = [application.arn, rotator.arn];
