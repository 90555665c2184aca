/** A documentation site: S3 behind CloudFront with origin access control, an old website bucket for redirects, an edge function. */
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config();
const domain = config.require("domain");
const { accountId } = aws.getCallerIdentityOutput();

const content = new aws.s3.Bucket("content", { bucket: domain });
new aws.s3.BucketOwnershipControls("content", {
  bucket: content.id,
  rule: { objectOwnership: "BucketOwnerEnforced" },
});
const contentBlock = new aws.s3.BucketPublicAccessBlock("content", {
  bucket: content.id,
  blockPublicAcls: true,
  blockPublicPolicy: true,
  ignorePublicAcls: true,
  restrictPublicBuckets: true,
});

/** People still type www: S3 redirects them. */
const redirect = new aws.s3.Bucket("redirect", { bucket: `www.${domain}` });
new aws.s3.BucketWebsiteConfiguration("redirect", {
  bucket: redirect.id,
  redirectAllRequestsTo: { hostName: domain, protocol: "https" },
});
const redirectBlock = new aws.s3.BucketPublicAccessBlock("redirect", {
  bucket: redirect.id,
  blockPublicAcls: true,
  blockPublicPolicy: false,
  ignorePublicAcls: true,
  restrictPublicBuckets: false,
});
new aws.s3.BucketPolicy(
  "redirect",
  {
    bucket: redirect.id,
    policy: redirect.arn.apply((arn) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "PublicRead",
            Effect: "Allow",
            Principal: "*",
            Action: ["s3:GetObject"],
            Resource: [`${arn}/*`],
          },
        ],
      }),
    ),
  },
  { dependsOn: [redirectBlock] },
);

/** CloudFront's classic access logs come by ACL. */
const accessLogs = new aws.s3.Bucket("access-logs");
const ownership = new aws.s3.BucketOwnershipControls("access-logs", {
  bucket: accessLogs.id,
  rule: { objectOwnership: "BucketOwnerPreferred" },
});
new aws.s3.BucketAcl("access-logs", { bucket: accessLogs.id, acl: "log-delivery-write" }, { dependsOn: [ownership] });

const edgeRole = new aws.iam.Role("edge", {
  assumeRolePolicy: JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: ["lambda.amazonaws.com", "edgelambda.amazonaws.com"] },
        Action: "sts:AssumeRole",
      },
    ],
  }),
  managedPolicyArns: [aws.iam.ManagedPolicy.AWSLambdaBasicExecutionRole],
});
const edge = new aws.lambda.Function("edge", {
  role: edgeRole.arn,
  runtime: "nodejs22.x",
  handler: "index.handler",
  publish: true,
  code: new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.StringAsset(
      "exports.handler = async ({ Records: [{ cf }] }) => ({ ...cf.request, uri: cf.request.uri.replace(/\\/$/, '/index.html') });",
    ),
  }),
});

const oac = new aws.cloudfront.OriginAccessControl("content", {
  originAccessControlOriginType: "s3",
  signingBehavior: "always",
  signingProtocol: "sigv4",
});
const distribution = new aws.cloudfront.Distribution("site", {
  enabled: true,
  aliases: [domain],
  defaultRootObject: "index.html",
  origins: [{ originId: "content", domainName: content.bucketRegionalDomainName, originAccessControlId: oac.id }],
  defaultCacheBehavior: {
    targetOriginId: "content",
    viewerProtocolPolicy: "redirect-to-https",
    allowedMethods: ["GET", "HEAD"],
    cachedMethods: ["GET", "HEAD"],
    cachePolicyId: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    lambdaFunctionAssociations: [{ eventType: "origin-request", lambdaArn: edge.qualifiedArn }],
  },
  loggingConfig: { bucket: accessLogs.bucketDomainName, prefix: "site/" },
  restrictions: { geoRestriction: { restrictionType: "none" } },
  viewerCertificate: { acmCertificateArn: config.require("certificateArn"), sslSupportMethod: "sni-only" },
});
new aws.s3.BucketPolicy(
  "content",
  {
    bucket: content.id,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          sid: "CloudFront",
          actions: ["s3:GetObject"],
          resources: [pulumi.interpolate`${content.arn}/*`],
          principals: [{ type: "Service", identifiers: ["cloudfront.amazonaws.com"] }],
          conditions: [{ test: "StringEquals", variable: "AWS:SourceArn", values: [distribution.arn] }],
        },
        {
          sid: "TlsOnly",
          effect: "Deny",
          actions: ["s3:*"],
          resources: [content.arn, pulumi.interpolate`${content.arn}/*`],
          principals: [{ type: "*", identifiers: ["*"] }],
          conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
        },
      ],
    }).json,
  },
  { dependsOn: [contentBlock] },
);

/** The writers' CI still has keys of a user. */
const publisher = new aws.iam.User("publisher");
new aws.iam.UserPolicy("publisher", {
  user: publisher.name,
  policy: pulumi.jsonStringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: "List", Effect: "Allow", Action: ["s3:ListBucket"], Resource: [content.arn] },
      {
        Sid: "Sync",
        Effect: "Allow",
        Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        Resource: [pulumi.interpolate`${content.arn}/*`],
      },
      { Sid: "Invalidate", Effect: "Allow", Action: "cloudfront:CreateInvalidation", Resource: "*" },
      {
        Sid: "Status",
        Effect: "Allow",
        Action: ["cloudfront:GetInvalidation", "cloudfront:GetDistribution"],
        Resource: pulumi.interpolate`arn:aws:cloudfront::${accountId}:distribution/${distribution.id}`,
      },
    ],
  }),
});
const key = new aws.iam.AccessKey("publisher", { user: publisher.name });

export const address = distribution.domainName;
export const accessKeyId = key.id;
