// Every field of the newest public types of Sendbird: the models of npm sendbird-platform-sdk 1.0.3 (what its
// constructFromObject reads) and the classes of npm @sendbird/chat 4.22.12 (what they read from a response and what their
// payloadify writes), as of November 2026. Braces contain a value that the field may have.

const platform = {
  user: `require_auth_for_profile_image is_online user_id access_token has_ever_logged_in is_active last_seen_at nickname
    discovery_keys session_tokens preferred_languages profile_url created_at phone_number local locale
    is_hide_me_from_friends is_shadow_blocked is_created metadata description end_at start_at`,
  channel: `channel_url cover_url created_at created_by creator custom_type data disappearing_message freeze
    ignore_profanity_filter hidden_state invited_at inviter is_access_code_required is_broadcast is_created
    is_discoverable is_distinct is_ephemeral is_frozen is_hidden is_public is_push_enabled is_super joined_at
    joined_member_count last_message max_length_message member_count members message_offset_timestamp
    message_survival_seconds my_count_preference my_last_read my_member_state my_muted_state my_push_trigger_option
    my_role name operators sms_fallback unread_mention_count unread_message_count is_dynamic_partitioned
    participant_count`,
  member: `connection_status friend_discovery_key friend_name is_active is_blocked_by_me is_blocking_me is_muted
    last_seen_at meta_data nickname plain_profile_url preferred_languages profile_url require_auth restriction_info role
    state user_id`,
  message: `require_auth message_survival_seconds custom_type mentioned_users translations updated_at is_op_msg is_removed
    user file message data message_retention_hour silent type created_at channel_type req_id mention_type channel_url
    message_id size sorted_metaarray thread_info parent_message_id parent_message_info is_reply_to_channel
    apple_critical_alert_options mentioned_user_ids meta_array_keys meta_arrays poll_id push_notification_delivery_option
    target_languages translation_target_languages message_type meta_array og_meta_data parent_message
    parent_message_text reactions sending_status file_name file_size file_url mime_type thumbnail_sizes`,
  reaction: "key updated_at user_ids"
}

const chat = {
  user: `guest_id user_id nickname name profile_url image require_auth_for_profile_image metadata is_online is_active
    last_seen_at preferred_languages friend_discovery_key friend_name`,
  channel: `channel_url name created_at cover_url custom_type data freeze is_ephemeral created_by metadata ts
    pinned_message_ids is_distinct is_super is_broadcast is_exclusive is_public is_discoverable is_chat_notification
    is_access_code_required is_push_enabled members member_count joined_member_count hidden_state ts_message_offset
    message_survival_seconds last_message read_receipt delivery_receipt member_state my_role is_muted count_preference
    push_trigger_option user_last_read inviter invited_at joined_ts unread_message_count unread_mention_count
    total_unread_thread_message_count latest_pinned_message conversation helpdesk_info latest_message has_bot has_ai_bot
    is_ai_agent_channel is_desk_channel message_purge_offset operators participant_count is_dynamic_partitioned`,
  member: `guest_id user_id nickname name profile_url image require_auth_for_profile_image metadata is_online is_active
    last_seen_at preferred_languages friend_discovery_key friend_name state role is_muted is_blocked_by_me is_blocking_me
    joined_ts restriction_type description end_at muted_end_at remaining_duration`,
  message: `msg_id message_id channel_url channel_type channel data custom_type mention_type mentioned_users
    mentioned_user_ids metaarray metaarray_key_order sorted_metaarray extended_message extended_message_payload created_at
    ts updated_at parent_message_id thread_info reactions_summary reactions og_tag silent is_op_msg
    apple_critical_alert_options scheduled_message_id scheduled_at scheduled_status is_continuous_messages message poll
    user sender_id req_id request_id is_reply_to_channel reply_to_channel error_code type file url name size custom
    require_auth thumbnails message_survival_seconds parent_message_info files mentioned_message_template translations
    plugins target_langs review_info request_state notification_message_id message_status priority
    notification_event_deadline`,
  reaction: "key sampled_user_ids user_ids sampled_user_info count is_self_included last_ts updated_at"
}

export type Kind = keyof typeof platform

export const kinds = Object.keys(platform) as ReadonlyArray<Kind>

/** All of them, each once. */
export const fieldsOf = (kind: Kind): ReadonlyArray<string> =>
  Array.from(new Set(`${platform[kind]} ${chat[kind]}`.trim().split(/\s+/u))).toSorted()
