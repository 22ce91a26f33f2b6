// What the generators of messages, members and channels share.
import type { EmbeddedUsers } from "./embeddedUsers.ts"
import type { StreamPlan } from "./plan.ts"
import type { Shape } from "./shape.ts"

/** An app in one of its formats. */
export interface Scene {
  readonly plan: StreamPlan
  readonly shape: Shape
  readonly users: EmbeddedUsers
}
