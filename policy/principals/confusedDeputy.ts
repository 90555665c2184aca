/** Services that don't say for whom they act, so that a condition on the source would shut them out. */
import { services } from "../catalogue/actions";

/** When they take a role on. */
const silentInTrusts = new Map([
  ["ec2.amazonaws.com", "an instance profile's role is taken on by the instance itself"],
  ["edgelambda.amazonaws.com", "Lambda@Edge replicates functions without a source"],
  ["apigateway.amazonaws.com", "API Gateway's documentation names neither key for its roles"],
  ["ops.apigateway.amazonaws.com", "API Gateway's documentation names neither key for its roles"],
  ["cloudtrail.amazonaws.com", "CloudTrail writes to CloudWatch Logs without a source"],
  ["elastictranscoder.amazonaws.com", "Elastic Transcoder sends neither key"],
]);

/** When they use a resource, of whatever service or of one. */
const silentInResources = new Map([
  ["logdelivery.elasticloadbalancing.amazonaws.com", "the prefix of the objects names the account"],
  ["events.amazonaws.com sns", "EventBridge's guide: a topic's policy takes no condition for it"],
  ["events.amazonaws.com kms", "EventBridge uses the key without a source"],
]);

/** @param ofPolicy of a resource policy: IAM's prefix of the service */
export function silence(service: string, kind: "trust" | "resource", ofPolicy = ""): string | undefined {
  // ec2.amazonaws.com.cn and ec2.eu-west-1.amazonaws.com are the same service.
  const name = service.replace(/\.cn$/, "").replace(/\.[a-z]{2}(-[a-z]+)+-\d\.amazonaws/, ".amazonaws");
  if (kind === "trust") return silentInTrusts.get(name);
  return silentInResources.get(name) ?? silentInResources.get(`${name} ${ofPolicy}`);
}

/** Services whose name in ARNs differs from their principal than in its principal. */
const arnServices = new Map([
  ["ecs-tasks", "ecs"],
  ["apigateway", "execute-api"],
  ["vpc-flow-logs", "ec2"],
  ["spotfleet", "ec2"],
  ["osis-pipelines", "osis"],
  ["opensearchservice", "es"],
]);

/** IAM's prefix in the ARNs of what the service acts for: `eks` of pods.eks.amazonaws.com; undefined where it isn't known. */
export function arnServiceOf(principal: string): string | undefined {
  const labels = principal.replace(/\.(amazonaws|amazon)\..*$/, "").split(".");
  return labels.map((label) => arnServices.get(label) ?? label).find((label) => services().has(label));
}
