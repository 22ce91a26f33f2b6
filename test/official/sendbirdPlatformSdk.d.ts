// The client comes without types: as much of it as the tests call. `data` is what it makes of the answer.
declare module "sendbird-platform-sdk" {
  type Fields = Readonly<Record<string, unknown>>

  interface Answered {
    readonly data: Fields
    readonly response: { readonly body: Fields }
  }

  type Options = Readonly<Record<string, unknown>>

  export class ApiClient {
    readonly basePath: string
    constructor(basePath: string)
  }

  export class UserApi {
    constructor(client: ApiClient)
    listUsersWithHttpInfo(token: string, options: Options): Promise<Answered>
    viewUserByIdWithHttpInfo(token: string, userId: string, options: Options): Promise<Answered>
  }

  export class GroupChannelApi {
    constructor(client: ApiClient)
    gcListChannelsWithHttpInfo(token: string, options: Options): Promise<Answered>
    gcViewChannelByUrlWithHttpInfo(token: string, url: string, options: Options): Promise<Answered>
    gcListMembersWithHttpInfo(token: string, url: string, options: Options): Promise<Answered>
    gcListOperatorsWithHttpInfo(token: string, url: string, options: Options): Promise<Answered>
  }

  export class OpenChannelApi {
    constructor(client: ApiClient)
    ocListChannelsWithHttpInfo(token: string, options: Options): Promise<Answered>
    ocViewChannelByUrlWithHttpInfo(token: string, url: string): Promise<Answered>
    ocListOperatorsWithHttpInfo(token: string, url: string, options: Options): Promise<Answered>
    ocListParticipantsWithHttpInfo(token: string, url: string, options: Options): Promise<Answered>
  }

  export class MessageApi {
    constructor(client: ApiClient)
    listMessagesWithHttpInfo(token: string, type: string, url: string, options: Options): Promise<Answered>
    viewMessageByIdWithHttpInfo(
      token: string,
      type: string,
      url: string,
      messageId: string,
      options: Options
    ): Promise<Answered>
  }

  export class DataExportApi {
    constructor(client: ApiClient)
    registerAndScheduleDataExportWithHttpInfo(
      token: string,
      dataType: string,
      options: { readonly registerAndScheduleDataExportData: Fields }
    ): Promise<Answered>
    viewDataExportByIdWithHttpInfo(token: string, dataType: string, requestId: string): Promise<Answered>
    listDataExportsByMessageChannelOrUserWithHttpInfo(
      token: string,
      dataType: string,
      options: Options
    ): Promise<Answered>
  }
}
