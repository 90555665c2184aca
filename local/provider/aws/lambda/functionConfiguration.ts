import {
  type ApplicationLogLevel,
  type Architecture,
  type CreateFunctionCommandInput,
  type LogFormat,
  type Runtime,
  type SystemLogLevel,
  TagResourceCommand,
  type TracingMode,
  UntagResourceCommand,
} from "@aws-sdk/client-lambda";
import { lambda } from "../clients";
import { droppedTags } from "../tags";

export type { Architecture };

export interface Logging {
  readonly logFormat: LogFormat;
  readonly logGroup?: string;
  readonly applicationLogLevel?: ApplicationLogLevel;
  readonly systemLogLevel?: SystemLogLevel;
}

interface Inputs {
  readonly name?: string;
  readonly handler?: string;
  readonly runtime?: string;
  readonly role: string;
  readonly description?: string;
  readonly memorySize: number;
  readonly timeout: number;
  readonly layers?: readonly string[];
  readonly kmsKeyArn?: string;
  readonly environment?: { readonly variables?: Readonly<Record<string, string>> };
  readonly ephemeralStorage?: { readonly size: number };
  readonly tracingConfig?: { readonly mode: TracingMode };
  readonly deadLetterConfig?: { readonly targetArn: string };
  readonly loggingConfig?: Logging;
  readonly vpcConfig?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
}

/** The part of a function that CreateFunction and UpdateFunctionConfiguration take alike. */
export function configuration(inputs: Inputs): Omit<CreateFunctionCommandInput, "Code"> & { Code: undefined } {
  const { loggingConfig: logging } = inputs;
  return {
    Code: undefined,
    FunctionName: inputs.name,
    Handler: inputs.handler,
    Runtime: inputs.runtime as Runtime | undefined,
    Role: inputs.role,
    Description: inputs.description,
    MemorySize: inputs.memorySize,
    Timeout: inputs.timeout,
    Layers: inputs.layers && [...inputs.layers],
    KMSKeyArn: inputs.kmsKeyArn,
    Environment: inputs.environment && { Variables: { ...inputs.environment.variables } },
    EphemeralStorage: inputs.ephemeralStorage && { Size: inputs.ephemeralStorage.size },
    TracingConfig: inputs.tracingConfig && { Mode: inputs.tracingConfig.mode },
    DeadLetterConfig: inputs.deadLetterConfig && { TargetArn: inputs.deadLetterConfig.targetArn },
    LoggingConfig: logging && {
      LogFormat: logging.logFormat,
      LogGroup: logging.logGroup,
      ApplicationLogLevel: logging.applicationLogLevel,
      SystemLogLevel: logging.systemLogLevel,
    },
    VpcConfig: inputs.vpcConfig && {
      SubnetIds: [...inputs.vpcConfig.subnetIds],
      SecurityGroupIds: [...inputs.vpcConfig.securityGroupIds],
    },
  };
}

type Tags = Readonly<Record<string, string>> | undefined;

export async function putTags(arn: string, before: Tags, after: Tags): Promise<void> {
  const dropped = droppedTags(before, after);
  if (dropped.length > 0) await lambda().send(new UntagResourceCommand({ Resource: arn, TagKeys: dropped }));
  if (after) await lambda().send(new TagResourceCommand({ Resource: arn, Tags: { ...after } }));
}
