import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where a component is deployed to. Known at preview, and with it every ARN made from a physical name. */
export interface Account {
  readonly partition: pulumi.Output<string>;
  /** Ending of the services' host names, `amazonaws.com` or `amazonaws.com.cn`. */
  readonly dnsSuffix: pulumi.Output<string>;
  readonly accountId: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
}

/** Asks the provider that `parent` uses. */
export function accountOf(parent: pulumi.Resource): Account {
  const options = { parent };
  const { partition, dnsSuffix } = aws.getPartitionOutput({}, options);
  return {
    partition,
    dnsSuffix,
    accountId: aws.getCallerIdentityOutput({}, options).accountId,
    region: aws.getRegionOutput({}, options).region,
  };
}

/** ARN of something with region and account, for example `arnOf(account, "sqs", name)`. */
export function arnOf(account: Account, service: string, resource: string): pulumi.Output<string> {
  return pulumi.interpolate`arn:${account.partition}:${service}:${account.region}:${account.accountId}:${resource}`;
}

export function bucketArnOf(account: Account, bucket: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.interpolate`arn:${account.partition}:s3:::${bucket}`;
}

export function roleArnOf(account: Account, role: string): pulumi.Output<string> {
  return pulumi.interpolate`arn:${account.partition}:iam::${account.accountId}:role/${role}`;
}
