import { documentPolicy } from "./rule";

/** P5: an Allow by exclusion grants everything that nobody thought of. */
export const negations = documentPolicy({
  id: "P5",
  name: "iam-no-allow-by-exclusion",
  why: "Allow with NotAction, NotResource or NotPrincipal grants everything that is not named.",
  check: ({ statements }) =>
    statements
      .filter((s) => s.effect === "Allow")
      .flatMap((s) => [
        ...(s.notActions.length > 0 ? [`statement ${s.label} allows by NotAction; list the actions in Action`] : []),
        ...(s.notResources.length > 0 ? [`statement ${s.label} allows by NotResource; list the ARNs in Resource`] : []),
        ...(s.notPrincipals ? [`statement ${s.label} allows by NotPrincipal; list the principals in Principal`] : []),
      ]),
});
