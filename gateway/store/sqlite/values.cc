#include "gateway/store/sqlite/values.h"

#include <utility>

#include "gateway/store/text_list.h"

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
  query.bind_text(parameter, encode_text_list(value));
}

void get_value(const Query& query, int column, DeviceId& out) {
  auto id = DeviceId::parse(query.text(column));
  if (!id) throw StoreError("a device id in the database is none");
  out = std::move(*id);
}

void get_value(const Query& query, int column, std::vector<std::string>& out) {
  auto list = decode_text_list(query.view(column));
  if (!list) throw StoreError("a list in the database is none");
  out = std::move(*list);
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
