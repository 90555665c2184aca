import { ListTargetsByRuleCommand, PutTargetsCommand, RemoveTargetsCommand } from "@aws-sdk/client-eventbridge";
import { block, document, flag, text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { events } from "../clients";
import { found, unlessGone } from "../errors";

const properties = {
  rule: text({ required: true, replaces: true }),
  targetId: text({ replaces: true }),
  eventBusName: text({ replaces: true }),
  arn: text({ required: true }),
  roleArn: text(),
  input: document(),
  inputPath: text(),
  inputTransformer: block<{ inputPaths?: Readonly<Record<string, string>>; inputTemplate: string }>()(),
  deadLetterConfig: block<{ arn?: string }>()(),
  retryPolicy: block<{ maximumEventAgeInSeconds?: number; maximumRetryAttempts?: number }>()(),
  sqsTarget: block<{ messageGroupId?: string }>()(),
  kinesisTarget: block<{ partitionKeyPath?: string }>()(),
  forceDestroy: flag({ default: false, onlyState: true }),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const eventTarget = defineResource({
  type: "aws:cloudwatch/eventTarget:EventTarget",
  properties,
  naming: { input: "targetId" },
  async create(inputs) {
    await put(inputs);
    return { id: `${inputs.rule}-${inputs.targetId}` };
  },
  async read(_id, { rule, targetId, eventBusName }) {
    const seen = await found(() =>
      events().send(new ListTargetsByRuleCommand({ Rule: rule, EventBusName: eventBusName })),
    );
    return seen?.Targets?.some(({ Id }) => Id === targetId) ? {} : undefined;
  },
  async update(_id, inputs) {
    await put(inputs);
    return {};
  },
  async delete(_id, { rule, targetId = "", eventBusName, forceDestroy }) {
    await unlessGone(() =>
      events().send(
        new RemoveTargetsCommand({ Rule: rule, EventBusName: eventBusName, Ids: [targetId], Force: forceDestroy }),
      ),
    );
  },
});

async function put(inputs: Inputs): Promise<void> {
  const { inputTransformer, deadLetterConfig, retryPolicy, sqsTarget, kinesisTarget } = inputs;
  const answer = await events().send(
    new PutTargetsCommand({
      Rule: inputs.rule,
      EventBusName: inputs.eventBusName,
      Targets: [
        {
          Id: inputs.targetId,
          Arn: inputs.arn,
          RoleArn: inputs.roleArn,
          Input: inputs.input,
          InputPath: inputs.inputPath,
          InputTransformer: inputTransformer && {
            InputPathsMap: inputTransformer.inputPaths && { ...inputTransformer.inputPaths },
            InputTemplate: inputTransformer.inputTemplate,
          },
          DeadLetterConfig: deadLetterConfig && { Arn: deadLetterConfig.arn },
          RetryPolicy: retryPolicy && {
            MaximumEventAgeInSeconds: retryPolicy.maximumEventAgeInSeconds,
            MaximumRetryAttempts: retryPolicy.maximumRetryAttempts,
          },
          SqsParameters: sqsTarget && { MessageGroupId: sqsTarget.messageGroupId },
          KinesisParameters: kinesisTarget && { PartitionKeyPath: kinesisTarget.partitionKeyPath },
        },
      ],
    }),
  );
  const failed = answer.FailedEntries?.[0];
  if (failed)
    throw new Error(`target ${failed.TargetId} of ${inputs.rule}: ${failed.ErrorCode}: ${failed.ErrorMessage}`);
}
