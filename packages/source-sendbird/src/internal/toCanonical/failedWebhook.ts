import type { Entity, Ids } from "@chatferry/core"
import { type Bag, custom, TOO_DEEP } from "../bag.ts"
import type { Fields } from "../leftovers.ts"
import { sha256 } from "../sha256.ts"
import { count, isWire, text, type Wire } from "../wire.ts"
import { type Context, type Draft, setTime, TOO_DEEP_MESSAGE } from "./context.ts"

/** Sendbird gives no id, so the four documented fields together are the identity. */
export const failedWebhook = (wire: Wire, context: Context): void => {
  const { out } = context
  const url = text(wire.webhook_url)
  if (url === undefined) {
    return out.reject("failed_webhook", "missing_url", "webhook_url is missing or empty", wire)
  }
  const body = bodyOf(wire.request_body)
  if (body === undefined) {
    return out.reject("failed_webhook", "missing_body", "request_body is neither text nor an object", wire)
  }
  const identity = JSON.stringify([url, wire.status_code ?? null, body, wire.time_millis ?? null])
  const id = sha256([identity]) as Ids.FailedWebhookId
  const draft: Draft<Entity.Entity<"failed_webhook">> = { _tag: "failed_webhook", id, url, body }
  const statusCode = count(wire.status_code)
  if (statusCode !== undefined) draft.statusCode = statusCode
  const category = categoryOf(body)
  if (category !== undefined) draft.category = category
  let bag: Bag | undefined
  bag = setTime(draft, "failedAt", wire, "time_millis", bag, "failed_webhook", context)
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) return out.reject("failed_webhook", "too_deep", TOO_DEEP_MESSAGE, wire)
  if (bag !== undefined) draft.custom = custom(bag)
  out.push(draft)
}

// internal

const FIELDS: Fields = {
  kind: "failed_webhook",
  read: ["webhook_url", "status_code", "request_body", "time_millis"],
  dropped: []
}

const bodyOf = (value: unknown): string | undefined => {
  if (typeof value === "string") return value
  if (!isWire(value)) return undefined
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const categoryOf = (body: string): string | undefined => {
  try {
    const parsed: unknown = JSON.parse(body)
    return isWire(parsed) ? text(parsed.category) : undefined
  } catch {
    return undefined
  }
}
