/** Source to ECS: CodePipeline with a GitHub connection, CodeBuild for tests and images, ECR shared with another account. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const connection = config.require("connectionArn");
const production = config.require("productionAccount");
const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;

const serviceTrust = (service: string, source?: pulumi.Input<string>) =>
  aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRole"],
        principals: [{ type: "Service", identifiers: [service] }],
        ...(source && { conditions: [{ test: "StringEquals", variable: "aws:SourceAccount", values: [source] }] }),
      },
    ],
  }).json;

const key = new aws.kms.Key("artifacts", { enableKeyRotation: true });
const artifacts = new aws.s3.Bucket("artifacts");
new aws.s3.BucketPublicAccessBlock("artifacts", {
  bucket: artifacts.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});
new aws.s3.BucketPolicy("artifacts", {
  bucket: artifacts.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "DenyUnencrypted",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: pulumi.interpolate`${artifacts.arn}/*`,
        Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } },
      },
      {
        Sid: "DenyInsecure",
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: [artifacts.arn, pulumi.interpolate`${artifacts.arn}/*`],
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  }),
});

const images = new aws.ecr.Repository("checkout", { imageTagMutability: "IMMUTABLE" });
new aws.ecr.RepositoryPolicy("checkout", {
  repository: images.name,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Production",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${production}:root` },
        Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      },
      {
        Sid: "Functions",
        Effect: "Allow",
        Principal: { Service: "lambda.amazonaws.com" },
        Action: ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
      },
    ],
  }),
});

const buildRole = new aws.iam.Role("build", { assumeRolePolicy: serviceTrust("codebuild.amazonaws.com", accountId) });
new aws.iam.RolePolicy("build", {
  role: buildRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: pulumi.interpolate`arn:aws:logs:${region}:${accountId}:log-group:/aws/codebuild/checkout*`,
      },
      {
        Sid: "Artifacts",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"],
        Resource: pulumi.interpolate`${artifacts.arn}/*`,
      },
      { Sid: "Key", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: key.arn },
      { Sid: "Images", Effect: "Allow", Action: "ecr:*", Resource: "*" },
      {
        Sid: "Reports",
        Effect: "Allow",
        Action: ["codebuild:CreateReportGroup", "codebuild:CreateReport", "codebuild:BatchPutTestCases"],
        Resource: pulumi.interpolate`arn:aws:codebuild:${region}:${accountId}:report-group/checkout-*`,
      },
    ],
  }),
});
const build = new aws.codebuild.Project("checkout", {
  serviceRole: buildRole.arn,
  artifacts: { type: "CODEPIPELINE" },
  source: { type: "CODEPIPELINE", buildspec: "buildspec.yml" },
  encryptionKey: key.arn,
  environment: {
    type: "ARM_CONTAINER",
    computeType: "BUILD_GENERAL1_SMALL",
    image: "aws/codebuild/amazonlinux2-aarch64-standard:3.0",
    privilegedMode: true,
    environmentVariables: [
      { name: "REPOSITORY", value: images.repositoryUrl },
      { name: "NPM_TOKEN", value: "npm_q7Zt4mXy2LbN8sRw5cVd0kJh3gFp6aE1uTiO" },
      { name: "SONAR_TOKEN", type: "SECRETS_MANAGER", value: "ci/sonar:token" },
    ],
  },
});

const pipelineRole = new aws.iam.Role("pipeline", { assumeRolePolicy: serviceTrust("codepipeline.amazonaws.com") });
new aws.iam.RolePolicy("pipeline", {
  role: pipelineRole.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Artifacts",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:GetBucketVersioning"],
        Resource: [artifacts.arn, pulumi.interpolate`${artifacts.arn}/*`],
      },
      { Sid: "Key", Effect: "Allow", Action: ["kms:Decrypt", "kms:GenerateDataKey"], Resource: key.arn },
      { Sid: "Source", Effect: "Allow", Action: "codestar-connections:UseConnection", Resource: connection },
      {
        Sid: "Build",
        Effect: "Allow",
        Action: ["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
        Resource: build.arn,
      },
      { Sid: "Deploy", Effect: "Allow", Action: "ecs:*", Resource: "*" },
      {
        Sid: "Pass",
        Effect: "Allow",
        Action: "iam:PassRole",
        Resource: "*",
        Condition: { StringEqualsIfExists: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
      },
    ],
  }),
});
const stage = (name: string, actions: aws.types.input.codepipeline.PipelineStageAction[]) => ({ name, actions });
const pipeline = new aws.codepipeline.Pipeline("checkout", {
  roleArn: pipelineRole.arn,
  artifactStores: [{ type: "S3", location: artifacts.bucket, encryptionKey: { id: key.arn, type: "KMS" } }],
  stages: [
    stage("Source", [
      {
        name: "GitHub",
        category: "Source",
        owner: "AWS",
        provider: "CodeStarSourceConnection",
        version: "1",
        outputArtifacts: ["source"],
        configuration: { ConnectionArn: connection, FullRepositoryId: "acme/checkout", BranchName: "main" },
      },
    ]),
    stage("Build", [
      {
        name: "Image",
        category: "Build",
        owner: "AWS",
        provider: "CodeBuild",
        version: "1",
        inputArtifacts: ["source"],
        outputArtifacts: ["image"],
        configuration: { ProjectName: build.name },
      },
    ]),
  ],
});

/** Rebuilt each night for the base image's fixes. */
const nightly = new aws.iam.Role("nightly", { assumeRolePolicy: serviceTrust("events.amazonaws.com", accountId) });
new aws.iam.RolePolicy("nightly", {
  role: nightly.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Action: "codepipeline:StartPipelineExecution", Resource: pipeline.arn }],
  }),
});
const night = new aws.cloudwatch.EventRule("nightly", { scheduleExpression: "cron(0 3 * * ? *)" });
new aws.cloudwatch.EventTarget("nightly", { rule: night.name, arn: pipeline.arn, roleArn: nightly.arn });

export const repository = images.repositoryUrl;
