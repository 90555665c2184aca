import { definePermissions } from "../../shared/permission";

/** All that the task's role may do; where another account's role is assumed, that one calls the function instead. */
export const permissions = definePermissions({
  function: [
    { actions: ["lambda:InvokeFunction"], why: "hands the records to the function" },
    { actions: ["lambda:GetFunction"], why: "looks at the start whether the function exists, and how long it may run" },
  ],
  assumedRole: [{ actions: ["sts:AssumeRole"], why: "calls another account's function by a role of that account" }],
  mskCluster: [{ actions: ["kafka-cluster:Connect"], why: "signs in at the brokers with the task's role" }],
  mskTopic: [
    {
      actions: ["kafka-cluster:DescribeTopic", "kafka-cluster:ReadData"],
      why: "reads the topics and looks for new partitions",
    },
  ],
  mskGroup: [
    {
      actions: ["kafka-cluster:DescribeGroup", "kafka-cluster:AlterGroup"],
      why: "joins the consumer group and commits offsets",
    },
  ],
  mskReportTopic: [
    {
      actions: ["kafka-cluster:CreateTopic", "kafka-cluster:DescribeTopic", "kafka-cluster:WriteData"],
      why: "reports results and errors, on topics that are made where they aren't there",
    },
  ],
});
