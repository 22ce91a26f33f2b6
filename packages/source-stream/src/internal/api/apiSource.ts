// Batches as partitions of a source. Their items may have to be listed first.
import { Source, SourceError } from "@chatferry/core"
import { FolderLock, Sha256 } from "@chatferry/core/files"
import { type Fingerprint } from "@chatferry/core/settings"
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Path from "effect/Path"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Limits } from "../settings/limits.ts"
import { atLocation, type Batch, cut } from "./batch.ts"
import * as Client from "./client.ts"
import * as IdListing from "./idListing.ts"
import * as Jobs from "./jobs.ts"
import { FOLDER, partitionOf } from "./order.ts"
import { type ApiSettings, channelItem, userItem } from "./settings.ts"

type Reason = SourceError.SourceErrorReason
type Services = HttpClient.HttpClient | FileSystem.FileSystem | Path.Path

interface Given {
  readonly settings: ApiSettings
  readonly directory: string
  readonly limits: Limits
  readonly fingerprint: Fingerprint.Fingerprint
}

export const open = Effect.fnUntraced(function* (
  given: Given
): Effect.fn.Return<Source.PartitionReader<Services>, never, Services> {
  const { fingerprint, settings } = given
  const exporter = { ...given, client: yield* Client.make(settings.client) }
  const jobs = yield* Jobs.make(exporter)
  const batches = yield* Source.once(batchesOf(exporter))
  return {
    fingerprint,
    partitions: Effect.map(batches, (all) => all.map((batch) => partitionOf(batch, settings))),
    read: ({ id }, position) => Stream.unwrap(Effect.map(batches, (all) => jobs.read(all, id, position))),
    retrace: ({ id }, readDigest) => Effect.flatMap(batches, (all) => jobs.retrace(all, id, readDigest))
  }
})

// internal

/** Returns all batches, after listing channels and users if necessary. */
const batchesOf = Effect.fnUntraced(function* ({
  client,
  directory,
  settings
}: Jobs.Exporter): Effect.fn.Return<
  ReadonlyArray<Batch>,
  Reason,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  const path = yield* Path.Path
  const { apiKey, baseUrl } = settings.client
  if (settings.lists.some(({ items }) => items === undefined)) yield* locked(path.join(directory, FOLDER))
  const of = Sha256.hex([JSON.stringify([baseUrl, apiKey])]).slice(0, 12)
  const cuts = yield* Effect.forEach(settings.lists, ({ items, kind, size }) =>
    Effect.gen(function* () {
      if (items !== undefined) return cut(kind, items, size, excludedOf(kind, settings))
      const file = path.join(directory, FOLDER, `all-${kind}-${of}.ndjson`)
      const ids = yield* IdListing.all(client, kind, file, settings.maxPages)
      const found = ids.map((id) => (kind === "users" ? userItem(id) : channelItem(id, settings.messages)))
      return cut(kind, found, size, excludedOf(kind, settings))
    })
  )
  const all = cuts.flat()
  for (const location of settings.taskIds.keys()) {
    if (!all.some((batch) => holds(batch, location))) {
      return yield* new SourceError.InvalidConfig({
        setting: `taskIds["${location}"]`,
        problem: "is not an export of this run"
      })
    }
  }
  return all
}, Effect.scoped)

/** True if a location is that of a batch, or of a part of one. */
const holds = ({ first, kind, last }: Batch, location: string): boolean => {
  const part = atLocation(location)
  return part !== undefined && part.kind === kind && part.first >= first && part.last <= last
}

const excludedOf = (kind: Batch["kind"], { excluded }: ApiSettings): ReadonlySet<string> =>
  kind === "users" ? excluded : new Set()

/** Keeps other processes out of the folder of lists while the scope is open. */
const locked = (folder: string) =>
  Effect.mapError(FolderLock.share(folder), (cause) => new SourceError.ReadFailed({ path: folder, cause }))
