import {
  GetFunctionRecursionConfigCommand,
  PutFunctionRecursionConfigCommand,
  type RecursiveLoop,
} from "@aws-sdk/client-lambda";
import { text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { lambda } from "../clients";
import { found, unlessGone } from "../errors";

export const functionRecursionConfig = defineResource({
  type: "aws:lambda/functionRecursionConfig:FunctionRecursionConfig",
  properties: {
    functionName: text({ required: true, replaces: true }),
    recursiveLoop: text({ required: true }),
  },
  async create({ functionName, recursiveLoop }) {
    await put(functionName, recursiveLoop);
    return { id: functionName };
  },
  async read(id) {
    const seen = await found(() => lambda().send(new GetFunctionRecursionConfigCommand({ FunctionName: id })));
    return seen && { recursiveLoop: seen.RecursiveLoop };
  },
  async update(id, { recursiveLoop }) {
    await put(id, recursiveLoop);
    return {};
  },
  async delete(id) {
    // There is always one; what is left is Lambda's default.
    await unlessGone(() => put(id, "Terminate"));
  },
});

async function put(functionName: string, recursiveLoop: string): Promise<void> {
  await lambda().send(
    new PutFunctionRecursionConfigCommand({
      FunctionName: functionName,
      RecursiveLoop: recursiveLoop as RecursiveLoop,
    }),
  );
}
