// Everything that knows people: accounts, sessions, the throttle, the thread of the passwords, the audit log.
//
// Runs on: the gateway's main executor.
// Owns: its parts.
// Borrows: store and clock.
#pragma once

#include <filesystem>
#include <string>

#include "common/asio/asio.h"
#include "common/base/clock.h"
#include "gateway/api/api_router.h"
#include "gateway/api/audit_log.h"
#include "gateway/api/auth/accounts.h"
#include "gateway/api/auth/authenticator.h"
#include "gateway/api/auth/login_throttle.h"
#include "gateway/api/auth/password_thread.h"
#include "gateway/api/auth/secret_files.h"
#include "gateway/api/auth/sessions.h"

namespace earshot::gateway::api {

struct AuthSettings {
  std::filesystem::path secrets_folder;  // of the local token and the set-up link
  std::string console_url;               // where browsers reach us; https makes cookies Secure
  SessionTimes sessions;
  std::string version;    // told to who is logged in
  std::string admission;  // the same
};

struct Auth {
  // Makes the local token's file when there is none.
  // Throws StartupError.
  Auth(store::StoreProxy& store, Executor executor, const Clock& time, AuthSettings with)
      : settings(std::move(with)),
        clock(time),
        accounts(store, executor, time),
        sessions(settings.sessions),
        passwords(executor),
        setup(settings.secrets_folder / "setup-link", settings.console_url),
        audit(store, time),
        authenticator(accounts, sessions, time,
                      load_or_make_local_token(settings.secrets_folder / "admin.token")) {}

  AuthSettings settings;
  const Clock& clock;
  Accounts accounts;
  Sessions sessions;
  LoginThrottle throttle;
  PasswordThread passwords;
  SetupLink setup;
  AuditLog audit;
  Authenticator authenticator;

  store::WallTime now() const { return std::chrono::time_point_cast<Milliseconds>(clock.wall()); }
};

inline constexpr std::size_t kMinPasswordBytes = 8;
inline constexpr std::size_t kMaxPasswordBytes = 256;

}  // namespace earshot::gateway::api
