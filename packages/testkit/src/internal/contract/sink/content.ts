// Rules about whether content arrives: different inputs must lead to different output.
import { Entity, Ledger, type Sink, type Source } from "@chatferry/core"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { gunzip } from "../../zipWriter.ts"
import { difference } from "../engine/difference.ts"
import { readAll } from "../engine/reading.ts"
import type { Judged } from "../engine/rule.ts"
import { type Checked, type Files, type Needs, type Location, type Stage, wholeRun } from "../engine/stage.ts"
import { planted, type Variation } from "./planted.ts"

/** Fields of the model that must arrive, by kind: `attachments.url`, or `all`. */
export type Fields = { readonly [K in Entity.Kind]?: "all" | ReadonlyArray<string> }

/**
 * A field arrives when its value is in the published files, or when another value
 * changes the files or the ledger.
 */
export const fieldsArrive =
  <R>(asked: Fields | undefined) =>
  (stage: Stage<R>): Checked<R> =>
    Effect.gen(function* () {
      const sink = stage.make("out")
      const fields = asked ?? sink.fields
      const { entities, variations } = planted(kindsOf(sink))
      const expected = yield* outcomeOf(yield* stage.location, entities)
      // A field arrives if one of its values does.
      const taken = variations.filter((variation) => isTaken(fields, variation))
      const shown = new Set(taken.flatMap(({ field, value }) => (holds(expected.text, value) ? [field] : [])))
      const verdicts = yield* Effect.forEach(
        taken.filter(({ field }) => !shown.has(field)),
        ({ at, changed, field, removed }) =>
          Effect.gen(function* () {
            const actual = yield* outcomeOf(yield* stage.location, entities.with(at, changed))
            if (actual.whole !== expected.whole) return { field, isSilent: false }
            // A field that is only counted is counted for any value.
            if (removed !== undefined) {
              const rest = yield* outcomeOf(yield* stage.location, entities.with(at, removed))
              if (rest.ledgers !== expected.ledgers) return { field, isSilent: false }
            }
            // A record that is left out as a whole proves nothing.
            const without = yield* outcomeOf(yield* stage.location, entities.toSpliced(at, 1))
            return { field, isSilent: without.text === expected.text ? undefined : true }
          }),
        { concurrency: AT_ONCE }
      )
      const silent = new Map<string, boolean>()
      for (const { field, isSilent } of verdicts)
        if (isSilent !== undefined) silent.set(field, isSilent && silent.get(field) !== false)
      const lost = Array.from(silent).flatMap(([field, isSilent]) => (isSilent ? [field] : []))
      return lost.length === 0
        ? undefined
        : {
            expected: "each field published or counted as left out",
            actual: `${lost.length} are lost silently: ${shortened(lost)}`
          }
    })

/** Texts that the author names must be in the published files. */
export const keepsAll =
  (kept: ReadonlyArray<string>) =>
  <R>(stage: Stage<R>): Checked<R> =>
    Effect.gen(function* () {
      const text = yield* textOf((yield* stage.undisturbed).files)
      const lost = kept.flatMap((piece, i) => (holds(text, piece) ? [] : [i + 1]))
      return lost.length === 0
        ? undefined
        : {
            expected: `the ${kept.length} texts of \`kept\` in the published files`,
            actual: `${lost.length} in none: ${lost.map((i) => `number ${i}`).join(", ")}`
          }
    })

/** The published records read back as they were written. */
export const readsBack =
  <R, R2>(readBack: (directory: string) => Source.Source<R2>, asked: Fields | undefined) =>
  (stage: Stage<R>): Judged<Needs<R> | R2 | Scope.Scope> =>
    Effect.gen(function* () {
      const here = yield* stage.location
      const sink = stage.make("out")
      const fields = asked ?? sink.fields
      const { entities } = planted(kindsOf(sink))
      const result = yield* wholeRun(here, entities)
      const readings = yield* readAll(readBack(here.directory))
      const found = new Map(
        readings.flatMap(({ batches }) =>
          batches.flatMap((batch) => batch.records.map((record) => [keyOf(record), record] as const))
        )
      )
      let missing = 0
      for (const [i, entity] of entities.entries()) {
        const again = found.get(keyOf(entity))
        if (again === undefined) {
          missing++
          continue
        }
        const path = difference(only(entity, fields), only(again, fields))
        if (path !== undefined)
          return {
            expected: `record ${i + 1}, the ${entity._tag} ${Entity.key(entity)}, as it was written`,
            actual: `a different value at ${path}`
          }
      }
      const left = result.summaries.reduce(
        (sum, { ledger }) =>
          Ledger.ledgerKinds.reduce(
            (all, kind) =>
              all + Ledger.total(ledger.kinds[kind].dropped) + Ledger.total(ledger.kinds[kind].rejected),
            sum
          ),
        0
      )
      return missing <= left
        ? undefined
        : {
            expected: `${entities.length} records to be read back, except ${left} that the ledger counts as left out`,
            actual: `${missing} of them missing`
          }
    })

/** Names and unpacked texts of all files except the manifest, which contains the hash of every other file. */
export const textsOf = (files: Files): Effect.Effect<ReadonlyArray<readonly [name: string, text: string]>> =>
  Effect.forEach(
    Array.from(files).filter(([name]) => name !== "manifest.json"),
    ([name, bytes]) => Effect.map(unpacked(bytes), (content) => [name, content.toString("utf8")] as const)
  )

// internal

const kindsOf = <R>({ fields }: Sink.Sink<R>): ReadonlySet<Entity.Kind> =>
  new Set(Entity.kinds.filter((kind) => fields[kind] !== undefined))

const MOST_SHOWN = 12
/** A run mostly waits for the disk. */
const AT_ONCE = 4

const shortened = (names: ReadonlyArray<string>): string =>
  names.length <= MOST_SHOWN
    ? names.join(", ")
    : `${names.slice(0, MOST_SHOWN).join(", ")} and ${names.length - MOST_SHOWN} more`

const keyOf = (entity: Entity.Entity) => `${entity._tag} ${Entity.key(entity)}`

/** The field itself, or a field that contains it. */
const isTaken = (fields: Fields, { changed, field }: Variation): boolean => {
  const taken = fields[changed._tag] ?? []
  if (taken === "all") return true
  const path = field.slice(changed._tag.length + 1)
  return taken.some((one) => path === one || path.startsWith(`${one}.`))
}

const only = (entity: Entity.Entity, fields: Fields): object => {
  const taken = fields[entity._tag] ?? []
  if (taken === "all") return entity
  return Object.fromEntries(
    Object.entries(entity).filter(([field]) =>
      taken.some((one) => one === field || one.startsWith(`${field}.`))
    )
  )
}

/** Numbers and flags may occur anywhere by chance; long texts do not. */
const holds = (text: string, value: unknown): boolean =>
  typeof value === "string" && value.length >= SHORTEST && text.includes(JSON.stringify(value).slice(1, -1))
const SHORTEST = 8

const outcomeOf = Effect.fnUntraced(function* <R>(here: Location<R>, entities: ReadonlyArray<Entity.Entity>) {
  const { files, rejected, summaries } = yield* wholeRun(here, entities)
  const text = yield* textOf(files)
  const ledgers = JSON.stringify(summaries.map(({ ledger }) => ledger))
  return { text, ledgers, whole: JSON.stringify([text, ledgers, rejected]) }
})

const textOf = (files: Files) => Effect.map(textsOf(files), (texts) => texts.flat().join("\n"))

const unpacked = (bytes: Uint8Array): Effect.Effect<Buffer> =>
  bytes[0] === 0x1f && bytes[1] === 0x8b
    ? Effect.orElseSucceed(gunzip(bytes), () => Buffer.from(bytes))
    : Effect.succeed(Buffer.from(bytes))
