// Field names that have a meaning in Stream's imports or API responses (OpenAPI 236 and stream-chat 9.53), and names that
// its former validator rejected. Custom data must not use them.

const names = (text: string): ReadonlySet<string> =>
  new Set(["__proto__", "chatferry", ...text.trim().split(/\s+/)])

export const user = names(`
  anon app_pk avg_response_time ban_expires banned blocked_user_ids bypass_moderation channel_last_read_at channel_mutes
  created_at custom deactivated_at deleted_at devices id image invisible language last_active last_engaged_at
  latest_hidden_channels mutes name notifications_muted online pk privacy_settings push_notifications push_preferences
  revoke_tokens_issued_before role shadow_banned teams teams_role total_unread_count unread_channels unread_count
  unread_threads updated_at user_mutes user_pk`)

export const channel = names(`
  app_pk auto_translation_enabled auto_translation_language banned_users blocked cid config cooldown created_at created_by
  created_by_id created_by_pk custom deleted_at disabled filter_tags frozen hidden hide_messages_before id image invites
  joined last_message_at last_updated member_count member_ids members message_count mute_expires_at muted name
  own_capabilities pk team truncated_at truncated_by truncated_by_id type updated_at`)

export const member = names(`
  archived_at ban_expires ban_from_future_channels banned channel_id channel_member_ids channel_role channel_type created_at
  custom deleted_at deleted_messages future_channel_ban_expires hide_channel hide_messages_before invite_accepted_at
  invite_rejected_at invited invited_accepted_at invited_rejected_at is_moderator last_read notifications_muted pinned_at
  role shadow_banned status updated_at user user_id`)

export const message = names(`
  app_pk args attachments before_message_send_failed channel channel_id channel_member_ids channel_type cid command
  command_info created_at created_by_campaign_id custom deleted_at deleted_for_me deleted_reply_count draft html i18n id
  image_labels latest_reactions member mentioned_channel mentioned_group_ids mentioned_groups mentioned_here
  mentioned_roles mentioned_users mentioned_users_ids message_text_updated_at mml moderation moderation_details
  own_reactions parent_id parent_message pin_expires pinned pinned_at pinned_by pinned_by_id pk poll poll_id
  quoted_message quoted_message_id reaction_counts reaction_groups reaction_scores reactions_count reminder reply_count
  restricted_visibility shadowed shared_location show_in_channel silent text thread_participants tmp_id type updated_at
  user user_id`)

export const reaction = names(`
  app_pk created_at custom emoji_code message_id pk score type updated_at user user_id user_pk`)

export const attachment = names(`
  actions asset_url author_icon author_link author_name color custom duration fallback fields file_size footer
  footer_icon giphy image_url latitude longitude migrate_resources mime_type og_scrape_url original_height original_width
  pretext size text thumb_url title title_link type waveform_data`)

const typed = <const Type extends "string" | "integer">(type: Type, text: string) =>
  text.split(" ").map((name): readonly [string, Type] => [name, type])

/** Fields of attachments that the former validator read as one type (`attachmentItem`, stream-cli 4a4f627). */
export const attachmentTypes: ReadonlyMap<string, "string" | "integer"> = new Map<
  string,
  "string" | "integer"
>([
  ...typed(
    "string",
    "type fallback color pretext author_name author_link author_icon title title_link text footer footer_icon og_scrape_url"
  ),
  ...typed("integer", "original_width original_height size")
])
