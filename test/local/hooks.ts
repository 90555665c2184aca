import { startCloud, stopCloud } from "./cloud";

before("the cloud and its stack", async function () {
  // The first time on a machine installs the tools, which may include building the Pulumi CLI.
  this.timeout(900_000);
  await startCloud();
});

after("the cloud", stopCloud);
