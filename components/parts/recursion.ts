import * as aws from "@pulumi/aws";
import type { Context } from "./context";
import type { NodeFunction } from "./nodeFunction";

/**
 * Lets a function continue itself as often as its work needs. Lambda otherwise takes it for a mistake and stops a chain
 * of about 16 invocations, through a queue as well as direct; what was left would end in the dead-letter queue.
 */
export function allowRecursion({ name, parent }: Context, part: string, { lambda }: NodeFunction): void {
  new aws.lambda.FunctionRecursionConfig(
    `${name}-${part}-recursion`,
    { functionName: lambda.name, recursiveLoop: "Allow" },
    { parent },
  );
}
