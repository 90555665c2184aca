import type * as pulumi from "@pulumi/pulumi";
import type { ArgumentCheck } from "../parts/arguments";
import type { Statement } from "../parts/policyDocument";

/** Somebody whose service may send to the collect queue. */
export interface Sender {
  readonly arn: pulumi.Input<string>;
  /** How its name begins where it is one of ours; they may be put together by what their names begin with. */
  readonly ownName?: string;
  readonly accountId: pulumi.Input<string>;
}

/** SQS takes 8,192 bytes of policy; the rest is for the other statements. */
const budget = 6_500;
/** Bytes of an ARN, its quotes and comma where it isn't known yet. */
const assumedArn = 90;

/**
 * Lets a service (S3, EventBridge) send for exactly these buckets or rules. Where their ARNs don't fit into the
 * policy, our own are named by their common beginning, still within this account.
 *
 * @param arnOf the ARN of one of ours by its name
 * @throws ArgumentError when the others alone don't fit
 */
export function sendStatement(
  check: ArgumentCheck,
  sid: string,
  service: string,
  senders: readonly Sender[],
  queueArn: pulumi.Input<string>,
  share: number,
  arnOf: (name: string) => pulumi.Output<string>,
): Statement[] {
  if (senders.length === 0) return [];
  const own = senders.filter(({ ownName }) => ownName !== undefined);
  const others = senders.filter(({ ownName }) => ownName === undefined);
  const fits = (count: number): boolean => count * assumedArn <= budget * share;
  if (!fits(others.length + 1)) {
    check.fail(
      "sources",
      `${others.length} existing buckets`,
      "Their ARNs don't fit into the queue's policy (8,192 bytes). Give some of them eventBridge: true, or split them over two components.",
    );
  }
  const arns = [
    ...others.map(({ arn }) => arn),
    ...(fits(senders.length) ? own.map(({ arn }) => arn) : [arnOf(`${commonBeginning(own)}*`)]),
  ];
  return [
    {
      why: "the source buckets' new objects are announced",
      Sid: sid,
      Effect: "Allow",
      Principal: { Service: service },
      Action: "sqs:SendMessage",
      Resource: queueArn,
      Condition: {
        ArnLike: { "aws:SourceArn": arns },
        StringEquals: { "aws:SourceAccount": accounts(senders) },
      },
    },
  ];
}

function commonBeginning(own: readonly Sender[]): string {
  const names = own.map(({ ownName = "" }) => ownName);
  return names.reduce((common, name) => {
    let length = common.length;
    while (!name.startsWith(common.slice(0, length))) length--;
    return common.slice(0, length);
  });
}

/** Each account once, in the order of the sources. */
function accounts(senders: readonly Sender[]): pulumi.Input<string>[] {
  return [...new Set(senders.map(({ accountId }) => accountId))];
}
