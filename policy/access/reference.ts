/** The committed reference: grants by stack, sorted, so that a change shows as changed lines. */
import { isRecord } from "../model/shape";
import type { Reference } from "./compare";
import type { Grant } from "./grants";

const lineWidth = 120;

export function writtenReference(stacks: Reference): string {
  const sections = Object.entries(stacks).map(([stack, grants]) => {
    const texts = [...new Set(grants.map(written))].sort();
    return `  ${JSON.stringify(stack)}: [\n${texts.join(",\n")}\n  ]`;
  });
  return `{\n${sections.join(",\n")}\n}\n`;
}

/** As the formatter wants it: a list stands on one line where it fits. */
function written({ who, effect, actions, resources, conditions }: Grant): string {
  const members = Object.entries({ who, effect, actions, resources, conditions }).map(([key, value], i, { length }) => {
    const of = `      ${JSON.stringify(key)}: `;
    const line =
      of + (Array.isArray(value) ? `[${value.map((each) => JSON.stringify(each)).join(", ")}]` : JSON.stringify(value));
    const comma = i < length - 1 ? 1 : 0;
    if (!Array.isArray(value) || line.length + comma <= lineWidth) return line;
    return `${of}[\n${value.map((each) => `        ${JSON.stringify(each)}`).join(",\n")}\n      ]`;
  });
  return `    {\n${members.join(",\n")}\n    }`;
}

/** @throws Error where it isn't a reference */
export function referenceOf(text: string): Reference {
  const value: unknown = JSON.parse(text);
  if (!isRecord(value) || !Object.values(value).every((grants) => Array.isArray(grants) && grants.every(isGrant))) {
    throw new Error("expected {stack: [{who, effect, actions, resources, conditions}]}");
  }
  return value as Record<string, Grant[]>;
}

function isGrant(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.who === "string" &&
    (value.effect === "Allow" || value.effect === "Deny") &&
    [value.actions, value.resources, value.conditions].every(Array.isArray)
  );
}
