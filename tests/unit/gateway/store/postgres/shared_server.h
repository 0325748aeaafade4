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

}  // namespace earshot::store::postgres
