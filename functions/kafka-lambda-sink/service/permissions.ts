import { definePermissions } from "../../shared/permission";

/** All that the task's role may do; where another account's role is assumed, that one needs them instead. */
export const permissions = definePermissions({
  function: [
    { actions: ["lambda:InvokeFunction"], why: "hands the records to the function" },
    { actions: ["lambda:GetFunction"], why: "looks at the start whether the function exists, and how long it may run" },
  ],
});
