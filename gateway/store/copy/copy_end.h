// One end of a copy: a database whose tables are read or written row by row, in one transaction.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "gateway/store/copy/table_list.h"

namespace earshot::store {

struct CopiedBytes {
  std::string bytes;
  bool operator==(const CopiedBytes&) const = default;
};
using CopiedCell = std::variant<std::monostate, std::int64_t, std::string, CopiedBytes>;  // the first: NULL
using CopiedRow = std::vector<CopiedCell>;

// Runs on: one thread.
// Errors: StoreError and StartupError, thrown.
class CopyEnd {
 public:
  virtual ~CopyEnd() = default;
  // `writing`: nobody else may write until commit(); else what is read is of one moment.
  virtual void begin(bool writing) = 0;
  virtual std::uint64_t count(const CopiedTable& table) = 0;
  virtual void read(const CopiedTable& table, const std::function<void(const CopiedRow&)>& row) = 0;
  virtual void write(const CopiedTable& table, const CopiedRow& row) = 0;
  // Makes the index of what is remembered as well. Without it nothing was written.
  virtual void commit() = 0;
};

}  // namespace earshot::store
