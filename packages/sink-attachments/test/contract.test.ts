import { type Entity } from "@chatferry/core"
import { AttachmentInventory } from "@chatferry/sink-attachments"
import { EntityGenerator, SinkContract } from "@chatferry/testkit"
import { NodeServices } from "@effect/platform-node"
import { describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { CANARY } from "./harness.ts"

// More files with a reason to be listed than random entities have.
const signed = (entity: Entity.Entity, i: number): Entity.Entity =>
  entity._tag !== "message" || entity.attachments === undefined || i % 2 === 0
    ? entity
    : {
        ...entity,
        attachments: entity.attachments.map((attachment) =>
          Object.assign({}, attachment, {
            url: `https://files.example.com/${i}?Expires=${1_700_000_000 + i}&Signature=${CANARY}`
          })
        )
      }

const entities = EntityGenerator.make({ records: 3000, seed: 11 }).map(signed)

describe("AttachmentInventory keeps the sink contract", () => {
  const make = (directory: string) => AttachmentInventory.sink({ directory })
  // It lists only the files of messages. No setting changes the list, so there is no `changed`.
  const fields = { message: ["attachments.url", "attachments.isAuthRequired"] }
  it.live.each(
    SinkContract.rules({
      make,
      entities,
      fields,
      content: [CANARY],
      secrets: [CANARY],
      kept: ["files.example.com"]
    })
  )("$name", ({ check }) => Effect.provide(check, NodeServices.layer), 60_000)
})
