import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Context } from "./context";
import { physicalName } from "./naming";

/** The component's dashboard. @returns its address in CloudWatch */
export function dashboard(
  { name, parent, account: { region } }: Context,
  part: string,
  body: pulumi.Input<object>,
): pulumi.Output<string> {
  const dashboardName = physicalName(name, part, "dashboard");
  const dashboardBody = pulumi.jsonStringify(body);
  new aws.cloudwatch.Dashboard(`${name}-dashboard`, { dashboardName, dashboardBody }, { parent });
  return pulumi.interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
}
