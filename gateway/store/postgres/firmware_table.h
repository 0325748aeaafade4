// Firmware images (what is known of them; the files lie elsewhere), in PostgreSQL.
#pragma once

#include "gateway/store/postgres/database.h"

namespace earshot::store::postgres {

class FirmwareTable final : public FirmwareRepository {
 public:
  explicit FirmwareTable(Database& database) : database_(database) {}

  std::vector<FirmwareImage> all() override;
  void put(const FirmwareImage& image) override;
  void remove(std::string_view id) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::postgres
