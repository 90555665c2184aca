import assert from "node:assert/strict";
import { unknown } from "../../policy/model/unknown";
import { openGrants } from "../../policy/principals/openGrants";

describe("grants without a document", () => {
  const found = (type: string, props: Record<string, unknown>) =>
    openGrants({ type: `aws:${type}`, name: "r", urn: "r", props, dependencies: {} }).map(
      ({ message, fix }) => `${message} → ${fix}`,
    );

  it("P21: a permission, a layer, a URL, a bus or an image for everybody", () => {
    const cases: readonly (readonly [string, Record<string, unknown>, readonly string[], string])[] = [
      [
        "lambda/permission:Permission",
        { principal: "*" },
        ["principalOrgId", "sourceArn", "sourceAccount"],
        'it lets the principal "*" invoke the function → set principalOrgId, or name the principal',
      ],
      [
        "lambda/layerVersionPermission:LayerVersionPermission",
        { principal: "*" },
        ["organizationId"],
        "it gives the layer to every account → set organizationId, or principal to an account",
      ],
      [
        "cloudwatch/eventPermission:EventPermission",
        { principal: "*" },
        ["condition"],
        "it lets every account put events on the bus → set principal, or condition to aws:PrincipalOrgID",
      ],
      [
        "lambda/functionUrl:FunctionUrl",
        { authorizationType: "NONE" },
        [],
        "the function's URL takes requests of everybody (authorizationType NONE) → " +
          'set authorizationType to "AWS_IAM", or put an API Gateway with an authorizer before it',
      ],
      [
        "ec2/amiLaunchPermission:AmiLaunchPermission",
        { group: "all" },
        [],
        "it gives the image to every account → set accountId or organizationArn",
      ],
    ];
    for (const [type, props, narrowing, says] of cases) {
      assert.deepEqual(found(type, props), [says], type);
      for (const property of narrowing) {
        assert.deepEqual(found(type, { ...props, [property]: "x" }), [], property);
        assert.deepEqual(found(type, { ...props, [property]: unknown }), [], property);
      }
      const [property = ""] = Object.keys(props);
      assert.deepEqual(found(type, { [property]: "another" }), [], type);
      assert.deepEqual(found(type, { [property]: unknown }), [], type);
    }
    assert.deepEqual(found("sqs/queue:Queue", { principal: "*" }), []);
  });

  it("P21: an ACL for everybody, by its short name or grant by grant", () => {
    const fix = 'set acl to "private" and BucketOwnershipControls to BucketOwnerEnforced';
    const group = (name: string) => `http://acs.amazonaws.com/groups/${name}`;
    const grantee = (uri: unknown) => ({ grantee: { uri, type: "Group" }, permission: "READ" });
    for (const type of [
      "s3/bucketAcl:BucketAcl",
      "s3/bucketAclV2:BucketAclV2",
      "s3/bucket:Bucket",
      "s3/bucketV2:BucketV2",
    ]) {
      for (const acl of ["public-read", "public-read-write", "authenticated-read"]) {
        assert.deepEqual(found(type, { acl }), [`its acl is "${acl}", which is for everybody → ${fix}`]);
      }
      for (const acl of ["private", "log-delivery-write", "not-public-read", "public-read-x", unknown, undefined]) {
        assert.deepEqual(found(type, { acl }), []);
      }
      for (const name of ["global/AllUsers", "global/AuthenticatedUsers"]) {
        const says = [`its ACL grants something to ${group(name)} → ${fix}`];
        assert.deepEqual(found(type, { accessControlPolicy: { grants: [grantee(group(name))] } }), says);
        assert.deepEqual(found(type, { grants: [unknown, "x", { uri: group(name) }] }), says);
      }
      const harmless = [grantee(group("s3/LogDelivery")), grantee(`${group("global/AllUsers")}X`), grantee(unknown)];
      assert.deepEqual(found(type, { accessControlPolicy: { grants: harmless } }), []);
      assert.deepEqual(found(type, { accessControlPolicy: unknown, grants: unknown }), []);
      assert.deepEqual(found(type, { grants: { uri: group("s3/LogDelivery") } }), []);
    }
  });
});
