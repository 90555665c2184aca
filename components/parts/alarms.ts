import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context";
import { physicalName } from "./naming";

/** One alarm on one metric. Missing data is an alarm only where something has to come: an idle pipeline sends none. */
export interface AlarmSpec {
  /** Part of the alarm's name, for example `load-dlq`. */
  readonly part: string;
  /** What happened and what to do; stands in the notification. */
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, pulumi.Input<string>>>;
  readonly statistic: "Sum" | "Maximum";
  /** The alarm goes off above this. @default `below` is given */
  readonly above?: number;
  /** The alarm goes off below this, and where no data come. @default `above` is given */
  readonly below?: number;
  /** @default 1 */
  readonly periods?: number;
  /** Seconds that one value of the metric stands for. @default 300 */
  readonly period?: number;
}

/**
 * Makes the alarms, which notify the topic when they go off and when they clear.
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
        comparisonOperator: spec.below === undefined ? "GreaterThanThreshold" : "LessThanThreshold",
        threshold: spec.below ?? spec.above,
        period: spec.period ?? 300,
        evaluationPeriods: spec.periods ?? 1,
        treatMissingData: spec.below === undefined ? "notBreaching" : "breaching",
        ...actions,
        tags: context.tags,
      },
      { parent: context.parent },
    );
    return name;
  });
}

/** The component's dashboard. @returns its address in CloudWatch */
export function dashboard(
  { name, parent, account: { region } }: Context,
  part: string,
  body: pulumi.Input<object>,
): pulumi.Output<string> {
  const dashboardName = physicalName(name, part, "dashboard");
  const dashboardBody = pulumi.jsonStringify(body);
  new aws.cloudwatch.Dashboard(`${name}-dashboard`, { dashboardName, dashboardBody }, { parent });
  return pulumi.interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
}
