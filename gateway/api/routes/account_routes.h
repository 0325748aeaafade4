// /setup, /login, /logout, /me, /me/password, /users, /tokens: people and what lets them in.
#pragma once

#include "gateway/api/auth/auth.h"
#include "gateway/control/devices/device_directory.h"

namespace earshot::gateway::api {

// What they borrow outlives the router's server.
void add_login_routes(ApiRouter& routes, Auth& auth);
// `devices`: those of a user who is removed become nobody's,
// so that a later user of the same name does not inherit them.
void add_user_routes(ApiRouter& routes, Auth& auth, DeviceDirectory& devices);
void add_token_routes(ApiRouter& routes, Auth& auth);

}  // namespace earshot::gateway::api
