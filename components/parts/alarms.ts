import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context";
import { physicalName } from "./naming";

/** One alarm on one metric. Missing data is no alarm: an idle pipeline sends none. */
export interface AlarmSpec {
  /** Part of the alarm's name, for example `load-dlq`. */
  readonly part: string;
  /** What happened and what to do; stands in the notification. */
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Sum" | "Maximum";
  /** The alarm goes off above this. */
  readonly above: number;
  /** @default 1 */
  readonly periods?: number;
}

/** Seconds that one value of a metric stands for. */
const period = 300;

/**
 * Makes the alarms, which tell the topic when they go off and when they are over.
 *
 * @returns their names
 */
export function alarms(
  context: Context,
  topicArn: pulumi.Input<string> | undefined,
  specs: readonly AlarmSpec[],
): string[] {
  const actions = topicArn === undefined ? {} : { alarmActions: [topicArn], okActions: [topicArn] };
  return specs.map((spec) => {
    const name = physicalName(context.name, spec.part, "alarm");
    new aws.cloudwatch.MetricAlarm(
      `${context.name}-${spec.part}-alarm`,
      {
        name,
        alarmDescription: spec.description,
        namespace: spec.namespace,
        metricName: spec.metric,
        dimensions: spec.dimensions,
        statistic: spec.statistic,
        comparisonOperator: "GreaterThanThreshold",
        threshold: spec.above,
        period,
        evaluationPeriods: spec.periods ?? 1,
        treatMissingData: "notBreaching",
        ...actions,
        tags: context.tags,
      },
      { parent: context.parent },
    );
    return name;
  });
}
