#include <unistd.h>

#include <filesystem>
#include <string>

#include "gateway/store/sqlite/sqlite_store.h"
#include "tests/unit/gateway/store/conversation_contract.h"
#include "tests/unit/gateway/store/lore_contract.h"
#include "tests/unit/gateway/store/memory_contract.h"
#include "tests/unit/gateway/store/store_contract.h"

namespace earshot::store {
namespace {

std::unique_ptr<TransactionalStore> new_file() {
  static int made = 0;
  const auto folder =
      std::filesystem::path(testing::TempDir()) / ("earshot_contract_" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  const auto file = folder / (std::to_string(++made) + ".db");
  auto store = sqlite::SqliteStore::open(file);
  std::filesystem::remove_all(folder);  // an open file needs no name
  return store;
}

const auto kStores = testing::Values(StoreFactory{"file", new_file},
                                     StoreFactory{"memory", [] { return sqlite::SqliteStore::in_memory(); }});
const auto kName = [](const testing::TestParamInfo<StoreFactory>& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, kStores, kName);
INSTANTIATE_TEST_SUITE_P(Sqlite, ConversationContract, kStores, kName);
INSTANTIATE_TEST_SUITE_P(Sqlite, MemoryContract, kStores, kName);
INSTANTIATE_TEST_SUITE_P(Sqlite, LoreContract, kStores, kName);

}  // namespace
}  // namespace earshot::store
