// Export windows and the parts of the enrichment as partitions of a source.
import { Source } from "@chatferry/core"
import { type Fingerprint } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import type * as Path from "effect/Path"
import type * as Redacted from "effect/Redacted"
import * as Enrich from "../enrich/enrich.ts"
import type { Limits } from "../settings/limits.ts"
import * as Client from "./client.ts"
import * as Jobs from "./jobs.ts"
import * as Past from "./pastExports.ts"
import type { ApiSettings } from "./settings.ts"

interface Given {
  readonly settings: ApiSettings
  readonly apiToken: Redacted.Redacted
  readonly directory: string
  readonly limits: Limits
  readonly fingerprint: Fingerprint.Fingerprint
}

type Services = HttpClient.HttpClient | FileSystem.FileSystem | Path.Path

/** The content of a window is known only after its export, so the positions identify it, not the partitions. */
export const open = Effect.fnUntraced(function* (
  given: Given
): Effect.fn.Return<Source.PartitionReader<Services>, never, Services> {
  const { fingerprint, settings } = given
  const client = yield* Client.make({ ...settings, apiToken: given.apiToken })
  const named = yield* Source.once(Past.named(client, settings))
  const jobs = yield* Jobs.make({ ...given, client, named })
  const orders = Jobs.ordersOf(settings)
  const { enrich: enrichment, from, maxPages, to } = settings
  const units = enrichment === undefined ? [] : Enrich.partitions(enrichment, settings)
  return {
    fingerprint,
    partitions: Effect.succeed([...orders.map((order) => Jobs.partitionOf(order, settings)), ...units]),
    read: ({ id }, position) =>
      enrichment !== undefined && units.some((unit) => unit.id === id)
        ? Enrich.read(client, id, position, { limits: given.limits, enrichment, from, to, maxPages })
        : jobs.read(orders, id, position),
    retrace: ({ id }, readDigest) => jobs.retrace(orders, id, readDigest)
  }
})
