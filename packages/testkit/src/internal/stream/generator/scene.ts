// What the makers of messages, members and channels share.
import type { People } from "./people.ts"
import type { StreamPlan } from "./plan.ts"
import type { Shape } from "./shape.ts"

/** An app in one of its spellings. */
export interface Scene {
  readonly plan: StreamPlan
  readonly shape: Shape
  readonly people: People
}
