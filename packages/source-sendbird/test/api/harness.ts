import type { Entity, Source, SourceError } from "@chatferry/core"
import type { SendbirdApi } from "@chatferry/source-sendbird"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdEmulator } from "@chatferry/testkit"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Option, type Path, Redacted, Stream } from "effect"
import type { HttpClient } from "effect/http"

export const services = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)

/** The emulator's data begins long ago: its failed webhooks are older than six months by any real clock. */
export const dataTypes: ReadonlyArray<SendbirdApi.DataType> = ["users", "channels", "messages"]

/** An application of three weeks with 300 messages. */
export const start = ({ data, ...options }: SendbirdEmulator.Options = {}) =>
  SendbirdEmulator.start({
    ...options,
    data: { messages: 300, windows: 3, seed: 7, features: { recentChannels: 1 }, ...data }
  })

/** A source of everything that an emulator has, in a folder of its own. */
export const sourceOf = (
  emulator: Pick<SendbirdEmulator.Emulator, "applicationId" | "apiToken" | "baseUrl" | "from" | "to">,
  directory: string,
  config: Partial<SendbirdSource.ApiConfig> = {}
): ApiSource =>
  SendbirdSource.api({
    applicationId: emulator.applicationId,
    apiToken: Redacted.make(emulator.apiToken),
    baseUrl: emulator.baseUrl,
    from: emulator.from,
    to: emulator.to,
    dataTypes,
    directory,
    pollEvery: ["1 millis", "5 millis"],
    retryEvery: ["1 millis", "5 millis"],
    ...config
  })

export type ApiSource = ReturnType<typeof SendbirdSource.api>

/** All batches, after the partitions and the position of an earlier run. */
export const readAll = (
  source: ApiSource,
  done = 0,
  position?: Source.Position
): Effect.Effect<
  ReadonlyArray<Source.Batch>,
  SourceError.SourceError,
  HttpClient.HttpClient | FileSystem.FileSystem | Path.Path
> =>
  Effect.gen(function* () {
    const batches: Array<Source.Batch> = []
    for (const [i, partition] of (yield* source.partitions).slice(done).entries()) {
      const from = i === 0 ? Option.fromUndefinedOr(position) : Option.none()
      yield* Stream.runForEach(source.read(partition, from), (batch) =>
        Effect.sync(() => {
          batches.push(batch)
        })
      )
    }
    return batches
  })

export const recordsOf = (batches: ReadonlyArray<Source.Batch>): ReadonlyArray<Entity.Entity> =>
  batches.flatMap(({ records }) => records)

/** How many things of each kind there are, told apart by their keys. */
export const distinct = (batches: ReadonlyArray<Source.Batch>) => {
  const keys: Record<string, Set<string>> = {}
  for (const record of recordsOf(batches)) {
    const key =
      record._tag === "member"
        ? [record.channelId, record.userId]
        : record._tag === "reaction"
          ? [record.messageId, record.userId, record.type]
          : [record.id]
    keys[record._tag] = (keys[record._tag] ?? new Set()).add(JSON.stringify(key))
  }
  return Object.fromEntries(Object.entries(keys).map(([kind, set]) => [kind, set.size]))
}

export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
