// Rules about the results of an undisturbed run.
import { Ledger, Sink } from "@chatferry/core"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { finish } from "../../../harness/SinkHarness.ts"
import { codesAreDeclared as areDeclared } from "../engine/codes.ts"
import { unsafe } from "../engine/jsonSafe.ts"
import { first, type Verdict } from "../engine/rule.ts"
import { type Checked, type Files, type Result, type Stage, writeIn } from "../engine/stage.ts"

const MANIFEST = "manifest.json"

export const writtenIsPublished =
  (holdsRecords: (file: Sink.OutputFile) => boolean, madeOfParts: ReadonlyArray<string> = []) =>
  <R>({ undisturbed }: Stage<R>): Checked<R> =>
    Effect.map(undisturbed, ({ summaries }) =>
      first(
        summaries.map(({ files, ledger, sink }) => {
          const published = files.filter(holdsRecords).reduce((sum, { records }) => sum + records, 0)
          const parts = madeOfParts.reduce((sum, code) => sum + (ledger.notes[code] ?? 0), 0)
          const written = Ledger.ledgerKinds.reduce((sum, kind) => sum + ledger.kinds[kind].written, parts)
          return published === written
            ? undefined
            : {
                expected: `${written} records in the files of ${sink}, as its ledger says`,
                actual: `${published}`
              }
        })
      )
    )

export const ledgerBalances = <R>({ completion, undisturbed }: Stage<R>): Checked<R> =>
  Effect.map(undisturbed, ({ summaries }) =>
    first(
      summaries.flatMap(({ ledger, sink }) => [
        ...Ledger.imbalance(ledger).map(({ kind, missing }) => ({
          expected: `that ${kind} balances in the ledger of ${sink}`,
          actual: `${missing} missing`
        })),
        ...Ledger.ledgerKinds.map((kind) => {
          const [given, read] = [completion.ledger.kinds[kind].written, ledger.kinds[kind].read]
          return given === read
            ? undefined
            : { expected: `${given} ${kind} received by ${sink}`, actual: `${read}` }
        })
      ])
    )
  )

export const codesAreDeclared =
  <R>(make: (directory: string) => Sink.Sink<R>) =>
  ({ undisturbed }: Stage<R>): Checked<R> =>
    Effect.map(undisturbed, ({ summaries }) => {
      const declarations = [
        ...(make("out").consequences ?? []),
        Sink.UNSUPPORTED_KIND,
        Sink.FIELD_UNSUPPORTED
      ]
      return first(summaries.map(({ ledger }) => areDeclared(declarations, ledger)))
    })

export const manifestIsTrue = <R>({ completion, undisturbed }: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { files, summaries } = yield* undisturbed
    const manifest = decodeManifest(Buffer.from(files.get(MANIFEST) ?? []).toString())
    if (Option.isNone(manifest))
      return {
        expected: `${MANIFEST} with files and ledger`,
        actual: files.has(MANIFEST) ? "different content" : "no such file"
      }
    const listed = manifest.value.files
    for (const file of listed) {
      const bytes = files.get(file.path)
      if (bytes === undefined) return { expected: `the listed ${file.path}`, actual: "no such file" }
      if (bytes.length !== file.bytes)
        return { expected: `${file.bytes} bytes in ${file.path}`, actual: `${bytes.length}` }
      const sha256 = yield* digest(bytes)
      if (sha256 !== file.sha256)
        return { expected: `SHA-256 ${file.sha256} of ${file.path}`, actual: sha256 }
    }
    const names = new Set([MANIFEST, ...listed.map(({ path }) => path)])
    const extra = Array.from(files.keys()).find((name) => !names.has(name))
    if (extra !== undefined) return { expected: "only listed files", actual: extra }
    const [reported, joined] = [
      manifest.value.ledger,
      summaries.map(({ ledger }) => Ledger.join(completion.ledger, ledger))
    ]
    return first([
      ...Ledger.imbalance(reported).map(({ kind, missing }) => ({
        expected: `that ${kind} balances in the manifest`,
        actual: `${missing} missing`
      })),
      summaries.length === 1 && JSON.stringify(joined[0]) !== JSON.stringify(reported)
        ? { expected: "the joined ledger in the manifest", actual: "a different ledger" }
        : undefined,
      summaries.length === 1 && JSON.stringify(summaries[0]?.files) !== JSON.stringify(listed)
        ? { expected: "the files of the summary in the manifest", actual: "different files" }
        : undefined
    ])
  })

export const emptyRunPublishes = <R>({ undisturbed }: Stage<R>): Checked<R> =>
  Effect.map(undisturbed, ({ files, summaries }) =>
    first([
      files.has(MANIFEST) ? undefined : { expected: MANIFEST, actual: "no such file" },
      summaries.length > 0 ? undefined : { expected: "a summary", actual: "none" }
    ])
  )

export const batchesDoNotShow = <R>({ completion, entities, location, undisturbed }: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const expected = yield* undisturbed
    for (const size of [1, 7, 333, Math.max(1, entities.length)]) {
      const here = yield* location
      const summaries = yield* here.opened(Option.none(), (session) =>
        Effect.andThen(
          writeIn(session, entities, size, (done) =>
            isQuarter(done, size, entities.length) ? session.commit : Effect.void
          ),
          finish(session, completion)
        )
      )
      const verdict = sameResult(`batches of ${size}`, expected, {
        summaries,
        files: yield* here.files,
        rejected: []
      })
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

export const nothingShowsEarly = <R>({ entities, location, undisturbed }: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const final = Array.from((yield* undisturbed).files.keys())
    const here = yield* location
    const seen: Array<string> = []
    const look = Effect.map(here.files, (files) => {
      seen.push(...final.filter((name) => files.has(name)))
    })
    yield* here.opened(Option.none(), (session) =>
      Effect.andThen(
        writeIn(session, entities, 100, () => Effect.andThen(session.commit, look)),
        look
      )
    )
    yield* look
    return seen[0] === undefined ? undefined : { expected: "no final name before finish", actual: seen[0] }
  })

export const receiptsAreJson = <R>({ entities, location }: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const here = yield* location
    const losses: Array<string> = []
    const look = (receipt: Sink.Receipt) => {
      const loss = unsafe(receipt)
      if (loss !== undefined) losses.push(loss)
    }
    yield* here.opened(Option.none(), (session) =>
      Effect.andThen(
        Effect.map(session.commit, look),
        writeIn(session, entities, 100, () => Effect.map(session.commit, look))
      )
    )
    return losses[0] === undefined
      ? undefined
      : { expected: "receipts that survive JSON", actual: `one does not at ${losses[0]}` }
  })

/** Whether a run ended like an undisturbed one: the same files, byte for byte, and the same summaries. */
export const sameResult = (how: string, expected: Result, actual: Result): Verdict | undefined =>
  first([
    sameFiles(how, expected.files, actual.files),
    summaryText(expected) === summaryText(actual)
      ? undefined
      : { expected: `after ${how} the summary of an undisturbed run`, actual: "a different summary" }
  ])

export const sameFiles = (how: string, expected: Files, actual: Files): Verdict | undefined => {
  const missing = Array.from(expected.keys()).find((name) => !actual.has(name))
  if (missing !== undefined) return { expected: `after ${how} the file ${missing}`, actual: "no such file" }
  const extra = Array.from(actual.keys()).find((name) => !expected.has(name))
  if (extra !== undefined)
    return { expected: `after ${how} the files of an undisturbed run`, actual: `${extra} in addition` }
  for (const [name, bytes] of expected) {
    const other = actual.get(name) ?? new Uint8Array()
    const at = differsAt(bytes, other)
    if (at !== undefined)
      return {
        expected: `after ${how} the same ${name} of ${bytes.length} bytes`,
        actual: `${other.length} bytes, a different one at ${at}`
      }
  }
  return undefined
}

// internal

const Manifest = Schema.fromJsonString(
  Schema.Struct({
    files: Schema.Array(
      Schema.Struct({
        path: Schema.String,
        bytes: Schema.Finite,
        sha256: Schema.String,
        records: Schema.Finite
      })
    ),
    ledger: Ledger.Ledger
  })
)
const decodeManifest = Schema.decodeUnknownOption(Manifest)

// Flushes come at different positions for each batch size.
const isQuarter = (done: number, size: number, length: number) =>
  Math.floor((done * 4) / length) > Math.floor(((done - size) * 4) / length)

// Every run has its own folders, so only their names may differ.
const summaryText = ({ summaries }: Result) =>
  JSON.stringify(summaries.map((summary) => [summary.sink, summary.files, summary.ledger]))

const differsAt = (a: Uint8Array, b: Uint8Array): number | undefined => {
  if (Buffer.compare(a, b) === 0) return undefined
  const at = a.findIndex((byte, i) => byte !== b[i])
  return at === -1 ? a.length : at
}

const digest = (bytes: Uint8Array) =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", new Uint8Array(bytes))),
    (hash) => Buffer.from(hash).toString("hex")
  )
