#include "gateway/store/postgres/firmware_table.h"

#include "gateway/store/postgres/values.h"

namespace earshot::store::postgres {

std::vector<FirmwareImage> FirmwareTable::all() {
  std::vector<FirmwareImage> images;
  Rows rows = database_.query(
      "SELECT id, board, version, file_name, sha256, size_bytes, enabled, percentage, minimum_version, "
      "force, "
      "notes, created FROM firmware ORDER BY created DESC, id");
  while (rows.next()) {
    FirmwareImage& i = images.emplace_back();
    rows.into(i.id, i.board, i.version, i.file_name, i.sha256, i.size_bytes, i.enabled, i.percentage,
              i.minimum_version, i.force, i.notes, i.created);
  }
  return images;
}

void FirmwareTable::put(const FirmwareImage& i) {
  database_.run(
      "INSERT INTO firmware (id, board, version, file_name, sha256, size_bytes, enabled, percentage, "
      "minimum_version, force, notes, created) VALUES (?,?,?,?,?,?,?,?,?,?,?,?) "
      "ON CONFLICT (earshot_key(id)) DO UPDATE SET board=excluded.board, version=excluded.version, "
      "file_name=excluded.file_name, sha256=excluded.sha256, size_bytes=excluded.size_bytes, "
      "enabled=excluded.enabled, percentage=excluded.percentage, minimum_version=excluded.minimum_version, "
      "force=excluded.force, notes=excluded.notes, created=excluded.created",
      i.id, i.board, i.version, i.file_name, i.sha256, i.size_bytes, i.enabled, i.percentage,
      i.minimum_version, i.force, i.notes, i.created);
}

void FirmwareTable::remove(std::string_view id) {
  database_.run("DELETE FROM firmware WHERE earshot_key(id) = earshot_key(?)", id);
}

}  // namespace earshot::store::postgres
