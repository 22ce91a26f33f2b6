import type { Entity, Rejected, Timestamp } from "@chatferry/core"
import type * as Schema from "effect/Schema"
import { Out } from "../reading/out.ts"

/**
 * Sets the observation time of records. A response of the API is newer than any file of an
 * export, whatever the two contain.
 */
export class ObservedOut extends Out {
  observedAt: Timestamp.Timestamp | undefined

  /** A part of a record has the observation time of the record. */
  override reject(
    kind: Rejected.Rejected["kind"],
    code: string,
    message: string,
    original: unknown,
    within?: string,
    context?: Schema.JsonObject
  ): void {
    const seen = this.observedAt === undefined ? undefined : { seenAt: this.observedAt }
    super.reject(kind, code, message, original, within, context && { ...context, ...seen })
  }

  override push(entity: Entity.Entity): void {
    const { observedAt } = this
    const isDated = entity._tag !== "reaction" && entity._tag !== "failed_webhook"
    super.push(isDated && observedAt !== undefined ? { ...entity, observedAt } : entity)
  }
}
