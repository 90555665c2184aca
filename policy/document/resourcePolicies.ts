/** Resource types with a policy of their own: type token → IAM's prefix of the service and the property. */

/** Under `policy`. */
const services: Readonly<Record<string, readonly string[]>> = {
  "acm-pca": ["acmpca/policy:Policy"],
  backup: ["backup/vaultPolicy:VaultPolicy"],
  "bedrock-agentcore": ["bedrock/agentcoreResourcePolicy:AgentcoreResourcePolicy"],
  codebuild: ["codebuild/resourcePolicy:ResourcePolicy"],
  dsql: ["dsql/clusterPolicy:ClusterPolicy"],
  dynamodb: ["dynamodb/resourcePolicy:ResourcePolicy"],
  ec2: ["ec2/vpcEndpoint:VpcEndpoint", "ec2/vpcEndpointPolicy:VpcEndpointPolicy"],
  ecr: ["ecr/repositoryPolicy:RepositoryPolicy", "ecr/registryPolicy:RegistryPolicy"],
  "ecr-public": ["ecrpublic/repositoryPolicy:RepositoryPolicy"],
  elasticfilesystem: ["efs/fileSystemPolicy:FileSystemPolicy"],
  events: ["cloudwatch/eventBusPolicy:EventBusPolicy"],
  "execute-api": [
    "apigateway/restApi:RestApi",
    "apigateway/restApiPolicy:RestApiPolicy",
    "apigateway/domainName:DomainName",
  ],
  glacier: ["glacier/vaultLock:VaultLock"],
  glue: ["glue/resourcePolicy:ResourcePolicy"],
  kafka: ["msk/clusterPolicy:ClusterPolicy"],
  kinesis: ["kinesis/resourcePolicy:ResourcePolicy"],
  kms: [
    "kms/key:Key",
    "kms/keyPolicy:KeyPolicy",
    "kms/externalKey:ExternalKey",
    "kms/replicaKey:ReplicaKey",
    "kms/replicaExternalKey:ReplicaExternalKey",
  ],
  lambda: ["lambda/resourcePolicy:ResourcePolicy"],
  mediastore: ["mediastore/containerPolicy:ContainerPolicy"],
  "network-firewall": ["networkfirewall/resourcePolicy:ResourcePolicy"],
  oam: ["oam/sinkPolicy:SinkPolicy"],
  osis: ["opensearchingest/resourcePolicy:ResourcePolicy"],
  redshift: ["redshift/resourcePolicy:ResourcePolicy"],
  "redshift-serverless": ["redshiftserverless/resourcePolicy:ResourcePolicy"],
  s3: [
    "s3/bucketPolicy:BucketPolicy",
    "s3/bucket:Bucket",
    "s3/bucketV2:BucketV2",
    "s3/accessPoint:AccessPoint",
    "s3control/accessPointPolicy:AccessPointPolicy",
    "s3control/accessGrantsInstanceResourcePolicy:AccessGrantsInstanceResourcePolicy",
  ],
  "s3-object-lambda": ["s3control/objectLambdaAccessPointPolicy:ObjectLambdaAccessPointPolicy"],
  "s3-outposts": ["s3control/bucketPolicy:BucketPolicy"],
  s3files: ["s3/filesFileSystemPolicy:FilesFileSystemPolicy"],
  s3vectors: ["s3/vectorsVectorBucketPolicy:VectorsVectorBucketPolicy"],
  schemas: ["schemas/registryPolicy:RegistryPolicy"],
  secretsmanager: ["secretsmanager/secret:Secret", "secretsmanager/secretPolicy:SecretPolicy"],
  ses: ["ses/identityPolicy:IdentityPolicy", "sesv2/emailIdentityPolicy:EmailIdentityPolicy"],
  "sms-voice": ["pinpoint/smsvoicev2ResourcePolicy:Smsvoicev2ResourcePolicy"],
  sns: ["sns/topicPolicy:TopicPolicy", "sns/topic:Topic"],
  sqs: ["sqs/queuePolicy:QueuePolicy", "sqs/queue:Queue"],
  "vpc-lattice": ["vpclattice/resourcePolicy:ResourcePolicy"],
  "vpc-lattice-svcs": ["vpclattice/authPolicy:AuthPolicy"],
};

/** Under another name. */
const otherwise: readonly (readonly [type: string, property: string, service: string])[] = [
  ["amp/resourcePolicy:ResourcePolicy", "policyDocument", "aps"],
  ["cloudsearch/domainServiceAccessPolicy:DomainServiceAccessPolicy", "accessPolicy", "cloudsearch"],
  ["cloudwatch/logDeliveryDestinationPolicy:LogDeliveryDestinationPolicy", "deliveryDestinationPolicy", "logs"],
  ["cloudwatch/logDestinationPolicy:LogDestinationPolicy", "accessPolicy", "logs"],
  ["cloudwatch/logResourcePolicy:LogResourcePolicy", "policyDocument", "logs"],
  ["codeartifact/domainPermissions:DomainPermissions", "policyDocument", "codeartifact"],
  ["codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy", "policyDocument", "codeartifact"],
  ["elasticsearch/domain:Domain", "accessPolicies", "es"],
  ["elasticsearch/domainPolicy:DomainPolicy", "accessPolicies", "es"],
  ["glacier/vault:Vault", "accessPolicy", "glacier"],
  ["opensearch/domain:Domain", "accessPolicies", "es"],
  ["opensearch/domainPolicy:DomainPolicy", "accessPolicies", "es"],
  ["organizations/resourcePolicy:ResourcePolicy", "content", "organizations"],
  ["s3tables/tableBucketPolicy:TableBucketPolicy", "resourcePolicy", "s3tables"],
  ["s3tables/tablePolicy:TablePolicy", "resourcePolicy", "s3tables"],
  ["sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy", "resourcePolicy", "sagemaker"],
  ["xray/resourcePolicy:ResourcePolicy", "policyDocument", "xray"],
];

/**
 * Whether policies of the service only limit: through a VPC endpoint goes what its policy and the caller's own both
 * allow. Who gets through, and to what, is rule P21's.
 */
export function onlyLimits(service: string | undefined): boolean {
  return service === "ec2";
}

export interface ResourcePolicyPlace {
  readonly property: string;
  /** IAM's prefix; `ec2` is a VPC endpoint's policy. */
  readonly service: string;
}

export const resourcePolicies: ReadonlyMap<string, ResourcePolicyPlace> = new Map([
  ...Object.entries(services).flatMap(([service, types]) =>
    types.map((type) => [`aws:${type}`, { property: "policy", service }] as const),
  ),
  ...otherwise.map(([type, property, service]) => [`aws:${type}`, { property, service }] as const),
]);
