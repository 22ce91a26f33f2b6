// Collects the mapped and rejected records, without secrets in the rejects.
import { type Rejected } from "@chatferry/core"
import { BatchBuilder } from "@chatferry/core/run"
import { isToken, withoutSecrets, withoutSecretsText } from "../records/secrets.ts"

export class Out extends BatchBuilder.BatchBuilder {
  constructor({ stripSignedUrls }: { readonly stripSignedUrls: boolean }) {
    super({ stripSignedUrls, bodies: ["text", "html"] })
  }

  protected override withoutSecrets(original: unknown, _kind: Rejected.Rejected["kind"]): unknown {
    return withoutSecrets(original)
  }

  protected override keepsField(of: object, field: string, _kind: Rejected.Rejected["kind"]): boolean {
    return !isToken(of, field)
  }

  protected override textWithoutSecrets(text: string, _kind: Rejected.Rejected["kind"]): string {
    return withoutSecretsText(text)
  }
}
