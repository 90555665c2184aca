import { GetFunctionCommand, InvokeCommand, type InvokeCommandOutput, type LambdaClient } from "@aws-sdk/client-lambda";
import type { LambdaConfig } from "../config/config";
import { ConfigurationError, FunctionError, TransientError } from "../core/errors";
import type { Batch } from "../core/payload";

/** Makes a client whose requests wait so long, in milliseconds, and aren't repeated by the SDK. */
export type MakeClient = (requestMs: number) => Pick<LambdaClient, "send" | "destroy">;

/** Beyond the function's own time-out: a request that is given up earlier would run twice. */
const MARGIN_MS = 15_000;
const LOOK_MS = 30_000;

/** What only somebody's change mends, by the names of Lambda's and IAM's errors. */
const configuration = new Set([
  "AccessDeniedException",
  "ExpiredTokenException",
  "IncompleteSignatureException",
  "InvalidClientTokenId",
  "InvalidParameterValueException",
  "InvalidRequestContentException",
  "InvalidRuntimeException",
  "InvalidSignatureException",
  "KMSAccessDeniedException",
  "KMSDisabledException",
  "KMSInvalidStateException",
  "KMSNotFoundException",
  "RequestTooLargeException",
  "ResourceNotFoundException",
  "UnrecognizedClientException",
  "UnsupportedMediaTypeException",
  "ValidationException",
]);

/** The function, as the sink calls it. */
export class LambdaInvoker {
  private client: ReturnType<MakeClient> | undefined;

  constructor(
    private readonly config: LambdaConfig,
    private readonly makeClient: MakeClient,
  ) {}

  /**
   * Looks whether the function is there and may be invoked, and how long it may run; to be called first.
   * @throws ConfigurationError, TransientError
   */
  async check(): Promise<void> {
    const { functionName: FunctionName, socketTimeoutMs = 0 } = this.config;
    const looking = this.makeClient(LOOK_MS);
    try {
      const { Configuration } = await looking.send(new GetFunctionCommand({ FunctionName }));
      await looking.send(new InvokeCommand({ FunctionName, InvocationType: "DryRun" }));
      const functionMs = (Configuration?.Timeout ?? 900) * 1_000;
      this.client = this.makeClient(Math.max(socketTimeoutMs, functionMs + MARGIN_MS));
    } catch (error) {
      throw lambdaError(`The function ${FunctionName}`, error);
    } finally {
      looking.destroy();
    }
  }

  /** @returns the response's body; undefined where the function runs by itself */
  async invoke({ payload }: Pick<Batch, "payload">): Promise<string | undefined> {
    const { functionName: FunctionName, isAsync } = this.config;
    if (this.client === undefined) throw new TypeError("check() comes first");
    const InvocationType = isAsync ? "Event" : "RequestResponse";
    let answer: InvokeCommandOutput;
    try {
      answer = await this.client.send(
        new InvokeCommand({ FunctionName, InvocationType, Payload: Buffer.from(payload) }),
      );
    } catch (error) {
      throw lambdaError(`Invoking ${FunctionName}`, error);
    }
    if (isAsync) return undefined;
    const body = Buffer.from(answer.Payload ?? []).toString();
    if (answer.FunctionError !== undefined) throw functionError(answer.FunctionError, body);
    return body;
  }

  close(): void {
    this.client?.destroy();
  }
}

function functionError(kind: string, body: string): FunctionError {
  let parsed: Readonly<Record<string, unknown>> | null = null;
  try {
    parsed = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
  } catch {
    // A custom runtime may answer with any text.
  }
  const { errorType = "Error", errorMessage = body.slice(0, 1_000) } = parsed ?? {};
  return new FunctionError({ kind, body, errorType: String(errorType), errorMessage: String(errorMessage) });
}

function lambdaError(doing: string, error: unknown): Error {
  const { name, message } = error as Error;
  const said = `${doing}: ${name}: ${message}`;
  if (!configuration.has(name)) return new TransientError(said);
  return new ConfigurationError(
    `${said} Fix: check aws.lambda.function.name, and that the sink's role has lambda:InvokeFunction and lambda:GetFunction on it.`,
  );
}
