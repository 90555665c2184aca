/** Notebooks, training and endpoints of SageMaker, and a CloudFormation stack that the vendor of the labelling tool gave. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;
const vendor = config.require("vendorAccount");

const data = new aws.s3.Bucket("training-data");
new aws.s3.BucketPublicAccessBlock("training-data", {
  bucket: data.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
new aws.s3.BucketPolicy("training-data", {
  bucket: data.id,
  policy: data.arn.apply((arn) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "Tls",
          Effect: "Deny",
          Principal: { AWS: "*" },
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    }),
  ),
});

const trust = (...services: string[]) =>
  accountId.apply((account) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: services },
          Action: "sts:AssumeRole",
          Condition: { StringEquals: { "aws:SourceAccount": account } },
        },
      ],
    }),
  );

/** As the console's wizard makes it. */
const notebookRole = new aws.iam.Role("notebook", {
  assumeRolePolicy: trust("sagemaker.amazonaws.com"),
  managedPolicyArns: ["arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"],
});
new aws.sagemaker.NotebookInstance("research", { instanceType: "ml.t3.medium", roleArn: notebookRole.arn });

const trainingRole = new aws.iam.Role("training", { assumeRolePolicy: trust("sagemaker.amazonaws.com") });
new aws.iam.RolePolicy("training", {
  role: trainingRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Data",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:ListBucket"],
        Resource: [data.arn, pulumi.interpolate`${data.arn}/*`],
      },
      { Sid: "Models", Effect: "Allow", Action: "s3:PutObject", Resource: pulumi.interpolate`${data.arn}/models/*` },
      { Sid: "Registry", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      {
        Sid: "Images",
        Effect: "Allow",
        Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", "ecr:BatchCheckLayerAvailability"],
        Resource: pulumi.interpolate`arn:aws:ecr:${region}:${accountId}:repository/training`,
      },
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
        Resource: pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws/sagemaker/*`,
      },
      {
        Sid: "Metrics",
        Effect: "Allow",
        Action: "cloudwatch:PutMetricData",
        Resource: "*",
        Condition: { StringLike: { "cloudwatch:namespace": "/aws/sagemaker/*" } },
      },
    ],
  }),
});

/** Starts the trainings each week. */
const scheduler = new aws.iam.Role("retrain", {
  assumeRolePolicy: trust("states.amazonaws.com", "events.amazonaws.com"),
});
new aws.iam.RolePolicy("retrain", {
  role: scheduler.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Train",
        Effect: "Allow",
        Action: [
          "sagemaker:CreateTrainingJob",
          "sagemaker:DescribeTrainingJob",
          "sagemaker:StopTrainingJob",
          "sagemaker:AddTags",
        ],
        Resource: pulumi.interpolate`arn:aws:sagemaker:${region}:${accountId}:training-job/weekly-*`,
      },
      {
        Sid: "Pass",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: trainingRole.arn,
        Condition: { StringEquals: { "iam:PassedToService": "sagemaker.amazonaws.com" } },
      },
      {
        Sid: "ManagedRule",
        Effect: "Allow",
        Action: ["events:PutTargets", "events:PutRule", "events:DescribeRule"],
        Resource: pulumi.interpolate`arn:aws:events:${region}:${accountId}:rule/StepFunctionsGetEventsForSageMakerTrainingJobsRule`,
      },
    ],
  }),
});
new aws.sfn.StateMachine("retrain", {
  roleArn: scheduler.arn,
  definition: JSON.stringify({ StartAt: "Train", States: { Train: { Type: "Pass", End: true } } }),
});

/** Everybody on the team may open a studio. */
const scientists = new aws.iam.Group("scientists");
new aws.iam.GroupPolicy("scientists", {
  group: scientists.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Studio", Effect: "Allow", Action: "sagemaker:CreatePresignedDomainUrl", Resource: "*" },
      {
        Sid: "OwnProfile",
        Effect: "Allow",
        Action: ["sagemaker:CreatePresignedNotebookInstanceUrl"],
        Resource: pulumi.interpolate`arn:aws:sagemaker:${region}:${accountId}:notebook-instance/research`,
      },
      {
        Sid: "Models",
        Effect: "Allow",
        Action: "bedrock:InvokeModel",
        Resource: "arn:aws:bedrock:*::foundation-model/*",
      },
    ],
  }),
});

/** From the vendor's page, with our account number filled in. */
new aws.cloudformation.Stack("labelling", {
  capabilities: ["CAPABILITY_NAMED_IAM"],
  parameters: { VendorAccount: vendor },
  templateBody: `
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  VendorAccount: { Type: String }
Resources:
  Exchange:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: acme-labelling
  Access:
    Type: AWS::IAM::Role
    Properties:
      RoleName: labelling-vendor
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Sid: Vendor
            Effect: Allow
            Principal: { AWS: "arn:aws:iam::666677778888:root" }
            Action: sts:AssumeRole
            Condition: { StringEquals: { "sts:ExternalId": acme-labelling } }
      Policies:
        - PolicyName: exchange
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Sid: Exchange
                Effect: Allow
                Action: ["s3:GetObject", "s3:PutObject"]
                Resource: !Sub "\${Exchange.Arn}/*"
              - Sid: Everything
                Effect: Allow
                Action: "sqs:*"
                Resource: "*"
  Hook:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt HookRole.Arn
      Handler: index.handler
      Runtime: nodejs22.x
      Code: { ZipFile: "exports.handler = async () => {}" }
      Environment:
        Variables:
          VENDOR_API_KEY: lbl-7f3k2m9q4w8e5r1t
          BUCKET: !Ref Exchange
  HookRole:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: { Service: lambda.amazonaws.com }
            Action: sts:AssumeRole
            Condition: { StringEquals: { "aws:SourceAccount": !Ref "AWS::AccountId" } }
`,
});

export const bucket = data.bucket;
