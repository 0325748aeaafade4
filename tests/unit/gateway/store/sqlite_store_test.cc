// What is SQLite's own: the file, its versions, what is wrong with it.
#include "gateway/store/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "common/base/startup_error.h"
#include "gateway/store/sqlite/migrations.h"
#include "gateway/store/sqlite/values.h"
#include "tests/unit/gateway/store/sample_records.h"

namespace earshot::store::sqlite {
namespace {

using testing::HasSubstr;

class SqliteFileTest : public testing::Test {
 protected:
  SqliteFileTest() { std::filesystem::create_directories(folder_); }
  ~SqliteFileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path file() const { return folder_ / "earshot.db"; }
  static unsigned mode_of(const std::filesystem::path& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0) << path;
    return found.st_mode & 0777U;
  }
  static std::string refusal_of(const std::filesystem::path& path) {
    try {
      SqliteStore::open(path);
    } catch (const StartupError& error) {
      EXPECT_EQ(error.code(), ExitCode::kStore);
      EXPECT_THAT(error.what(), HasSubstr(path.string()));
      return error.what();
    }
    ADD_FAILURE() << "it was opened";
    return {};
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("earshot_sqlite_" + std::to_string(::getpid()));
};

TEST_F(SqliteFileTest, NobodyElseMayReadIt) {
  ::umask(0);
  {
    const auto store = SqliteStore::open(file());
    store->settings().put("a", "b");
    for (const char* suffix : {"", "-wal", "-shm"}) {
      EXPECT_EQ(mode_of(file().string() + suffix), 0600U) << suffix;
    }
  }
  ::umask(022);
  std::filesystem::permissions(file(), std::filesystem::perms(0644));
  SqliteStore::open(file());
  EXPECT_EQ(mode_of(file()), 0600U) << "one that was copied there too";
}

TEST_F(SqliteFileTest, WhatWasWrittenIsThereTheNextTime) {
  SqliteStore::open(file())->devices().put(sample_device(1));
  EXPECT_EQ(SqliteStore::open(file())->devices().all().size(), 1U);
  EXPECT_EQ(SqliteStore::open_reader(file())->devices().all().size(), 1U);
}

TEST_F(SqliteFileTest, TellsWhatIsWrongWithAFileAndWhatToDo) {
  std::ofstream(file()) << std::string(8192, 'x');
  EXPECT_THAT(refusal_of(file()), HasSubstr("backup"));

  std::filesystem::remove(file());
  Database::open(file(), Database::Access::kReadWrite).script("CREATE TABLE notes (text)");
  EXPECT_THAT(refusal_of(file()), HasSubstr("another program"));

  std::filesystem::remove(file());
  std::filesystem::create_directory(file());
  EXPECT_THAT(refusal_of(file()), HasSubstr("data_dir"));
  EXPECT_THAT(refusal_of("/proc/earshot.db"), HasSubstr("data_dir"));
}

TEST_F(SqliteFileTest, AFileOfANewerProgramIsLeftAlone) {
  SqliteStore::open(file());
  const auto newer = schema_steps().size() + 1;
  Database::open(file(), Database::Access::kReadWrite)
      .script("PRAGMA user_version = " + std::to_string(newer));
  EXPECT_THAT(refusal_of(file()), HasSubstr("newer program"));
  auto database = Database::open(file(), Database::Access::kReadOnly);
  Query version = database.query("PRAGMA user_version");
  ASSERT_TRUE(version.next());
  EXPECT_EQ(version.integer(0), static_cast<std::int64_t>(newer));
}

TEST_F(SqliteFileTest, AFileOfEachOlderVersionIsBroughtUpToDateWithWhatIsInIt) {
  for (std::size_t version = 1; version <= schema_steps().size(); ++version) {
    std::filesystem::remove(file());
    {
      auto old = Database::open(file(), Database::Access::kReadWrite);
      migrate(old, schema_steps().first(version));
      old.script("INSERT INTO users VALUES ('ann', 'hash', 0, 0, 5, NULL)");
    }
    const auto store = SqliteStore::open(file());
    ASSERT_TRUE(store->users().find("ann")) << version;
    EXPECT_EQ(store->users().find("ann")->created, at_ms(5));
    store->devices().put(sample_device(1));
  }
}

TEST_F(SqliteFileTest, StepsThatAreMissingAreTakenInOrderAndOnce) {
  const std::array<const char*, 3> steps{"CREATE TABLE t (a TEXT)",
                                         "ALTER TABLE t ADD COLUMN b TEXT DEFAULT 'new'",
                                         "UPDATE t SET b = b || '!'"};
  auto database = Database::in_memory();
  migrate(database, std::span(steps).first(1));
  database.script("INSERT INTO t VALUES ('old')");
  migrate(database, steps);
  migrate(database, steps);
  Query row = database.query("SELECT a, b FROM t");
  ASSERT_TRUE(row.next());
  EXPECT_EQ(row.text(0), "old");
  EXPECT_EQ(row.text(1), "new!");
}

TEST_F(SqliteFileTest, AStepThatFailsLeavesTheFileAsItWas) {
  const std::array<const char*, 2> steps{"CREATE TABLE t (a TEXT)",
                                         "INSERT INTO t VALUES ('half'); INSERT INTO missing VALUES (1)"};
  auto database = Database::in_memory();
  EXPECT_THROW(migrate(database, steps), StoreError);
  EXPECT_FALSE(database.in_transaction());
  Query count =
      database.query("SELECT (SELECT count(*) FROM t), (SELECT user_version FROM pragma_user_version)");
  ASSERT_TRUE(count.next());
  EXPECT_EQ(count.integer(0), 0);
  EXPECT_EQ(count.integer(1), 1);
}

TEST_F(SqliteFileTest, AFullDiskIsToldAsUnavailable) {
  auto database = Database::open(file(), Database::Access::kReadWrite);
  database.script("CREATE TABLE t (a BLOB); PRAGMA max_page_count = 10");
  try {
    const std::string much(100'000, 'x');
    database.run("INSERT INTO t VALUES (?)", Blob{much});
    FAIL() << "there was room";
  } catch (const StoreError& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnavailable);
  }
}

TEST_F(SqliteFileTest, ABrokenRuleIsToldAsInvalidWithoutTheValues) {
  const auto store = SqliteStore::in_memory();
  try {
    store->devices().put_tools(device_id(1), "secret");
    FAIL() << "tools of a device that is not there";
  } catch (const StoreError& error) {
    EXPECT_EQ(error.code(), ErrorCode::kInvalid);
    EXPECT_THAT(error.what(), testing::Not(HasSubstr("secret")));
  }
}

// Rows that are read because no index leads to them.
// A list may begin at the newest of an index and read a page.
TEST_F(SqliteFileTest, NoQueryOfATableThatGrowsReadsAllOfIt) {
  const auto store = SqliteStore::in_memory();
  constexpr int kRows = 1000;
  store->begin();
  for (int i = 0; i < kRows; ++i) {
    const std::string number = std::to_string(i);
    auto command = sample_command(number, i % 3);
    command.state = static_cast<CommandState>(i % 6);
    store->commands().put(command);
    store->conversations().put(sample_conversation(number, i % 3));
    auto turn = sample_turn(number, i % 3, 1);
    turn.user_audio = "sound";
    store->conversations().add(turn);
    store->audit().add({});
    store->tokens().put(sample_token(number, "user" + number));
  }
  store->commit();
  const auto before = store->rows_scanned();
  constexpr std::size_t kLimit = 5;
  for (const std::optional<DeviceId>& device : {std::optional<DeviceId>(), std::optional(device_id(1))}) {
    for (const auto& state : {std::optional<CommandState>(), std::optional(CommandState::kSent)}) {
      store->commands().list({.device = device, .state = state}, {.limit = kLimit, .before = "500"});
    }
    store->conversations().list(device, {.limit = kLimit});
    store->conversations().latest_turns(device, kLimit);
    store->conversations().latency(device, at_ms(0), at_ms(1'800'000'000'000), 10);
  }
  store->commands().find("7");
  store->commands().find("user:text", "7");
  store->commands().unfinished();
  store->commands().remove_before(at_ms(1), 10);
  store->conversations().find("7");
  store->conversations().turns("7");
  store->conversations().audio("7", 1);
  store->conversations().remove_before(at_ms(1'600'000'000'000), 10);
  store->conversations().remove_audio_before(at_ms(1'600'000'000'000), 10);
  store->audit().list({.limit = kLimit});
  store->audit().remove_before(at_ms(0), 10);
  store->tokens().find("7");
  store->users().remove("user7");
  EXPECT_LE(store->rows_scanned() - before, 4 * kLimit);
}

}  // namespace
}  // namespace earshot::store::sqlite
