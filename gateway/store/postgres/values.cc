#include "gateway/store/postgres/values.h"

#include <utility>

#include "gateway/store/text_list.h"

namespace earshot::store::postgres {

namespace {

template <class T>
void get_enum(const Rows& row, int column, T last, T& out) {
  const std::int64_t value = row.integer(column);
  if (value < 0 || value > static_cast<std::int64_t>(last)) {
    throw StoreError("an unknown " + std::to_string(value) + " is in the database");
  }
  out = static_cast<T>(value);
}

}  // namespace

void put_value(Parameters& to, const std::vector<std::string>& value) {
  to.add_text(encode_text_list(value));
}

void get_value(const Rows& row, int column, DeviceId& out) {
  auto id = DeviceId::parse(row.text(column));
  if (!id) throw StoreError("a device id in the database is none");
  out = std::move(*id);
}

void get_value(const Rows& row, int column, std::vector<std::string>& out) {
  auto list = decode_text_list(row.text(column));
  if (!list) throw StoreError("a list in the database is none");
  out = std::move(*list);
}

void get_value(const Rows& row, int column, DeviceTransport& out) {
  get_enum(row, column, DeviceTransport::kWebSocket, out);
}

void get_value(const Rows& row, int column, Role& out) {
  get_enum(row, column, Role::kMember, out);
}

void get_value(const Rows& row, int column, CommandState& out) {
  get_enum(row, column, CommandState::kCancelled, out);
}

}  // namespace earshot::store::postgres
