import { SinkError } from "@chatferry/core"

export interface Settings {
  readonly name: string
  readonly directory: string
}

export const failed = ({ name }: Settings, reason: SinkError.SinkErrorReason): SinkError.SinkError =>
  new SinkError.SinkError({ sink: name, reason })
