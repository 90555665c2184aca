import {
  type ComparisonOperator,
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type StandardUnit,
  type Statistic,
} from "@aws-sdk/client-cloudwatch";
import { block, blocks, flag, number, tags, text, texts } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { account, cloudwatch, region } from "../clients";
import { unlessGone } from "../errors";
import { tagList } from "../tags";

type Dimensions = Readonly<Record<string, string>>;

interface MetricQuery {
  readonly id: string;
  readonly expression?: string;
  readonly label?: string;
  readonly period?: number;
  readonly returnData?: boolean;
  readonly metric?: {
    readonly metricName: string;
    readonly namespace?: string;
    readonly period: number;
    readonly stat: string;
    readonly unit?: StandardUnit;
    readonly dimensions?: Dimensions;
  };
}

const properties = {
  name: text({ replaces: true }),
  comparisonOperator: text({ required: true }),
  evaluationPeriods: number({ required: true }),
  datapointsToAlarm: number(),
  threshold: number(),
  metricName: text(),
  namespace: text(),
  period: number(),
  statistic: text(),
  extendedStatistic: text(),
  unit: text(),
  dimensions: block<Dimensions>()(),
  metricQueries: blocks<MetricQuery>()(),
  treatMissingData: text({ default: "missing" }),
  alarmDescription: text(),
  actionsEnabled: flag({ default: true }),
  alarmActions: texts(),
  okActions: texts(),
  insufficientDataActions: texts(),
  tags: tags(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const metricAlarm = defineResource({
  type: "aws:cloudwatch/metricAlarm:MetricAlarm",
  properties,
  naming: { input: "name" },
  async create(inputs) {
    await put(inputs);
    const arn = `arn:aws:cloudwatch:${region}:${account}:alarm:${inputs.name}`;
    return { id: inputs.name ?? "", outputs: { arn, tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await cloudwatch().send(new DescribeAlarmsCommand({ AlarmNames: [id] }));
    return seen.MetricAlarms?.length ? {} : undefined;
  },
  async update(_id, inputs) {
    await put(inputs);
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => cloudwatch().send(new DeleteAlarmsCommand({ AlarmNames: [id] })));
  },
});

async function put(inputs: Inputs): Promise<void> {
  await cloudwatch().send(
    new PutMetricAlarmCommand({
      AlarmName: inputs.name,
      AlarmDescription: inputs.alarmDescription,
      ComparisonOperator: inputs.comparisonOperator as ComparisonOperator,
      EvaluationPeriods: inputs.evaluationPeriods,
      DatapointsToAlarm: inputs.datapointsToAlarm,
      Threshold: inputs.threshold,
      MetricName: inputs.metricName,
      Namespace: inputs.namespace,
      Period: inputs.period,
      Statistic: inputs.statistic as Statistic | undefined,
      ExtendedStatistic: inputs.extendedStatistic,
      Unit: inputs.unit as StandardUnit | undefined,
      Dimensions: dimensionList(inputs.dimensions),
      Metrics: inputs.metricQueries?.map(({ id, expression, label, period, returnData, metric }) => ({
        Id: id,
        Expression: expression,
        Label: label,
        Period: period,
        ReturnData: returnData ?? false,
        MetricStat: metric && {
          Metric: {
            MetricName: metric.metricName,
            Namespace: metric.namespace,
            Dimensions: dimensionList(metric.dimensions),
          },
          Period: metric.period,
          Stat: metric.stat,
          Unit: metric.unit,
        },
      })),
      TreatMissingData: inputs.treatMissingData,
      ActionsEnabled: inputs.actionsEnabled,
      AlarmActions: inputs.alarmActions && [...inputs.alarmActions],
      OKActions: inputs.okActions && [...inputs.okActions],
      InsufficientDataActions: inputs.insufficientDataActions && [...inputs.insufficientDataActions],
      Tags: inputs.tags && tagList(inputs.tags),
    }),
  );
}

function dimensionList(dimensions: Dimensions | undefined) {
  return dimensions && Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
}
