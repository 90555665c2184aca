import { definePermissions } from "../shared/permission";

export const permissions = definePermissions({
  waitsTable: [
    {
      actions: ["dynamodb:Query"],
      suffix: "/index/execution",
      why: "finds what an execution has left behind",
      unusedBecause: "it is called only for executions that were stopped or failed",
    },
    {
      actions: ["dynamodb:DeleteItem"],
      why: "removes the tokens and the run lock of an execution that is over",
      unusedBecause: "it is called only for executions that were stopped or failed",
    },
  ],
});
