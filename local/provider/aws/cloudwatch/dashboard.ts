import { DeleteDashboardsCommand, GetDashboardCommand, PutDashboardCommand } from "@aws-sdk/client-cloudwatch";
import { document, text } from "../../core/properties";
import { defineResource } from "../../core/resourceType";
import { account, cloudwatch } from "../clients";
import { found, unlessGone } from "../errors";

export const dashboard = defineResource({
  type: "aws:cloudwatch/dashboard:Dashboard",
  properties: { dashboardName: text({ required: true, replaces: true }), dashboardBody: document({ required: true }) },
  async create({ dashboardName, dashboardBody }) {
    await put(dashboardName, dashboardBody);
    const dashboardArn = `arn:aws:cloudwatch::${account}:dashboard/${dashboardName}`;
    return { id: dashboardName, outputs: { dashboardArn } };
  },
  async read(id) {
    const seen = await found(() => cloudwatch().send(new GetDashboardCommand({ DashboardName: id })));
    return seen?.DashboardBody === undefined ? undefined : { dashboardBody: seen.DashboardBody };
  },
  async update(id, { dashboardBody }) {
    await put(id, dashboardBody);
    return {};
  },
  async delete(id) {
    await unlessGone(() => cloudwatch().send(new DeleteDashboardsCommand({ DashboardNames: [id] })));
  },
});

async function put(name: string, body: string): Promise<void> {
  const answer = await cloudwatch().send(new PutDashboardCommand({ DashboardName: name, DashboardBody: body }));
  const problem = answer.DashboardValidationMessages?.[0];
  if (problem) throw new Error(`the dashboard ${name} isn't valid: ${problem.DataPath}: ${problem.Message}`);
}
