import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DescribeStreamSummaryCommand,
  IncreaseStreamRetentionPeriodCommand,
  RemoveTagsFromStreamCommand,
  StartStreamEncryptionCommand,
  StreamMode,
  UpdateShardCountCommand,
  waitUntilStreamExists,
  waitUntilStreamNotExists,
} from "@aws-sdk/client-kinesis";
import { block, flag, number, tags, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { kinesis } from "../clients";
import { found, unlessGone } from "../errors";
import { droppedTags } from "../tags";

/** Hours that Kinesis keeps records for unless it is told. */
const usualRetention = 24;
const wait = { maxWaitTime: 60, minDelay: 1, maxDelay: 2 };

export const stream = defineResource({
  type: "aws:kinesis/stream:Stream",
  properties: {
    name: text({ replaces: true }),
    streamModeDetails: block<{ readonly streamMode: string }>()(),
    shardCount: number(),
    retentionPeriod: number({ default: usualRetention }),
    encryptionType: text({ default: "NONE" }),
    kmsKeyId: text(),
    enforceConsumerDeletion: flag({ onlyState: true }),
    tags: tags(),
  },
  naming: { input: "name" },
  check: ({ streamModeDetails, shardCount }) => {
    const mode = (streamModeDetails as { streamMode?: string } | undefined)?.streamMode ?? "PROVISIONED";
    if (mode === "ON_DEMAND" && shardCount !== undefined)
      return ["shardCount: a stream on demand takes none; leave it out"];
    return mode === "PROVISIONED" && shardCount === undefined ? ["shardCount: a provisioned stream needs it"] : [];
  },
  async create(inputs) {
    const { name: StreamName, shardCount: ShardCount, streamModeDetails, retentionPeriod, kmsKeyId } = inputs;
    const StreamModeDetails = { StreamMode: modeOf(streamModeDetails?.streamMode) };
    await kinesis().send(new CreateStreamCommand({ StreamName, ShardCount, StreamModeDetails }));
    await waitUntilStreamExists({ client: kinesis(), ...wait }, { StreamName });
    if (retentionPeriod > usualRetention) await keepLonger(StreamName ?? "", retentionPeriod);
    if (inputs.encryptionType === "KMS") await encrypt(StreamName ?? "", kmsKeyId);
    if (inputs.tags) await kinesis().send(new AddTagsToStreamCommand({ StreamName, Tags: { ...inputs.tags } }));
    const seen = await kinesis().send(new DescribeStreamSummaryCommand({ StreamName }));
    const arn = seen.StreamDescriptionSummary?.StreamARN ?? "";
    return { id: arn, outputs: { arn, tagsAll: inputs.tags ?? {} } };
  },
  async read(id, { name: StreamName }) {
    const seen = await found(() => kinesis().send(new DescribeStreamSummaryCommand({ StreamName })));
    return seen && { arn: id, retentionPeriod: seen.StreamDescriptionSummary?.RetentionPeriodHours };
  },
  async update(_id, inputs, state) {
    const StreamName = inputs.name;
    if (inputs.retentionPeriod > state.retentionPeriod) await keepLonger(StreamName ?? "", inputs.retentionPeriod);
    else if (inputs.retentionPeriod < state.retentionPeriod) {
      const RetentionPeriodHours = inputs.retentionPeriod;
      await kinesis().send(new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
    }
    if (inputs.shardCount !== undefined && inputs.shardCount !== state.shardCount) {
      const request = { StreamName, TargetShardCount: inputs.shardCount, ScalingType: "UNIFORM_SCALING" as const };
      await kinesis().send(new UpdateShardCountCommand(request));
    }
    const dropped = droppedTags(state.tags, inputs.tags);
    if (dropped.length > 0) await kinesis().send(new RemoveTagsFromStreamCommand({ StreamName, TagKeys: dropped }));
    if (inputs.tags) await kinesis().send(new AddTagsToStreamCommand({ StreamName, Tags: { ...inputs.tags } }));
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(_id, { name: StreamName }) {
    await unlessGone(async () => {
      await kinesis().send(new DeleteStreamCommand({ StreamName, EnforceConsumerDeletion: true }));
      await waitUntilStreamNotExists({ client: kinesis(), ...wait }, { StreamName });
    });
  },
});

function modeOf(mode: string | undefined): StreamMode {
  return mode === "ON_DEMAND" ? StreamMode.ON_DEMAND : StreamMode.PROVISIONED;
}

async function keepLonger(StreamName: string, RetentionPeriodHours: number): Promise<void> {
  await kinesis().send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
}

async function encrypt(StreamName: string, KeyId: string | undefined): Promise<void> {
  await kinesis().send(new StartStreamEncryptionCommand({ StreamName, EncryptionType: "KMS", KeyId }));
}
