import { RawRecord } from "@chatferry/connector"
import { type Entity, type Ids } from "@chatferry/core"
import { Json, Sha256 } from "@chatferry/core/files"
import { declared } from "../consequences.ts"
import { type Context, sendbird, urlOf } from "./context.ts"
import { isObject, text, type RawObject } from "./raw.ts"
import * as Read from "./reads.ts"
import { type OnSecret, withoutSecrets, withoutSecretText } from "./secrets.ts"

const { field } = RawRecord

/** Maps a failed webhook. Sendbird does not give an id, so the four documented fields together are its identity. */
export const failedWebhook = (raw: RawObject, context: Context): void => {
  const { out } = context
  const address = text(raw.webhook_url)
  const url = urlOf(address, context)
  if (address === undefined || url === undefined) {
    return out.reject("failed_webhook", declared.missingUrl.code, "webhook_url is missing or empty", raw)
  }
  const body = bodyOf(raw.request_body, out.secrets("failed_webhook"))
  if (body === undefined) {
    const problem = "request_body is neither text nor an object"
    return out.reject("failed_webhook", declared.missingBody.code, problem, raw)
  }
  const identity = JSON.stringify([address, raw.status_code ?? null, body, raw.time_millis ?? null])
  const id = Sha256.hex([identity]) as Ids.FailedWebhookId
  table.map(raw, { ...context, of: { id, url, body } })
}

// internal

interface WebhookContext extends Context {
  readonly of: Pick<Entity.Entity<"failed_webhook">, "id" | "url" | "body">
}

const w = sendbird.kind<"failed_webhook", WebhookContext>("failed_webhook")

const table = w.table(
  {
    id: w.always([], (x) => x.context.of.id),
    url: w.always([], (x) => x.context.of.url),
    body: w.always([], (x) => x.context.of.body),
    statusCode: field(Read.count, "status_code"),
    category: w.always([], (x) => categoryOf(x.context.of.body)),
    failedAt: field(Read.time, "time_millis")
  },
  { elsewhere: ["webhook_url", "request_body"] }
)

/** Returns the body as text, unchanged unless it contains secrets. */
const bodyOf = (value: unknown, onSecret: OnSecret): string | undefined => {
  const body = typeof value === "string" ? value : isObject(value) ? written(value) : undefined
  if (body === undefined) return undefined
  const parsed = parsedOf(body)
  // A body that is not JSON, or is nested too deep, is searched as text.
  if (parsed === undefined || Json.isDeeper(parsed, Json.MAX_DEPTH)) return withoutSecretText(body, onSecret)
  const clean = withoutSecrets(parsed, onSecret)
  return clean === parsed ? body : JSON.stringify(clean)
}

const written = (value: RawObject): string | undefined => {
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
  return isObject(parsed) ? text(parsed.category) : undefined
}
