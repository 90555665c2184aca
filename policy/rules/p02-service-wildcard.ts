import { documentPolicy } from "./rule";

/** P2: `svc:*` allows what a service will offer tomorrow. A resource's own policy may only deny that way. */
export const serviceWildcard = documentPolicy({
  id: "P2",
  name: "iam-no-service-wildcard",
  why: "A service wildcard includes deleting, sharing and permissions management, and every future action.",
  check: ({ statements }) =>
    statements
      .filter((s) => s.effect === "Allow")
      .flatMap((s) =>
        s.actions
          .filter((action) => /^[^:*?]+:[*?]*\*[*?]*$/.test(action))
          .map((action) => `statement ${s.label} allows "${action}"; list the actions of that service that are needed`),
      ),
});
