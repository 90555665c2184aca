import { definePermissions } from "../shared/permission";

/** Everything a connector does in AWS; with the sync method "direct" nothing. Its log is granted by the component. */
export const permissions = definePermissions({
  syncBucket: [
    { actions: ["s3:PutObject"], suffix: "/*", why: "hands the rows over in the file that Fivetran's request names" },
  ],
});
