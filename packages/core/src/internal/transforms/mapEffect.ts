import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Entity } from "../../Entity.ts"
import { coded, PER_RECORD, type Settings } from "./code.ts"
import { copied } from "./copied.ts"
import { problemOfChanged } from "./entityCheck.ts"
import { given, invalid, threw, type Trouble } from "./failure.ts"
import type { Transform } from "./model.ts"
import type { EffectOptions } from "./options.ts"
import { collected, rejectOrFail, WRONG } from "./perRecord.ts"
import { trusted } from "./trusted.ts"

export const mapEffect = <E, R, S extends Settings>(
  name: string,
  f: (entity: Entity, settings: S) => Effect.Effect<Entity, E, R>,
  options: EffectOptions<S> = {}
): Transform<never, R> => {
  const { concurrency = 8, onThrow, settings } = options
  const code = coded(name, f, options, [...PER_RECORD, "concurrency"])
  const problem =
    Number.isInteger(concurrency) && concurrency > 0
      ? code.problem
      : (code.problem ?? `concurrency: expected a whole number above 0, got ${given(concurrency)}`)
  const one = (record: Entity): Effect.Effect<Result.Result<Entity, Trouble>, never, R> =>
    Effect.suspend(() => {
      const effect: unknown = f(copied(record), settings as S)
      return Effect.isEffect(effect)
        ? Effect.map(effect as Effect.Effect<unknown, E, R>, checked(record))
        : Effect.succeed(Result.fail(invalid(`expected an effect, got ${given(effect)}`)))
    }).pipe(
      Effect.catchCause((cause) =>
        Cause.hasInterruptsOnly(cause)
          ? Effect.interrupt
          : Effect.succeed(Result.fail(threw(Cause.squash(cause))))
      )
    )
  const apply = Effect.fnUntraced(function* (records: ReadonlyArray<Entity>) {
    const to = collected()
    // Results are in the order of the records, regardless of the order in which they were made.
    const results = yield* Effect.forEach(
      records,
      (record) =>
        Effect.flatMap(one(record), (result) => {
          if (Result.isSuccess(result) || onThrow === "reject") return Effect.succeed(result)
          // Fails without waiting for the rest of the batch.
          const failed = rejectOrFail(name, onThrow, result.failure, record, to)
          return failed === undefined ? Effect.succeed(result) : Effect.fail(failed)
        }),
      { concurrency }
    )
    for (const [i, result] of results.entries()) {
      if (Result.isSuccess(result)) to.records.push(result.success)
      else rejectOrFail(name, onThrow, result.failure, records[i] as Entity, to)
    }
    return to
  })
  return {
    name,
    consequences: WRONG,
    ...code,
    ...(problem !== undefined && { problem }),
    apply: trusted(apply)
  }
}

// internal

const checked =
  (record: Entity) =>
  (changed: unknown): Result.Result<Entity, Trouble> => {
    const problem = problemOfChanged(changed, record)
    return problem === undefined ? Result.succeed(changed as Entity) : Result.fail(invalid(problem))
  }
