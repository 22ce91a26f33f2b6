// Lists exports for users.
import { type SourceError } from "@chatferry/core"
import { Settings } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as HttpClient from "effect/http/HttpClient"
import * as Stream from "effect/Stream"
import { ListConfig } from "../settings/config.ts"
import * as Client from "./client.ts"
import * as Past from "./pastExports.ts"
import type { DataType } from "./request.ts"
import { connectionOf } from "./settings.ts"

export const list = (
  config: unknown,
  dataType: DataType
): Stream.Stream<Past.PastExport, SourceError.SourceErrorReason, HttpClient.HttpClient> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const given = yield* Settings.decode(ListConfig, config)
      const client = yield* Client.make({ ...connectionOf(given), apiToken: given.apiToken })
      return Stream.map(Stream.flattenIterable(Past.pages(client, dataType, given.maxPages)), Past.summaryOf)
    })
  )
