// Who may read what is written, and what is read. Where others are needed, only root can run it.
#include "common/tls/pem_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace earshot::tls {
namespace {

constexpr uid_t kSomebody = 65534;

class PemFilesTest : public testing::Test {
 protected:
  PemFilesTest() { std::filesystem::create_directory(folder_); }
  ~PemFilesTest() override { std::filesystem::remove_all(folder_); }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) / ("pem_files_" + std::to_string(::getpid()));
};

// Of this process, while it is held.
class Somebody {
 public:
  Somebody() : done_(::setegid(kSomebody) == 0 && ::seteuid(kSomebody) == 0) {}
  ~Somebody() { EXPECT_TRUE(::seteuid(0) == 0 && ::setegid(0) == 0); }
  bool done() const { return done_; }

 private:
  bool done_;
};

TEST_F(PemFilesTest, AKeyOfRootsMayBeReadByWayOfItsGroup) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto file = folder_ / "key";
  std::ofstream(file) << "secret";
  ASSERT_EQ(::chown(file.c_str(), 0, kSomebody), 0);
  std::filesystem::permissions(file, std::filesystem::perms(0440));
  EXPECT_FALSE(read_key_file(file).ok()) << "root does not need the group";
  const Somebody somebody;
  ASSERT_TRUE(somebody.done());
  EXPECT_TRUE(read_key_file(file).ok());
}

TEST_F(PemFilesTest, AKeyOfRootsThatEverybodyMayReadIsNotUsed) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  const auto file = folder_ / "key";
  std::ofstream(file) << "secret";
  std::filesystem::permissions(file, std::filesystem::perms(0444));
  const Somebody somebody;
  ASSERT_TRUE(somebody.done());
  EXPECT_EQ(read_key_file(file).error().code, ErrorCode::kInvalid);
}

// earshotctl under sudo writes into the folder of the gateway's user.
TEST_F(PemFilesTest, WhatRootWritesBelongsToTheOwnerOfTheFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  ASSERT_EQ(::chown(folder_.c_str(), kSomebody, kSomebody), 0);
  ASSERT_TRUE(write_private_text(folder_ / "new" / "pki" / "workers" / "w.pem", "text").ok());
  ASSERT_TRUE(write_private_text(folder_ / "new" / "pki" / "revoked", "text").ok());
  ASSERT_TRUE(write_private_text(folder_ / "new" / "pki" / "revoked", "another text").ok());
  for (const char* made : {"new", "new/pki", "new/pki/workers", "new/pki/workers/w.pem", "new/pki/revoked"}) {
    struct stat found {};
    ASSERT_EQ(::stat((folder_ / made).c_str(), &found), 0) << made;
    EXPECT_EQ(found.st_uid, kSomebody) << made;
    EXPECT_EQ(found.st_gid, kSomebody) << made;
  }
  const Somebody somebody;
  ASSERT_TRUE(somebody.done());
  EXPECT_EQ(read_text_file(folder_ / "new" / "pki" / "revoked").value(), "another text");
}

}  // namespace
}  // namespace earshot::tls
