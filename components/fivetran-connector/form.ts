/** What Fivetran's setup form for AWS Lambda asks for, by the names of its fields. */
export interface FormValues {
  readonly externalId: string;
  readonly roleArn: string;
  readonly functionName: string;
  readonly region: string;
  /** Empty with the sync method "direct". */
  readonly bucketName: string;
}

/** JSON text: the form's fields in its order, then the same as `config` of `POST /v1/connections`. */
export function fivetranForm({ externalId, roleArn, functionName, region, bucketName }: FormValues): string {
  const usesBucket = bucketName !== "";
  const form = {
    "External ID": externalId,
    "Role ARN": roleArn,
    "Lambda Function": functionName,
    Region: region,
    Secrets: "the source's secrets, one key and value each; they are sent with every request",
    "Sync Method": usesBucket ? "Sync through S3 bucket" : "Sync directly",
    ...(usesBucket ? { "S3 Bucket": bucketName } : {}),
  };
  const config = {
    role_arn: roleArn,
    function: functionName,
    region,
    sync_method: usesBucket ? "CLOUD_STORAGE" : "DIRECT",
    ...(usesBucket ? { bucket: bucketName } : {}),
  };
  return JSON.stringify({ form, api: { service: "aws_lambda", config } }, undefined, 2);
}
