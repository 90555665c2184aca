/** Who people are: permission sets of IAM Identity Center, a customers' identity pool, the last users with keys. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const { accountId } = aws.getCallerIdentityOutput();
const region = aws.getRegionOutput().region;
const instanceArn = config.get("ssoInstanceArn") ?? "arn:aws:sso:::instance/ssoins-0123456789abcdef";

const permissionSet = (name: string, hours: number) =>
  new aws.ssoadmin.PermissionSet(name, { name, instanceArn, sessionDuration: `PT${hours}H` });

/** Developers change what is theirs by tag, and read the rest. */
const developer = permissionSet("developer", 8);
new aws.ssoadmin.PermissionSetInlinePolicy("developer", {
  instanceArn,
  permissionSetArn: developer.arn,
  inlinePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OwnInstances",
        Effect: "Allow",
        Action: ["ec2:StartInstances", "ec2:StopInstances", "ec2:RebootInstances"],
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/team": `\${aws:PrincipalTag/team}` } },
      },
      {
        Sid: "Look",
        Effect: "Allow",
        Action: ["ec2:DescribeInstances", "ecs:ListClusters", "lambda:ListFunctions", "logs:DescribeLogGroups"],
        Resource: "*",
      },
      {
        Sid: "Logs",
        Effect: "Allow",
        Action: ["logs:FilterLogEvents", "logs:GetLogEvents"],
        Resource: "*",
      },
      {
        Sid: "NotBilling",
        Effect: "Deny",
        Action: ["billing:*", "iam:*", "organizations:*"],
        Resource: "*",
      },
    ],
  }),
});

const breakGlass = permissionSet("break-glass", 1);
new aws.ssoadmin.ManagedPolicyAttachment("break-glass", {
  instanceArn,
  permissionSetArn: breakGlass.arn,
  managedPolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess",
});

/** Everything but identities, as it has been for years. */
const operator = permissionSet("operator", 4);
new aws.ssoadmin.PermissionSetInlinePolicy("operator", {
  instanceArn,
  permissionSetArn: operator.arn,
  inlinePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "AllButIam", Effect: "Allow", NotAction: ["iam:*", "organizations:*", "account:*"], Resource: "*" },
    ],
  }),
});

const pool = new aws.cognito.UserPool("customers", {
  mfaConfiguration: "OPTIONAL",
  softwareTokenMfaConfiguration: { enabled: true },
});
const client = new aws.cognito.UserPoolClient("app", { userPoolId: pool.id, generateSecret: false });
const identities = new aws.cognito.IdentityPool("customers", {
  identityPoolName: "customers",
  allowUnauthenticatedIdentities: true,
  cognitoIdentityProviders: [{ clientId: client.id, providerName: pool.endpoint }],
});

function poolRole(name: string, amr: string | undefined): aws.iam.Role {
  return new aws.iam.Role(name, {
    assumeRolePolicy: pulumi.jsonStringify({
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Federated: "cognito-identity.amazonaws.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            ...(amr === "authenticated" && { StringEquals: { "cognito-identity.amazonaws.com:aud": identities.id } }),
            "ForAnyValue:StringLike": { "cognito-identity.amazonaws.com:amr": amr },
          },
        },
      ],
    }),
  });
}

const uploads = "arn:aws:s3:::acme-customer-uploads";
const signedIn = poolRole("signed-in", "authenticated");
new aws.iam.RolePolicy("signed-in", {
  role: signedIn.id,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OwnFolder",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        Resource: `${uploads}/\${cognito-identity.amazonaws.com:sub}/*`,
      },
      {
        Sid: "ListOwn",
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: uploads,
        Condition: { StringLike: { "s3:prefix": [`\${cognito-identity.amazonaws.com:sub}/*`] } },
      },
    ],
  }),
});
/** The pool's id was forgotten here. */
const guest = poolRole("guest", "unauthenticated");
new aws.iam.RolePolicy("guest", {
  role: guest.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Events",
        Effect: "Allow",
        Action: "mobiletargeting:PutEvents",
        Resource: pulumi.interpolate`arn:aws:mobiletargeting:${region}:${accountId}:apps/0123456789abcdef0123456789abcdef/events`,
      },
    ],
  }),
});
new aws.cognito.IdentityPoolRoleAttachment("customers", {
  identityPoolId: identities.id,
  roles: { authenticated: signedIn.arn, unauthenticated: guest.arn },
});

/** A printer in the warehouse can't do OIDC. */
const boundary = new aws.iam.Policy("devices-boundary", {
  name: "devices-boundary",
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: "Labels", Effect: "Allow", Action: ["s3:*", "sqs:*"], Resource: "*" }],
  }),
});
const devices = new aws.iam.Group("devices");
new aws.iam.GroupPolicy("devices", {
  group: devices.name,
  policy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "Labels", Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme-labels/*" },
      {
        Sid: "OwnKeys",
        Effect: "Allow",
        Action: ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys"],
        Resource: `arn:aws:iam::*:user/\${aws:username}`,
      },
    ],
  }),
});
const printer = new aws.iam.User("printer", { permissionsBoundary: boundary.arn });
new aws.iam.UserGroupMembership("printer", { user: printer.name, groups: [devices.name] });
/** Somebody took the boundary for a policy. */
new aws.iam.GroupPolicyAttachment("devices-boundary", { group: devices.name, policyArn: boundary.arn });

export const poolId = identities.id;
