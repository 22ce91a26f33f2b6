// Rules about a sink whose work is divided into buckets or by segments.
import type { Sink } from "@chatferry/core"
import type { Phase } from "@chatferry/core/run"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import { difference } from "../engine/difference.ts"
import { first } from "../engine/rule.ts"
import { type Checked, type Files, type Needs, type Result, type Stage, writeIn } from "../engine/stage.ts"
import { textsOf } from "./content.ts"
import { finishFrom } from "./failures.ts"
import { sameFiles, sameResult } from "./results.ts"

/**
 * The number of buckets is part of a plan, and the order of lines may depend on it. So bytes are compared for the same
 * number, killed and not killed, and lines and counts across numbers.
 */
export const bucketsDoNotShow = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const one = yield* stage.undisturbed
    for (const buckets of BUCKETS) {
      const divided = stage.with({ buckets })
      const undisturbed = yield* divided.undisturbed
      const verdict =
        (yield* sameRecords(buckets, one, undisturbed)) ??
        (yield* resumedAs(divided, `a kill with ${buckets} buckets`, undisturbed))
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

/** Tasks after reading that do not depend on each other may be run in any order, or by several threads. */
export const taskOrderDoesNotShow = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    for (const buckets of [1, ...BUCKETS]) {
      const inOrder = yield* stage.with({ buckets }).undisturbed
      const reversed = yield* stage.with({ buckets, taskOrder: "reversed" }).undisturbed
      const verdict = sameResult(`${buckets} buckets, the last task first`, inOrder, reversed)
      if (verdict !== undefined) return verdict
    }
    return undefined
  })

/** In a phase by segments, the joined output of writers for parts of the records equals the output of one writer for all. */
export const segmentsJoin = <R>(stage: Stage<R>): Checked<R> =>
  Effect.gen(function* () {
    const { entities } = stage
    const whole = yield* piecesOf(stage, entities)
    const size = Math.max(1, Math.ceil(entities.length / SEGMENTS))
    const joined = new Map<string, Uint8Array>()
    for (let from = 0; from < entities.length; from += size) {
      const pieces = yield* piecesOf(stage, entities.slice(from, from + size))
      for (const [name, bytes] of pieces)
        joined.set(name, Buffer.concat([joined.get(name) ?? NOTHING, bytes]))
    }
    return sameFiles(`joining the pieces of ${SEGMENTS} segments`, whole, joined)
  })

// internal

const BUCKETS = [2, 7]
const SEGMENTS = 3
const NOTHING = new Uint8Array()

const resumedAs = <R>(stage: Stage<R>, how: string, expected: Result): Checked<R> =>
  Effect.gen(function* () {
    const { entities } = stage
    const half = Math.floor(entities.length / 2)
    const here = yield* stage.location
    const early = yield* here.opened(Option.none(), (session) =>
      Effect.gen(function* () {
        yield* writeIn(session, entities.slice(0, half), 64, () => Effect.void)
        const receipt = yield* session.commit
        yield* writeIn(session, entities.slice(half), 64, () => Effect.void)
        yield* session.commit
        return receipt
      })
    )
    const actual = yield* finishFrom(stage, here, early, half)
    const verdict = sameResult(`${how} while it writes`, expected, actual)
    if (verdict !== undefined) return verdict
    const there = yield* stage.location
    const late: Array<Sink.Receipt> = []
    yield* there.opened(Option.none(), (session) =>
      Effect.gen(function* () {
        yield* writeIn(session, entities, 64, () => Effect.void)
        yield* session.commit
        // A published run has ended and is never resumed.
        yield* session.end((receipt) => Effect.sync(() => void late.push(receipt)))
      })
    )
    // Everything after the first task of the end is done again.
    const again = yield* finishFrom(stage, there, late[0], entities.length)
    return sameResult(`${how} at its end`, expected, again)
  })

const sameRecords = Effect.fnUntraced(function* (buckets: number, one: Result, divided: Result) {
  const [lines, others] = [yield* linesOf(one.files), yield* linesOf(divided.files)]
  const how = `with ${buckets} buckets`
  const lost = Array.from(lines).filter((line) => !others.has(line)).length
  const more = Array.from(others).filter((line) => !lines.has(line)).length
  const path = difference(booksOf(one), booksOf(divided))
  return first([
    lost + more === 0
      ? undefined
      : { expected: `the same lines ${how} as with 1`, actual: `${lost} missing and ${more} additional` },
    path === undefined
      ? undefined
      : { expected: `the same counts ${how} as with 1`, actual: `a different one at ${path}` }
  ])
})

/** Lines of a JSON array have commas between them, wherever they are. */
const linesOf = (files: Files) =>
  Effect.map(
    textsOf(files),
    (texts) => new Set(texts.flatMap(([, text]) => text.split("\n").map((line) => line.replace(/,$/u, ""))))
  )

const booksOf = ({ summaries }: Result) =>
  summaries.map(({ files, ledger, sink }) => ({
    sink,
    ledger,
    records: files.reduce((sum, { records }) => sum + records, 0)
  }))

/** The pieces of all phases by segments, and of no other phase. */
const piecesOf = Effect.fnUntraced(function* <R>(stage: Stage<R>, entities: Stage<R>["entities"]) {
  const services = yield* Effect.context<Needs<never>>()
  const pieces = new Map<string, Uint8Array>()
  const take = (name: string, bytes: Uint8Array) => void pieces.set(name, bytes)
  const alone = stage.with({
    entities,
    make: (directory) => onlySegments(stage.make(directory), directory, services, take)
  })
  yield* alone.undisturbed
  return pieces
})

const onlySegments = <R>(
  sink: Sink.Sink<R>,
  directory: string,
  services: Context.Context<Needs<never>>,
  take: (name: string, bytes: Uint8Array) => void
): Sink.Sink<R> => ({
  ...sink,
  divide: (buckets) =>
    [sink.divide(buckets)].flat().map((one): Phase.Member<R> => {
      const member = { name: sink.name, fields: sink.fields, directory, ...one }
      return Object.assign(member, {
        phases: member.phases.map((phase) => (phase.parts === "segment" ? phase : deaf(phase))),
        publish: ({ join, ledger, pieces }: Phase.Output) =>
          Effect.gen(function* () {
            const fs = yield* FileSystem.FileSystem
            for (const { name } of pieces) {
              const { path } = yield* join(name)
              const bytes = yield* Effect.orDie(fs.readFile(`${member.directory}/${path}.part`))
              take(`${member.name}/${name}`, bytes)
            }
            return { sink: member.name, directory: member.directory, files: [], ledger }
          }).pipe(Effect.provideContext(services))
      })
    })
})

const deaf = <R>(phase: Phase.Phase<R>): Phase.Phase<R> => ({
  ...phase,
  open: () => Effect.succeed({ write: () => Effect.void, rows: () => Effect.void })
})
