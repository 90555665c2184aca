import * as pulumi from "@pulumi/pulumi";

/** Resolves what the shape of the children depends on; outputs that aren't known yet can't decide it. */
export async function settled<T>(
  type: string,
  name: string,
  value: pulumi.Input<T> | undefined,
): Promise<T | undefined> {
  if (!pulumi.Output.isInstance(value)) return value as T | undefined;
  const output = pulumi.output(value) as pulumi.Output<T> & { isKnown: Promise<boolean>; promise(): Promise<T> };
  if (!(await output.isKnown)) {
    throw new Error(`${type}: ${name} decides which resources are made and has to be known when the program runs`);
  }
  return output.promise();
}

/** @throws Error naming the first input that the local cloud would drop */
export function refuseUnknown(type: string, inputs: pulumi.Inputs, known: readonly string[]): void {
  const unknown = Object.keys(inputs).find((name) => inputs[name] !== undefined && !known.includes(name));
  if (unknown !== undefined) {
    throw new Error(`${type}: the local cloud doesn't know the input ${unknown}; add it under local/provider/awsx`);
  }
}
