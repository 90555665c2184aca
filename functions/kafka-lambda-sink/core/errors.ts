import type { FunctionFailure } from "./reports";

/** The service asks for another attempt: throttled, unreachable, out of order for a while. */
export class TransientError extends Error {
  override readonly name = "TransientError";
}

/** Nothing gets better by another attempt until somebody changes the configuration or a permission: the task stops. */
export class ConfigurationError extends Error {
  override readonly name = "ConfigurationError";
}

/** One record can't be delivered; it falls under `behavior.on.error`. */
export class RecordError extends Error {
  override readonly name: string = "RecordError";
}

/** A record's bytes aren't what the converter expects. */
export class ConversionError extends RecordError {
  override readonly name = "ConversionError";
}

/** A record is larger than a payload may be. */
export class OversizeError extends RecordError {
  override readonly name = "OversizeError";
}

/** The function ended with an error, handled by its runtime or not (`FunctionError` of Lambda's answer). */
export class FunctionError extends Error {
  override readonly name = "FunctionError";

  constructor(readonly failure: FunctionFailure) {
    super(`${failure.errorType}: ${failure.errorMessage}`);
  }
}

/** The partition was taken away, or the task is stopping: what was in flight is left without a commit. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}
