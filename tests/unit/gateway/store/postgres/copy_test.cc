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
      const MemoryOwner owner{device_id(number), "a" + text};
      store.memory()->add(owner, {.at = at_ms(number), .words = "my cats " + text, .reply = text}, 100);
      store.memory()->change(owner, {.learnt = {"fact " + text}}, at_ms(5));
      store.memory()->put_summary(owner, {.session = "s" + text, .at = at_ms(6), .text = text});
      store.memory()->put_notebook(device_id(number), "n" + text);
      const auto lore =
          store.lore()->begin({.agent = "a" + text, .title = "t" + text, .size_bytes = 1, .added = at_ms(8)});
      store.lore()->add(lore, {{.keys = {"avalon"}, .text = text}, {.text = "museum " + text}});
      store.lore()->finish(lore);
    }
  }
  std::string file(const std::string& name) const { return "sqlite:" + (folder_ / name).string(); }
  // What is remembered can be asked for at once, and goes on where it was.
  static void expect_memory(MemoryRepository& memory) {
    int number = 0;
    for (const std::string& text : awkward_texts()) {
      SCOPED_TRACE(text.substr(0, 40));
      ++number;
      const MemoryOwner owner{device_id(number), "a" + text};
      const auto found = memory.find(owner, {.words = "the name of my cat"});
      ASSERT_EQ(found.size(), 1U);
      EXPECT_EQ(found[0], (MemoryTurn{at_ms(number), "a" + text, "my cats " + text, text}));
      const DeviceMemory all = memory.all(device_id(number), 10, std::nullopt);
      EXPECT_EQ(all.turns_in_all, 1U);
      ASSERT_EQ(all.facts.size(), 1U);
      EXPECT_EQ(all.facts[0].text, "fact " + text);
      ASSERT_EQ(all.summaries.size(), 1U);
      EXPECT_EQ(all.summaries[0].text, text);
    }
    EXPECT_EQ(memory.notebooks().size(), awkward_texts().size());
    const auto last = memory.facts({device_id(number), "a" + awkward_texts().back()}).at(0).id;
    memory.change({device_id(100), "new"}, {.learnt = {"is new"}}, at_ms(7));
    EXPECT_EQ(memory.facts({device_id(100), "new"}).at(0).id, last + 1) << "numbers go on";
    memory.add({device_id(100), "new"}, {.at = at_ms(7), .words = "new words", .reply = ""}, 100);
    EXPECT_EQ(memory.find({device_id(100), "new"}, {.words = "word"}).size(), 1U);
    memory.forget(device_id(100), 10);
  }
  static void expect_lore(LoreRepository& lore) {
    for (const std::string& text : awkward_texts()) {
      EXPECT_EQ(lore.find("a" + text, "what is avalon", 9).size(), 1U) << text;
      EXPECT_EQ(lore.find("a" + text, "the museum", 9).size(), 1U) << text;
    }
    const auto made = lore.begin({.agent = "a", .title = "new", .added = at_ms(9)});
    EXPECT_GT(made, lore.list("").back().id) << "numbers go on";
    lore.give_up(made);
    while (lore.sweep(at_ms(0), 10)) {
    }
  }
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
    expect_memory(*store->memory());
    expect_lore(*store->lore());
  }
  const auto back = copy(url_, file("second.db"));
  ASSERT_EQ(there.size(), back.size());
  for (std::size_t i = 0; i < there.size(); ++i) {
    // The owner that expect_memory() made stays (memory_table.cc).
    const std::uint64_t more = there[i].table == "memory_owners" ? 1 : 0;
    EXPECT_EQ(there[i].rows + more, back[i].rows) << there[i].table;
  }
  auto again = sqlite::SqliteStore::open(folder_ / "second.db");
  expect_memory(*again->memory());
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

// The schema's version is the target's own, and so is the index of what is remembered.
TEST_F(CopyStoreTest, NoTableIsLeftOut) {
  postgres::PostgresStore::open({.url = url_, .gateway = "here"});
  std::set<std::string> listed;
  for (const CopiedTable& table : copied_tables()) listed.insert(table.name);
  const std::string tables =
      shared_server().sql(url_,
                          "SELECT string_agg(tablename, ' ') FROM pg_tables WHERE "
                          "schemaname = 'public' AND tablename NOT IN ('earshot_schema', "
                          "'memory_index', 'lore_index')");
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
