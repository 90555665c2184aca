import { GetFunctionRecursionConfigCommand, PutFunctionRecursionConfigCommand } from "@aws-sdk/client-lambda";
import { text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { lambda } from "../clients";
import { found, unlessGone } from "../errors";

const put = (FunctionName: string, RecursiveLoop: string) =>
  lambda().send(
    new PutFunctionRecursionConfigCommand({ FunctionName, RecursiveLoop: RecursiveLoop as "Allow" | "Terminate" }),
  );

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
  /** The default takes its place: a function always has a setting. */
  async delete(id) {
    await unlessGone(() => put(id, "Terminate"));
  },
});
