import { jsonata } from "../../parts/asl/expression";
import { anyError } from "../../parts/asl/task";
import type { Catcher } from "../../parts/asl/types";

/** Error and cause of what was caught, in a line. */
export const caught = "$states.errorOutput.Error & ': ' & $substring($states.errorOutput.Cause, 0, 2000)";

/** Takes every error to the notification; the execution then fails with `error`. */
export function toFailure(error: string): Catcher<"Notify"> {
  return {
    ErrorEquals: anyError,
    Assign: { outcome: "FAILED", error, cause: jsonata(caught) },
    Output: {},
    Next: "Notify",
  };
}
