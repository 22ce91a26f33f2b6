import type { Source } from "@chatferry/core"
import { type SendbirdApi, SendbirdSource } from "@chatferry/source-sendbird"
import { SourceHarness } from "@chatferry/testkit"
import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Redacted } from "effect"

export const services = Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)

/** The data of the emulator is old. By any real clock, its failed webhooks are older than six months. */
export const dataTypes: ReadonlyArray<SendbirdApi.DataType> = ["users", "channels", "messages"]

/** An application with 300 messages in three weeks. */
export const start = ({ data, ...options }: SendbirdEmulator.Options = {}) =>
  SendbirdEmulator.start({
    ...options,
    data: { messages: 300, windows: 3, seed: 7, features: { recentChannels: 1 }, ...data }
  })

/** A source of all data of an emulator, in a separate folder. */
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

/** Reads all batches after the partitions and the position of an earlier run. */
export const readAll = (source: ApiSource, done = 0, position?: Source.Position) =>
  Effect.map(SourceHarness.readAll(source, { done, position }), ({ batches }) => batches)

export const recordsOf = (batches: ReadonlyArray<Source.Batch>) => SourceHarness.joined(batches).records

/** The number of records of each kind. */
export const distinct = (batches: ReadonlyArray<Source.Batch>) =>
  SourceHarness.distinct(SourceHarness.joined(batches))

export const temporary = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())

/** Copies the folder of a source. */
export const copied = (directory: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const copy = `${yield* temporary}/copy`
    yield* fs.copy(directory, copy)
    return copy
  })

/** Copies the files with this suffix from one folder to another. */
export const copyFiles = (from: string, to: string, ending: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    for (const name of yield* fs.readDirectory(from))
      if (name.endsWith(ending)) yield* fs.copyFile(`${from}/${name}`, `${to}/${name}`)
  })
