// Sealed files: what comes back, what does not, and how long ago their writer lived.
#include "gateway/process/kept_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <fstream>

#include "common/base/startup_error.h"
#include "gateway/process/kept_writer.h"

namespace earshot::gateway {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class KeptFolderTest : public ::testing::Test {
 protected:
  KeptFolderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "earshot-kept-XXXXXX").string();
    home_ = mkdtemp(name.data());
  }
  ~KeptFolderTest() override { std::filesystem::remove_all(home_); }

  static Secret key(char letter = 'k') { return Secret(std::string(32, letter)); }
  KeptFolder folder(char letter = 'k') const { return {home_ / "kept", key(letter)}; }
  std::filesystem::path file(const std::string& name) const { return home_ / "kept" / (name + ".sealed"); }
  static std::vector<std::string> contents(const KeptFolder::Found& found) {
    std::vector<std::string> all;
    for (const Secret& one : found.contents) all.emplace_back(one.reveal());
    return all;
  }
  static void grow_old(const std::filesystem::path& path, std::chrono::seconds by) {
    std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - by);
  }

  std::filesystem::path home_;
};

TEST_F(KeptFolderTest, GivesBackWhatWasWrittenLast) {
  ASSERT_TRUE(folder().write("a", "first"));
  ASSERT_TRUE(folder().write("a", "second"));
  ASSERT_TRUE(folder().write("b", "other"));
  ASSERT_TRUE(folder().write("c", "gone"));
  folder().remove("c");
  EXPECT_THAT(contents(folder().read_all(60s)), UnorderedElementsAre("second", "other"));
}

TEST_F(KeptFolderTest, NobodyElseCanReadIt) {
  ASSERT_TRUE(folder().write("a", "a secret of sixteen"));
  std::ifstream in(file("a"));
  const std::string raw((std::istreambuf_iterator<char>(in)), {});
  EXPECT_EQ(raw.find("secret"), std::string::npos);
  struct stat found {};
  ASSERT_EQ(::stat(file("a").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(KeptFolderTest, AnotherKeyOrAnotherNameIsRefusedAndRemoved) {
  ASSERT_TRUE(folder('x').write("a", "of another key"));
  ASSERT_TRUE(folder().write("b", "of b"));
  std::filesystem::rename(file("b"), file("c"));
  ASSERT_TRUE(folder().write("d", "good"));
  std::ofstream(file("e")) << "nonsense";
  const KeptFolder::Found found = folder().read_all(60s);
  EXPECT_THAT(contents(found), UnorderedElementsAre("good"));
  EXPECT_EQ(found.refused, 3U);
  EXPECT_FALSE(std::filesystem::exists(file("c")));
}

TEST_F(KeptFolderTest, WhatIsTooOldTooLargeOrHalfWrittenIsRemovedUnread) {
  ASSERT_TRUE(folder().write("a", "old"));
  grow_old(file("a"), 61s);
  ASSERT_TRUE(folder().write("b", std::string(KeptFolder::kMaxFileBytes, 'x')));
  std::ofstream(file("c").string() + ".new") << "half";
  const KeptFolder::Found found = folder().read_all(60s);
  EXPECT_THAT(contents(found), IsEmpty());
  EXPECT_EQ(found.refused, 0U);
  EXPECT_TRUE(std::filesystem::is_empty(home_ / "kept"));
}

TEST_F(KeptFolderTest, AFileThatCannotBeWrittenAnewIsRemoved) {
  ASSERT_TRUE(folder().write("a", "numbers of datagrams"));
  std::filesystem::create_directories(file("a").string() + ".new/in the way");
  EXPECT_FALSE(folder().write("a", "newer"));
  EXPECT_FALSE(std::filesystem::exists(file("a")));
}

TEST_F(KeptFolderTest, TellsHowLongAgoItsWriterLived) {
  EXPECT_EQ(folder().read_all(60s).ended_ago, std::nullopt);
  folder().mark_alive();
  EXPECT_LT(*folder().read_all(60s).ended_ago, 10s);
  grow_old(home_ / "kept" / "alive", 40s);
  EXPECT_GE(*folder().read_all(60s).ended_ago, 40s);
  grow_old(home_ / "kept" / "alive", -40s);
  EXPECT_EQ(folder().read_all(60s).ended_ago, std::nullopt) << "the clock was set back";
}

TEST_F(KeptFolderTest, ALinkInItsPlaceIsNotUsed) {
  std::filesystem::create_directory(home_ / "elsewhere");
  std::filesystem::create_directory_symlink(home_ / "elsewhere", home_ / "kept");
  EXPECT_THROW(folder(), StartupError);
}

TEST_F(KeptFolderTest, AWriterWritesAllThatItWasGivenBeforeItStops) {
  int answers = 0;
  {
    KeptWriter writer(folder());
    std::vector<KeptWriter::File> files;
    files.push_back({.name = "a", .content = Secret("one")});
    files.push_back({.name = "b", .content = Secret("two")});
    writer.write(std::move(files), [&answers] { ++answers; });
    std::vector<KeptWriter::File> later;
    later.push_back({.name = "a", .content = Secret()});
    writer.write(std::move(later), [&answers] { ++answers; });
    writer.stop();
    EXPECT_EQ(writer.written(), 2U);
  }
  EXPECT_EQ(answers, 2);
  const KeptFolder::Found found = folder().read_all(60s);
  EXPECT_THAT(contents(found), UnorderedElementsAre("two"));
  EXPECT_TRUE(found.ended_ago) << "it marked that it lived";
}

}  // namespace
}  // namespace earshot::gateway
