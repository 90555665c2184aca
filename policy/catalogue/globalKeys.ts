/**
 * Condition keys that AWS itself fills in, whatever the service, with their types. After the IAM user guide's page on
 * global condition keys, cross-service keys included; the list of actions doesn't name them.
 */
const byType: Readonly<Record<string, readonly string[]>> = {
  String: [
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:Ec2InstanceSourceVpc",
    "aws:FederatedProvider",
    "aws:PrincipalAccount",
    "aws:PrincipalOrgID",
    "aws:PrincipalServiceName",
    "aws:PrincipalTag/*",
    "aws:PrincipalType",
    "aws:Referer",
    "aws:RequestedRegion",
    "aws:RequestTag/*",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceTag/*",
    "aws:SourceAccount",
    "aws:SourceIdentity",
    "aws:SourceOrgID",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:UserAgent",
    "aws:UserId",
    "aws:Username",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "glue:CredentialIssuingService",
    "glue:RoleAssumedBy",
    "identitystore:UserId",
  ],
  ArrayOfString: [
    "aws:CalledVia",
    "aws:CalledViaAWSMCP",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceNamesList",
    "aws:ResourceOrgPaths",
    "aws:SourceOrgPaths",
    "aws:TagKeys",
    "aws:VpceOrgPaths",
  ],
  ARN: [
    "aws:ChatbotSourceArn",
    "aws:PrincipalArn",
    "aws:SignInSessionArn",
    "aws:SourceArn",
    "aws:SourceVpcArn",
    "codebuild:BuildArn",
    "codebuild:ProjectArn",
    "ec2:SourceInstanceArn",
    "lambda:SourceFunctionArn",
    "ssm:SourceInstanceArn",
  ],
  Bool: [
    "aws:AssumedRoot",
    "aws:IsMcpServiceAction",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalIsAWSService",
    "aws:SecureTransport",
    "aws:ViaAWSMCPService",
    "aws:ViaAWSService",
  ],
  Numeric: ["aws:MultiFactorAuthAge", "ec2:RoleDelivery"],
  Date: ["aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime"],
  IPAddress: ["aws:Ec2InstanceSourcePrivateIPv4", "aws:SourceIp", "aws:VpcSourceIp"],
};

export const globalKeys: readonly string[] = Object.values(byType).flat();

const types = new Map(
  Object.entries(byType).flatMap(([type, keys]) => keys.map((key) => [key.toLowerCase(), type] as const)),
);

/** Type of a global key in lower case; undefined when it is none. */
export function globalKeyType(key: string): string | undefined {
  return types.get(key) ?? types.get(key.replace(/\/.+$/s, "/*"));
}
