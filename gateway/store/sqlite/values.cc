#include "gateway/store/sqlite/values.h"

#include <charconv>
#include <utility>

namespace earshot::store::sqlite {

namespace {

template <class T>
void get_enum(const Query& query, int column, T last, T& out) {
  const std::int64_t value = query.integer(column);
  if (value < 0 || value > static_cast<std::int64_t>(last)) {
    throw StoreError("an unknown " + std::to_string(value) + " is in the database");
  }
  out = static_cast<T>(value);
}

}  // namespace

void put_value(Query& query, int parameter, const std::vector<std::string>& value) {
  std::string list;
  for (const std::string& text : value) list += std::to_string(text.size()) + ":" + text + ",";
  query.bind_text(parameter, list);
}

void get_value(const Query& query, int column, DeviceId& out) {
  auto id = DeviceId::parse(query.text(column));
  if (!id) throw StoreError("a device id in the database is none");
  out = std::move(*id);
}

void get_value(const Query& query, int column, std::vector<std::string>& out) {
  out.clear();
  const std::string list = query.text(column);
  const char* at = list.data();
  const char* const end = at + list.size();
  while (at != end) {
    std::size_t size = 0;
    const auto [colon, failure] = std::from_chars(at, end, size);
    const auto left = static_cast<std::size_t>(end - colon);
    if (failure != std::errc() || left < 2 || size > left - 2 || *colon != ':' || colon[1 + size] != ',') {
      throw StoreError("a list in the database is none");
    }
    out.emplace_back(colon + 1, size);
    at = colon + 2 + size;
  }
}

void get_value(const Query& query, int column, DeviceTransport& out) {
  get_enum(query, column, DeviceTransport::kWebSocket, out);
}

void get_value(const Query& query, int column, Role& out) {
  get_enum(query, column, Role::kMember, out);
}

void get_value(const Query& query, int column, CommandState& out) {
  get_enum(query, column, CommandState::kCancelled, out);
}

}  // namespace earshot::store::sqlite
