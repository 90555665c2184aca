/** Resources that let somebody in without a policy document. */
import type { Finding, Resource } from "../model/rule";
import { asArray, isRecord } from "../model/shape";
import { unknown } from "../model/unknown";

type Props = Resource["props"];

/** Type → what is open to everybody in it. */
const finders: Readonly<Record<string, (props: Props) => readonly Finding[]>> = {
  "aws:lambda/permission:Permission": ({ principal, principalOrgId, sourceArn, sourceAccount }) =>
    principal === "*" && [principalOrgId, sourceArn, sourceAccount].every((each) => each === undefined)
      ? [{ message: 'it lets the principal "*" invoke the function', fix: "set principalOrgId, or name the principal" }]
      : [],
  "aws:lambda/layerVersionPermission:LayerVersionPermission": ({ principal, organizationId }) =>
    principal === "*" && organizationId === undefined
      ? [{ message: "it gives the layer to every account", fix: "set organizationId, or principal to an account" }]
      : [],
  "aws:lambda/functionUrl:FunctionUrl": ({ authorizationType }) =>
    authorizationType === "NONE"
      ? [
          {
            message: "the function's URL takes requests of everybody (authorizationType NONE)",
            fix: 'set authorizationType to "AWS_IAM", or put an API Gateway with an authorizer before it',
          },
        ]
      : [],
  "aws:cloudwatch/eventPermission:EventPermission": ({ principal, condition }) =>
    principal === "*" && condition === undefined
      ? [
          {
            message: "it lets every account put events on the bus",
            fix: "set principal, or condition to aws:PrincipalOrgID",
          },
        ]
      : [],
  "aws:s3/bucketAcl:BucketAcl": bucketAcl,
  "aws:s3/bucketAclV2:BucketAclV2": bucketAcl,
  "aws:s3/bucketObject:BucketObject": bucketAcl,
  "aws:s3/bucketObjectv2:BucketObjectv2": bucketAcl,
  "aws:s3/objectCopy:ObjectCopy": bucketAcl,
  "aws:s3/bucket:Bucket": bucketAcl,
  "aws:s3/bucketV2:BucketV2": bucketAcl,
  "aws:ec2/amiLaunchPermission:AmiLaunchPermission": ({ group }) =>
    group === "all"
      ? [{ message: "it gives the image to every account", fix: "set accountId or organizationArn" }]
      : [],
};

export const grantingTypes: readonly string[] = Object.keys(finders);

export function openGrants({ type, props }: Resource): readonly Finding[] {
  return finders[type]?.(props) ?? [];
}

function bucketAcl({ acl, accessControlPolicy, grants }: Props): Finding[] {
  const fix = 'set acl to "private" and BucketOwnershipControls to BucketOwnerEnforced';
  if (typeof acl === "string" && /^(public-read|public-read-write|authenticated-read)$/.test(acl)) {
    return [{ message: `its acl is "${acl}", which is for everybody`, fix }];
  }
  const given = isRecord(accessControlPolicy) ? accessControlPolicy.grants : grants;
  return asArray(given).flatMap((grant) => {
    if (grant === unknown || !isRecord(grant)) return [];
    const uri = isRecord(grant.grantee) ? grant.grantee.uri : grant.uri;
    return typeof uri === "string" && /\/groups\/global\/(AllUsers|AuthenticatedUsers)$/.test(uri)
      ? [{ message: `its ACL grants something to ${uri}`, fix }]
      : [];
  });
}
