// The one PostgreSQL server of this program's cases; each makes databases of its own in it.
#pragma once

#include <gtest/gtest.h>

#include "gateway/store/postgres/settings.h"
#include "tests/fakes/postgres_server.h"

namespace earshot::store::postgres {

inline fakes::PostgresServer& shared_server() {
  static fakes::PostgresServer server;
  return server;
}

inline Settings new_settings(const std::string& gateway = "here") {
  return {.url = shared_server().new_database(), .gateway = gateway};
}

// The first line of a case.
#define SKIP_WITHOUT_POSTGRES() \
  if (!fakes::PostgresServer::missing().empty()) GTEST_SKIP() << fakes::PostgresServer::missing()

}  // namespace earshot::store::postgres
