/** The values of properties, in one place: `runs.ts` says why. */
import { Arbitrary } from "effect"
import { isMany } from "./runs.ts"

const SEED = 14

// What has no seed draws one, and a property that fails prints it, as `Replay`.
Arbitrary.configureGlobal(isMany ? {} : { check: { seed: SEED }, sample: { seed: SEED } })
