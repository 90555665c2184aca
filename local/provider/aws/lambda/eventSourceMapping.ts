import { setTimeout as sleep } from "node:timers/promises";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  type EventSourceMappingConfiguration,
  type EventSourcePosition,
  type FunctionResponseType,
  GetEventSourceMappingCommand,
  UpdateEventSourceMappingCommand,
} from "@aws-sdk/client-lambda";
import { block, blocks, flag, number, tags, text, texts } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { lambda } from "../clients";
import { eventually, found, unlessGone } from "../errors";

const properties = {
  eventSourceArn: text({ required: true, replaces: true }),
  functionName: text({ required: true }),
  batchSize: number(),
  enabled: flag({ default: true }),
  bisectBatchOnFunctionError: flag(),
  maximumBatchingWindowInSeconds: number(),
  maximumRecordAgeInSeconds: number(),
  maximumRetryAttempts: number(),
  parallelizationFactor: number(),
  tumblingWindowInSeconds: number(),
  startingPosition: text({ replaces: true }),
  functionResponseTypes: texts(),
  destinationConfig: block<{ onFailure?: { destinationArn: string } }>()(),
  filterCriteria: block<{ filters?: readonly { pattern: string }[] }>()(),
  scalingConfig: block<{ maximumConcurrency?: number }>()(),
  metricsConfig: block<{ metrics: readonly "EventCount"[] }>()(),
  kmsKeyArn: text(),
  topics: blocks<string>()({ replaces: true }),
  tags: tags(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const eventSourceMapping = defineResource({
  type: "aws:lambda/eventSourceMapping:EventSourceMapping",
  properties,
  async create(inputs) {
    const made = await eventually(/InvalidParameterValueException: .*(permission|role)/, () =>
      lambda().send(
        new CreateEventSourceMappingCommand({
          ...request(inputs),
          EventSourceArn: inputs.eventSourceArn,
          StartingPosition: inputs.startingPosition as EventSourcePosition | undefined,
          Topics: inputs.topics && [...inputs.topics],
          Tags: inputs.tags && { ...inputs.tags },
        }),
      ),
    );
    const uuid = made.UUID ?? "";
    return { id: uuid, outputs: outputsOf(await settled(uuid)) };
  },
  async read(id) {
    const seen = await found(() => lambda().send(new GetEventSourceMappingCommand({ UUID: id })));
    return seen && outputsOf(seen);
  },
  async update(id, inputs) {
    await lambda().send(new UpdateEventSourceMappingCommand({ ...request(inputs), UUID: id }));
    return outputsOf(await settled(id));
  },
  async delete(id) {
    await unlessGone(() => lambda().send(new DeleteEventSourceMappingCommand({ UUID: id })));
  },
});

function request(inputs: Inputs) {
  return {
    FunctionName: inputs.functionName,
    BatchSize: inputs.batchSize,
    Enabled: inputs.enabled,
    BisectBatchOnFunctionError: inputs.bisectBatchOnFunctionError,
    MaximumBatchingWindowInSeconds: inputs.maximumBatchingWindowInSeconds,
    MaximumRecordAgeInSeconds: inputs.maximumRecordAgeInSeconds,
    MaximumRetryAttempts: inputs.maximumRetryAttempts,
    ParallelizationFactor: inputs.parallelizationFactor,
    TumblingWindowInSeconds: inputs.tumblingWindowInSeconds,
    FunctionResponseTypes: inputs.functionResponseTypes as FunctionResponseType[] | undefined,
    DestinationConfig: inputs.destinationConfig?.onFailure && {
      OnFailure: { Destination: inputs.destinationConfig.onFailure.destinationArn },
    },
    FilterCriteria: inputs.filterCriteria && {
      Filters: inputs.filterCriteria.filters?.map(({ pattern }) => ({ Pattern: pattern })),
    },
    ScalingConfig: inputs.scalingConfig && { MaximumConcurrency: inputs.scalingConfig.maximumConcurrency },
    MetricsConfig: inputs.metricsConfig && { Metrics: [...inputs.metricsConfig.metrics] },
    KMSKeyArn: inputs.kmsKeyArn,
  };
}

/** Waits until Lambda polls, or doesn't: a mapping is made, updated and switched in the background. */
async function settled(uuid: string): Promise<EventSourceMappingConfiguration> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const seen = await lambda().send(new GetEventSourceMappingCommand({ UUID: uuid }));
    if (/^(Enabled|Disabled)$/i.test(seen.State ?? "Enabled")) return seen;
    if (Date.now() > deadline) throw new Error(`the mapping ${uuid} is still ${seen.State} after 60 s`);
    await sleep(200);
  }
}

function outputsOf(seen: EventSourceMappingConfiguration) {
  return {
    uuid: seen.UUID,
    functionArn: seen.FunctionArn,
    arn: seen.EventSourceMappingArn ?? seen.UUID,
    state: seen.State,
    stateTransitionReason: seen.StateTransitionReason ?? "",
    lastModified: seen.LastModified?.toISOString(),
  };
}
