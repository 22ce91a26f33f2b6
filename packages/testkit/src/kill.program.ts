/**
 * A migration that `KillContract` kills: it ends itself with SIGKILL before the
 * n-th call of its file system or batch of its source.
 *
 *     node packages/testkit/src/kill.program.ts JOB
 *
 * @stability unstable
 * @since 0.1.0
 */
import { Migration, type Sink, type Source } from "@chatferry/core"
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import type * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import type * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Faults from "./harness/Faults.ts"
import { broken } from "./internal/contract/engine/rule.ts"
import { Job, MIGRATION, OUTPUT, JobReport, STATE, WORK } from "./internal/contract/kill/job.ts"
import * as ThisProcess from "./internal/contract/kill/thisProcess.ts"

const encode = Schema.encodeSync(Schema.fromJsonString(JobReport))

type Services = FileSystem.FileSystem | Path.Path | HttpClient.HttpClient
type Made = (...folders: ReadonlyArray<string>) => unknown

const print = (report: JobReport) => ThisProcess.printLine(encode(report))

const { checkpointRecords, folder, input, killAt, sink, source } = Schema.decodeUnknownSync(
  Schema.fromJsonString(Job)
)(ThisProcess.argument())

let moments = 0
let before = 0
const moment = (what: string) =>
  Effect.sync(() => {
    if (++moments !== killAt) return
    print({ _tag: "killed", when: what })
    ThisProcess.kill()
  })

const exported = Effect.fnUntraced(function* ({ module, name }: Job["sink"]) {
  const found = (yield* Effect.promise(() => import(module))) as Readonly<Record<string, unknown>>
  if (typeof found[name] === "function") return found[name] as Made
  return yield* Effect.die(new Error(`${module} does not export a function called ${name}`))
})

const watched = (source: Source.Source<Services>): Source.Source<Services> => ({
  ...source,
  open: Effect.map(source.open, (reader) => ({
    ...reader,
    read: (segment, position) =>
      Stream.tap(reader.read(segment, position), () => {
        before ||= moments
        return moment("a batch of the source")
      })
  }))
})

const migration = Effect.gen(function* () {
  const [makeSource, makeSink] = [yield* exported(source), yield* exported(sink)]
  return yield* Migration.run({
    id: MIGRATION,
    source: watched(makeSource(input, `${folder}/${WORK}`) as Source.Source<Services>),
    sink: makeSink(`${folder}/${OUTPUT}`) as Sink.Sink<Services>,
    policy: { checkpointRecords },
    stateDirectory: `${folder}/${STATE}`
  })
}).pipe(
  Effect.provideServiceEffect(
    FileSystem.FileSystem,
    Effect.map(
      FileSystem.FileSystem,
      (fs) => Faults.fileSystem(fs, { before: (call) => moment(`a ${call} of the file system`) }).fileSystem
    )
  ),
  Effect.matchCause({
    onFailure: (cause): JobReport => ({ _tag: "failed", error: broken("", cause).actual }),
    onSuccess: ({ sinks }): JobReport => ({
      _tag: "ended",
      before,
      moments,
      sinks: sinks.map(({ ledger, sink }) => ({ sink, ledger }))
    })
  })
)

print(
  await Effect.runPromise(
    Effect.provide(migration, Layer.mergeAll(NodeServices.layer, NodeHttpClient.layerUndici))
  )
)
