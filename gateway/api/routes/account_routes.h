// /setup, /login, /logout, /me, /me/password, /users, /tokens: people and what lets them in.
#pragma once

#include "gateway/api/auth/auth.h"

namespace earshot::gateway::api {

// `auth` outlives the router's server.
void add_login_routes(ApiRouter& routes, Auth& auth);
void add_user_routes(ApiRouter& routes, Auth& auth);
void add_token_routes(ApiRouter& routes, Auth& auth);

}  // namespace earshot::gateway::api
