/** Roles of CI by OIDC: GitHub for the shop, GitLab for the data team, Pulumi Cloud for the platform. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;
const org = config.get("githubOrg") ?? "acme";

const github = new aws.iam.OpenIdConnectProvider("github", {
  url: "https://token.actions.githubusercontent.com",
  clientIdLists: ["sts.amazonaws.com"],
});

interface GithubArgs {
  readonly sub?: string;
  readonly like?: string;
}

function githubRole(name: string, { sub, like }: GithubArgs): aws.iam.Role {
  return new aws.iam.Role(name, {
    maxSessionDuration: 3600,
    assumeRolePolicy: github.arn.apply((arn) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "GitHub",
            Effect: "Allow",
            Principal: { Federated: arn },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: {
              StringEquals: {
                "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
                ...(sub && { "token.actions.githubusercontent.com:sub": sub }),
              },
              ...(like && { StringLike: { "token.actions.githubusercontent.com:sub": like } }),
            },
          },
        ],
      }),
    ),
  });
}

const images = new aws.ecr.Repository("shop", { imageTagMutability: "IMMUTABLE" });

/** Only main deploys. */
const deploy = githubRole("shop-deploy", { sub: `repo:${org}/shop:ref:refs/heads/main` });
new aws.iam.RolePolicy("shop-deploy", {
  role: deploy.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Login", Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
      {
        Sid: "Push",
        Effect: "Allow",
        Action: [
          "ecr:BatchCheckLayerAvailability",
          "ecr:BatchGetImage",
          "ecr:CompleteLayerUpload",
          "ecr:InitiateLayerUpload",
          "ecr:PutImage",
          "ecr:UploadLayerPart",
        ],
        Resource: images.arn,
      },
      {
        Sid: "Roll",
        Effect: "Allow",
        Action: ["ecs:DescribeServices", "ecs:UpdateService"],
        Resource: pulumi.interpolate`arn:aws:ecs:${region}:${accountId}:service/shop/*`,
      },
      {
        Sid: "Define",
        Effect: "Allow",
        Action: ["ecs:DescribeTaskDefinition", "ecs:RegisterTaskDefinition"],
        Resource: "*",
      },
      { Sid: "Pass", Effect: "Allow", Action: "iam:PassRole", Resource: "*" },
    ],
  }),
});

/** Every repository may plan. */
const plan = githubRole("plan", { like: `repo:${org}/*` });
new aws.iam.RolePolicyAttachment("plan", { role: plan.name, policyArn: aws.iam.ManagedPolicy.ReadOnlyAccess });

/** Before anybody knew what the subject is for. */
const infrastructure = githubRole("infrastructure", {});
new aws.iam.RolePolicyAttachment("infrastructure", {
  role: infrastructure.name,
  policyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
});

const docs = githubRole("docs", { like: `repo:${org}/handbook:*` });
new aws.iam.RolePolicy("docs", {
  role: docs.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Stacks",
        Effect: "Allow",
        Action: "cloudformation:*",
        Resource: "arn:aws:cloudformation:*:*:stack/handbook-*/*",
      },
      {
        Sid: "Files",
        Effect: "Allow",
        Action: ["s3:PutObject", "s3:DeleteObject"],
        Resource: "arn:aws:s3:::acme-handbook/*",
      },
      { Sid: "List", Effect: "Allow", Action: ["s3:ListBucket"], Resource: "arn:aws:s3:::acme-handbook" },
    ],
  }),
});

const gitlab = new aws.iam.OpenIdConnectProvider("gitlab", {
  url: "https://gitlab.com",
  clientIdLists: ["https://gitlab.com"],
});
const models = new aws.iam.Role("models-release", {
  assumeRolePolicy: aws.iam.getPolicyDocumentOutput({
    statements: [
      {
        actions: ["sts:AssumeRoleWithWebIdentity"],
        principals: [{ type: "Federated", identifiers: [gitlab.arn] }],
        conditions: [
          {
            test: "StringEquals",
            variable: "gitlab.com:sub",
            values: ["project_path:acme/models:ref_type:branch:ref:main"],
          },
        ],
      },
    ],
  }).json,
});
new aws.iam.RolePolicy("models-release", {
  role: models.id,
  policy: aws.iam.getPolicyDocumentOutput({
    statements: [
      { sid: "Release", actions: ["s3:PutObject"], resources: ["arn:aws:s3:::acme-models/releases/*"] },
      {
        sid: "Endpoints",
        actions: ["sagemaker:UpdateEndpoint"],
        resources: [pulumi.interpolate`arn:aws:sagemaker:${region}:${accountId}:endpoint/models-*`],
      },
    ],
  }).json,
});

const cloud = new aws.iam.OpenIdConnectProvider("pulumi", {
  url: "https://api.pulumi.com/oidc",
  clientIdLists: [`aws:${org}`],
});
const platform = new aws.iam.Role("platform-deployments", {
  assumeRolePolicy: cloud.arn.apply((arn) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: arn },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: { "api.pulumi.com/oidc:aud": `aws:${org}` },
            StringLike: { "api.pulumi.com/oidc:sub": `pulumi:deploy:org:${org}:project:platform:*` },
          },
        },
      ],
    }),
  ),
});
new aws.iam.RolePolicy("platform-deployments", {
  role: platform.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Accounts",
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Resource: ["arn:aws:iam::*:role/platform-deployer"],
      },
    ],
  }),
});

export const roles = [deploy.arn, plan.arn, infrastructure.arn, docs.arn, models.arn, platform.arn];
