// How the types of records become values of SQLite and back: times are milliseconds since the epoch,
// enumerations their numbers, lists of texts netstrings ("3:abc,0:,": any bytes come back).
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "gateway/store/records.h"
#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

struct Blob {
  std::string_view bytes;
};

template <std::integral T>
void put_value(Query& query, int parameter, T value) {
  query.bind_integer(parameter, static_cast<std::int64_t>(value));
}
template <class T>
  requires std::is_enum_v<T>
void put_value(Query& query, int parameter, T value) {
  query.bind_integer(parameter, static_cast<std::int64_t>(value));
}
inline void put_value(Query& query, int parameter, std::string_view value) {
  query.bind_text(parameter, value);
}
inline void put_value(Query& query, int parameter, Blob value) {
  query.bind_blob(parameter, value.bytes);
}
inline void put_value(Query& query, int parameter, const DeviceId& value) {
  query.bind_text(parameter, value.text());
}
inline void put_value(Query& query, int parameter, WallTime value) {
  query.bind_integer(parameter, value.time_since_epoch().count());
}
inline void put_value(Query& query, int parameter, Milliseconds value) {
  query.bind_integer(parameter, value.count());
}
void put_value(Query& query, int parameter, const std::vector<std::string>& value);
template <class T>
void put_value(Query& query, int parameter, const std::optional<T>& value) {
  if (value) {
    put_value(query, parameter, *value);
  } else {
    query.bind_null(parameter);
  }
}

template <std::integral T>
void get_value(const Query& query, int column, T& out) {
  out = static_cast<T>(query.integer(column));
}
inline void get_value(const Query& query, int column, bool& out) {
  out = query.integer(column) != 0;
}
inline void get_value(const Query& query, int column, std::string& out) {
  out = query.text(column);
}
inline void get_value(const Query& query, int column, WallTime& out) {
  out = WallTime(Milliseconds(query.integer(column)));
}
inline void get_value(const Query& query, int column, Milliseconds& out) {
  out = Milliseconds(query.integer(column));
}
// These throw StoreError for what is none of ours (a file that was edited by hand).
void get_value(const Query& query, int column, DeviceId& out);
void get_value(const Query& query, int column, std::vector<std::string>& out);
void get_value(const Query& query, int column, DeviceTransport& out);
void get_value(const Query& query, int column, Role& out);
void get_value(const Query& query, int column, CommandState& out);
template <class T>
void get_value(const Query& query, int column, std::optional<T>& out) {
  out.reset();
  if (!query.is_null(column)) get_value(query, column, out.emplace());
}

}  // namespace earshot::store::sqlite
