// Settings after defaults, as everything inside reads them.
import { type ArchiveSource } from "@chatferry/core"

export type Limits = ArchiveSource.Limits
