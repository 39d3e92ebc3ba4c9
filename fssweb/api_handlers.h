/*
 * The handlers of the table of routes; docs/openapi.yaml says what each does.
 */
#ifndef FSSWEB_API_HANDLERS_H
#define FSSWEB_API_HANDLERS_H

#include "api.h"

web_handler api_access_put;
web_handler api_accounts_post;
web_handler api_audit_get;
web_handler api_content_get;
web_handler api_content_put;
web_handler api_decide_post;
web_handler api_device_delete;
web_handler api_devices_get;
web_handler api_entry_get;
web_handler api_find_get;
web_handler api_folders_post;
web_handler api_fulfil_post;
web_handler api_grants_get;
web_handler api_grants_put;
web_handler api_groups_get;
web_handler api_groups_put;
web_handler api_health_get;
web_handler api_holders_get;
web_handler api_hub_get;
web_handler api_invite_delete;
web_handler api_invites_get;
web_handler api_invites_post;
web_handler api_link_content;
web_handler api_link_delete;
web_handler api_link_get;
web_handler api_link_post;
web_handler api_link_style;
web_handler api_link_zip;
web_handler api_links_get;
web_handler api_links_post;
web_handler api_list_get;
web_handler api_live_get;
web_handler api_move_post;
web_handler api_password_put;
web_handler api_people_get;
web_handler api_presence_put;
web_handler api_recent_get;
web_handler api_remove_post;
web_handler api_request_get;
web_handler api_requests_get;
web_handler api_requests_post;
web_handler api_restore_post;
web_handler api_rule_delete;
web_handler api_rules_get;
web_handler api_rules_post;
web_handler api_session_delete;
web_handler api_session_end;
web_handler api_session_get;
web_handler api_session_post;
web_handler api_sessions_get;
web_handler api_shares_get;
web_handler api_tokens_get;
web_handler api_tokens_post;
web_handler api_tus_delete;
web_handler api_tus_options;
web_handler api_tus_patch;
web_handler api_tus_post;
web_handler api_upload_get;
web_handler api_uploads_get;
web_handler api_user_patch;
web_handler api_users_get;
web_handler api_versions_get;
web_handler api_zip_get;

#endif
