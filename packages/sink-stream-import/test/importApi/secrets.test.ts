// The app's secret, its token and signed addresses must not leave this package.
import { inspect } from "node:util"
import { StreamImportApi } from "@chatferry/sink-stream-import"
import { Telemetry } from "@chatferry/testkit"
import { SendbirdExport } from "@chatferry/testkit/sendbird"
import { type StreamEmulator } from "@chatferry/testkit/stream"
import { assert, it } from "@effect/vitest"
import { Effect, FileSystem } from "effect"
import { HttpClient } from "effect/http"
import { configOf, services, start, twoFiles } from "./harness.ts"

const everything = (value: unknown) =>
  inspect(value, { depth: 20, maxArrayLength: null, maxStringLength: null })

it.layer(services, { excludeTestServices: true })(
  "StreamImportApi.upload does not reveal the secret",
  (it) => {
    it.effect.each<{ name: string; options: StreamEmulator.Options; code?: number }>([
      { name: "a run that succeeds", options: {} },
      {
        name: "a run with every fault",
        options: { faults: { serverError: 0.3, expiredUrl: 0.5, cutBody: 0.3 } }
      },
      { name: "an expired link", options: { linkMillis: -1000 } },
      { name: "a rejected token", options: {}, code: 5 },
      { name: "a lost connection", options: { faults: { lostRequest: 1 }, faultsInARow: 100 } }
    ])("out of logs, spans, errors, the journal and the report of $name", ({ code, options }) =>
      Effect.gen(function* () {
        const fs = yield* FileSystem.FileSystem
        const emulator = yield* start(options)
        if (code !== undefined) yield* emulator.rejectNext(code)
        const telemetry = Telemetry.make()
        const { onState: _, ...config } = configOf(emulator, yield* twoFiles, { attempts: 4 })
        const headers: Array<Record<string, string | undefined>> = []
        const client = HttpClient.mapRequest(yield* HttpClient.HttpClient, (request) => {
          headers.push({ ...request.headers, host: new URL(request.url).host })
          return request
        })
        const outcome = yield* telemetry.listen(
          Effect.provideService(StreamImportApi.upload(config), HttpClient.HttpClient, client)
        )
        const state: Array<string> = []
        for (const name of yield* fs.readDirectory(config.stateDirectory)) {
          state.push(yield* fs.readFileString(`${config.stateDirectory}/${name}`))
        }
        const token =
          headers.find(({ authorization }) => authorization !== undefined)?.["authorization"] ?? ""
        assert.isAbove(token.length, 20)
        assert.isAbove(telemetry.count(), 1)
        const shown = telemetry.text() + everything([outcome, state, config])
        for (const secret of [SendbirdExport.secret, token, "Signature="]) assert.notInclude(shown, secret)
        for (const { authorization, host } of headers) {
          assert.strictEqual(authorization !== undefined, emulator.baseUrl.endsWith(host ?? "?"))
        }
      })
    )
  }
)
