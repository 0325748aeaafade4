// Firmware images (what is known of them; the files lie elsewhere), in SQLite.
#pragma once

#include "gateway/store/sqlite/database.h"

namespace earshot::store::sqlite {

class FirmwareTable final : public FirmwareRepository {
 public:
  explicit FirmwareTable(Database& database) : database_(database) {}

  std::vector<FirmwareImage> all() override;
  void put(const FirmwareImage& image) override;
  void remove(std::string_view id) override;

 private:
  Database& database_;
};

}  // namespace earshot::store::sqlite
