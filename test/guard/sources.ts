/** The sources of files, for a folder that a case names later. */
import { NdjsonSource } from "@chatferry/sink-ndjson"
import { SendbirdSource } from "@chatferry/source-sendbird"
import { StreamSource } from "@chatferry/source-stream"

export type FileSource = ReturnType<typeof SendbirdSource.archives>

export const sendbird =
  (settings: Omit<SendbirdSource.ArchivesConfig, "inputs"> = {}) =>
  (input: string) =>
    SendbirdSource.archives({ ...settings, inputs: [input] })

export const stream =
  (settings: Omit<StreamSource.FilesConfig, "inputs"> = {}) =>
  (input: string) =>
    StreamSource.files({ ...settings, inputs: [input] })

export const ndjson =
  (settings: Omit<NdjsonSource.NdjsonSourceConfig, "inputs"> = {}) =>
  (input: string) =>
    NdjsonSource.make({ ...settings, inputs: input })
