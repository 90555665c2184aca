import * as pulumi from "@pulumi/pulumi";
import type { PlacedSource } from "./sources";

/**
 * What the owners of foreign buckets have to set, by source: the statements for the bucket's policy, the entry for its
 * notification configuration, and the statement for its key, as JSON to hand over.
 */
export function foreignBucketPolicies(
  sources: readonly PlacedSource[],
  roleArn: pulumi.Output<string>,
  queueArn: pulumi.Output<string>,
): pulumi.Output<Record<string, string>> {
  const foreign = sources.filter(({ accountId }) => accountId !== undefined);
  return pulumi.output(
    Object.fromEntries(foreign.map((source) => [source.config.name, forOwner(source, roleArn, queueArn)])),
  );
}

function forOwner(
  { config: { name, prefix, suffix }, bucketArn, kmsKeyArn }: PlacedSource,
  roleArn: pulumi.Output<string>,
  queueArn: pulumi.Output<string>,
): pulumi.Output<string> {
  const Principal = { AWS: roleArn };
  const rules = [
    ...(prefix === "" ? [] : [{ Name: "prefix", Value: prefix }]),
    ...(suffix === "" ? [] : [{ Name: "suffix", Value: suffix }]),
  ];
  const handover = {
    bucketPolicy: {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: `Read-${name}`.replace(/[^A-Za-z0-9]/g, ""),
          Effect: "Allow",
          Principal,
          Action: ["s3:GetObject", "s3:GetObjectVersion"],
          Resource: pulumi.interpolate`${bucketArn}/${prefix}*`,
        },
        {
          Sid: `List-${name}`.replace(/[^A-Za-z0-9]/g, ""),
          Effect: "Allow",
          Principal,
          Action: "s3:ListBucket",
          Resource: bucketArn,
        },
      ],
    },
    notificationConfiguration: {
      QueueConfigurations: [
        {
          Id: name,
          QueueArn: queueArn,
          Events: ["s3:ObjectCreated:*"],
          Filter: rules.length === 0 ? undefined : { Key: { FilterRules: rules } },
        },
      ],
    },
    keyPolicyStatement: kmsKeyArn && {
      Sid: "DecryptForCollect",
      Effect: "Allow",
      Principal,
      Action: "kms:Decrypt",
      Resource: "*",
    },
  };
  return pulumi.jsonStringify(handover, undefined, 2);
}
