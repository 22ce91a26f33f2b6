// Small answers of the API.
import { ApiClient } from "@chatferry/connector"
import * as Schema from "effect/Schema"

/** `undefined` when it is no JSON. */
export const parsed = ApiClient.jsonOrNothing(Schema.Unknown)
