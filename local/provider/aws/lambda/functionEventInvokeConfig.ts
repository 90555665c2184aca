import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  PutFunctionEventInvokeConfigCommand,
} from "@aws-sdk/client-lambda";
import { block, number, text } from "../../core/properties";
import { defineResource, type ResourceType } from "../../core/resourceType";
import { lambda } from "../clients";
import { found, unlessGone } from "../errors";

interface Destination {
  readonly destination: string;
}

const properties = {
  functionName: text({ required: true, replaces: true }),
  qualifier: text({ replaces: true }),
  maximumEventAgeInSeconds: number(),
  maximumRetryAttempts: number(),
  destinationConfig: block<{ onFailure?: Destination; onSuccess?: Destination }>()(),
};

export const functionEventInvokeConfig = defineResource({
  type: "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig",
  properties,
  async create(inputs) {
    await put(inputs);
    return { id: [inputs.functionName, inputs.qualifier].filter(Boolean).join(":") };
  },
  async read(_id, { functionName, qualifier }) {
    const seen = await found(() =>
      lambda().send(new GetFunctionEventInvokeConfigCommand({ FunctionName: functionName, Qualifier: qualifier })),
    );
    return seen && {};
  },
  async update(_id, inputs) {
    await put(inputs);
    return {};
  },
  async delete(_id, { functionName, qualifier }) {
    await unlessGone(() =>
      lambda().send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: functionName, Qualifier: qualifier })),
    );
  },
});

async function put(inputs: Parameters<ResourceType<typeof properties>["create"]>[0]): Promise<void> {
  const { onFailure, onSuccess } = inputs.destinationConfig ?? {};
  await lambda().send(
    new PutFunctionEventInvokeConfigCommand({
      FunctionName: inputs.functionName,
      Qualifier: inputs.qualifier,
      MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
      MaximumRetryAttempts: inputs.maximumRetryAttempts,
      DestinationConfig: inputs.destinationConfig && {
        OnFailure: onFailure && { Destination: onFailure.destination },
        OnSuccess: onSuccess && { Destination: onSuccess.destination },
      },
    }),
  );
}
