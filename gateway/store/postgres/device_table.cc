#include "gateway/store/postgres/device_table.h"

#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

namespace {

constexpr auto kSelectDevices = sql_text(
    "SELECT id, client_uuid, board, firmware, language, serial, name, tags, agent, owner, bound, blocked, "
    "auto_update, transport, credential_minimum, credential_issued, first_seen, last_seen, last_peer "
    "FROM devices ");
constexpr auto kAllDevices = kSelectDevices + "ORDER BY id";
constexpr auto kFindDevice = kSelectDevices + "WHERE id = ?";

Device read_device(const Rows& row) {
  Device d;
  row.into(d.id, d.client_uuid, d.board, d.firmware, d.language, d.serial, d.name, d.tags, d.agent, d.owner,
           d.bound, d.blocked, d.auto_update, d.transport, d.credential_minimum, d.credential_issued,
           d.first_seen, d.last_seen, d.last_peer);
  return d;
}

}  // namespace

std::vector<Device> DeviceTable::all() {
  std::vector<Device> devices;
  Rows rows = database_.query(kAllDevices);
  while (rows.next()) devices.push_back(read_device(rows));
  return devices;
}

std::optional<Device> DeviceTable::find(const DeviceId& id) {
  Rows row = database_.query(kFindDevice, id);
  if (!row.next()) return std::nullopt;
  return read_device(row);
}

void DeviceTable::put(const Device& d) {
  database_.run(
      "INSERT INTO devices (id, client_uuid, board, firmware, language, serial, name, tags, agent, owner, "
      "bound, blocked, auto_update, transport, credential_minimum, credential_issued, first_seen, last_seen, "
      "last_peer) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) "
      "ON CONFLICT (id) DO UPDATE SET client_uuid=excluded.client_uuid, board=excluded.board, "
      "firmware=excluded.firmware, language=excluded.language, serial=excluded.serial, name=excluded.name, "
      "tags=excluded.tags, agent=excluded.agent, owner=excluded.owner, bound=excluded.bound, "
      "blocked=excluded.blocked, auto_update=excluded.auto_update, transport=excluded.transport, "
      "credential_minimum=excluded.credential_minimum, credential_issued=excluded.credential_issued, "
      "first_seen=excluded.first_seen, last_seen=excluded.last_seen, last_peer=excluded.last_peer",
      d.id, d.client_uuid, d.board, d.firmware, d.language, d.serial, d.name, d.tags, d.agent, d.owner,
      d.bound, d.blocked, d.auto_update, d.transport, d.credential_minimum, d.credential_issued, d.first_seen,
      d.last_seen, d.last_peer);
}

void DeviceTable::remove(const DeviceId& id) {
  database_.run("DELETE FROM device_tools WHERE device = ?", id);
  database_.run("DELETE FROM devices WHERE id = ?", id);
}

void DeviceTable::disown(std::string_view owner) {
  database_.run("UPDATE devices SET owner = '' WHERE owner = ?", owner);
}

std::optional<std::string> DeviceTable::tools(const DeviceId& id) {
  Rows row = database_.query("SELECT tools FROM device_tools WHERE device = ?", id);
  if (!row.next()) return std::nullopt;
  return row.text(0);
}

void DeviceTable::put_tools(const DeviceId& id, std::string_view json) {
  database_.run(
      "INSERT INTO device_tools (device, tools) VALUES (?,?) "
      "ON CONFLICT (device) DO UPDATE SET tools=excluded.tools",
      id, json);
}

std::optional<std::string> DeviceTable::serial_key(std::string_view serial) {
  Rows row =
      database_.query("SELECT sealed FROM serial_keys WHERE earshot_key(serial) = earshot_key(?)", serial);
  if (!row.next()) return std::nullopt;
  return row.text(0);
}

void DeviceTable::put_serial_key(std::string_view serial, std::string_view sealed) {
  database_.run(
      "INSERT INTO serial_keys (serial, sealed) VALUES (?,?) "
      "ON CONFLICT (earshot_key(serial)) DO UPDATE SET sealed=excluded.sealed",
      serial, sealed);
}

}  // namespace earshot::store::postgres
