// The thread that checks import files while they are written.
import { parentPort, workerData } from "node:worker_threads"
import * as Effect from "effect/Effect"
import { failedOf } from "../threads/failed.ts"
import type { FromCheck, Start, ToCheck } from "./checkProtocol.ts"
import { FilesCheck } from "./filesCheck.ts"
import * as Settings from "./settings.ts"
import { StageFault } from "./spill.ts"

/** Serves the thread that has started this one. */
export const serve = (): void => {
  const port = parentPort
  if (port === null) throw new Error("this is not a worker thread")
  const { dialect, directory, settings } = workerData as Start
  const check = new FilesCheck(Effect.runSync(Settings.judgeSettings(settings)), directory, dialect)
  const reply = (message: FromCheck) => port.postMessage(message)
  const hear = (message: ToCheck) => {
    switch (message._tag) {
      case "begin":
        return check.begin(message.path)
      case "bytes":
        check.push(message.bytes)
        return reply({ _tag: "checked", bytes: message.bytes.length })
      case "forget":
        return check.forget()
      case "end":
        reply({ _tag: "result", result: check.result() })
        return check.close()
    }
  }
  port.on("message", (message: ToCheck) => {
    try {
      hear(message)
    } catch (cause) {
      if (!(cause instanceof StageFault)) throw cause
      reply(failedOf(cause.cause))
    }
  })
}
