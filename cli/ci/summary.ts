/** What a preview of one stack would do, in short: the form that the jobs of a pull request hand on to the comment. */
import { isDeepStrictEqual } from "node:util";
import type { EngineEvent, StepEventMetadata } from "@pulumi/pulumi/automation";

export interface Step {
  /** create, update, replace, delete, import, … */
  readonly op: string;
  /** For example `aws:dynamodb/table:Table`. */
  readonly type: string;
  readonly name: string;
  /** Properties that change, for updates and replacements. */
  readonly changed: readonly string[];
}

export interface PreviewSummary {
  readonly stack: string;
  readonly steps: readonly Step[];
  /** Resources that stay as they are. */
  readonly same: number;
  readonly violations: readonly { readonly level: string; readonly resource: string; readonly message: string }[];
  /** Errors that the engine told. */
  readonly errors: readonly string[];
  /** Whether the preview ended well: no error, no mandatory violation. */
  readonly succeeded: boolean;
}

/** Steps of a replacement that stand beside the one called `replace`. */
const partsOfReplacement = new Set(["create-replacement", "delete-replaced"]);

/** Gathers the engine's events; `done` gives the summary once the command has ended. */
export class SummaryBuilder {
  private readonly steps: Step[] = [];
  private readonly violations: PreviewSummary["violations"][number][] = [];
  private readonly errors: string[] = [];
  private same = 0;

  constructor(private readonly stack: string) {}

  add({ resourcePreEvent, diagnosticEvent, policyEvent }: EngineEvent): void {
    if (resourcePreEvent) {
      const { op, urn, type } = resourcePreEvent.metadata;
      if (op === "same") this.same += 1;
      else if (!partsOfReplacement.has(op)) {
        this.steps.push({ op, type, name: nameOf(urn), changed: changedIn(resourcePreEvent.metadata) });
      }
    }
    if (policyEvent) {
      const { enforcementLevel, resourceUrn, message } = policyEvent;
      const resource = resourceUrn === undefined || resourceUrn === "" ? this.stack : nameOf(resourceUrn);
      this.violations.push({ level: enforcementLevel, resource, message: message.trim() });
    }
    if (diagnosticEvent?.severity === "error") this.errors.push(diagnosticEvent.message.trim());
  }

  /** @param failure what the command ended with, where it failed */
  done(failure?: Error): PreviewSummary {
    // An engine that dies tells nothing by events.
    const errors = failure && this.errors.length === 0 ? [firstLines(failure.message)] : this.errors;
    const { stack, steps, same, violations } = this;
    return { stack, steps, same, violations, errors, succeeded: failure === undefined };
  }
}

/** The properties that differ: as the provider tells them, else by the inputs, which every provider has. */
function changedIn({ diffs, detailedDiff, old, new: wanted }: StepEventMetadata): string[] {
  const told = [...(diffs ?? []), ...Object.keys(detailedDiff ?? {}).map((path) => path.split(/[.[]/)[0] ?? path)];
  if (told.length > 0) return [...new Set(told)].sort();
  if (!old || !wanted) return [];
  const [before, after]: Record<string, unknown>[] = [old.inputs ?? {}, wanted.inputs ?? {}];
  return [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])]
    .filter((key) => !key.startsWith("__") && !isDeepStrictEqual(before?.[key], after?.[key]))
    .sort();
}

function nameOf(urn: string): string {
  return urn.split("::").pop() ?? urn;
}

function firstLines(text: string): string {
  return text.split("\n").slice(0, 10).join("\n");
}
