/**
 * Where entities go.
 *
 * A sink is a plain value that divides its work into phases (`Phase`), whose writers
 * get the records. It declares which fields it holds; the runner counts all other
 * fields as lost.
 *
 * @stability unstable
 * @since 0.1.0
 * @packageDocumentation
 */
import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import type * as Path from "effect/Path"
import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Kind } from "./Entity.ts"
import type { Context, Session, Sink } from "./internal/sinks/contract.ts"
import { invalid } from "./internal/sinks/invalid.ts"
import type { Fields } from "./internal/sinks/model.ts"
import { tee as teeOf } from "./internal/sinks/tee.ts"
import * as Settings from "./settings/Settings.ts"
import { SinkError } from "./SinkError.ts"
import type { FromConfig } from "./Source.ts"

export type { Receipt, Completion, Field, Fields } from "./internal/sinks/model.ts"

export { OutputFile, Summary } from "./internal/sinks/model.ts"

/**
 * Declares all fields of some kinds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const allOf = (kinds: Iterable<Kind>): Fields =>
  Object.fromEntries(Array.from(kinds, (kind) => [kind, "all"]))

export type { Sink, Context, Session } from "./internal/sinks/contract.ts"

/**
 * The services that a sink needs.
 *
 * @category models
 * @since 0.1.0
 */
export type ServicesOf<S> = S extends Sink<infer R> ? R : never

/**
 * Writes everything to several sinks in one pass. Their names must differ.
 *
 * @category combinators
 * @since 0.1.0
 */
export const tee = <const S extends ReadonlyArray<Sink<unknown>>>(sinks: S): Sink<ServicesOf<S[number]>> =>
  teeOf(sinks as ReadonlyArray<Sink<ServicesOf<S[number]>>>)

/**
 * Makes a sink from settings that may be invalid. If they are, the sink is called
 * `name`, unless the settings give a name, and every use of it fails with
 * `InvalidConfig`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const fromConfig = <S extends Schema.ConstraintDecoder<unknown>, R>(
  { config, fields, name, schema }: Omit<FromConfig<S>, "kinds"> & Pick<Sink, "fields">,
  make: (settings: S["Type"]) => Sink<R>
): Sink<R> =>
  Result.match(Settings.result(schema, config), {
    onFailure: (reason): Sink<R> => {
      const of = Settings.nameOf(config, name)
      const fail = Effect.fail(new SinkError({ sink: of, reason }))
      return { name: of, fields, fingerprint: {}, check: fail, divide: () => invalid(fail) }
    },
    onSuccess: make
  })

export {
  /**
   * The consequence of a field that a sink does not hold, in records of a kind that it
   * holds.
   *
   * @category models
   * @since 0.1.0
   */
  FIELD_UNSUPPORTED,
  /**
   * The consequence of a kind that a sink does not hold.
   *
   * @category models
   * @since 0.1.0
   */
  UNSUPPORTED_KIND
} from "./internal/sinks/losses.ts"

/**
 * Opens a sink as the runner does. Kinds that it does not hold are dropped and counted.
 * Fields that it does not hold are counted. Records that belong to exclusions are left
 * out if the sink's writers do not handle exclusions.
 *
 * Phases that depend only on the source are fed directly, with up to 16 writers at
 * once. Data for the other phases is kept in files in the state folder, and each of
 * their parts is a task after reading.
 *
 * @category operations
 * @since 0.1.0
 */
export const open = <R>(
  sink: Sink<R>,
  context: Context
): Effect.Effect<Session, SinkError, R | FileSystem.FileSystem | Path.Path | Scope.Scope> =>
  Effect.flatMap(
    Effect.promise(() => import("./internal/sinks/session.ts")),
    ({ openSession }) => openSession(sink, context)
  )
