#include "gateway/store/postgres/postgres_store.h"
#include "tests/unit/gateway/store/conversation_contract.h"
#include "tests/unit/gateway/store/lore_contract.h"
#include "tests/unit/gateway/store/memory_contract.h"
#include "tests/unit/gateway/store/postgres/shared_server.h"
#include "tests/unit/gateway/store/store_contract.h"

namespace earshot::store {
namespace {

// Without the package the list of stores is empty and the suites have no case; this one says why.
TEST(PostgresContract, HasAServer) {
  if (const std::string why = fakes::PostgresServer::missing(); !why.empty()) GTEST_SKIP() << why;
  EXPECT_FALSE(postgres::new_settings().url.empty());
}

std::vector<StoreFactory> stores() {
  if (!fakes::PostgresServer::missing().empty()) return {};
  return {{"server", []() -> std::unique_ptr<TransactionalStore> {
             return postgres::PostgresStore::open(postgres::new_settings());
           }}};
}
const auto kName = [](const testing::TestParamInfo<StoreFactory>& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(Postgres, StoreContract, testing::ValuesIn(stores()), kName);
INSTANTIATE_TEST_SUITE_P(Postgres, ConversationContract, testing::ValuesIn(stores()), kName);
INSTANTIATE_TEST_SUITE_P(Postgres, MemoryContract, testing::ValuesIn(stores()), kName);
INSTANTIATE_TEST_SUITE_P(Postgres, LoreContract, testing::ValuesIn(stores()), kName);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StoreContract);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ConversationContract);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(MemoryContract);
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(LoreContract);

}  // namespace
}  // namespace earshot::store
