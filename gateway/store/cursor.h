// Cursors of lists that are read newest first: the number of the last row of the page before.
#pragma once

#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "gateway/store/store.h"

namespace earshot::store {

// Hostile: it comes back from a URL.
// RETURNS: rows below this number are wanted.
// Throws StoreError (kInvalid).
inline std::int64_t row_before(std::string_view cursor) {
  if (cursor.empty()) return std::numeric_limits<std::int64_t>::max();
  std::int64_t row = 0;
  const char* end = cursor.data() + cursor.size();
  const auto [stop, failure] = std::from_chars(cursor.data(), end, row);
  if (failure != std::errc() || stop != end || row <= 0) {
    throw StoreError(ErrorCode::kInvalid, "the cursor is none that a page gave");
  }
  return row;
}

inline std::size_t page_limit(std::size_t wanted) {
  return wanted < 1 ? 1 : wanted > kMaxPage ? kMaxPage : wanted;
}

// Rows of `query`, which was asked for one more than `limit`; its first column is the row's number, the rest
// is for `read(query)`.
template <class T, class Query, class Read>
Page<T> read_page(Query& query, std::size_t limit, Read&& read) {
  Page<T> page;
  std::int64_t last = 0;
  while (query.next()) {
    if (page.items.size() == limit) {
      page.next = std::to_string(last);
      break;
    }
    last = query.integer(0);
    page.items.push_back(read(query));
  }
  return page;
}

}  // namespace earshot::store
