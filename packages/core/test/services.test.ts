import {
  Migration,
  type MigrationError,
  Sink,
  Source,
  type SourceError,
  type SinkError,
  Transform
} from "@chatferry/core"
import { assert, expectTypeOf, it } from "@effect/vitest"
import { Context, Data, Effect, type FileSystem, type Path, Stream } from "effect"

class Disk extends Context.Service<Disk, { readonly name: string }>()("test/Disk") {}
class Network extends Context.Service<Network, { readonly name: string }>()("test/Network") {}

const source = <R>(name: string, needs: Effect.Effect<unknown, never, R>): Source.Source<R> =>
  Source.make({
    name,
    kinds: new Set(["user"]),
    open: Effect.as(needs, {
      fingerprint: {},
      partitions: Effect.succeed([{ id: name, fingerprint: name }]),
      read: () => Stream.empty
    })
  })

const sink = <R>(name: string, needs: Effect.Effect<unknown, never, R>): Sink.Sink<R> => ({
  name,
  fields: Sink.allOf(["user"]),
  fingerprint: {},
  divide: () => ({
    phases: [
      { name: "write", after: [], parts: 1, open: () => Effect.as(needs, { write: () => Effect.void }) }
    ],
    publish: (output) => output.publish()
  })
})

it.effect("sources and sinks that need different services are joined, and need all of them", () =>
  Effect.gen(function* () {
    const both: Source.Source<Disk | Network> = Source.concat(
      "both",
      [source("a", Disk), source("b", Network)],
      { ids: "separate" }
    )
    const all: Sink.Sink<Disk | Network> = Sink.tee([sink("a", Disk), sink("b", Network)])
    assert.deepStrictEqual([both.name, all.name], ["both", "a+b"])
    const { segments } = yield* both.open
    assert.strictEqual((yield* segments).length, 2)
    // @ts-expect-error -- One of the services is not enough.
    const few: Source.Source<Disk> = Source.concat("few", [source("a", Disk), source("b", Network)], {
      ids: "shared"
    })
    assert.strictEqual(few.name, "few")
  }).pipe(
    Effect.scoped,
    Effect.provideService(Disk, { name: "disk" }),
    Effect.provideService(Network, { name: "network" })
  )
)

class NoDisk extends Data.TaggedError("NoDisk") {}
class NoNetwork extends Data.TaggedError("NoNetwork") {}

const transform = <E, R>(name: string, needs: Effect.Effect<unknown, E, R>): Transform.Transform<E, R> =>
  Transform.make(name, (records) => Effect.as(needs, Transform.kept(records)))

const onDisk = transform("on-disk", Effect.andThen(Disk, Effect.fail(new NoDisk())))
const overNetwork = transform("over-network", Effect.andThen(Network, Effect.fail(new NoNetwork())))

it.effect("transforms that fail and need other things are composed, and need all of them", () =>
  Effect.gen(function* () {
    const both = Transform.compose("both", [onDisk, Transform.filter("all", () => true), overNetwork])
    expectTypeOf(both).toEqualTypeOf<Transform.Transform<NoDisk | NoNetwork, Disk | Network>>()
    expectTypeOf(Transform.compose("none", [])).toEqualTypeOf<Transform.Transform>()
    const failed = yield* Effect.flip(both.apply([]))
    assert.strictEqual(failed._tag, "NoDisk")
  }).pipe(Effect.provideService(Disk, { name: "disk" }), Effect.provideService(Network, { name: "network" }))
)

it("a migration with a list of such transforms needs all of them, and what its source and its sink need", () => {
  const options = { id: "all", source: source("a", Disk), sink: sink("b", Network) } as const
  type Failure = SourceError.SourceError | SinkError.SinkError | MigrationError.MigrationError
  type Disks = FileSystem.FileSystem | Path.Path
  const run = Migration.run({
    ...options,
    source: source("a", Effect.void),
    transforms: [onDisk, overNetwork]
  })
  expectTypeOf<Effect.Error<typeof run>>().toEqualTypeOf<Failure | NoDisk | NoNetwork>()
  expectTypeOf<Effect.Services<typeof run>>().toEqualTypeOf<Disks | Disk | Network>()
  const list: ReadonlyArray<Transform.Transform<NoDisk, Disk>> = [onDisk]
  const listed = Migration.run({ ...options, transforms: list })
  expectTypeOf<Effect.Error<typeof listed>>().toEqualTypeOf<Failure | NoDisk>()
  const none = Migration.run(options)
  expectTypeOf<Effect.Error<typeof none>>().toEqualTypeOf<Failure>()
  expectTypeOf<Effect.Services<typeof none>>().toEqualTypeOf<Disks | Disk | Network>()
  // @ts-expect-error -- A sink is not a transform.
  assert.isTrue(Effect.isEffect(Migration.run({ ...options, transforms: [options.sink] })))
})
