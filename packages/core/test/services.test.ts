import { Sink, Source } from "@chatferry/core"
import { assert, it } from "@effect/vitest"
import { Context, Effect, Stream } from "effect"

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
  open: () =>
    Effect.as(needs, {
      write: () => Effect.void,
      flush: Effect.succeed(null),
      finish: () => Effect.succeed([])
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
