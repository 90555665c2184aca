import { join } from "node:path";
import { FivetranConnector, type FivetranConnectorArgs } from "../../../index";
import { type MockOptions, type MockRun, runMocked } from "../mocks";

export const fixtures = join(__dirname, "fixtures");
export const entry = join(fixtures, "connector.ts");
export const externalId = "delivered_ample";
/** What the physical names begin with. */
export const deployed = "data-pipelines-test-airports";

export function deploy(
  args: Partial<FivetranConnectorArgs> = {},
  options: MockOptions = {},
): Promise<MockRun<FivetranConnector>> {
  return runMocked(() => new FivetranConnector("airports", { entry, externalId, ...args }), options);
}
