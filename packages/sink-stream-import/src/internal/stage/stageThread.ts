// The thread that stages what another one reads and encodes.
import { parentPort } from "node:worker_threads"
import { SqliteStage } from "@chatferry/connector"
import { failedOf } from "../threads/failed.ts"
import { makeExclusionStaging } from "./exclusions.ts"
import { makeInsertRow } from "./insertRow.ts"
import type { Committed, FromStage, ToStage } from "./stageProtocol.ts"

/** Serves the thread that has started this one. After a failure, it does nothing more. */
export const serve = (): void => {
  const port = parentPort
  if (port === null) throw new Error("this is not a worker thread")
  const reply = (message: FromStage) => port.postMessage(message)
  let stage: ((message: Change) => void) | undefined
  port.on("message", (message: ToStage) => {
    try {
      if (message._tag === "open") stage = open(message.stage, reply)
      else stage?.(message)
    } catch (cause) {
      stage = undefined
      reply(failedOf(cause))
    }
  })
  reply({ _tag: "ready" })
}

// internal

type Change = Exclude<ToStage, { readonly _tag: "open" }>

const open = ({ options, path, proof }: Committed, reply: (message: FromStage) => void) => {
  const stage = SqliteStage.reopen(options, path, proof)
  const insertRow = makeInsertRow(stage.insert)
  const stageExclusion = makeExclusionStaging(stage.insert)
  return (message: Change): void => {
    switch (message._tag) {
      case "rows":
        stage.write(() => message.rows.forEach(insertRow))
        return reply({ _tag: "staged", length: message.length })
      case "exclude":
        return stage.write(() => message.exclusions.forEach(stageExclusion))
      case "commit":
        return reply({ _tag: "committed", proof: stage.commit() })
      case "close":
        stage.database.close()
        return reply({ _tag: "closed" })
    }
  }
}
