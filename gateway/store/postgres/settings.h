// Where the PostgreSQL database is, and how this gateway behaves there. Plain values.
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/base/secret.h"

namespace earshot::store::postgres {

struct Settings {
  std::string url;      // postgresql://user@host:port/database?parameters, without a password (store_url.h)
  Secret password{};    // empty: what libpq finds by itself (PGPASSWORD, ~/.pgpass, peer)
  std::string gateway;  // this gateway's name, one of its own in the database; commands are told apart by it
  // Of one attempt, for each host that the URL's name leads to.
  Milliseconds connect_timeout{5000};
  // A statement takes milliseconds; what takes longer is broken off by the server, and a server that does not
  // even do that is taken for gone kGrace later.
  Milliseconds statement_timeout{10'000};
  static constexpr Milliseconds kGrace{3000};
};

}  // namespace earshot::store::postgres
