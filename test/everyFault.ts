/** An application that is exported over the API, in windows of a week, with every fault there is. */
import { Ledger, Migration, Sink } from "@chatferry/core"
import { NdjsonSink } from "@chatferry/sink-ndjson"
import { StreamImportSink } from "@chatferry/sink-stream-import"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { SendbirdEmulator, SendbirdExport } from "@chatferry/testkit/sendbird"
import { NodeHttpClient, NodeServices } from "@effect/platform-node"
import { assert } from "@effect/vitest"
import { Clock, Effect, FileSystem, Layer, Redacted } from "effect"
import * as Processes from "./processes.ts"

const WEEK = 7 * 86_400_000
const START = Date.UTC(2020, 0, 6)

const dataOf = (weeks: number): SendbirdExport.Options => ({
  seed: 31,
  start: START,
  messages: Math.ceil(15.3 * weeks),
  windows: weeks,
  failedWebhooks: 60,
  features: { recentChannels: 1 }
})

/** The clock as it was on another day: failed webhooks must not be older than six months. */
const shiftedTo = (time: number) =>
  Effect.map(Clock.Clock, (clock): Clock.Clock => {
    const shift = time - clock.currentTimeMillisUnsafe()
    return {
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + shift,
      currentTimeMillis: Effect.map(clock.currentTimeMillis, (millis) => millis + shift),
      currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
      currentTimeNanos: clock.currentTimeNanos,
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos,
      sleep: (duration) => clock.sleep(duration)
    }
  })

const migrate = (emulator: SendbirdEmulator.Emulator, out: string) =>
  Migration.run({
    id: "api",
    source: SendbirdSource.api({
      applicationId: emulator.applicationId,
      apiToken: Redacted.make(emulator.apiToken),
      baseUrl: emulator.baseUrl,
      from: emulator.from,
      to: emulator.to,
      directory: `${out}/exports`,
      exportsInFlight: 2,
      pollEvery: ["1 millis", "5 millis"],
      retryEvery: ["1 millis", "5 millis"]
    }),
    sink: Sink.tee([
      StreamImportSink.make({ directory: `${out}/stream`, dialect: "jsonl" }),
      NdjsonSink.make({ directory: `${out}/ndjson` })
    ]),
    stateDirectory: `${out}/state`
  })

/** Exports so many weeks with a share of each fault, and without; both have to come to the same, complete. */
export const comesComplete = ({ share, weeks }: { readonly share: number; readonly weeks: number }) =>
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    const folder = yield* fs.makeTempDirectoryScoped()
    const run = (out: string, faults: SendbirdEmulator.Options["faults"]) =>
      Effect.gen(function* () {
        const emulator = yield* SendbirdEmulator.start({
          data: dataOf(weeks),
          slowMillis: 5,
          ...(faults && { faults })
        })
        const report = yield* migrate(emulator, out)
        return { emulator, report }
      })
    const clock = yield* shiftedTo(START + weeks * WEEK)
    const { calm, faulty } = yield* Effect.all({
      calm: run(`${folder}/calm`, undefined),
      faulty: run(
        `${folder}/faulty`,
        Object.fromEntries(SendbirdEmulator.faults.map((fault) => [fault, share]))
      )
    }).pipe(Effect.provideService(Clock.Clock, clock))

    const { emulator, report } = faulty
    for (const [fault, count] of Object.entries(emulator.faultsGiven())) {
      if (fault !== "expiredPageToken") assert.isAbove(count, 0, fault)
    }
    assert.deepStrictEqual(emulator.doubleRegistrations(), [])
    const windows = new Set(
      calm.emulator.registrations().map(({ dataType, startTs }) => `${dataType} ${startTs}`)
    )
    assert.strictEqual(windows.size, Math.min(180, 7 * weeks) + 1 + 1 + weeks)

    assert.strictEqual(report.status, "completed")
    const truth = emulator.exportTruth()
    for (const { ledger } of report.sinks) {
      assert.deepStrictEqual(Ledger.imbalance(ledger), [])
      assert.strictEqual(ledger.kinds.message.read, truth.distinct.message)
      assert.strictEqual(ledger.kinds.user.read, truth.distinct.user)
      assert.strictEqual(ledger.kinds.failed_webhook.read, truth.distinct.failed_webhook)
    }
    const [stream] = report.sinks
    assert.strictEqual(stream?.ledger.kinds.channel.written, truth.distinct.channel)
    assert.strictEqual(stream?.ledger.kinds.member.written, truth.distinct.member)
    assert.strictEqual(stream?.ledger.kinds.reaction.written, truth.distinct.reaction)

    const sums = yield* Processes.digest(`${folder}/faulty`)
    const expected = yield* Processes.digest(`${folder}/calm`)
    for (const name of ["stream/import.jsonl", "stream/id-map.ndjson"]) {
      assert.strictEqual(sums[name], expected[name], name)
    }
    for (const name of yield* fs.readDirectory(folder, { recursive: true })) {
      if (name.endsWith(".zip") || (yield* fs.stat(`${folder}/${name}`)).type !== "File") continue
      const text = Buffer.from(yield* fs.readFile(`${folder}/${name}`)).toString("latin1")
      assert.notInclude(text, SendbirdExport.secret, name)
      assert.notInclude(text, "Signature=", name)
    }
  }).pipe(Effect.scoped, Effect.provide(Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici)))
