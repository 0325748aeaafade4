#include "gateway/store/copy/copy_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "gateway/store/postgres/postgres_store.h"
#include "gateway/store/sqlite/sqlite_store.h"
#include "tests/unit/gateway/store/postgres/shared_server.h"
#include "tests/unit/gateway/store/store_contract.h"

namespace earshot::store {
namespace {

using postgres::shared_server;

class CopyStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = fakes::PostgresServer::missing(); !why.empty()) GTEST_SKIP() << why;
    std::filesystem::create_directories(folder_);
    url_ = shared_server().new_database();
  }
  ~CopyStoreTest() override { std::filesystem::remove_all(folder_); }

  static void fill(Store& store) {
    int number = 0;
    for (const std::string& text : awkward_texts()) {
      ++number;
      store.devices().put(sample_device(number, text));
      store.devices().put_tools(device_id(number), text);
      store.devices().put_serial_key("serial" + text, text);
      store.users().put(sample_user("u" + text, text));
      store.tokens().put(sample_token("t" + text, "u" + text, text));
      store.operators().put({.name = "o" + text, .password_hash = text, .texts = true, .created = at_ms(1)});
      store.agents().put(Agent{.name = "a" + text, .config = text, .changed = at_ms(2)});
      store.agents().put(
          Provider{.stage = "s" + text, .name = text, .config = text, .secrets = text, .changed = at_ms(3)});
      store.firmware().put(sample_image("f" + text, text));
      store.commands().put(sample_command("c" + text, 1, text));
      store.conversations().put(sample_conversation("s" + text, 1, text));
      auto turn = sample_turn("s" + text, 1, 1, text);
      turn.user_audio = std::string("\0\xff\x01", 3);
      store.conversations().add(turn);
      store.audit().add({.id = 0,
                         .at = at_ms(4),
                         .who = text,
                         .action = text,
                         .target = text,
                         .detail = text,
                         .peer = text});
      store.settings().put("k" + text, text);
    }
  }
  std::string file(const std::string& name) const { return "sqlite:" + (folder_ / name).string(); }
  static std::vector<CopiedCount> copy(
      const std::string& from, const std::string& to,
      const CopyTold& told = [](std::string_view, std::uint64_t, std::uint64_t) {}) {
    const auto source = open_copy_end(from, {}, false);
    const auto target = open_copy_end(to, {}, true);
    return copy_store(*source, *target, told);
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("earshot_copy_" + std::to_string(::getpid()));
  std::string url_;
};

TEST_F(CopyStoreTest, EverythingArrivesAndComesBack) {
  fill(*sqlite::SqliteStore::open(folder_ / "first.db"));
  const auto there = copy(file("first.db"), url_);
  for (const CopiedCount& count : there) EXPECT_GT(count.rows, 0U) << count.table;
  {
    auto store = postgres::PostgresStore::open({.url = url_, .gateway = "here"});
    EXPECT_TRUE(store->devices().all()[1] == sample_device(2, awkward_texts()[1]));
    EXPECT_EQ(store->conversations().audio("s", 1)->user_audio, std::string("\0\xff\x01", 3));
    const auto newest = store->audit().list({}).items.front();
    EXPECT_EQ(newest.id, static_cast<std::int64_t>(awkward_texts().size()));
    store->audit().add({});
    EXPECT_EQ(store->audit().list({}).items.front().id, newest.id + 1) << "numbers go on";
    EXPECT_EQ(store->audit().remove_before(at_ms(1), 10), 1U);
  }
  const auto back = copy(url_, file("second.db"));
  ASSERT_EQ(there.size(), back.size());
  for (std::size_t i = 0; i < there.size(); ++i) EXPECT_EQ(there[i].rows, back[i].rows) << there[i].table;
  auto again = sqlite::SqliteStore::open(folder_ / "second.db");
  EXPECT_TRUE(again->devices().all()[4] == sample_device(5, awkward_texts()[4]));
}

TEST_F(CopyStoreTest, ATargetThatIsNotEmptyIsRefusedAndStaysAsItIs) {
  fill(*sqlite::SqliteStore::open(folder_ / "first.db"));
  postgres::PostgresStore::open({.url = url_, .gateway = "here"})->settings().put("mine", "1");
  try {
    copy(file("first.db"), url_);
    ADD_FAILURE() << "it was copied";
  } catch (const StoreError& refused) {
    EXPECT_EQ(refused.code(), ErrorCode::kInvalid);
    EXPECT_THAT(refused.what(), testing::HasSubstr("settings has 1 rows"));
  }
  EXPECT_EQ(shared_server().sql(url_, "SELECT count(*) FROM devices"), "0");
}

TEST_F(CopyStoreTest, WhatWasBrokenOffIsBegunAgain) {
  fill(*sqlite::SqliteStore::open(folder_ / "first.db"));
  struct Broken {};
  EXPECT_THROW(copy(file("first.db"), url_,
                    [](std::string_view table, std::uint64_t, std::uint64_t) {
                      if (table == "turns") throw Broken();
                    }),
               Broken);
  EXPECT_EQ(shared_server().sql(url_, "SELECT count(*) FROM devices"), "0");
  EXPECT_EQ(copy(file("first.db"), url_).size(), copied_tables().size());
}

TEST_F(CopyStoreTest, WhileAGatewayIsConnectedNothingIsCopied) {
  fill(*sqlite::SqliteStore::open(folder_ / "first.db"));
  const auto gateway = postgres::PostgresStore::open({.url = url_, .gateway = "here"});
  EXPECT_THROW(copy(file("first.db"), url_), StoreError);
}

TEST_F(CopyStoreTest, ASourceThatIsNotThereIsNotMade) {
  EXPECT_THROW(copy(file("nowhere.db"), url_), std::runtime_error);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "nowhere.db"));
}

TEST_F(CopyStoreTest, NoTableIsLeftOut) {
  postgres::PostgresStore::open({.url = url_, .gateway = "here"});
  std::set<std::string> listed;
  for (const CopiedTable& table : copied_tables()) listed.insert(table.name);
  const std::string tables = shared_server().sql(url_,
                                                 "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE "
                                                 "schemaname = 'public' AND tablename <> 'earshot_schema'");
  std::size_t at = 0;
  std::size_t found = 0;
  while (at < tables.size()) {
    const std::size_t end = std::min(tables.find(' ', at), tables.size());
    EXPECT_TRUE(listed.contains(tables.substr(at, end - at))) << tables.substr(at, end - at);
    at = end + 1;
    ++found;
  }
  EXPECT_EQ(found, listed.size());
}

}  // namespace
}  // namespace earshot::store
