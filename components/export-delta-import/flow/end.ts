import { deleteTables } from "../../parts/asl/athena";
import { jsonata } from "../../parts/asl/expression";
import { choice, fail, succeed } from "../../parts/asl/flow";
import { publish } from "../../parts/asl/services";
import { anyError } from "../../parts/asl/task";
import type { Steps } from "../../parts/asl/types";
import type { FlowReferences, FlowSettings } from "../settings";
import { control, type EndStates } from "./step";

export type OutcomeStates = EndStates | "Tell people" | "How did it end" | "Imported" | "Failed";

/** Glue deletes this many tables at once. */
const maxTables = 100;

/** Says how the import ended, frees the table, and removes what it made. What goes wrong here mustn't hide the outcome. */
export function endStates({ pipeline }: FlowSettings, references: FlowReferences): Steps<OutcomeStates, OutcomeStates> {
  const anyway = <N extends string>(next: N) => [{ ErrorEquals: anyError, Output: {}, Next: next }] as const;
  const region = references.workgroupArn.split(":")[3];
  return {
    "Refuse export": control(references, {
      step: "refuse",
      comment: "The export can't be imported as it is: nothing has changed.",
      payload: { reason: jsonata("$cause") },
      catch: anyway("Tell people"),
      next: "Tell people",
    }),
    "Fail import": control(references, {
      step: "fail",
      comment: "Something else went wrong. A rule does the same for executions that are stopped.",
      payload: { reason: jsonata("$cause") },
      catch: anyway("Tell people"),
      next: "Tell people",
    }),
    "Tell people": publish({
      topicArn: references.topicArn,
      why: "tells people of an import that didn't end well",
      subject: jsonata(
        `$substring('${pipeline}: ' & $tenant & '/' & $table & ' ' & $version & ' ' & $outcome, 0, 100)`,
      ),
      message: jsonata(
        `$substring($cause, 0, 200000) & '\\n\\nhttps://${region}.console.aws.amazon.com/states/home?region=${region}#/v2/executions/details/' & $execution`,
      ),
      timeoutSeconds: 60,
      retry: [{ ErrorEquals: anyError, IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
      catch: anyway("Drop tables"),
      output: {},
      next: "Drop tables",
    }),
    "Drop tables": deleteTables({
      comment: "The tables that the queries read; one that is already gone isn't an error.",
      databaseArn: references.databaseArn,
      arguments: { TablesToDelete: jsonata(`[$tables[[0..${maxTables - 1}]]]`) },
      timeoutSeconds: 60,
      retry: [{ ErrorEquals: anyError, IntervalSeconds: 2, MaxAttempts: 3, BackoffRate: 2 }],
      catch: anyway("How did it end"),
      output: {},
      next: "How did it end",
    }),
    "How did it end": choice({
      rules: [{ when: "$outcome = 'imported'", next: "Imported" }],
      otherwise: "Failed",
    }),
    Imported: succeed(jsonata("$summary")),
    Failed: fail(jsonata("$error"), jsonata("$substring($cause, 0, 30000)")),
  };
}
