// Small answers of the API.
import { ApiClient } from "@chatferry/core"
import * as Schema from "effect/Schema"

/** `undefined` when it is no JSON. */
export const parsed = ApiClient.json(Schema.Unknown)

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
