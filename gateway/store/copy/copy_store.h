// Copies a whole store from one kind of database to another, and compares what has arrived.
//
// Runs on: the thread that calls; it blocks for as long as it takes.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/secret.h"
#include "gateway/store/copy/copy_end.h"

namespace earshot::store {

// `place`: sqlite:PATH or postgresql://... `make`: where a file may be made.
// Throws StoreError, StartupError.
std::unique_ptr<CopyEnd> open_copy_end(std::string_view place, const Secret& password, bool make);

struct CopiedCount {
  std::string table;
  std::uint64_t rows = 0;
};
// `told` hears of the progress, for each table and every kToldEach rows.
inline constexpr std::uint64_t kToldEach = 1000;
using CopyTold = std::function<void(std::string_view table, std::uint64_t rows, std::uint64_t of)>;

// All in one transaction of the target: when it ends in any other way than by returning, the target is as empty
// as before, and the copy can be begun again.
// RETURNS: the rows of each table, which were counted and compared in both.
// Throws StoreError: kInvalid (the target is not empty), kInternal (what has arrived differs), what the databases say.
std::vector<CopiedCount> copy_store(CopyEnd& from, CopyEnd& to, const CopyTold& told);

}  // namespace earshot::store
