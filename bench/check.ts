/** Our check of an import file: each item by all rules, and each reference. */
import { StreamImportValidator } from "@chatferry/sink-stream-import"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect } from "effect"
import { main } from "./child.ts"

await main(({ paths }) =>
  StreamImportValidator.validate({ files: paths }).pipe(
    Effect.map(({ files, items }) => ({
      records: items,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0)
    })),
    Effect.provide(NodeServices.layer),
    Effect.runPromise
  )
)
