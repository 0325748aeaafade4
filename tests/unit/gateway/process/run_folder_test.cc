#include "gateway/process/run_folder.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace earshot::broker {
namespace {

namespace fs = std::filesystem;

class RunFolderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string made = (fs::temp_directory_path() / "earshot-run-XXXXXX").string();
    ASSERT_NE(::mkdtemp(made.data()), nullptr);
    root_ = made;
  }
  void TearDown() override { fs::remove_all(root_); }

  static int mode(const fs::path& path) {
    struct stat found {};
    EXPECT_EQ(::stat(path.c_str(), &found), 0);
    return static_cast<int>(found.st_mode & 0777);
  }
  fs::path root_;
};

TEST_F(RunFolderTest, FolderAndFilesArePrivate) {
  const fs::path folder = root_ / "a" / "broker";
  ASSERT_TRUE(prepare_run_folder(folder).ok());
  EXPECT_EQ(mode(folder), 0700);
  ASSERT_TRUE(write_private_file(folder / "key", "first").ok());
  EXPECT_EQ(mode(folder / "key"), 0600);
}

TEST_F(RunFolderTest, AnOpenFolderIsClosed) {
  fs::permissions(root_, fs::perms::all);
  ASSERT_TRUE(prepare_run_folder(root_).ok());
  EXPECT_EQ(mode(root_), 0700);
}

TEST_F(RunFolderTest, AFileIsWrittenAnewAndNotThroughALink) {
  std::ofstream(root_ / "target") << "untouched";
  fs::create_symlink(root_ / "target", root_ / "key");
  ASSERT_TRUE(write_private_file(root_ / "key", "secret").ok());
  EXPECT_FALSE(fs::is_symlink(root_ / "key"));
  ASSERT_TRUE(write_private_file(root_ / "key", "s2").ok());
  std::ifstream key(root_ / "key");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(key), {}), "s2");
  std::ifstream target(root_ / "target");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(target), {}), "untouched");
}

TEST_F(RunFolderTest, ALinkInPlaceOfTheFolderIsRefused) {
  fs::create_directory(root_ / "elsewhere");
  fs::create_symlink(root_ / "elsewhere", root_ / "broker");
  const Status status = prepare_run_folder(root_ / "broker");
  ASSERT_FALSE(status.ok());
  EXPECT_EQ(status.error().code, ErrorCode::kInvalid);
}

}  // namespace
}  // namespace earshot::broker
