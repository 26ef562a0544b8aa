import type { Reporting } from "../ports/reporting.ts";
import type { Resources } from "../ports/resources.ts";
import type { Rotations } from "../ports/rotations.ts";
import type { SecretCatalogue } from "../ports/secret-catalogue.ts";
import type { SecretValues } from "../ports/secret-values.ts";
import type { ServiceAccounts } from "../ports/service-accounts.ts";
import type { TargetSecrets } from "../ports/target-secrets.ts";
import type { Workloads } from "../ports/workloads.ts";

/** All that the reconciler reaches the world through. */
export interface Ports {
  readonly resources: Resources;
  readonly catalogue: SecretCatalogue;
  readonly values: SecretValues;
  readonly rotations: Rotations;
  readonly serviceAccounts: ServiceAccounts;
  readonly targets: TargetSecrets;
  readonly workloads: Workloads;
  readonly reporting: Reporting;
}
