/** The committed reference: grants by stack, one a line, so that a change shows as changed lines. */
import { isRecord } from "../iam/shape";
import type { Reference } from "./compare";
import type { Grant } from "./grants";

export function writtenReference(stacks: Reference): string {
  const sections = Object.entries(stacks).map(([stack, grants]) => {
    const lines = [...new Set(grants.map((grant) => JSON.stringify(plain(grant))))].sort();
    return `  ${JSON.stringify(stack)}: [\n${lines.map((line) => `    ${line}`).join(",\n")}\n  ]`;
  });
  return `{\n${sections.join(",\n")}\n}\n`;
}

/** @throws Error where it isn't a reference */
export function referenceOf(text: string): Reference {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !Object.values(value).every((grants) => Array.isArray(grants) && grants.every(isGrant))) {
    throw new Error("expected {stack: [{who, effect, actions, resources, conditions}]}");
  }
  return value as Record<string, Grant[]>;
}

function plain({ who, effect, actions, resources, conditions }: Grant): Grant {
  return { who, effect, actions, resources, conditions };
}

function isGrant(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.who === "string" &&
    (value.effect === "Allow" || value.effect === "Deny") &&
    [value.actions, value.resources, value.conditions].every(Array.isArray)
  );
}
