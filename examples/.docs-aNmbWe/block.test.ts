import { SendbirdSource } from "@chatferry/source-sendbird"
import { SourceContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"

const source = SendbirdSource.archives({ inputs: ["./sendbird-export"] })

describe("SendbirdSource keeps the source contract", () => {
  it.live.each(SourceContract.rules({ source, secrets: ["CANARY-TOKEN"] }))("$name", ({ check }) =>
    Effect.provide(check, NodeServices.layer)
  )
})
