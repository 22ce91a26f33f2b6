/**
 * Where entities go.
 *
 * A sink is a plain value. `open` gives a writer that lives as long as the
 * scope; `flush` makes what was written durable and says how to find that point
 * again; `finish` publishes. Whatever lies behind the last receipt is discarded
 * by the next `open`, and that is what makes a killed run continue exactly.
 *
 * @stability unstable
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Consequence from "./Consequence.ts"
import type { Entity, Kind } from "./Entity.ts"
import type { Exclusion, Filter } from "./Exclusion.ts"
import type { Fingerprint } from "./Fingerprint.ts"
import * as BeforeSink from "./internal/beforeSink.ts"
import { forSink } from "./internal/corrections/ofRun.ts"
import { A_SINK, doubled, isSink, membersOf } from "./internal/settings/members.ts"
import * as Ledger from "./Ledger.ts"
import type { Rejected } from "./Rejected.ts"
import * as Setting from "./Setting.ts"
import * as Settings from "./Settings.ts"
import { foreignReceipt, InvalidConfig, InvalidReceipt, SinkError } from "./SinkError.ts"
import type { FromConfig } from "./Source.ts"

/**
 * A point that a writer can go back to: JSON that only its sink understands.
 *
 * @category models
 * @since 0.1.0
 */
export type Receipt = Schema.Json

/**
 * A published file.
 *
 * @category schemas
 * @since 0.1.0
 */
export class OutputFile extends Schema.Opaque<OutputFile>()(
  Schema.Struct({
    /** Relative to the sink's folder, with `/`. */
    path: Schema.String,
    bytes: Schema.Finite,
    /** Lower-case hex. */
    sha256: Schema.String,
    /** Records in the file. */
    records: Schema.Finite
  })
) {}

/**
 * What one sink came to. `ledger.read` is what it received; its files are in
 * the order in which they are to be used.
 *
 * @category schemas
 * @since 0.1.0
 */
export class Summary extends Schema.Opaque<Summary>()(
  Schema.Struct({
    sink: Schema.String,
    directory: Schema.String,
    files: Schema.Array(OutputFile),
    ledger: Ledger.Ledger
  })
) {}

/**
 * What a sink gets to work with.
 *
 * @category models
 * @since 0.1.0
 */
export interface Context {
  readonly migrationId: string
  /** Tells this run, however often it is resumed, from any other of a migration with the same id. Not for output: it is random. */
  readonly runId: string
  /** The last receipt; none on a first run. */
  readonly receipt: Option.Option<Receipt>
  /** A folder of the sink's own that outlives the process until the migration is done. The sink creates it if it needs it. */
  readonly stateDirectory: string
  /**
   * Sets records aside. Counting them as rejected in the summary's ledger is up
   * to the sink. A sink that is made of others says which of them it is.
   */
  readonly reject: (rejected: ReadonlyArray<Rejected>, sink?: string) => Effect.Effect<void, SinkError>
  /** Leaves out what belongs to exclusions, before a sink whose writer does not take them. The runner's matter. */
  readonly filter?: Filter
  /** Tells how far a long step has come; `done` of `total`, in the step's own unit. */
  readonly progress: (step: string, done: number, total: number) => Effect.Effect<void>
}

/**
 * What the run came to before the sink, for the manifest.
 *
 * @category models
 * @since 0.1.0
 */
export interface Completion {
  readonly migrationId: string
  readonly source: string
  /** Fingerprint of source and settings. */
  readonly fingerprint: string
  /** The way from the source to the sink; `written` is what the sink received. */
  readonly ledger: Ledger.Ledger
  /** An output without a record is an error, `SinkError.EmptyOutput`. */
  readonly mustHaveRecords?: boolean
  /**
   * A sink that has not received what `ledger` says it was given, or does not
   * account for all of it, publishes nothing: `SinkError.OutOfBalance`. The runner
   * always asks for it.
   */
  readonly mustBalance?: boolean
}

/**
 * An open sink.
 *
 * @category models
 * @since 0.1.0
 */
export interface Writer {
  readonly write: (records: ReadonlyArray<Entity>) => Effect.Effect<void, SinkError>
  /**
   * Channels, users and messages that were left out on purpose, with whatever belongs to them. A sink that sees all records
   * before it writes leaves out what belongs to them; for a sink without this, the runner does.
   */
  readonly exclude?: (exclusions: ReadonlyArray<Exclusion>) => Effect.Effect<void, SinkError>
  /** Everything written is durable; `open` with this receipt goes on exactly here. */
  readonly flush: Effect.Effect<Receipt, SinkError>
  /** Publishes: complete, checked, visible all at once per file and then the manifest. May be called again after a crash. */
  readonly finish: (completion: Completion) => Effect.Effect<ReadonlyArray<Summary>, SinkError>
}

/**
 * A field of an entity, or of an object or a list of objects in it: `text`,
 * `attachments.url`. A field that is named alone is held with all that is in it.
 *
 * @category models
 * @since 0.1.0
 */
export type Field<K extends Kind> = Path<Omit<Entity<K>, "_tag">>

/**
 * The fields that a sink holds, by kind. A kind that is not named is not held. `all`
 * is for sinks that write entities whole, also fields that the model gets later.
 *
 * @category models
 * @since 0.1.0
 */
export type Fields = { readonly [K in Kind]?: "all" | ReadonlyArray<Field<K>> }

/**
 * All fields of some kinds.
 *
 * @category constructors
 * @since 0.1.0
 */
export const allOf = (kinds: Iterable<Kind>): Fields =>
  Object.fromEntries(Array.from(kinds, (kind) => [kind, "all"]))

/**
 * Writes canonical entities for one provider or into one format.
 *
 * @category models
 * @since 0.1.0
 */
export interface Sink<out R = never> {
  readonly name: string
  /** What it can hold. The runner drops other kinds and counts them as `unsupported_kind`, and counts other fields as `field_unsupported.<kind>.<field>`. */
  readonly fields: Fields
  /** What the codes in its ledger mean; a report calls others not explained. */
  readonly consequences?: ReadonlyArray<Consequence.Consequence>
  /** Settings that change what is written. A checkpoint is only used for the same ones; a refusal names those that differ. */
  readonly fingerprint: Fingerprint
  /** Folders or files it writes, so that a run that cannot be resumed says what to remove of what it has made there. */
  readonly outputs?: ReadonlyArray<string>
  /** Fails when a setting cannot work. Asked before anything is made or read; nothing is checked when absent. */
  readonly check?: Effect.Effect<void, SinkError, R>
  readonly open: (context: Context) => Effect.Effect<Writer, SinkError, R | Scope.Scope>
}

/**
 * What a sink needs.
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
 * Makes a sink of settings that may be wrong. Where they are, the sink has the name
 * `name`, and fails with `InvalidConfig` whenever it is used.
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
      return { name: of, fields, fingerprint: {}, check: fail, open: () => fail }
    },
    onSuccess: make
  })

/**
 * A kind that a sink does not hold.
 *
 * @category models
 * @since 0.1.0
 */
export const UNSUPPORTED_KIND: Consequence.Consequence = Consequence.make("unsupported_kind", {
  effect: "lost",
  outcome: "dropped",
  says: "records of a kind that the sink cannot hold",
  action: "Write them with another sink in the same run (Sink.tee) if they are needed."
})

/**
 * A field that a sink does not hold, in records that it holds otherwise.
 *
 * @category models
 * @since 0.1.0
 */
export const FIELD_UNSUPPORTED: Consequence.Consequence<"field_unsupported.{field}"> = Consequence.make(
  "field_unsupported.{field}",
  {
    effect: "lost",
    outcome: "noted",
    says: "records with the field {field}, which the sink cannot hold",
    action: "Write them with another sink in the same run (Sink.tee) if the field is needed."
  }
)

/**
 * Opens a sink so that kinds it does not hold are dropped and counted, fields
 * it does not hold are counted, and, if its writer has no `exclude`, what belongs
 * to exclusions is left out. The runner opens every
 * sink through this.
 *
 * @category operations
 * @since 0.1.0
 */
export const openSupported = <R>(
  sink: Sink<R>,
  context: Context
): Effect.Effect<Writer, SinkError, R | Scope.Scope> =>
  Effect.gen(function* () {
    const last = yield* Option.match(context.receipt, {
      onNone: () => Effect.succeed(Option.none<BeforeSink.SupportedReceipt>()),
      onSome: (receipt) =>
        Option.match(BeforeSink.decodeReceipt(receipt), {
          onNone: () =>
            Effect.fail(
              new SinkError({
                sink: sink.name,
                reason: foreignReceipt(context.stateDirectory)
              })
            ),
          onSome: (decoded) => Effect.succeedSome(decoded)
        })
    })
    const writer = yield* sink.open({ ...context, receipt: Option.map(last, (receipt) => receipt.receipt) })
    const guarded = BeforeSink.guard(sink, context, writer, Option.getOrUndefined(last), {
      kind: UNSUPPORTED_KIND.code,
      field: (path) => Consequence.codeOf(FIELD_UNSUPPORTED, path)
    })
    return yield* forSink(sink.name, guarded)
  })

// internal

const teeOf = <R>(sinks: ReadonlyArray<Sink<R>>): Sink<R> => {
  const members = membersOf(sinks, isSink)
  const name = members.map((sink) => sink.name).join("+")
  const twice = doubled(members)
  const judged = Settings.decode(Joined, { sinks }).pipe(
    Effect.andThen(
      twice === undefined
        ? Effect.void
        : new InvalidConfig({ setting: "sinks", problem: `has two sinks with the name ${twice}` })
    ),
    Effect.mapError((reason) => new SinkError({ sink: name === "" ? "tee" : name, reason }))
  )
  return {
    name,
    fields: union(members.map((sink) => sink.fields)),
    consequences: members.flatMap((sink) => sink.consequences ?? []),
    fingerprint: Object.fromEntries(members.map((sink) => [sink.name, sink.fingerprint])),
    outputs: members.flatMap((sink) => sink.outputs ?? []),
    check: Effect.andThen(
      judged,
      Effect.forEach(members, (sink) => sink.check ?? Effect.void, { discard: true })
    ),
    open: (context) =>
      Effect.gen(function* () {
        yield* judged
        const writers = yield* Effect.forEach(members, (sink) =>
          Effect.map(
            Effect.flatMap(nested(context, sink.name), (own) => openSupported(sink, own)),
            (writer) => ({ name: sink.name, writer })
          )
        )
        return {
          write: (records) =>
            Effect.forEach(writers, ({ writer }) => writer.write(records), { discard: true }),
          // Each writer that takes none has been given what leaves out what belongs to them.
          exclude: (exclusions) =>
            Effect.forEach(writers, ({ writer }) => writer.exclude?.(exclusions) ?? Effect.void, {
              discard: true
            }),
          flush: Effect.map(
            Effect.forEach(writers, ({ name, writer }) =>
              Effect.map(writer.flush, (receipt) => [name, receipt] as const)
            ),
            (receipts) => Object.fromEntries(receipts)
          ),
          finish: (completion) =>
            Effect.map(
              Effect.forEach(writers, ({ writer }) => writer.finish(completion)),
              (summaries) => summaries.flat()
            )
        }
      })
  }
}

/** One level of paths: lists and objects by the fields in them. */
type Path<A> = { [P in keyof A & string]: P | `${P}.${Inner<NonNullable<A[P]>>}` }[keyof A & string]
type Inner<A> = A extends ReadonlyArray<infer One> ? Inner<One> : A extends object ? keyof A & string : never

const union = (all: ReadonlyArray<Fields>): Fields => {
  const joined = new Map<string, "all" | ReadonlyArray<string>>()
  for (const [kind, fields] of all.flatMap((one) => Object.entries(one))) {
    const before = joined.get(kind) ?? []
    joined.set(kind, before === "all" || typeof fields === "string" ? "all" : [...before, ...fields])
  }
  return Object.fromEntries(joined)
}

const Joined = Schema.Struct({
  sinks: Setting.listOf(Setting.value(isSink, A_SINK), "a list with at least one sink")
})

/** What one of several sinks gets; a receipt that does not know it was not written by these sinks. */
const nested = (context: Context, name: string): Effect.Effect<Context, SinkError> => {
  const own: Omit<Context, "receipt"> = {
    ...context,
    stateDirectory: `${context.stateDirectory}/${name}`,
    reject: (rejected, sink = name) => context.reject(rejected, sink),
    progress: (step, done, total) => context.progress(`${name}: ${step}`, done, total)
  }
  if (Option.isNone(context.receipt)) return Effect.succeed({ ...own, receipt: Option.none() })
  const receipt = context.receipt.value
  if (typeof receipt === "object" && receipt !== null && Object.hasOwn(receipt, name)) {
    return Effect.succeed({
      ...own,
      receipt: Option.some((receipt as Record<string, Receipt>)[name] as Receipt)
    })
  }
  const reason = new InvalidReceipt({
    path: context.stateDirectory,
    problem: `the receipt does not know ${name}`
  })
  return Effect.fail(new SinkError({ sink: name, reason }))
}
