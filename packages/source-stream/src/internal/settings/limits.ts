// Settings after defaults, as the internal modules use them.
import { type ArchiveSource } from "@chatferry/connector"

export interface Limits extends ArchiveSource.Limits {
  readonly stripSignedUrls: boolean
  readonly devices: "leave out" | "take"
}
