import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  type FunctionConfiguration,
  GetFunctionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
  waitUntilFunctionUpdatedV2,
} from "@aws-sdk/client-lambda";
import { zipOf } from "../../core/archive";
import { block, file, flag, number, tags, text, texts } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { lambda, region } from "../clients";
import { eventually, found, unlessGone } from "../errors";
import { type Architecture, configuration, type Logging, putTags } from "./functionConfiguration";

/** A role made a moment ago. */
const roleIsNew = /InvalidParameterValueException: .*(cannot be assumed|role)/;

export const lambdaFunction = defineResource({
  type: "aws:lambda/function:Function",
  properties: {
    name: text({ replaces: true }),
    packageType: text({ default: "Zip", replaces: true }),
    code: file({ required: true }),
    sourceCodeHash: text(),
    handler: text(),
    runtime: text(),
    role: text({ required: true }),
    description: text(),
    architectures: texts(),
    memorySize: number({ default: 128 }),
    timeout: number({ default: 3 }),
    reservedConcurrentExecutions: number(),
    publish: flag({ default: false }),
    layers: texts(),
    kmsKeyArn: text(),
    environment: block<{ variables?: Readonly<Record<string, string>> }>()(),
    ephemeralStorage: block<{ size: number }>()(),
    tracingConfig: block<{ mode: "Active" | "PassThrough" }>()(),
    deadLetterConfig: block<{ targetArn: string }>()(),
    loggingConfig: block<Logging>()(),
    vpcConfig: block<{ subnetIds: string[]; securityGroupIds: string[] }>()(),
    tags: tags(),
  },
  naming: { input: "name" },
  async create(inputs) {
    const name = inputs.name ?? "";
    const code = await zipOf(inputs.code);
    await eventually(roleIsNew, () =>
      lambda().send(
        new CreateFunctionCommand({
          ...configuration(inputs),
          PackageType: "Zip",
          Code: { ZipFile: code },
          Architectures: inputs.architectures as Architecture[] | undefined,
          Publish: inputs.publish,
          Tags: inputs.tags && { ...inputs.tags },
        }),
      ),
    );
    await waitUntilFunctionActiveV2({ client: lambda(), maxWaitTime: 60, minDelay: 1 }, { FunctionName: name });
    await putConcurrency(name, undefined, inputs.reservedConcurrentExecutions);
    return { id: name, outputs: { ...outputsOf(await describe(name)), tagsAll: inputs.tags ?? {} } };
  },
  async read(id) {
    const seen = await found(() => describe(id));
    return seen && { name: id, ...outputsOf(seen) };
  },
  async update(id, inputs, state) {
    await lambda().send(new UpdateFunctionConfigurationCommand(configuration(inputs)));
    await updated(id);
    const changed = inputs.code.hash === undefined || inputs.code.hash !== state.code.hash;
    if (changed || inputs.sourceCodeHash !== state.sourceCodeHash) {
      await lambda().send(
        new UpdateFunctionCodeCommand({
          FunctionName: id,
          ZipFile: await zipOf(inputs.code),
          Architectures: inputs.architectures as Architecture[] | undefined,
          Publish: inputs.publish,
        }),
      );
      await updated(id);
    }
    await putConcurrency(id, state.reservedConcurrentExecutions, inputs.reservedConcurrentExecutions);
    const seen = await describe(id);
    await putTags(seen?.FunctionArn ?? "", state.tags, inputs.tags);
    return { ...outputsOf(seen), tagsAll: inputs.tags ?? {} };
  },
  async delete(id) {
    await unlessGone(() => lambda().send(new DeleteFunctionCommand({ FunctionName: id })));
  },
});

async function describe(name: string): Promise<FunctionConfiguration | undefined> {
  return (await lambda().send(new GetFunctionCommand({ FunctionName: name }))).Configuration;
}

async function updated(name: string): Promise<void> {
  await waitUntilFunctionUpdatedV2({ client: lambda(), maxWaitTime: 60, minDelay: 1 }, { FunctionName: name });
}

async function putConcurrency(name: string, before: number | undefined, after: number | undefined): Promise<void> {
  if (before === after) return;
  // -1 is how Pulumi writes "no reservation".
  if (after === undefined || after < 0) {
    await lambda().send(new DeleteFunctionConcurrencyCommand({ FunctionName: name }));
  } else {
    await lambda().send(new PutFunctionConcurrencyCommand({ FunctionName: name, ReservedConcurrentExecutions: after }));
  }
}

function outputsOf(seen: FunctionConfiguration | undefined) {
  const arn = seen?.FunctionArn ?? "";
  const invoke = (target: string) =>
    `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${target}/invocations`;
  const version = seen?.Version ?? "$LATEST";
  return {
    arn,
    invokeArn: invoke(arn),
    qualifiedArn: `${arn}:${version}`,
    qualifiedInvokeArn: invoke(`${arn}:${version}`),
    version,
    codeSha256: seen?.CodeSha256,
    sourceCodeSize: seen?.CodeSize,
    lastModified: seen?.LastModified,
  };
}
