import { definePermissions } from "../../shared/permission";

export const permissions = definePermissions({
  waitsTable: [
    {
      actions: ["dynamodb:Query"],
      suffix: "/index/execution",
      why: "finds what an execution has left behind",
    },
    {
      actions: ["dynamodb:DeleteItem"],
      why: "removes the tokens and the run lock of an execution that is over",
    },
  ],
});
