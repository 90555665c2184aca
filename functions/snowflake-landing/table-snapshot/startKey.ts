import type { AttributeValue as SdkValue } from "@aws-sdk/client-dynamodb";
import { type Attributes, base64 } from "../changes/attributeJson";

/** A scan's position as plain JSON, for the event that continues it. Keys are text, numbers or binary. */
export function toWireKey(key: Readonly<Record<string, SdkValue>>): Attributes {
  return Object.fromEntries(
    Object.entries(key).map(([name, value]) => {
      if (value.S !== undefined) return [name, { S: value.S }];
      if (value.N !== undefined) return [name, { N: value.N }];
      if (value.B !== undefined) return [name, { B: base64(value.B) }];
      throw new Error(`Key attribute ${JSON.stringify(name)} is neither S, N nor B`);
    }),
  );
}

/** @throws Error when a key attribute is neither S, N nor B */
export function fromWireKey(key: Attributes): Record<string, SdkValue> {
  return Object.fromEntries(
    Object.entries(key).map(([name, { S, N, B }]): [string, SdkValue] => {
      if (S !== undefined) return [name, { S }];
      if (N !== undefined) return [name, { N }];
      if (B !== undefined) return [name, { B: typeof B === "string" ? Buffer.from(B, "base64") : B }];
      throw new Error(`Key attribute ${JSON.stringify(name)} is neither S, N nor B`);
    }),
  );
}
