import { EntityGenerator } from "@chatferry/testkit"
import { Corruption, SendbirdEmulator, SendbirdExport } from "@chatferry/testkit/sendbird"
import { StreamEmulator, StreamExport } from "@chatferry/testkit/stream"
import { NodeServices } from "@effect/platform-node"
import { assert, describe, it } from "@effect/vitest"
import { Cause, Effect, Exit } from "effect"

const thrown = (use: () => unknown): string => {
  try {
    use()
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return "nothing"
}

const app = StreamExport.generate({ messages: 10 })

describe("options of generators", () => {
  it.each<{ readonly name: string; readonly use: (options: never) => unknown }>([
    { name: "SendbirdExport.generate", use: SendbirdExport.generate },
    { name: "StreamExport.generate", use: StreamExport.generate },
    { name: "a selection of StreamExport", use: app.channels },
    { name: "a layout of StreamExport", use: (layout) => app.channels({}, layout) },
    { name: "EntityGenerator.make", use: EntityGenerator.make },
    { name: "Corruption.make", use: Corruption.make }
  ])("reject unknown keys: $name", ({ use }) => {
    assert.include(
      thrown(() => use({ elephant: 1 } as never)),
      "elephant is not a setting"
    )
  })

  it.each<{ readonly options: object; readonly message: string }>([
    { options: { mesages: 10 }, message: "mesages is not a setting; did you mean messages?" },
    { options: { messages: "10" }, message: 'messages must be a number, but is "10"' },
    { options: { features: { bigId: 1 } }, message: "features.bigId is not a setting; did you mean bigIds?" },
    {
      options: { features: { bigIds: 2 } },
      message: "features.bigIds must be a share from 0 to 1, but is 2"
    },
    { options: { format: "xml" }, message: 'format must be "json" or "csv", but is "xml"' }
  ])("are judged: $message", ({ message, options }) => {
    assert.strictEqual(
      thrown(() => SendbirdExport.generate(options as SendbirdExport.Options)),
      message
    )
  })

  it("may be undefined, like absent ones", () => {
    const counts = (options: SendbirdExport.Options) => SendbirdExport.generate(options).truth()
    assert.deepStrictEqual(
      counts({ seed: undefined, messages: 50, features: { bigIds: undefined } }),
      counts({ messages: 50 })
    )
  })
})

it.layer(NodeServices.layer)("options of emulators", (it) => {
  it.effect.each<{
    readonly name: string
    readonly start: Effect.Effect<unknown, unknown>
    readonly message: string
  }>([
    {
      name: "a Sendbird option",
      start: SendbirdEmulator.start({ exportPoll: 1 } as SendbirdEmulator.Options) as Effect.Effect<unknown>,
      message: "exportPoll is not a setting; did you mean exportPolls?"
    },
    {
      name: "a Sendbird fault",
      start: SendbirdEmulator.start({
        faults: { cutBod: 1 }
      } as SendbirdEmulator.Options) as Effect.Effect<unknown>,
      message: "faults.cutBod is not a setting; did you mean cutBody?"
    },
    {
      name: "an option of Stream's data",
      start: StreamEmulator.start({
        data: { mesages: 1 }
      } as StreamEmulator.Options) as Effect.Effect<unknown>,
      message: "data.mesages is not a setting; did you mean messages?"
    }
  ])("are checked: $name", ({ message, start }) =>
    Effect.gen(function* () {
      const exit = yield* Effect.exit(Effect.scoped(start))
      assert(Exit.isFailure(exit))
      assert.include(Cause.pretty(exit.cause), message)
    })
  )
})
