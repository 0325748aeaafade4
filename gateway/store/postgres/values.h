// How the types of records become values of PostgreSQL and back: times are milliseconds since the epoch,
// enumerations their numbers, lists of texts netstrings (text_list.h).
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "gateway/store/postgres/database.h"
#include "gateway/store/records.h"

namespace earshot::store::postgres {

struct Bytes {
  std::string_view bytes;
};

template <std::integral T>
void put_value(Parameters& to, T value) {
  to.add_integer(static_cast<std::int64_t>(value));
}
template <class T>
  requires std::is_enum_v<T>
void put_value(Parameters& to, T value) {
  to.add_integer(static_cast<std::int64_t>(value));
}
inline void put_value(Parameters& to, std::string_view value) {
  to.add_text(value);
}
inline void put_value(Parameters& to, Bytes value) {
  to.add_bytes(value.bytes);
}
inline void put_value(Parameters& to, const DeviceId& value) {
  to.add_text(value.text());
}
inline void put_value(Parameters& to, WallTime value) {
  to.add_integer(value.time_since_epoch().count());
}
inline void put_value(Parameters& to, Milliseconds value) {
  to.add_integer(value.count());
}
void put_value(Parameters& to, const std::vector<std::string>& value);
template <class T>
void put_value(Parameters& to, const std::optional<T>& value) {
  if (value) {
    put_value(to, *value);
  } else {
    to.add_null();
  }
}

template <std::integral T>
void get_value(const Rows& row, int column, T& out) {
  out = static_cast<T>(row.integer(column));
}
inline void get_value(const Rows& row, int column, bool& out) {
  out = row.integer(column) != 0;
}
inline void get_value(const Rows& row, int column, std::string& out) {
  out = row.text(column);
}
inline void get_value(const Rows& row, int column, WallTime& out) {
  out = WallTime(Milliseconds(row.integer(column)));
}
inline void get_value(const Rows& row, int column, Milliseconds& out) {
  out = Milliseconds(row.integer(column));
}
// These throw StoreError for what is none of ours (a database that was edited by hand).
void get_value(const Rows& row, int column, DeviceId& out);
void get_value(const Rows& row, int column, std::vector<std::string>& out);
void get_value(const Rows& row, int column, DeviceTransport& out);
void get_value(const Rows& row, int column, Role& out);
void get_value(const Rows& row, int column, CommandState& out);
template <class T>
void get_value(const Rows& row, int column, std::optional<T>& out) {
  out.reset();
  if (!row.is_null(column)) get_value(row, column, out.emplace());
}

}  // namespace earshot::store::postgres
