import {
  CreateStateMachineCommand,
  DeleteStateMachineCommand,
  DescribeStateMachineCommand,
  type LogLevel,
  type StateMachineType,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { block, document, tags, text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { sfn } from "../clients";
import { eventually, found, unlessGone } from "../errors";

interface Logging {
  readonly level?: string;
  readonly includeExecutionData?: boolean;
  readonly logDestination?: string;
}

const properties = {
  name: text({ replaces: true }),
  definition: document({ required: true }),
  roleArn: text({ required: true }),
  type: text({ default: "STANDARD", replaces: true }),
  loggingConfiguration: block<Logging>()(),
  tracingConfiguration: block<{ readonly enabled?: boolean }>()(),
  encryptionConfiguration: block<{
    readonly type?: string;
    readonly kmsKeyId?: string;
    readonly kmsDataKeyReusePeriodSeconds?: number;
  }>()(),
  tags: tags(),
};

type Inputs = Parameters<ResourceType<typeof properties>["create"]>[0];

export const stateMachine = defineResource({
  type: "aws:sfn/stateMachine:StateMachine",
  properties,
  naming: { input: "name" },
  check: ({ loggingConfiguration }) => logDestinationProblem(loggingConfiguration as Logging | undefined),
  async create(inputs) {
    const made = await eventually(/assume|AccessDenied/, () =>
      sfn().send(
        new CreateStateMachineCommand({
          ...settingsOf(inputs),
          name: inputs.name,
          type: inputs.type as StateMachineType,
          tags: Object.entries(inputs.tags ?? {}).map(([key, value]) => ({ key, value })),
        }),
      ),
    );
    const arn = made.stateMachineArn ?? "";
    return { id: arn, outputs: { arn, status: "ACTIVE", tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => sfn().send(new DescribeStateMachineCommand({ stateMachineArn: id })));
    return seen && { arn: id, definition: seen.definition, roleArn: seen.roleArn };
  },
  async update(id, inputs) {
    await sfn().send(new UpdateStateMachineCommand({ ...settingsOf(inputs), stateMachineArn: id }));
    return { tagsAll: inputs.tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => sfn().send(new DeleteStateMachineCommand({ stateMachineArn: id })));
  },
});

/** AWS wants the log group's ARN with `:*` at its end and refuses it otherwise. */
function logDestinationProblem(logging: Logging | undefined): string[] {
  const arn = logging?.logDestination;
  return typeof arn !== "string" || arn.endsWith(":*") || !arn.startsWith("arn:")
    ? []
    : [`loggingConfiguration: logDestination ${arn} has to end with ":*"`];
}

function settingsOf({ definition, roleArn, loggingConfiguration: logging, ...inputs }: Inputs) {
  const { type, kmsKeyId, kmsDataKeyReusePeriodSeconds } = inputs.encryptionConfiguration ?? {};
  return {
    definition,
    roleArn,
    ...(logging && {
      loggingConfiguration: {
        level: logging.level as LogLevel | undefined,
        includeExecutionData: logging.includeExecutionData,
        destinations: logging.logDestination
          ? [{ cloudWatchLogsLogGroup: { logGroupArn: logging.logDestination } }]
          : undefined,
      },
    }),
    ...(inputs.tracingConfiguration && { tracingConfiguration: { enabled: inputs.tracingConfiguration.enabled } }),
    ...(type && {
      encryptionConfiguration: {
        type: type as "AWS_OWNED_KEY" | "CUSTOMER_MANAGED_KMS_KEY",
        kmsKeyId,
        kmsDataKeyReusePeriodSeconds,
      },
    }),
  };
}
