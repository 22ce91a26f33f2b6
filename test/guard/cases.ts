/** All cases. */
import type { Case } from "./case.ts"
import { alsoCase } from "./cases/also.ts"
import { apiCases } from "./cases/api.ts"
import { damageCases } from "./cases/damage.ts"
import { goldenCases } from "./cases/golden.ts"
import { ndjsonCases } from "./cases/ndjson.ts"
import { sendbirdCases } from "./cases/sendbird.ts"
import { settingsCases } from "./cases/settings.ts"
import { stopCases } from "./cases/stops.ts"
import { streamCases } from "./cases/stream.ts"
import { transformCases } from "./cases/transforms.ts"

export const cases: ReadonlyArray<Case> = [
  ...goldenCases,
  ...sendbirdCases,
  ...streamCases,
  ...ndjsonCases,
  ...settingsCases,
  ...transformCases,
  ...damageCases,
  ...stopCases,
  ...apiCases
]

export { alsoCase as also }
