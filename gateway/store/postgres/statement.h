// What is said to PostgreSQL and what it says back, without a connection. Pure.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.h"
#include "gateway/store/transactional_store.h"

namespace earshot::store::postgres {

// `?` becomes $1, $2, ... Our statements have none in a literal.
std::string numbered(std::string_view sql);

// How a failure is to be taken, by its SQLSTATE (appendix A of PostgreSQL's manual); empty: libpq's own, which
// is a connection that broke.
struct Fault {
  ErrorCode code = ErrorCode::kInternal;
  Trouble trouble = Trouble::kNone;
};
Fault fault_of(std::string_view sqlstate);

}  // namespace earshot::store::postgres
