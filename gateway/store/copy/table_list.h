// Every table of the store, with the columns that all kinds of database have. Pure.
// The index of what is remembered is none of them: each kind has its own, and makes it anew (CopyEnd::commit).
#pragma once

#include <span>
#include <string_view>

#include "gateway/store/sql.h"

namespace earshot::store {

struct CopiedTable {
  const char* name;
  std::string_view kinds;  // of the columns: i a number or truth, t a text, b bytes
  Sql count;
  Sql select;
  Sql insert;
};
// In an order in which what is referred to comes first.
std::span<const CopiedTable> copied_tables();

}  // namespace earshot::store
