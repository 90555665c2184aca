/** A platform team's EKS cluster: node group, IRSA roles for the add-ons, a role by Pod Identity, encrypted secrets. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const subnetIds = config.requireObject<string[]>("subnetIds");
const region = aws.getRegionOutput().region;
const { accountId } = aws.getCallerIdentityOutput();

const trust = (service: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }],
  });

const clusterRole = new aws.iam.Role("cluster", { assumeRolePolicy: trust("eks.amazonaws.com") });
new aws.iam.RolePolicyAttachment("cluster", {
  role: clusterRole,
  policyArn: "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
});

const secretsKey = new aws.kms.Key("cluster-secrets", { enableKeyRotation: true });
const cluster = new aws.eks.Cluster("platform", {
  roleArn: clusterRole.arn,
  vpcConfig: { subnetIds, endpointPrivateAccess: true, endpointPublicAccess: false },
  encryptionConfig: { provider: { keyArn: secretsKey.arn }, resources: ["secrets"] },
  enabledClusterLogTypes: ["api", "audit", "authenticator"],
});

const nodeRole = new aws.iam.Role("nodes", { assumeRolePolicy: trust("ec2.amazonaws.com") });
for (const name of [
  "AmazonEKSWorkerNodePolicy",
  "AmazonEKS_CNI_Policy",
  "AmazonEC2ContainerRegistryReadOnly",
  "AmazonSSMManagedInstanceCore",
]) {
  new aws.iam.RolePolicyAttachment(`nodes-${name}`, {
    role: nodeRole.name,
    policyArn: `arn:aws:iam::aws:policy/${name}`,
  });
}
new aws.eks.NodeGroup("general", {
  clusterName: cluster.name,
  nodeRoleArn: nodeRole.arn,
  subnetIds,
  instanceTypes: ["m7g.large"],
  scalingConfig: { minSize: 3, desiredSize: 3, maxSize: 12 },
});

const issuer = cluster.identities.apply(([identity]) => identity?.oidcs?.[0]?.issuer ?? "");
const provider = new aws.iam.OpenIdConnectProvider("platform", {
  url: issuer,
  clientIdLists: ["sts.amazonaws.com"],
});
const host = issuer.apply((url) => url.replace("https://", ""));

class AddOnRole extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(
    name: string,
    args: { subject: string; test?: "StringEquals" | "StringLike"; statements: pulumi.Input<unknown>[] },
  ) {
    super("platform:index:AddOnRole", name);
    const { subject, test = "StringEquals", statements } = args;
    const role = new aws.iam.Role(
      name,
      {
        assumeRolePolicy: pulumi.all([provider.arn, host]).apply(([arn, url]) =>
          JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { Federated: arn },
                Action: "sts:AssumeRoleWithWebIdentity",
                Condition: {
                  StringEquals: {
                    [`${url}:aud`]: "sts.amazonaws.com",
                    ...(test === "StringEquals" && { [`${url}:sub`]: subject }),
                  },
                  ...(test === "StringLike" && { StringLike: { [`${url}:sub`]: subject } }),
                },
              },
            ],
          }),
        ),
      },
      { parent: this },
    );
    new aws.iam.RolePolicy(
      name,
      { role: role.id, policy: pulumi.jsonStringify({ Version: "2012-10-17", Statement: statements }) },
      { parent: this },
    );
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

const autoscaler = new AddOnRole("cluster-autoscaler", {
  subject: "system:serviceaccount:kube-system:cluster-autoscaler",
  statements: [
    {
      Sid: "Look",
      Effect: "Allow",
      Action: [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "ec2:DescribeImages",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
      ],
      Resource: "*",
    },
    {
      Sid: "Scale",
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: "*",
      Condition: { StringEquals: { "aws:ResourceTag/k8s.io/cluster-autoscaler/platform": "owned" } },
    },
  ],
});

const dns = new AddOnRole("external-dns", {
  subject: "system:serviceaccount:kube-system:external-dns",
  statements: [
    {
      Sid: "Records",
      Effect: "Allow",
      Action: "route53:ChangeResourceRecordSets",
      Resource: "arn:aws:route53:::hostedzone/*",
    },
    {
      Sid: "Zones",
      Effect: "Allow",
      Action: ["route53:ListHostedZones", "route53:ListResourceRecordSets"],
      Resource: "*",
    },
  ],
});

const secrets = new AddOnRole("external-secrets", {
  subject: "system:serviceaccount:*:external-secrets",
  test: "StringLike",
  statements: [
    {
      Sid: "Read",
      Effect: "Allow",
      Action: ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
      Resource: "*",
    },
  ],
});

/** One of the tenants' applications. */
const orders = new aws.iam.Role("orders-api", {
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      },
    ],
  }),
});
new aws.iam.RolePolicy("orders-api", {
  role: orders.id,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Table",
        Effect: "Allow",
        Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
        Resource: [
          pulumi.interpolate`arn:aws:dynamodb:${region}:${accountId}:table/orders`,
          pulumi.interpolate`arn:aws:dynamodb:${region}:${accountId}:table/orders/index/*`,
        ],
      },
    ],
  }),
});
new aws.eks.PodIdentityAssociation("orders-api", {
  clusterName: cluster.name,
  namespace: "orders",
  serviceAccount: "api",
  roleArn: orders.arn,
});

export const roles = { autoscaler: autoscaler.arn, dns: dns.arn, secrets: secrets.arn };
