// Devices, their lists of tools and the keys of their chips, in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class DeviceTable final : public DeviceRepository {
 public:
  explicit DeviceTable(Database& database) : database_(database) {}

  std::vector<Device> all() override;
  std::optional<Device> find(const DeviceId& id) override;
  void put(const Device& device) override;
  void remove(const DeviceId& id) override;
  void disown(std::string_view owner) override;
  std::optional<std::string> tools(const DeviceId& id) override;
  void put_tools(const DeviceId& id, std::string_view json) override;
  std::optional<std::string> serial_key(std::string_view serial) override;
  void put_serial_key(std::string_view serial, std::string_view sealed) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
