/** What the policy pack said during an update. */
import type { PolicyEvent } from "@pulumi/pulumi/automation";
import { rules } from "../../policy/rules";

export interface PolicyFinding {
  readonly policy: string;
  /** URN; empty for the stack. */
  readonly resource: string;
  /** For example `mandatory`. */
  readonly level: string;
  readonly message: string;
}

export interface PolicyReport {
  /** How many rules the pack has. */
  readonly rules: number;
  readonly violations: readonly PolicyFinding[];
  /** What the stack's configuration exempts, with its reasons. */
  readonly exempted: readonly PolicyFinding[];
}

/** @returns each finding once, however often the engine tells it */
export function policyReport(events: readonly PolicyEvent[]): PolicyReport {
  const findings = new Map<string, PolicyFinding>();
  for (const { policyName, resourceUrn = "", enforcementLevel, message } of events) {
    const finding = { policy: policyName, resource: resourceUrn, level: enforcementLevel, message: plain(message) };
    findings.set(`${policyName} ${resourceUrn} ${finding.message}`, finding);
  }
  const all = [...findings.values()];
  return {
    rules: rules.length,
    // The pack reports an exemption; the violation that it is for is no longer one.
    violations: all.filter(({ policy }) => policy !== "policy-exempted"),
    exempted: all.filter(({ policy }) => policy === "policy-exempted"),
  };
}

/** A message of the engine without the markup of its colours. */
export function plain(text: string): string {
  return text.replace(/<\{%.*?%\}>/g, "").trim();
}
