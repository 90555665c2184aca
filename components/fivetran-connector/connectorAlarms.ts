import type { AlarmSpec } from "../parts/alarms";

export interface WatchedConnector {
  readonly functionName: string;
  /** Dimension of the kit's own metrics. */
  readonly pipeline: string;
  /** Seconds. */
  readonly timeout: number;
}

/** Milliseconds before its time-out that a connector has answered by, if all is well. */
const reserve = 500;

/** Everything that somebody has to look at. */
export function connectorAlarms({ functionName, pipeline, timeout }: WatchedConnector): AlarmSpec[] {
  const ofLambda = { namespace: "AWS/Lambda", dimensions: { FunctionName: functionName } } as const;
  return [
    {
      ...ofLambda,
      part: "errors",
      metric: "Errors",
      statistic: "Sum",
      above: 0,
      description: `${functionName} failed. Fivetran repeats the sync from the last state that it got; the function's log says what to fix.`,
    },
    {
      ...ofLambda,
      part: "throttles",
      metric: "Throttles",
      statistic: "Sum",
      above: 0,
      description: `Calls of ${functionName} were throttled: the account's concurrency is used up. Fivetran's syncs fail until it isn't.`,
    },
    {
      ...ofLambda,
      part: "duration",
      metric: "Duration",
      statistic: "Maximum",
      above: timeout * 1000 - reserve,
      description: `${functionName} answered less than ${reserve} ms before its time-out of ${timeout} s, or not at all: one page of the source takes too long. Ask for smaller pages, or raise timeout.`,
    },
    {
      part: "deadline",
      namespace: "DataPipelines",
      dimensions: { Pipeline: pipeline },
      metric: "Stalls",
      statistic: "Sum",
      above: 0,
      periods: 2,
      description: `Calls of ${functionName} ended at their deadline without a single page, for 10 minutes: the sync doesn't move. See in the log why the source is slow; yield smaller pages, or raise timeout.`,
    },
  ];
}
