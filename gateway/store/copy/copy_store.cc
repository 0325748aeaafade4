#include "gateway/store/copy/copy_store.h"

#include <utility>

#include "gateway/store/copy/sqlite_end.h"
#include "gateway/store/store.h"
#include "gateway/store/store_url.h"
#ifdef EARSHOT_POSTGRES
#include "gateway/store/copy/postgres_end.h"
#endif

namespace earshot::store {

namespace {

constexpr std::string_view kSqlitePrefix = "sqlite:";

// Of rows in any order: databases do not agree on one. FNV-1a, 64 bits, summed; against accidents.
class Digest {
 public:
  void add(const CopiedRow& row) {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    const auto mix = [&hash](std::string_view bytes) {
      for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
    };
    for (const CopiedCell& cell : row) {
      std::string text;
      if (const auto* number = std::get_if<std::int64_t>(&cell)) text = std::to_string(*number);
      if (const auto* words = std::get_if<std::string>(&cell)) text = *words;
      if (const auto* bytes = std::get_if<CopiedBytes>(&cell)) text = bytes->bytes;
      mix(std::to_string(cell.index()) + ":" + std::to_string(text.size()) + ":");
      mix(text);
    }
    sum_ += hash;
    ++rows_;
  }
  std::uint64_t rows() const { return rows_; }
  bool operator==(const Digest&) const = default;

 private:
  std::uint64_t rows_ = 0;
  std::uint64_t sum_ = 0;
};

Digest copy_table(CopyEnd& from, CopyEnd& to, const CopiedTable& table, const CopyTold& told) {
  const std::uint64_t all = from.count(table);
  Digest sent;
  from.read(table, [&](const CopiedRow& row) {
    to.write(table, row);
    sent.add(row);
    if (sent.rows() % kToldEach == 0) told(table.name, sent.rows(), all);
  });
  told(table.name, sent.rows(), all);
  if (sent.rows() != all) {
    throw StoreError("the table " + std::string(table.name) + " has " + std::to_string(all) + " rows and " +
                     std::to_string(sent.rows()) + " could be read");
  }
  return sent;
}

}  // namespace

std::unique_ptr<CopyEnd> open_copy_end(std::string_view place, const Secret& password, bool make) {
  if (place.starts_with(kSqlitePrefix)) {
    return open_sqlite_end(std::string(place.substr(kSqlitePrefix.size())), make);
  }
  if (const Status good = check_store_url(place); !good) {
    throw StoreError(ErrorCode::kInvalid,
                     "a place is sqlite:PATH or postgresql://...; this one " + good.error().message);
  }
#ifdef EARSHOT_POSTGRES
  return open_postgres_end({.url = std::string(place), .password = password, .gateway = "copy"});
#else
  static_cast<void>(password);
  throw StoreError(ErrorCode::kInvalid, "this program was built without PostgreSQL (libpq-dev)");
#endif
}

std::vector<CopiedCount> copy_store(CopyEnd& from, CopyEnd& to, const CopyTold& told) {
  from.begin(false);
  to.begin(true);
  for (const CopiedTable& table : copied_tables()) {
    if (const std::uint64_t rows = to.count(table); rows > 0) {
      throw StoreError(ErrorCode::kInvalid, "the target is not empty: its table " + std::string(table.name) +
                                                " has " + std::to_string(rows) + " rows");
    }
  }
  std::vector<CopiedCount> counts;
  for (const CopiedTable& table : copied_tables()) {
    const Digest sent = copy_table(from, to, table, told);
    Digest arrived;
    to.read(table, [&](const CopiedRow& row) { arrived.add(row); });
    if (!(arrived == sent)) {
      throw StoreError("the table " + std::string(table.name) +
                       " has not arrived as it was: " + std::to_string(sent.rows()) + " rows were sent and " +
                       std::to_string(arrived.rows()) + " arrived");
    }
    counts.push_back({.table = table.name, .rows = sent.rows()});
  }
  to.commit();
  return counts;
}

}  // namespace earshot::store
