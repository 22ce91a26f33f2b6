import { type Entity, type Ids, Json, type Leftovers, Sha256 } from "@chatferry/core"
import { type Bag, custom, isDeeper, MAX_DEPTH, TOO_DEEP, TOO_DEEP_MESSAGE } from "../bag.ts"
import { declared } from "../consequences.ts"
import { type OnSecret, withoutSecrets, withoutSecretText } from "../secrets.ts"
import { count, isCount, isWire, text, type Wire } from "../wire.ts"
import { type Context, setTime, urlOf } from "./context.ts"

/** Sendbird gives no id, so the four documented fields together are the identity. */
export const failedWebhook = (wire: Wire, context: Context): void => {
  const { out } = context
  const address = text(wire.webhook_url)
  const url = urlOf(address, context)
  if (address === undefined || url === undefined) {
    return out.reject("failed_webhook", declared.missingUrl.code, "webhook_url is missing or empty", wire)
  }
  const body = bodyOf(wire.request_body, out.secrets("failed_webhook"))
  if (body === undefined) {
    return out.reject(
      "failed_webhook",
      declared.missingBody.code,
      "request_body is neither text nor an object",
      wire
    )
  }
  const identity = JSON.stringify([address, wire.status_code ?? null, body, wire.time_millis ?? null])
  const id = Sha256.hex([identity]) as Ids.FailedWebhookId
  const draft: Entity.Draft<Entity.Entity<"failed_webhook">> = { _tag: "failed_webhook", id, url, body }
  const statusCode = count(wire.status_code)
  if (statusCode !== undefined) draft.statusCode = statusCode
  const category = categoryOf(body)
  if (category !== undefined) draft.category = category
  let bag: Bag | undefined
  bag = setTime(draft, "failedAt", wire, "time_millis", bag, "failed_webhook", context)
  bag = context.rest(FIELDS).into(bag, wire)
  if (bag === TOO_DEEP) return out.reject("failed_webhook", declared.tooDeep.code, TOO_DEEP_MESSAGE, wire)
  if (bag !== undefined) draft.custom = custom(bag, "failed_webhook", out)
  out.push(draft)
}

// internal

const FIELDS: Leftovers.Fields = {
  kind: "failed_webhook",
  readable: { status_code: isCount },
  read: ["webhook_url", "status_code", "request_body", "time_millis"],
  dropped: []
}

/** The body as text, which is the text it was unless there are secrets in it. */
const bodyOf = (value: unknown, onSecret: OnSecret): string | undefined => {
  const body = typeof value === "string" ? value : isWire(value) ? written(value) : undefined
  if (body === undefined) return undefined
  const parsed = parsedOf(body)
  // What is no JSON, or too deep to look through, is searched as text.
  if (parsed === undefined || isDeeper(parsed, MAX_DEPTH)) return withoutSecretText(body, onSecret)
  const clean = withoutSecrets(parsed, onSecret)
  return clean === parsed ? body : JSON.stringify(clean)
}

const written = (value: Wire): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const parsedOf = (body: string): unknown => {
  try {
    return Json.parse(body)
  } catch {
    return undefined
  }
}

const categoryOf = (body: string): string | undefined => {
  const parsed = parsedOf(body)
  return isWire(parsed) ? text(parsed.category) : undefined
}
