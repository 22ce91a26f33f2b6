// Parses small responses of the API.
import { ApiClient } from "@chatferry/connector"
import * as Schema from "effect/Schema"

/** Parses a body; `undefined` if it is not JSON. */
export const parsed = ApiClient.jsonOrNothing(Schema.Unknown)
