import type { Entity, Timestamp } from "@chatferry/core"
import { Out } from "../out.ts"

/**
 * Dates records by what is known of when they were seen: an answer
 * of the API is newer than any file of an export, whatever the two show.
 */
export class ObservedOut extends Out {
  observedAt: Timestamp.Timestamp | undefined

  override push(entity: Entity.Entity): void {
    const { observedAt } = this
    const isDated = entity._tag !== "reaction" && entity._tag !== "failed_webhook"
    super.push(isDated && observedAt !== undefined ? { ...entity, observedAt } : entity)
  }
}
