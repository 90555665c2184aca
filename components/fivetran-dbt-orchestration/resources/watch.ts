import type * as pulumi from "@pulumi/pulumi";
import type { AlarmSpec } from "../../parts/alarms";
import type { Functions } from "./functions";

export interface Watched {
  /** Dimension of the functions' own metrics. */
  readonly pipeline: string;
  readonly stateMachineArn: pulumi.Input<string>;
  readonly apiId: pulumi.Input<string>;
  readonly functions: Readonly<Record<keyof Functions, { readonly functionName: string }>>;
  readonly logGroupName: string;
  /** Queue of runs that the schedule couldn't start; none without a schedule. */
  readonly missedRuns?: string;
  /** Hours without a run that succeeded which the schedule doesn't explain; none where they can't be told. */
  readonly silence?: number;
}

/** Everything that somebody has to look at. */
export function orchestrationAlarms(watched: Watched): AlarmSpec[] {
  const { pipeline, stateMachineArn, apiId } = watched;
  const runs = { namespace: "AWS/States", dimensions: { StateMachineArn: stateMachineArn } } as const;
  const api = { namespace: "AWS/ApiGateway", dimensions: { ApiId: apiId, Stage: "$default" } } as const;
  const own = { namespace: "DataPipelines", dimensions: { Pipeline: pipeline } } as const;
  const any = { statistic: "Sum", above: 0 } as const;
  return [
    {
      ...runs,
      ...any,
      part: "runs-failed",
      metric: "ExecutionsFailed",
      description: "A run failed. The execution's error names the connections or the dbt nodes; the notification too.",
    },
    {
      ...runs,
      ...any,
      part: "runs-timed-out",
      metric: "ExecutionsTimedOut",
      description: "A run was stopped by runTimeout. See which state it was in, then raise the limit or fix the cause.",
    },
    {
      ...runs,
      ...any,
      part: "runs-aborted",
      metric: "ExecutionsAborted",
      description:
        "Somebody stopped a run. The next one takes over its lock; syncs in Fivetran go on, and start no run.",
    },
    {
      ...own,
      ...any,
      part: "stuck-token",
      metric: "StuckWaits",
      description:
        "A sync had ended without its webhook coming; a look at the API found it. See whether the webhook is registered and active.",
    },
    {
      ...own,
      statistic: "Sum",
      above: 5,
      part: "forged-webhooks",
      metric: "WebhooksForged",
      description:
        "Webhooks with a wrong signature. Either the secret differs from Fivetran's, or somebody sends forged webhooks.",
    },
    {
      ...api,
      statistic: "Sum",
      above: 10,
      part: "webhook-4xx",
      metric: "4xx",
      description: "The webhook's API refuses requests: wrong signatures, a wrong path, or throttling (webhookRate).",
    },
    {
      ...api,
      ...any,
      part: "webhook-5xx",
      metric: "5xx",
      description: "The webhook's function fails; its log says why. Fivetran sends again for 24 hours.",
    },
    ...silent(watched),
    ...Object.entries(watched.functions).map(
      ([name, { functionName }]): AlarmSpec => ({
        ...any,
        part: `${name}-errors`,
        namespace: "AWS/Lambda",
        metric: "Errors",
        dimensions: { FunctionName: functionName },
        periods: 3,
        description: `${functionName} has failed for 15 minutes; its log says why.`,
      }),
    ),
  ];
}

/** What says nothing of itself: a run that was never started fails nowhere. */
function silent({ stateMachineArn, missedRuns, silence }: Watched): AlarmSpec[] {
  const specs: AlarmSpec[] = [];
  if (missedRuns !== undefined) {
    specs.push({
      part: "runs-missed",
      namespace: "AWS/SQS",
      metric: "ApproximateNumberOfMessagesVisible",
      dimensions: { QueueName: missedRuns },
      statistic: "Maximum",
      above: 0,
      description: `The schedule couldn't start a run; the message in ${missedRuns} says why. Start one by hand, then delete the message.`,
    });
  }
  if (silence !== undefined) {
    specs.push({
      part: "runs-silent",
      namespace: "AWS/States",
      metric: "ExecutionsSucceeded",
      dimensions: { StateMachineArn: stateMachineArn },
      statistic: "Sum",
      below: 1,
      period: 3600,
      periods: silence,
      description: `No run has succeeded for ${silence} hours, longer than the schedule leaves between two. See whether the schedule is enabled and what the last runs ended with. A new stack is in alarm until its first run.`,
    });
  }
  return specs;
}

/** The dashboard's text: runs, syncs, webhooks, functions, dbt's log. */
export function dashboardBody(watched: Watched, region: pulumi.Input<string>): Record<string, unknown> {
  const { pipeline, stateMachineArn, apiId, functions, logGroupName } = watched;
  const runs = (metric: string) => ["AWS/States", metric, "StateMachineArn", stateMachineArn];
  const own = (metric: string) => ["DataPipelines", metric, "Pipeline", pipeline];
  const api = (metric: string) => ["AWS/ApiGateway", metric, "ApiId", apiId, "Stage", "$default"];
  const lambda = (metric: string) =>
    Object.values(functions).map(({ functionName }) => ["AWS/Lambda", metric, "FunctionName", functionName]);
  const graph = (x: number, y: number, title: string, metrics: unknown[], stat = "Sum") => ({
    type: "metric",
    x,
    y,
    width: 12,
    height: 6,
    properties: { title, region, stat, period: 300, view: "timeSeries", metrics },
  });
  const states = ["ExecutionsStarted", "ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut"];
  return {
    widgets: [
      graph(0, 0, "Runs", [...states, "ExecutionsAborted"].map(runs)),
      graph(12, 0, "Duration of runs (ms)", [runs("ExecutionTime")], "Maximum"),
      graph(0, 6, "Syncs and waits", ["SyncsTriggered", "WaitsCompleted", "StuckWaits"].map(own)),
      graph(12, 6, "Webhooks", [
        ...["Count", "4xx", "5xx"].map(api),
        ...["WebhooksForged", "WebhooksIgnored"].map(own),
      ]),
      graph(0, 12, "Errors of the functions", lambda("Errors")),
      graph(12, 12, "Duration of the functions (ms)", lambda("Duration"), "p99"),
      {
        type: "log",
        x: 0,
        y: 18,
        width: 24,
        height: 8,
        properties: {
          title: "dbt: what went wrong",
          region,
          view: "table",
          query: `SOURCE '${logGroupName}' | fields @timestamp, @message | filter @message like /(?i)error|fail/ | sort @timestamp desc | limit 50`,
        },
      },
    ],
  };
}
