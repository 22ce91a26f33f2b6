import { type SendbirdApi, SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdEmulator } from "@chatferry/testkit/sendbird"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { Effect, FileSystem, Layer, Redacted } from "effect"

export { copied, distinct, readAll, recordsOf, temporary } from "../../../../test/apiSource.ts"

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

/** Copies the files of a folder whose names end so into another folder. */
export const copyFiles = (from: string, to: string, ending: string) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    for (const name of yield* fs.readDirectory(from))
      if (name.endsWith(ending)) yield* fs.copyFile(`${from}/${name}`, `${to}/${name}`)
  })
