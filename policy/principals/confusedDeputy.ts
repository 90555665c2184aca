/** Services that don't say for whom they act, so that a condition on the source would shut them out. */

/** When they take a role on. */
const silentInTrusts = new Map([
  ["ec2.amazonaws.com", "an instance profile's role is taken on by the instance itself"],
  ["edgelambda.amazonaws.com", "Lambda@Edge replicates functions without a source"],
  ["apigateway.amazonaws.com", "API Gateway's documentation names neither key for its roles"],
  ["ops.apigateway.amazonaws.com", "API Gateway's documentation names neither key for its roles"],
  ["cloudtrail.amazonaws.com", "CloudTrail writes to CloudWatch Logs without a source"],
  ["elastictranscoder.amazonaws.com", "Elastic Transcoder sends neither key"],
]);

/** When they use a resource. */
const silentInResources = new Map([
  ["logdelivery.elasticloadbalancing.amazonaws.com", "the prefix of the objects names the account"],
]);

/** Why the service needs no condition on its source; undefined when it needs one. */
export function silence(service: string, kind: "trust" | "resource"): string | undefined {
  // ec2.amazonaws.com.cn and ec2.eu-west-1.amazonaws.com are the same service.
  const name = service.replace(/\.cn$/, "").replace(/\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws/, ".amazonaws");
  return (kind === "trust" ? silentInTrusts : silentInResources).get(name);
}
